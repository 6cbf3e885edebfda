import Kafka
import Simulation

/// What a client's application is told.
public enum ClientNotice: Sendable {
    /// Partitions in addition to those held before, if it is incremental (KIP-429), else all of them.
    case assigned([TopicPartition], isIncremental: Bool)
    /// To be answered with `completeRevocation`, unless the partitions are lost already.
    case revoked([TopicPartition], lost: Bool, isIncremental: Bool)
    /// Fetched, in order of offsets, of an assigned partition that is not paused.
    case records(TopicPartition, [ConsumerRecord])
    /// A delivery report.
    case delivered(tag: UInt64, TopicPartition, offset: Int64)
    case deliveryFailed(tag: UInt64, ErrorCode)
    case offsetsCommitted(tag: UInt64, ErrorCode)
    /// A step of a transaction has ended.
    case transactionStep(tag: UInt64, TransactionError?)
    /// An administrator's operation has ended.
    case adminCompleted(tag: UInt64, [AdminResult])
    /// The answer to `fetchCommitted`.
    case committedOffsets(tag: UInt64, [PartitionOffset])
    /// The answer to `listOffsets`.
    case offsetsListed(tag: UInt64, [PartitionOffset])
    /// `enable.partition.eof`: there is nothing more to read at present.
    case endOfPartition(TopicPartition, offset: Int64)
    /// Something went wrong with a partition, or with the client as a whole, that the application should know.
    case error(ErrorCode, TopicPartition?)
    /// The client is of no use any more.
    case fatal(ErrorCode)
}

/// What an operator would see.
public enum ClusterObservation: Sendable {
    case brokerCrashed(Int)
    case brokerRestarted(Int)
    case brokerFenced(Int)
    case brokerUnfenced(Int)
    case controllerElected(Int)
    case controllerLost
    case leaderElected(TopicPartition, broker: Int?, epoch: Int32)
    case inSyncReplicas(TopicPartition, [Int32])
    /// Retention or an administrator has moved the beginning of a broker's log.
    case logStartMoved(TopicPartition, broker: Int, to: Int64)
    /// Committed records are gone: too many disks have lost them, or a leader was elected that does not have them.
    case recordsLost(TopicPartition, from: Int64, to: Int64)
    case truncated(TopicPartition, broker: Int, from: Int64, to: Int64)
    case generation(group: String, Int32, members: Int)
    case memberEvicted(group: String, client: ClientID)
    case offsetCommitted(group: String, TopicPartition, Int64)
}

/// What comes out of the cluster: one value, used again and again.
public struct KafkaOutput: Sendable {
    public var scheduled: [(at: Instant, event: KafkaEvent)] = []
    public var notices: [(client: ClientID, notice: ClientNotice)] = []
    public var observations: [ClusterObservation] = []

    public init() {}

    /// Empties it, keeping the storage.
    public mutating func removeAll() {
        scheduled.removeAll(keepingCapacity: true)
        notices.removeAll(keepingCapacity: true)
        observations.removeAll(keepingCapacity: true)
    }
}
