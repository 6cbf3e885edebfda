import Kafka

/// What is asked of a partition's log (ListOffsets).
public enum OffsetQuery: Hashable, Sendable {
    /// Where the log begins (timestamp -2 in the protocol).
    case earliest
    /// Up to where a consumer can read (timestamp -1).
    case latest
    /// The first record with at least this timestamp, in milliseconds since the epoch.
    case timestamp(Int64)
}

/// An offset of a partition, or why there is none.
public struct PartitionOffset: Hashable, Sendable {
    public var partition: TopicPartition
    /// -1 without one.
    public var offset: Int64
    public var error: ErrorCode
}
