import Kafka
import Simulation

/// The answers to `RequestBody`, in the same order.
indirect enum ResponseBody: Sendable {
    case produce(ErrorCode, baseOffset: Int64)
    case fetch([FetchedPartition])
    case replicaFetch([ReplicaFetchedPartition])
    case listOffsets([ListedOffset])
    case metadata(MetadataImage, [TopicError])
    case findCoordinator(ErrorCode, broker: Int32)
    case joinGroup(JoinGroupResponse)
    case syncGroup(ErrorCode, [Int32])
    case heartbeat(ErrorCode)
    case leaveGroup(ErrorCode)
    case offsetCommit(ErrorCode)
    case offsetFetch(ErrorCode, [CommittedOffset])
    case initProducerID(ErrorCode, ProducerIdentity)
    case brokerHeartbeat(ErrorCode, MetadataImage, isFenced: Bool)
    case alterPartition(ErrorCode, partition: Int32, attempt: Int32, MetadataImage)
    /// In the order of the request.
    case createTopics([ErrorCode])
    case createPartitions([ErrorCode])
    case deleteRecords([DeletedRecords])
    case electLeaders([ErrorCode])
    case transaction(TransactionResponse)
}

/// What has become of a `RecordDeletion`.
struct DeletedRecords: Sendable {
    var error: ErrorCode
    /// Where the log begins now, on all live replicas.
    var lowWatermark: Int64
}

/// What is wrong with a topic that a client has asked for.
struct TopicError: Sendable {
    var topic: TopicID
    var error: ErrorCode
}

struct FetchedPartition: Sendable {
    var partition: Int32
    var error: ErrorCode
    var highWatermark: Int64
    /// For a `read_committed` reader: whose batches it has to leave out.
    var aborted: [AbortedTransaction] = []
    /// The first batch may begin before the offset asked for: the consumer skips what it has.
    var batches: [Batch]
}

struct ReplicaFetchedPartition: Sendable {
    var partition: Int32
    var error: ErrorCode
    var leaderEpoch: Int32
    var highWatermark: Int64
    /// Where the leader's log begins.
    var startOffset: Int64
    /// Where the follower's log ceases to agree with the leader's (KIP-595): truncate, then ask again.
    var diverging: EpochEnd?
    var batches: [Batch]
}

/// The last epoch not later than one asked for, and the offset at which it ends.
struct EpochEnd: Equatable, Sendable {
    var epoch: Int32
    var endOffset: Int64
}

struct ListedOffset: Sendable {
    var partition: Int32
    var error: ErrorCode
    /// -1 when no record is as young as the timestamp asked for.
    var offset: Int64
}

struct JoinGroupResponse: Sendable {
    var error: ErrorCode
    var generation: Int32
    /// What the coordinator has chosen.
    var strategy: AssignmentStrategy?
    var member: MemberID
    var leader: MemberID
    /// For the leader only: everybody and what they subscribed to.
    var members: [JoinedMember]
}

struct JoinedMember: Sendable {
    var member: MemberID
    var instance = InstanceID.none
    var subscription: Subscription
}
