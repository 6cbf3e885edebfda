import Kafka
import Simulation

/// The work that goes into one store transaction.
public struct Batch: Sendable, Codable {
    /// Counts the batches of one life of an instance, from 1.
    public let id: UInt64
    var items: [WorkItem]
    /// How often this batch has been tried.
    public internal(set) var attempt = 1

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
    /// Whether there is nothing in it but what comes again and again by itself.
    package var isOnlyHousekeeping: Bool {
        items.allSatisfy { if case .housekeeping = $0 { true } else { false } }
    }
    /// What is in it, for people: `3 records, 1 request, housekeeping`.
    public var contents: String {
        var counts: [(name: String, count: Int)] = []
        for item in items {
            if let index = counts.firstIndex(where: { $0.name == item.name }) {
                counts[index].count += 1
            } else {
                counts.append((item.name, 1))
            }
        }
        return counts.map { counted($0.count, $0.name) }.joined(separator: ", ")
    }
}

/// `1 record`, `3 records`
private func counted(_ count: Int, _ name: String) -> String { "\(count) \(name)\(count == 1 ? "" : "s")" }

/// One thing to do in a transaction; fails alone.
enum WorkItem: Sendable, Codable {
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

    /// For people.
    fileprivate var name: String {
        switch self {
        case .prepare: "preparation"
        case .record: "record"
        case .request: "request"
        case .answer: "provider's answer"
        case .sent: "acknowledgement"
        case .housekeeping: "housekeeping"
        case .deadlines: "deadlines"
        }
    }

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
public struct BatchOutcome: Sendable, Codable {
    package struct Message: Sendable, Codable {
        package var message: OutboxMessage
        /// Whether a row in the outbox stands behind it.
        package var isDurable: Bool

        package init(message: OutboxMessage, isDurable: Bool) {
            self.message = message
            self.isDurable = isDurable
        }
    }

    struct Answer: Sendable, Codable {
        var id: UInt64
        var response: Response
    }

    enum Result: UInt8, Sendable, Codable {
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
    package var messages: [Message] = []
    package var calls: [CallRow] = []
    var responses: [Answer] = []
    var accepted: [UniqueID] = []
    /// The deadlines that were set.
    var deadlines: [Instant] = []
    /// The items whose handlers were made to fail.
    public internal(set) var injectedFailures: [Int] = []

    init(batch: UInt64) { self.batch = batch }

    /// How many events it asks for to be sent.
    package var messageCount: Int { messages.count }

    /// What became of the batch, for people: `3 done, 1 to be tried again; 2 events to send`.
    public var contents: String {
        let words: [(Result, String)] = [
            (.done, "done"), (.retry, "to be tried again"), (.halted, "stuck"), (.skipped, "skipped"),
        ]
        let parts = words.compactMap { word -> String? in
            let count = results.count { $0 == word.0 }
            return count == 0 ? nil : "\(count) \(word.1)"
        }
        let rest = [(messages.count, "event"), (calls.count, "provider call"), (responses.count, "response")]
            .filter { $0.0 > 0 }.map { counted($0.0, $0.1) }
        return ([parts.joined(separator: ", ")] + rest).joined(separator: "; ")
    }
}
