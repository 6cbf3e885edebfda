/// What the cluster has promised of a partition, as nobody in it knows it: for inspection and invariants only.
struct Commitment: Sendable {
    /// The highest that a leader has reached. A new leader is behind it for a while.
    private(set) var highWatermark: Int64 = 0
    /// In which it was reached.
    private(set) var leaderEpoch: Int32 = -1
    /// Up to where a leader has acknowledged records to somebody who wanted them on all in-sync replicas.
    private(set) var acknowledged: Int64 = 0
    /// The epochs of what is committed.
    private var lineage = EpochHistory()
    /// The last epoch whose leader was elected from outside the in-sync set, knowingly; -1 none.
    private var uncleanEpoch: Int32 = -1
    /// What crashes have cut off the logs of brokers, and they have not fetched again since.
    private var losses: [Loss] = []
    /// So many have lost some of it that nobody can be blamed.
    private(set) var isVoid = false
    /// By leader epoch, who has led in it; -1 nobody.
    private var leaders: ContiguousArray<Int8> = []
    /// An epoch in which two brokers have led.
    private(set) var disputedEpoch: Int32?
    /// A broker that was made the leader without being in sync, nor eligible.
    private(set) var outsider: Int32?

    /// The end of a broker's log that its disk has lost.
    private struct Loss: Sendable {
        var broker: Int
        var offsets: Range<Int64>
    }

    mutating func advance(to offset: Int64, in epoch: Int32) {
        guard offset > highWatermark else { return }
        guard epoch >= uncleanEpoch else {
            // A leader that has not heard of an unclean election goes on making promises that nobody can keep.
            isVoid = true
            return
        }
        highWatermark = offset
        leaderEpoch = epoch
    }

    mutating func acknowledge(upTo offset: Int64) { acknowledged = max(acknowledged, offset) }

    /// A crash has cut the log of a broker. Whether what is gone was committed may turn out later: a leader counts what
    /// the broker had when it asked last.
    mutating func tailLost(by broker: Int, from oldEnd: Int64, to newEnd: Int64) {
        guard newEnd < oldEnd else { return }
        if let index = losses.firstIndex(where: { $0.broker == broker }) {
            let known = losses[index].offsets
            losses[index].offsets = min(known.lowerBound, newEnd)..<max(known.upperBound, oldEnd)
        } else {
            losses.append(Loss(broker: broker, offsets: newEnd..<oldEnd))
        }
    }

    /// A running broker has a log that ends here: perhaps it has again what it had lost.
    mutating func reached(_ endOffset: Int64, by broker: Int) {
        guard !losses.isEmpty else { return }
        losses.removeAll { $0.broker == broker && endOffset >= max(highWatermark, $0.offsets.upperBound) }
    }

    /// Whether everything committed from an offset on was on so many disks that have lost it.
    private func isLost(from offset: Int64, onDisks count: Int) -> Bool {
        let ends = losses.map(\.offsets.upperBound).filter { (offset + 1..<highWatermark).contains($0) }
        return ([offset] + ends).allSatisfy { offset in losses.count { $0.offsets.contains(offset) } >= count }
    }

    /// The controller makes a broker the leader, or nobody.
    mutating func appointed(_ leader: Int32?, among candidates: BrokerSet) {
        if let leader, !candidates.contains(Int(leader)) { outsider = leader }
    }

    /// A leader is elected of whom nobody expects that it has everything.
    mutating func releasePromises(before epoch: Int32) { uncleanEpoch = epoch }

    /// A log leads from now on. What it lacks is gone, if it was on no more disks than those that have lost it, or if the
    /// leader was elected although it might lack something. Returns what is lost.
    mutating func leads(_ log: PartitionLog, of broker: Int, in epoch: Int32, minInsync: Int) -> Range<Int64>? {
        note(broker, leadsIn: epoch)
        guard epoch > leaderEpoch else { return nil }
        let kept = min(highWatermark, log.commonEnd(with: lineage, ending: highWatermark))
        lineage = log.epochs
        let isUnclean = uncleanEpoch > leaderEpoch
        guard kept < highWatermark, isUnclean || isLost(from: kept, onDisks: minInsync) else { return nil }
        defer { highWatermark = kept }
        isVoid = true
        acknowledged = min(acknowledged, kept)
        leaderEpoch = epoch
        return kept..<highWatermark
    }

    private mutating func note(_ broker: Int, leadsIn epoch: Int32) {
        while leaders.count <= Int(epoch) { leaders.append(-1) }
        let known = leaders[Int(epoch)]
        if known >= 0, Int(known) != broker { disputedEpoch = epoch }
        leaders[Int(epoch)] = Int8(broker)
    }

    /// Whether a log has what is committed, and not something newer in its place.
    func isKept(in log: PartitionLog) -> Bool {
        guard highWatermark > 0 else { return true }
        guard log.endOffset >= highWatermark else { return false }
        guard log.startOffset < highWatermark else { return true }
        return log.batches[log.indexOfBatch(containing: highWatermark - 1)].leaderEpoch <= leaderEpoch
    }
}
