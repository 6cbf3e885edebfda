import Kafka

/// What became of a message.
public struct Report: Hashable, Sendable {
    public var tag: UInt64
    public var partition: NamedPartition
    public var offset: Int64?
    public var failure: CallFailure?

    public init(tag: UInt64, partition: NamedPartition, offset: Int64?, failure: CallFailure?) {
        self.tag = tag
        self.partition = partition
        self.offset = offset
        self.failure = failure
    }
}

/// A producer under test.
public protocol TestProducer: AnyObject {
    /// Hands a record over and returns its tag; throws what the client refuses at once.
    func produce(_ record: Record, to topic: String, partition: Int32?) throws -> UInt64
    /// Delivery reports in the order in which they came.
    var reports: [Report] { get }
    /// Errors that belong to no message.
    var failures: [CallFailure] { get }
    func close()

    func initTransactions(within limit: Duration) throws
    func beginTransaction() throws
    func sendOffsets(_ offsets: [(NamedPartition, Int64)], of consumer: any TestConsumer, within limit: Duration) throws
    func commitTransaction(within limit: Duration) throws
    func abortTransaction(within limit: Duration) throws
}

/// A record with its place.
public struct ReadRecord: Hashable, Sendable {
    public var partition: NamedPartition
    public var offset: Int64
    public var record: Record

    public init(partition: NamedPartition, offset: Int64, record: Record) {
        self.partition = partition
        self.offset = offset
        self.record = record
    }
}

/// A change of what a consumer holds.
public enum Rebalance: Hashable, Sendable {
    case assigned([NamedPartition], isIncremental: Bool)
    case revoked([NamedPartition], isIncremental: Bool, isLost: Bool)
}

/// Where to begin.
public enum StartAt: Hashable, Sendable {
    case offset(Int64)
    case beginning
    case end
    case committed
}

/// A consumer under test. What it is told while somebody waits piles up in `records`, `rebalances` and `failures`.
public protocol TestConsumer: AnyObject {
    var records: [ReadRecord] { get }
    var rebalances: [Rebalance] { get }
    var failures: [CallFailure] { get }
    /// Whether the application polls.
    var isPolling: Bool { get set }
    /// What it holds, in order.
    func assignment() throws -> [NamedPartition]

    func subscribe(to topics: [String]) throws
    func unsubscribe() throws
    func assign(_ partitions: [(NamedPartition, StartAt)]) throws
    func seek(_ partition: NamedPartition, to offset: Int64) throws
    func pause(_ partitions: [NamedPartition]) throws
    func resume(_ partitions: [NamedPartition]) throws
    /// For a consumer that defers revocations.
    func completeRevocation() throws

    func commit(_ offsets: [(NamedPartition, Int64)]) throws
    /// Nil where nothing was committed.
    func committed(_ partitions: [NamedPartition]) throws -> [Int64?]
    /// Nil before the first record.
    func position(_ partition: NamedPartition) throws -> Int64?
    func watermarks(_ partition: NamedPartition) throws -> (low: Int64, high: Int64)
    /// The first offset with a timestamp that is not before the one given; nil when there is none.
    func offset(_ partition: NamedPartition, forTime milliseconds: Int64) throws -> Int64?

    /// Leaves in an orderly way.
    func close()
    /// Vanishes as a process that dies.
    func abandon() throws
}

/// A topic as an administrator sees it.
public struct TopicState: Hashable, Sendable {
    /// By partition; nil without one.
    public var leaders: [Int?]
    /// By partition.
    public var inSync: [[Int]]

    public init(leaders: [Int?], inSync: [[Int]]) {
        self.leaders = leaders
        self.inSync = inSync
    }
}

extension TopicState {
    /// Of a partition; nil where there is none, or no such partition.
    func leader(_ partition: Int) -> Int? { leaders.indices.contains(partition) ? leaders[partition] : nil }

    /// Of a partition.
    func inSync(_ partition: Int) -> [Int] { inSync.indices.contains(partition) ? inSync[partition] : [] }
}

/// A group as an administrator sees it.
public struct GroupState: Hashable, Sendable {
    /// `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable`, `Dead`.
    public var state: String
    /// How many partitions each member holds, ascending.
    public var shares: [Int]

    public init(state: String, shares: [Int]) {
        self.state = state
        self.shares = shares
    }
}

/// An administrator under test; calls throw what the cluster answers for the one thing that they are about.
public protocol TestAdmin: AnyObject {
    func createTopic(_ name: String, _ topic: TopicWish) throws
    func createPartitions(_ topic: String, total: Int) throws
    /// Returns where the log begins now.
    func deleteRecords(_ partition: NamedPartition, before offset: Int64) throws -> Int64
    func describeTopic(_ topic: String) throws -> TopicState
    func listGroups() throws -> [String]
    func describeGroup(_ group: String) throws -> GroupState
}
