import Harness
import Kafka
import Services
import Simulation

/// Two banks as a system under test: its options are its own part of a scenario file.
public struct WalletSystem: SystemUnderTest {
    public var transfers = 100
    /// Which of them, by their numbers; all where none is given. Shrinking leaves out what a failure does not need.
    public var only: [Int] = []
    let interval = Duration.milliseconds(40)
    public var unknownReceivers = 0.1
    /// Of each bank, and how many cents each wallet holds in the beginning.
    public var wallets = 10
    let balance: Int64 = 300_00
    public var policies = RuntimePolicies()
    public var defect = Defect.none

    public init() {}

    public static var fields: [Field<WalletSystem>] {
        let numbers = Format.list(of: .integer(in: 1...100_000), "a list of numbers")
        return [
            .integer("transfers.count", \.transfers, in: 1...100_000, "How many transfers customers want."),
            Field("transfers.only", \.only, numbers, "Which of them; all of them where none is given."),
            .probability(
                "transfers.unknown-receivers", \.unknownReceivers, "How many go to wallets that do not exist."),
            .integer("wallets", \.wallets, in: 1...1_000, "How many wallets each bank has."),
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

    public var topics: [(name: String, partitions: Int)] { [("north", 3), ("south", 3), ("dead-letters", 1)] }

    public func services(topics: TopicTable) -> [any Service] {
        Self.banks.map { Bank(name: $0, topics: topics, options: self) }
    }

    public func environment(draws: Draws) -> any Environment { Customers(options: self, draws: draws) }

    public func poison(_ kind: PoisonKind, for topic: String, draws: Draws, number: UInt64) -> Record? {
        Self.banks.contains(topic) ? Record(key: nil, value: Array("credit \(kind.rawValue)".utf8)) : nil
    }

    public var units: [Int] { only.isEmpty ? Array(1...transfers) : only }
    public var unitsOfWork: Int { units.count }
    public func with(units: [Int]) -> WalletSystem? {
        var smaller = self
        smaller.only = units
        return smaller
    }

    /// What must hold.
    public func judge(_ history: History) -> [CheckResult] {
        func rows<R: Row>(_ type: R.Type) -> [R] { Self.banks.flatMap { history.store(of: $0)?.rows(R.self) ?? [] } }
        let wallets = rows(WalletRow.self)
        let states = Dictionary(uniqueKeysWithValues: rows(TransferRow.self).map { ($0.key, $0.state) })
        return [
            CheckResult("money-conserved", "No money appears, and none is lost.", in: history) { inspection in
                // As long as something is under way, money is nowhere.
                guard history.unsettled.isEmpty else { return }
                inspection.sample()
                let (before, after) = (balance * Int64(2 * self.wallets), wallets.reduce(0) { $0 + $1.balance })
                if before != after { inspection.report("all wallets", "They held \(before) cents, and hold \(after).") }
            },
            CheckResult("credited-once", "A transfer reaches its receiver at most once.", in: history) { inspection in
                var seen: Set<Identifier> = []
                for line in rows(StatementRow.self) {
                    inspection.sample()
                    if !seen.insert(line.transfer).inserted { inspection.report(line.transfer, "It came twice.") }
                }
            },
            CheckResult("no-debts", "No wallet holds less than nothing.", in: history) { inspection in
                inspection.sample(wallets.count)
                for wallet in wallets where wallet.balance < 0 {
                    inspection.report(wallet.key, "The wallet holds \(wallet.balance) cents.")
                }
            },
            CheckResult("transfers-end", "What was accepted is completed or refunded.", in: history) { inspection in
                for case .answered(_, let response) in history.entries.map(\.event) where response.status == 202 {
                    inspection.sample()
                    guard let transfer = Identifier(response.body) else { continue }
                    if states[transfer] == .completed || states[transfer] == .refunded { continue }
                    inspection.report(transfer, "The bank accepted the transfer, and at the end it is neither.")
                }
            },
        ] + CheckResult.standard(for: history)
    }
}
