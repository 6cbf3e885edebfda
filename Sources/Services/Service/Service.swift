import Kafka
import Simulation

/// The logic of one kind of service: plain synchronous Swift over a transaction. It never touches Kafka.
///
/// Every method runs inside one store transaction; what it throws rolls back what it wrote, and nothing else.
public protocol Service: Sendable {
    /// `inventory`, for example: names instances (`inventory/1`), links and stores.
    var name: String { get }
    /// The consumer group that its instances join; the service's name, where nothing else is said.
    var group: String { get }
    /// What it reads.
    var subscriptions: [TopicID] { get }
    /// The names of all topics.
    var topics: TopicTable { get }
    /// Where records go that nothing can be done with.
    func deadLetterTopic(for topic: TopicID) -> TopicID
    /// Where records of a topic go whose handler has failed `attempt` times, from 1; by default the topic that
    /// `RetryTopics.name` says. Nil when the system has no such topic, and the dead-letter topic comes next.
    func retryTopic(for topic: TopicID, attempt: Int) -> TopicID?

    /// Every table of its own; those that all services have are `Instance.tables`.
    var tables: [any Row.Type] { get }

    /// Brings the store into the state from which the service can start; does nothing to a store that already is.
    func prepare(_ transaction: inout Transaction) throws
    /// A record arrived. Throws `Poison` when nothing can ever be done with it.
    func handle(_ record: ConsumerRecord, in transaction: inout Transaction) throws
    /// An API request arrived.
    func handle(_ request: Request, in transaction: inout Transaction) throws -> Response
    /// A provider call that this service asked for has ended. The same answer comes again, after a while, for as long as
    /// this throws.
    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws
    /// A deadline that this service set has passed. It is met again, after a while, for as long as this throws.
    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws
}

extension Service {
    /// The service's name.
    public var group: String { name }

    /// Nothing has to be there before the start.
    public func prepare(_ transaction: inout Transaction) throws {}

    /// A service that calls no provider hears no answer.
    public func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {
        preconditionFailure("\(name) calls a provider, and has no handle(_:to:in:) for the answer")
    }

    /// A service that sets no deadline has none to meet.
    public func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {
        preconditionFailure("\(name) sets deadlines, and has no handle(_:in:) for them")
    }

    /// A service without an API refuses requests.
    public func handle(_ request: Request, in transaction: inout Transaction) throws -> Response {
        .problem(404, "No API", "Send the request to a service that has one.")
    }

    /// The topic that is called so, if there is one.
    public func retryTopic(for topic: TopicID, attempt: Int) -> TopicID? {
        topics.id(of: RetryTopics.name(of: topics.name(of: topic), attempt))
    }
}

/// Why a record can never be processed, whoever tries however often.
public struct Poison: Error, Hashable, Sendable {
    /// What is wrong, as a class: `MalformedJSON`, `UnknownVersion`.
    public var kind: String
    /// What is wrong, as a sentence.
    public var message: String

    public init(_ kind: String, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

/// A moment at which a service wants to look at something again. A row, so that it survives a crash.
public struct Deadline: Row {
    /// What is to be looked at, and why.
    public struct Key: RowKey {
        public var subject: Identifier
        /// The service's own number for why: a saga's time limit, a grace period.
        public var kind: Int32

        public init(subject: Identifier, kind: Int32) {
            self.subject = subject
            self.kind = kind
        }

        /// Spreads subjects and kinds over shards.
        public var stableHash: UInt64 { mixed(subject.stableHash &+ UInt64(bitPattern: Int64(kind))) }
    }

    public static let table = "deadlines"
    public var key: Key
    /// When it is looked at; moved into the future whenever its handler has failed.
    public var due: Instant
    /// How often its handler has failed.
    public var failures: Int32 = 0

    public init(key: Key, due: Instant) {
        self.key = key
        self.due = due
    }
}
