import Kafka
import Services

/// What a wallet holds, in cents.
struct WalletRow: Row {
    static let table = "wallets"
    var key: Identifier
    var balance: Int64
}

/// Where a transfer stands, at the bank that sends the money.
struct TransferRow: Row {
    enum State: UInt8, NamedCase { case underWay, completed, refunded }
    static let table = "transfers"
    var key: Identifier
    var state: State
}

/// A line of a wallet's statement, at the bank that receives the money.
struct StatementRow: Row {
    static let table = "statements"
    var key: UniqueID
    var transfer: Identifier
}

/// What can be wrong with a bank, to see whether somebody notices.
public enum Defect: String, CaseIterable, Sendable {
    case none
    /// A message that comes twice is handled twice.
    case forgetsInbox = "forgets-inbox"
    /// Money that the other bank refuses stays where it is: nowhere.
    case forgetsRefund = "forgets-refund"
    /// A wallet may be emptied beyond its bottom.
    case forgetsBalance = "forgets-balance"
}

/// A bank: takes orders for transfers, debits wallets here, and has the other bank credit wallets there.
struct Bank: Service {
    let name: String
    let topics: TopicTable
    let options: WalletSystem

    var subscriptions: [TopicID] { [topics[name]] }
    var tables: [any Row.Type] { [WalletRow.self, TransferRow.self, StatementRow.self] }
    func deadLetterTopic(for topic: TopicID) -> TopicID { topics["dead-letters"] }

    /// The wallets exist from the beginning.
    func prepare(_ transaction: inout Transaction) throws {
        for number in 1...UInt64(options.wallets) {
            let wallet = WalletSystem.wallet(of: name, number)
            guard try transaction.get(WalletRow.self, wallet) == nil else { continue }
            try transaction.put(WalletRow(key: wallet, balance: options.balance))
        }
    }

    /// Somebody sends money: it leaves the wallet at once.
    func handle(_ request: Request, in transaction: inout Transaction) throws -> Response {
        guard let transfer = Transfer(words: String(decoding: request.body, as: UTF8.self).split(separator: " ")),
            let wallet = try transaction.get(WalletRow.self, transfer.from)
        else { return .problem(400, "No transfer", "Send 'ID FROM TO CENTS'.") }
        guard wallet.balance >= transfer.amount || options.defect == .forgetsBalance else {
            return .problem(409, "Too little money", "Send less.")
        }
        try add(-transfer.amount, to: transfer.from, in: &transaction)
        try transaction.put(TransferRow(key: transfer.id, state: .underWay))
        try say(.credit, transfer, to: transfer.to, in: &transaction)
        return Response(status: 202, body: transfer.id.bytes)
    }

    /// The other bank has something to say.
    func handle(_ record: ConsumerRecord, in transaction: inout Transaction) throws {
        let message = try Message(record.record)
        let (transfer, isNew) = (message.transfer, try transaction.accept(event: message.id, correlation: message.id))
        guard isNew || options.defect == .forgetsInbox else { return }
        switch message.kind {
        case .credit:
            guard try add(transfer.amount, to: transfer.to, in: &transaction) else {
                return try say(.refused, transfer, to: transfer.from, in: &transaction)
            }
            try transaction.put(StatementRow(key: transaction.newID(), transfer: transfer.id))
            try say(.credited, transfer, to: transfer.from, in: &transaction)
        case .credited: try transaction.put(TransferRow(key: transfer.id, state: .completed))
        case .refused:
            if options.defect != .forgetsRefund { try add(transfer.amount, to: transfer.from, in: &transaction) }
            try transaction.put(TransferRow(key: transfer.id, state: .refunded))
        }
    }

    /// False when there is no such wallet.
    @discardableResult
    private func add(_ amount: Int64, to wallet: Identifier, in transaction: inout Transaction) throws -> Bool {
        guard var row = try transaction.get(WalletRow.self, wallet) else { return false }
        row.balance += amount
        try transaction.put(row)
        return true
    }

    /// Publishes through the outbox: the message leaves if and only if the transaction commits.
    private func say(
        _ kind: Message.Kind, _ transfer: Transfer, to wallet: Identifier, in transaction: inout Transaction
    ) throws {
        let record = Message.record(kind, transfer, id: transaction.newID())
        try transaction.publish(record, to: topics[Transfer.bank(of: wallet)], inOrderOf: transfer.id)
    }
}
