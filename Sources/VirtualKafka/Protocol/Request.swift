import Kafka
import Simulation

/// What clients and brokers ask brokers for. The cases are Kafka's API keys (protocol guide, *The Messages*); all but
/// the smallest live behind one reference, so that an event in the queue stays small.
indirect enum RequestBody: Sendable {
    case produce(ProduceRequest)
    case fetch(FetchRequest)
    case replicaFetch(ReplicaFetchRequest)
    case listOffsets([ListOffsetsPartition])
    case metadata(MetadataRequest)
    case findCoordinator(GroupID)
    case joinGroup(JoinGroupRequest)
    case syncGroup(SyncGroupRequest)
    case heartbeat(MemberReference)
    case leaveGroup(GroupID, MemberID)
    case offsetCommit(OffsetCommitRequest)
    case offsetFetch(MemberReference, [Int32], requireStable: Bool)
    case initProducerID(ProducerIdentity)
    case brokerHeartbeat(BrokerHeartbeatRequest)
    case alterPartition(AlterPartitionRequest)
    case updateMetadata(MetadataImage)
    case transaction(TransactionRequest)
    case createTopics([TopicCreation])
    case createPartitions([PartitionsCreation])
    case deleteRecords(DeleteRecordsRequest)
    case electLeaders([LeaderElection])
}

/// DeleteRecords
struct DeleteRecordsRequest: Sendable {
    var timeout: Duration
    var partitions: [RecordDeletion]
}

/// ElectLeaders, one partition.
struct LeaderElection: Sendable {
    var partition: Int32
    var kind: ElectionKind
}

/// Which records of a partition are to be deleted.
struct RecordDeletion: Sendable {
    var partition: Int32
    /// Everything before this offset; -1 stands for the high watermark.
    var before: Int64
}

/// Metadata. The answer is about all topics, as if every topic had been asked for.
struct MetadataRequest: Sendable {
    /// Those that the client looks for in vain so far.
    var missing: [TopicID]
    /// Whether they may be created (`AllowAutoTopicCreation`).
    var allowsAutoCreation: Bool
}

/// CreateTopics, one topic.
struct TopicCreation: Sendable {
    var topic: TopicID
    var specification: TopicSpecification
}

/// CreatePartitions, one topic: how many there are to be.
struct PartitionsCreation: Sendable {
    var topic: TopicID
    var total: Int
}

/// Produce. As librdkafka does, one request carries one batch of one partition.
struct ProduceRequest: Sendable {
    var partition: Int32
    var acks: ClientProperties.Acks
    var timeout: Duration
    /// Whose transaction the batch is part of.
    var transaction: TransactionalID?
    var batch: ProducerBatch
}

/// A record batch on its way to the leader, which gives it offsets.
struct ProducerBatch: Sendable {
    var records: [Record]
    var size: Int
    var producer: ProducerIdentity
    var baseSequence: Int32
}

/// Fetch, by a consumer.
struct FetchRequest: Sendable {
    var maxWait: Duration
    var minBytes: Int
    var maxBytes: Int
    var isolation: IsolationLevel
    /// Whether the answer mentions partitions without news, too.
    var mentionsAll: Bool
    var partitions: [FetchPartition]
}

struct FetchPartition: Sendable {
    var partition: Int32
    var currentLeaderEpoch: Int32
    var fetchOffset: Int64
    var maxBytes: Int32
}

/// Fetch, by a follower: an incremental fetch session (KIP-227), so that only what changed is mentioned. `isFull`
/// starts a new session. The divergence check rides along (KIP-595, `LastFetchedEpoch`).
struct ReplicaFetchRequest: Sendable {
    /// Which start of the follower's process asks (KIP-903).
    var incarnation: Int32
    var isFull: Bool
    var positions: [ReplicaFetchPartition]
}

struct ReplicaFetchPartition: Sendable {
    var partition: Int32
    var currentLeaderEpoch: Int32
    var lastFetchedEpoch: Int32
    var fetchOffset: Int64
    /// Where the follower's log begins.
    var startOffset: Int64
}

struct ListOffsetsPartition: Sendable {
    var partition: Int32
    var query: OffsetQuery
    /// What the latest offset is for: the high watermark or the last stable offset.
    var isolation = IsolationLevel.readUncommitted
}

/// Who speaks in a group, and of which generation.
struct MemberReference: Sendable {
    var group: GroupID
    var member: MemberID
    var generation: Int32
    var instance = InstanceID.none
}

struct JoinGroupRequest: Sendable {
    var group: GroupID
    var member: MemberID
    var instance: InstanceID
    var sessionTimeout: Duration
    var rebalanceTimeout: Duration
    /// In order of preference. In Kafka each comes with a subscription of its own; they say the same.
    var strategies: [AssignmentStrategy]
    var subscription: Subscription
}

struct SyncGroupRequest: Sendable {
    var reference: MemberReference
    /// By the group's leader only: who gets which partitions.
    var assignments: [MemberAssignment]
}

struct MemberAssignment: Sendable {
    var member: MemberID
    var partitions: [Int32]
}

struct OffsetCommitRequest: Sendable {
    var reference: MemberReference
    var offsets: [CommittedOffset]
    /// For invariants: whether the application has asked for a lower offset than before.
    var mayMoveBack: Bool
}

struct CommittedOffset: Sendable {
    var partition: Int32
    var offset: Int64
}

/// BrokerHeartbeat, and BrokerRegistration when the incarnation is new (KIP-631).
struct BrokerHeartbeatRequest: Sendable {
    var broker: Int32
    var incarnation: Int32
    /// Up to where the broker knows the metadata: it is unfenced when it has caught up.
    var metadataVersion: Int64
    /// Of the partitions that nobody leads: what this broker has of them (`GetReplicaLogInfo` of KIP-966 asks for it).
    var orphans: [OrphanedLog]
}

/// Where a replica's log ends while its partition has no leader: until it gets one, nothing changes that.
struct OrphanedLog: Sendable {
    var partition: Int32
    /// Without a leader.
    var leaderEpoch: Int32
    /// Of the last batch.
    var lastEpoch: Int32
    var endOffset: Int64
}

struct BrokerIncarnation: Sendable {
    var broker: Int32
    var incarnation: Int32
}

/// AlterPartition (KIP-497): the leader's proposal of a new in-sync set.
struct AlterPartitionRequest: Sendable {
    var partition: Int32
    var leader: Int32
    var leaderEpoch: Int32
    var partitionEpoch: Int32
    var newISR: BrokerSet
    /// Comes back in the answer: only the answer to the last of several says what has become of a proposal.
    var attempt: Int32
    /// Of each follower in the set, the start of its process that the leader knows (KIP-903): one that has been started
    /// again since may have less than the leader thinks.
    var incarnations: [BrokerIncarnation]
}
