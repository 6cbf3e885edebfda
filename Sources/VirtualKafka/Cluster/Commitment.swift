/// What the cluster has promised of a partition, as nobody in it knows it: for inspection and invariants only.
struct Commitment: Sendable {
    /// The highest that a leader has reached. A new leader is behind it for a while.
    private(set) var highWatermark: Int64 = 0
    /// In which it was reached.
    private(set) var leaderEpoch: Int32 = -1
    /// Replicas that had all of it and have lost some of it.
    private(set) var losers = BrokerSet()
    /// So many have lost some of it that nobody can be blamed.
    private(set) var isVoid = false

    mutating func advance(to offset: Int64, in epoch: Int32) {
        guard offset > highWatermark else { return }
        highWatermark = offset
        leaderEpoch = epoch
    }

    /// A crash has cut the log of a broker.
    mutating func tailLost(by broker: Int, from oldEnd: Int64, to newEnd: Int64) {
        if oldEnd >= highWatermark, newEnd < highWatermark { losers.insert(broker) }
    }

    /// These have all that is committed.
    mutating func restored(_ isr: BrokerSet) { losers = losers.subtracting(isr) }

    /// A log leads from now on. What it lacks is gone, if it was on no more disks than those that have lost it.
    mutating func leads(_ log: PartitionLog, in epoch: Int32, minInsync: Int) {
        guard log.endOffset < highWatermark, epoch > leaderEpoch, losers.count >= minInsync else { return }
        isVoid = true
        highWatermark = log.endOffset
        leaderEpoch = epoch
        losers = BrokerSet()
    }

    /// Whether a log has what is committed, and not something newer in its place.
    func isKept(in log: PartitionLog) -> Bool {
        guard highWatermark > 0 else { return true }
        guard log.endOffset >= highWatermark else { return false }
        return log.batches[log.indexOfBatch(containing: highWatermark - 1)].leaderEpoch <= leaderEpoch
    }
}
