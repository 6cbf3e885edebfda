import Harness
import Orders
import Services
import Simulation

/// The cards that the provider knows by their tokens.
enum PaymentCard {
    static let good = Identifier(literal: "tok_visa")
    /// Declined, whatever is to be paid with it.
    static let bad = Identifier(literal: "tok_declined")
}

/// The payment provider of a run: what it knows is gone with it.
struct PaymentProvider: Sendable {
    private let door: ProviderDoor
    private let desk: PaymentDesk
    private var books = ValueStore()

    init(options: ProviderOptions, draws: Draws) {
        door = ProviderDoor(options: options, draws: draws)
        desk = PaymentDesk(draws: draws)
    }

    mutating func receive(
        _ call: ProviderCall, token: UInt64, fate: ProviderFate?, into output: inout EnvironmentOutput
    ) {
        door.receive(call, token: token, fate: fate, into: &output) { isRefusing, output in
            let reply = desk.reply(to: call, isRefusing: isRefusing, in: &books, &output.ledger)
            books.commit()
            return reply?.encode()
        }
    }
}

/// What a payment provider does: charges and refunds cards, and answers a repeated call as it answered the first.
struct PaymentDesk: Sendable {
    let draws: Draws

    /// What the provider says to a call: what it said before, or what it now does. Nil for "not now".
    func reply<Books: ProviderBooks>(
        to call: ProviderCall, isRefusing: Bool, in books: inout Books, _ ledger: inout [LedgerEntry]
    ) throws(Books.Failure) -> ProviderReply? {
        if let known = try books.row(KnownReply.self, call.idempotencyKey) { return known.reply }
        guard let request = try? ProviderRequest.decode(call.payload) else { return .declined(.other) }
        let reply: ProviderReply
        switch request.operation {
        case .charge:
            reply = isRefusing ? .declined(.insufficientFunds) : try charge(request, call, &books, &ledger)
        // A provider may put off giving money back; it cannot refuse for good.
        case .refund:
            if isRefusing { return nil }
            reply = try refund(request, call, &books, &ledger)
        }
        try books.set(KnownReply(key: call.idempotencyKey, reply: reply), for: call.idempotencyKey)
        return reply
    }

    private func charge<Books: ProviderBooks>(
        _ request: ProviderRequest, _ call: ProviderCall, _ books: inout Books, _ ledger: inout [LedgerEntry]
    ) throws(Books.Failure) -> ProviderReply {
        guard request.token != PaymentCard.bad else { return .declined(.cardDeclined) }
        return .approved(reference: try enter("charge", request, call, &books, &ledger))
    }

    /// Gives back whatever it is asked to, as long as there was a charge at all: whoever asks for more than was charged
    /// gets it, and the ledger shows it.
    private func refund<Books: ProviderBooks>(
        _ request: ProviderRequest, _ call: ProviderCall, _ books: inout Books, _ ledger: inout [LedgerEntry]
    ) throws(Books.Failure) -> ProviderReply {
        guard try books.row(Account.self, request.order) != nil else { return .declined(.nothingCharged) }
        return .approved(reference: try enter("refund", request, call, &books, &ledger))
    }

    /// Moves money; gives back the number under which it was booked.
    private func enter<Books: ProviderBooks>(
        _ kind: String, _ request: ProviderRequest, _ call: ProviderCall, _ books: inout Books,
        _ ledger: inout [LedgerEntry]
    ) throws(Books.Failure) -> Identifier {
        var account = try books.row(Account.self, request.order) ?? Account(key: request.order, entries: 0)
        account.entries += 1
        try books.set(account, for: account.key)
        ledger.append(
            LedgerEntry(
                kind: kind, subject: request.order, idempotencyKey: call.idempotencyKey,
                amount: request.amount.minorUnits, unit: request.amount.currency.description))
        let number = draws.bits(.reference, request.order.stableHash, account.entries) % 100_000_000_000
        return Identifier(prefix: "PAY-", number: number, digits: 11)
    }

    static let tables: [any Row.Type] = [KnownReply.self, Account.self]
}

/// What was answered to a call, by its idempotency key.
private struct KnownReply: Row {
    static let table = "replies"
    var key: UniqueID
    var reply: ProviderReply
}

/// An order for which money has moved.
private struct Account: Row {
    static let table = "accounts"
    var key: Identifier
    var entries: UInt64
}

extension Purpose {
    fileprivate static let reference = Purpose("provider.reference")
}
