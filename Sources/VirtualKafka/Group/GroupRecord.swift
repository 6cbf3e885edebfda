import Kafka

/// What a group coordinator keeps in `__consumer_offsets`: Kafka's `OffsetCommitValue` and `GroupMetadataValue`.
enum GroupRecord: Sendable {
    case offset(GroupID, partition: Int32, offset: Int64)
    case metadata(GroupID, GroupSnapshot)
    /// In `__transaction_state`.
    indirect case transaction(TransactionalID, TransactionMetadata)
}

/// A group as a new coordinator finds it.
struct GroupSnapshot: Sendable {
    var generation: Int32
    var strategy: AssignmentStrategy?
    var leader: MemberID
    var members: [GroupMember]
}
