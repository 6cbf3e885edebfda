import Kafka
import Simulation

/// The work that goes into one store transaction.
public struct Batch: Sendable {
    /// Counts the batches of one life of an instance, from 1.
    public let id: UInt64
    var items: [WorkItem]
    /// How often this batch has been tried.
    var attempt = 1

    /// How many of its items are records.
    public var recordCount: Int { items.reduce(0) { if case .record = $1 { $0 + 1 } else { $0 } } }
    /// Its records, with their places among the items.
    public var records: [(item: Int, record: ConsumerRecord)] {
        items.enumerated().compactMap { item, work in
            if case .record(let record, _) = work { (item, record) } else { nil }
        }
    }
    /// How many items it has.
    public var itemCount: Int { items.count }
}

/// One thing to do in a transaction; fails alone.
enum WorkItem: Sendable {
    case prepare
    case record(ConsumerRecord, attempt: Int)
    case request(Request)
    case answer(UniqueID, ProviderAnswer)
    /// Kafka has acknowledged a message of the outbox.
    case sent(OutboxMessage.Key, UniqueID)
    /// Take over what dead instances left, and look at deadlines.
    case housekeeping
    /// Look at deadlines.
    case deadlines

    /// What comes again and again by itself.
    var isHousekeeping: Bool {
        switch self {
        case .housekeeping, .deadlines: true
        default: false
        }
    }
}

/// A handler failed because it was told to: a fault of a simulation.
struct InjectedFailure: Error, CustomStringConvertible {
    var description: String { "a failure that a fault plan or a fault rate asks for" }
}

/// What a committed transaction leaves to be done.
public struct BatchOutcome: Sendable {
    struct Message: Sendable {
        var message: OutboxMessage
        /// Whether a row in the outbox stands behind it.
        var isDurable: Bool
    }

    enum Result: Sendable {
        case done
        /// Failed for a reason that may pass; try again, and nothing of the same partition before it.
        case retry
        /// Never going to work, and the policy is to stop here.
        case halted
        /// Not tried, because a record before it in its partition is to be tried again.
        case skipped
    }

    public let batch: UInt64
    var results: [Result] = []
    var messages: [Message] = []
    var calls: [CallRow] = []
    var responses: [(id: UInt64, response: Response)] = []
    var accepted: [UniqueID] = []
    /// The deadlines that were set.
    var deadlines: [Instant] = []
    /// The items whose handlers were made to fail.
    public internal(set) var injectedFailures: [Int] = []

    init(batch: UInt64) { self.batch = batch }
}
