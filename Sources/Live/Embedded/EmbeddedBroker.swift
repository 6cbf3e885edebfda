import Kafka
import RdKafka
import Synchronization

/// A topic of the embedded broker.
public struct EmbeddedTopic: Hashable, Sendable {
    public var name: String
    public var partitions: Int

    public init(_ name: String, partitions: Int) {
        self.name = name
        self.partitions = partitions
    }
}

/// Why the embedded broker does not do something.
public struct EmbeddedBrokerError: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Brokers inside this process, with nothing to install: librdkafka's mock cluster, and a controller for it. For
/// development and tests only.
///
/// What it is not:
///
/// * It keeps everything in memory. When the process ends, records, groups and offsets are gone.
/// * Of each partition it keeps the last 5 MiB or 100,000 batches. What is older is dropped without a word: a consumer
///   has to be told `auto.offset.reset=error` to notice that it was there (see `Consumer`).
/// * Brokers share one log per partition: nothing is replicated, and nothing is lost with a broker.
/// * `read_committed` is ignored, so open and aborted transactions are seen; offsets that are committed in a transaction
///   are not stored; older producers of a `transactional.id` are not fenced.
/// * An idempotent producer that sends a batch again is not recognised: it may stand there twice.
/// * CreateTopics, CreatePartitions, DeleteRecords, ListGroups, DescribeGroups and DescribeConfigs are not answered.
///   Topics are made by `createTopic`; one that somebody else asks for springs up with four partitions, and stays with
///   its broker when that goes down.
/// * Static members (`group.instance.id`) are members like others. A first join takes three seconds, each rebalance a
///   second less than `session.timeout.ms`, which must be more than three seconds.
/// * It listens on the loopback interface only, on ports that the system chooses, and asks nobody for a password.
///
/// Any thread may use it.
public final class EmbeddedBroker: Sendable {
    /// The brokers' numbers, from 1.
    public let brokers: [Int]
    /// `host:port`, separated by commas.
    public let bootstrapServers: String
    private let state: Mutex<EmbeddedState>

    /// Starts the brokers. `groups` and `transactionalIDs` are those whose coordinators move when a broker goes down.
    public init(
        brokers count: Int = 3, topics: [EmbeddedTopic] = [], groups: [String] = [], transactionalIDs: [String] = []
    ) throws {
        precondition(count > 0, "a cluster needs a broker")
        let cluster = try MockCluster(brokers: Int32(count))
        brokers = Array(1...count)
        bootstrapServers = cluster.bootstrapServers
        state = Mutex(EmbeddedState(cluster, brokers: brokers))
        for topic in topics { try createTopic(topic) }
        for group in groups { try coordinate(group: group) }
        for id in transactionalIDs { try coordinate(transactionalID: id) }
    }

    // MARK: Topics, groups

    /// The topics that were made, in order of the names.
    public var topics: [EmbeddedTopic] {
        state.withLock { state in
            state.topics.map { EmbeddedTopic($0.key, partitions: $0.value) }.sorted { $0.name < $1.name }
        }
    }

    /// Makes a topic. One that is there with as many partitions is left alone.
    public func createTopic(_ topic: EmbeddedTopic) throws { try state.withLock { try $0.create(topic) } }

    /// Gives a group a coordinator that moves away from brokers which are down.
    public func coordinate(group: String) throws {
        try state.withLock { try $0.coordinate(EmbeddedState.Key(kind: .group, name: group)) }
    }

    /// Gives a `transactional.id` a coordinator that moves away from brokers which are down.
    public func coordinate(transactionalID: String) throws {
        try state.withLock { try $0.coordinate(EmbeddedState.Key(kind: .transaction, name: transactionalID)) }
    }

    /// The leader of a partition; nil when it has none, or is not known.
    public func leader(of partition: NamedPartition) -> Int? { state.withLock { $0.leader(of: partition) } }

    /// The coordinator of a group; nil for groups that nobody has named.
    public func coordinator(ofGroup group: String) -> Int? {
        state.withLock { $0.coordinator(of: EmbeddedState.Key(kind: .group, name: group)) }
    }

    // MARK: Brokers down and up

    /// The brokers that run.
    public var runningBrokers: [Int] { state.withLock { $0.running.sorted() } }

    /// Closes a broker's port and connections. What it led or coordinated goes to others, as Kafka's controller would
    /// have it, unless it was the last.
    public func takeDown(_ broker: Int) throws { try state.withLock { try $0.takeDown(broker) } }

    /// Opens the port again. What it led and coordinated at first comes back to it.
    public func bringUp(_ broker: Int) throws { try state.withLock { try $0.bringUp(broker) } }

    // MARK: Moves

    /// Makes another broker the leader of a partition, from now on.
    public func moveLeader(of partition: NamedPartition, to broker: Int) throws {
        try state.withLock { try $0.moveLeader(of: partition, to: broker) }
    }

    /// Makes another broker the coordinator of a group: the next one that runs, unless it is named.
    public func moveCoordinator(ofGroup group: String, to broker: Int? = nil) throws {
        try state.withLock { try $0.moveCoordinator(of: .init(kind: .group, name: group), to: broker) }
    }

    /// Makes another broker the coordinator of a `transactional.id`: the next one that runs, unless it is named.
    public func moveCoordinator(ofTransactionalID id: String, to broker: Int? = nil) throws {
        try state.withLock { try $0.moveCoordinator(of: .init(kind: .transaction, name: id), to: broker) }
    }

    // MARK: Trouble

    /// Delays every answer of a broker, or of all. Longer than a client waits, it is an answer that is lost: what was
    /// asked for is done.
    public func setRoundTripTime(_ duration: Duration, of broker: Int? = nil) throws {
        try state.withLock { try $0.setRoundTripTime(duration, of: broker) }
    }

    /// Lets the next requests of a kind fail, one for each code, in order; they are not carried out.
    /// `ErrorCode.transport` closes the connection instead of answering.
    public func reject(_ kind: EmbeddedRequest, with codes: [ErrorCode]) {
        state.withLock { $0.cluster.pushErrors(codes.map { Int32($0.rawValue) }, for: kind.rawValue) }
    }

    /// Takes back what `reject` has asked for and what has not happened yet.
    public func acceptAgain(_ kind: EmbeddedRequest) { state.withLock { $0.cluster.clearErrors(for: kind.rawValue) } }

    /// Lets metadata requests about a topic fail; nil ends that.
    public func setError(of topic: String, to code: ErrorCode?) {
        state.withLock { $0.cluster.setError(of: topic, to: Int32(code?.rawValue ?? 0)) }
    }
}

/// The requests that the embedded broker answers, by the numbers that the protocol gives them.
public enum EmbeddedRequest: Int16, CaseIterable, Sendable {
    case produce = 0
    case fetch = 1
    case listOffsets = 2
    case metadata = 3
    case offsetCommit = 8
    case offsetFetch = 9
    case findCoordinator = 10
    case joinGroup = 11
    case heartbeat = 12
    case leaveGroup = 13
    case syncGroup = 14
    case initProducerID = 22
    case addPartitionsToTransaction = 24
    case addOffsetsToTransaction = 25
    case endTransaction = 26
    case commitOffsetsInTransaction = 28
}
