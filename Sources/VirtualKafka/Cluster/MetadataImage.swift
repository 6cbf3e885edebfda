/// What the controller has decided about a partition.
struct PartitionMetadata: Equatable, Sendable {
    /// -1 without one.
    var leader: Int32
    /// Raised at every election: who leads under an older epoch is fenced.
    var leaderEpoch: Int32
    /// Raised at every change (KIP-497): a proposal made on an older state is refused.
    var partitionEpoch: Int32
    var isr: BrokerSet
}

/// The cluster's metadata at one version of the quorum's log. Brokers and clients share it, as it is never changed
/// once published.
struct MetadataImage: Sendable {
    var version: Int64 = 0
    /// -1 without one.
    var controller: Int32 = -1
    var controllerEpoch: Int32 = 0
    var fenced = BrokerSet()
    var partitions: ContiguousArray<PartitionMetadata> = []
}
