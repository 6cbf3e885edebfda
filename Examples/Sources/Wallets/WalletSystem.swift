import Harness
import Kafka
import Services
import Simulation

/// Two banks as a system under test: its options are its own part of a scenario file.
public struct WalletSystem: SystemUnderTest {
    public var transfers = 100
    public var interval = Duration.milliseconds(40)
    public var unknownReceivers = 0.1
    public var walletsPerBank = 10
    /// In cents.
    public var balance: Int64 = 500_00
    public var policies = RuntimePolicies()
    public var defect = Defect.none

    public init() {}

    public static var fields: [Field<WalletSystem>] {
        [
            .integer("transfers.count", \.transfers, in: 1...100_000, "How many transfers customers want."),
            .duration("transfers.interval", \.interval, "From one to the next."),
            .probability(
                "transfers.unknown-receivers", \.unknownReceivers, "How many go to wallets that do not exist."),
            .integer("wallets.per-bank", \.walletsPerBank, in: 1...1_000, "How many wallets each bank has."),
            .choice(
                "policies.deduplication", \.policies.deduplication, "How a message is recognised that came before."),
            .choice("policies.publishing", \.policies.publishing, "How a message gets from the store to Kafka."),
            .choice("defect", \.defect, "What is wrong with the banks."),
        ]
    }

    static let banks = ["north", "south"]

    /// `N-0003`
    static func wallet(of bank: String, _ number: UInt64) -> Identifier {
        Identifier(prefix: bank == "north" ? "N-" : "S-", number: number, digits: 4)
    }

    func wallets(of bank: String) -> [Identifier] { (1...UInt64(walletsPerBank)).map { Self.wallet(of: bank, $0) } }

    // MARK: SystemUnderTest

    public var topics: [(name: String, partitions: Int)] { [("north", 3), ("south", 3), ("dead-letters", 1)] }
    public var callers: [String] { [] }
    public var unitsOfWork: Int { transfers }

    public func services(topics: TopicTable) -> [any Service] {
        Self.banks.map { Bank(name: $0, topics: topics, options: self) }
    }

    public func environment(draws: Draws) -> any Environment { Customers(of: self, draws: draws) }

    public func poison(_ kind: PoisonKind, for topic: String, draws: Draws, number: UInt64) -> Record? {
        Self.banks.contains(topic) ? Record(key: nil, value: Array("credit \(kind.rawValue)".utf8)) : nil
    }

    public func with(unitsOfWork count: Int, isStretched: Bool) -> WalletSystem? {
        var smaller = self
        if isStretched { smaller.interval = Duration(nanoseconds: interval.nanoseconds * Int64(transfers / count)) }
        smaller.transfers = count
        return smaller
    }

    public func judge(_ history: History) -> [CheckResult] {
        [moneyConserved(history), creditedOnce(history), noDebts(history), transfersEnd(history)]
            + CheckResult.standard(for: history)
    }
}

// MARK: What must hold

extension WalletSystem {
    private func rows<R: Row>(_ type: R.Type, _ history: History) -> [R] {
        Self.banks.flatMap { history.store(of: $0)?.rows(R.self) ?? [] }
    }

    private func moneyConserved(_ history: History) -> CheckResult {
        CheckResult("money-conserved", "No money appears, and none is lost.", in: history) { inspection in
            // As long as something is under way, money is nowhere.
            guard history.unsettled.isEmpty else { return }
            inspection.sample()
            let (before, after) = (
                balance * Int64(2 * walletsPerBank), rows(WalletRow.self, history).reduce(0) { $0 + $1.balance }
            )
            if before != after {
                inspection.report("all wallets", "There were \(before) cents, and there are \(after).")
            }
        }
    }

    private func creditedOnce(_ history: History) -> CheckResult {
        CheckResult("credited-once", "A transfer reaches its receiver at most once.", in: history) { inspection in
            var seen: Set<Identifier> = []
            for line in rows(StatementRow.self, history) {
                inspection.sample()
                if !seen.insert(line.transfer).inserted {
                    inspection.report(line.transfer, "The receiver's statement has the transfer more than once.")
                }
            }
        }
    }

    private func noDebts(_ history: History) -> CheckResult {
        CheckResult("no-debts", "No wallet holds less than nothing.", in: history) { inspection in
            for wallet in rows(WalletRow.self, history) {
                inspection.sample()
                if wallet.balance < 0 { inspection.report(wallet.key, "The wallet holds \(wallet.balance) cents.") }
            }
        }
    }

    private func transfersEnd(_ history: History) -> CheckResult {
        CheckResult("transfers-end", "A transfer that was accepted is completed or refunded.", in: history) {
            inspection in
            var states: [Identifier: TransferRow.State] = [:]
            for row in rows(TransferRow.self, history) { states[row.key] = row.state }
            for case .answered(_, let response) in history.entries.map(\.event) where response.status == 202 {
                guard let transfer = Identifier(response.body) else { continue }
                inspection.sample()
                switch states[transfer] {
                case .completed, .refunded: break
                case let state:
                    let what = state.map { "is \($0)" } ?? "is unknown"
                    inspection.report(transfer, "The bank accepted the transfer, and at the end it \(what).")
                }
            }
        }
    }
}
