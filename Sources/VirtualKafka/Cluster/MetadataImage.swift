/// What the controller has decided about a partition.
struct PartitionMetadata: Equatable, Sendable {
    /// -1 without one.
    var leader: Int32
    /// Raised at every election: who leads under an older epoch is fenced.
    var leaderEpoch: Int32
    /// Raised at every change (KIP-497): a proposal made on an older state is refused.
    var partitionEpoch: Int32
    var isr: BrokerSet
    /// Eligible leader replicas (KIP-966): they have left an in-sync set that is too small now. As it is, nothing is
    /// committed, so they still have everything that is.
    var eligible = BrokerSet()
    /// Such replicas whose process has been started again since: their disks may have lost something. Between them
    /// there is everything, unless too many have lost the same.
    var lastKnownEligible = BrokerSet()
}

extension PartitionMetadata {
    /// Who may lead next.
    var candidates: BrokerSet { isr.union(eligible).union(lastKnownEligible) }

    /// The in-sync set becomes another one.
    mutating func changeInSync(to newISR: BrokerSet, minInsync: Int) {
        let former = isr.subtracting(newISR)
        isr = newISR
        if newISR.count >= minInsync {
            eligible = BrokerSet()
            lastKnownEligible = BrokerSet()
        } else {
            eligible = eligible.union(former).subtracting(newISR)
            lastKnownEligible = lastKnownEligible.subtracting(newISR)
        }
    }

    /// A broker was not shut down in an orderly way.
    mutating func distrust(_ broker: Int) {
        guard eligible.contains(broker) else { return }
        eligible.remove(broker)
        lastKnownEligible.insert(broker)
    }
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
