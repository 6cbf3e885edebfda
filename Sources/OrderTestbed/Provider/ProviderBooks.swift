import Harness
import Services
import Simulation

/// Where a provider writes down what it has done: a value in a simulation, a database where it has to outlive its process.
protocol ProviderBooks {
    associatedtype Failure: Error
    func row<R: Row>(_ type: R.Type, _ key: R.Key) throws(Failure) -> R?
    mutating func set<R: Row>(_ row: R?, for key: R.Key) throws(Failure)
}

extension ValueStore: ProviderBooks {
    typealias Failure = Never
}

/// Books in a database, during one of its transactions.
private struct StoredBooks: ProviderBooks {
    typealias Failure = any Error
    let workingSet: WorkingSet

    func row<R: Row>(_ type: R.Type, _ key: R.Key) throws -> R? { try workingSet.get(R.self, key) }

    func set<R: Row>(_ row: R?, for key: R.Key) throws {
        guard let row else { preconditionFailure("a provider forgets nothing") }
        try workingSet.put(row)
    }
}

/// Something that a provider did, as it stands in its books.
struct BookedEntry: Row {
    static let table = "ledger"
    /// The idempotency key of the call.
    var key: UniqueID
    var kind: String
    var subject: Identifier
    var amount: Int64
    var unit: String
    var bookedAt: Instant
}

/// The providers that a system calls when nobody has real ones: they move no money and send nothing, and keep books.
///
/// By fixed rules: the token `tok_declined` is declined, every other card is good for every amount, what was charged can be
/// refunded, and every message is accepted. A repeated call is recognised by its idempotency key and answered as before.
public enum SandboxProvider: String, CaseIterable, Sendable {
    case payments
    case messages

    /// The tables of its books; `ledger` says what it did.
    public var tables: [any Row.Type] {
        switch self {
        case .payments: PaymentDesk.tables + [BookedEntry.self]
        case .messages: MessageDesk.tables + [BookedEntry.self]
        }
    }

    /// The answer to a call, and what it does is written into its books; nil for "not now".
    public func reply(to call: ProviderCall, in workingSet: WorkingSet, at now: Instant) throws -> [UInt8]? {
        var books = StoredBooks(workingSet: workingSet)
        var ledger: [LedgerEntry] = []
        let draws = Draws(seed: 1)
        let body =
            switch self {
            case .payments:
                try PaymentDesk(draws: draws).reply(to: call, isRefusing: false, in: &books, &ledger)?.encode()
            case .messages:
                try MessageDesk(unreachableCustomers: 0, draws: draws)
                    .reply(to: call, isRefusing: false, in: &books, &ledger).encode()
            }
        for entry in ledger {
            let booked = BookedEntry(
                key: entry.idempotencyKey, kind: entry.kind, subject: entry.subject, amount: entry.amount,
                unit: entry.unit, bookedAt: now)
            try workingSet.put(booked)
        }
        return body
    }

    /// How long it takes to answer: the same for the same attempt at the same call.
    public func latency(of call: ProviderCall) -> Duration {
        let identity = (call.idempotencyKey.stableHash, UInt64(call.attempt))
        return Draws(seed: 1).duration(in: ProviderOptions().latency, .sandboxLatency, identity.0, identity.1)
    }
}

extension Purpose {
    fileprivate static let sandboxLatency = Purpose("sandbox.latency")
}
