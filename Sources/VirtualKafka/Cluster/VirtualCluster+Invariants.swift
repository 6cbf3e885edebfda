import Kafka
import Simulation

extension VirtualCluster {
    /// Sentences about broken invariants of the cluster; empty when it is sound.
    public func checkInvariants() -> [String] {
        var broken: [String] = []
        for partition in 0..<fabric.topology.partitionCount {
            checkEpochs(partition, &broken)
            checkLedger(partition, &broken)
            checkPrefix(partition, &broken)
            checkCommitment(partition, &broken)
            for broker in fabric.topology.replicas[partition] { checkReplica(Int(broker), partition, &broken) }
        }
        checkGroups(&broken)
        checkTransactions(&broken)
        return broken
    }

    func name(_ partition: Int) -> String { topics.describe(fabric.topology.partitions[partition]) }

    /// At most one broker leads in an epoch, and it is the one that was elected.
    private func checkEpochs(_ partition: Int, _ broken: inout [String]) {
        let elected = quorum.image.partitions[partition]
        for broker in fabric.topology.replicas[partition] {
            let replica = brokers[Int(broker)].replicas[partition]
            guard replica.isLeader else { continue }
            if replica.leaderEpoch > elected.leaderEpoch {
                broken.append("\(name(partition)): broker \(broker) leads in an epoch that was never decided")
            }
            if replica.leaderEpoch == elected.leaderEpoch, elected.leader != broker {
                broken.append("\(name(partition)): broker \(broker) leads, but broker \(elected.leader) was elected")
            }
        }
        if elected.candidates.isEmpty { broken.append("\(name(partition)): nobody may ever lead") }
        if elected.leader >= 0, !elected.isr.contains(Int(elected.leader)) {
            broken.append("\(name(partition)): its leader \(elected.leader) is not in sync")
        }
    }

    /// Of the whole run: an epoch has one leader, who was in sync when it was elected, and nothing is acknowledged that is
    /// not committed.
    private func checkLedger(_ partition: Int, _ broken: inout [String]) {
        let commitment = fabric.commitments[partition]
        if let epoch = commitment.disputedEpoch {
            broken.append("\(name(partition)): two brokers have led in epoch \(epoch)")
        }
        if let outsider = commitment.outsider {
            broken.append("\(name(partition)): broker \(outsider) was elected without being in sync")
        }
        if commitment.acknowledged > commitment.highWatermark, !commitment.isVoid {
            broken.append(
                "\(name(partition)): acknowledged up to \(commitment.acknowledged), and committed only up to "
                    + "\(commitment.highWatermark)")
        }
    }

    /// What the present leader calls committed, every in-sync replica has.
    private func checkPrefix(_ partition: Int, _ broken: inout [String]) {
        let elected = quorum.image.partitions[partition]
        let leader = Int(elected.leader)
        guard leader >= 0 else { return }
        let leading = brokers[leader].replicas[partition]
        guard leading.isLeader, leading.leaderEpoch == elected.leaderEpoch else { return }
        for member in elected.isr.members where Int(member) != leader && fabric.running.contains(Int(member)) {
            let replica = brokers[Int(member)].replicas[partition]
            // A replica that was restarted or has not caught up with the election is judged later.
            guard replica.leaderEpoch == leading.leaderEpoch, replica.partitionEpoch == leading.partitionEpoch else {
                continue
            }
            if replica.log.endOffset < leading.highWatermark {
                broken.append(
                    "\(name(partition)): in-sync broker \(member) ends at \(replica.log.endOffset), "
                        + "below the high watermark \(leading.highWatermark)")
            }
        }
    }

    /// What was committed once, the present leader has, unless too many replicas have lost it; a leader's high watermark
    /// does not move back; and replicas agree on what they both call committed.
    private func checkCommitment(_ partition: Int, _ broken: inout [String]) {
        let commitment = fabric.commitments[partition]
        let elected = quorum.image.partitions[partition]
        for broker in fabric.topology.replicas[partition] {
            let replica = brokers[Int(broker)].replicas[partition]
            guard replica.isLeader else { continue }
            if replica.leaderEpoch == elected.leaderEpoch, !commitment.isKept(in: replica.log) {
                broken.append(
                    "\(name(partition)): committed up to \(commitment.highWatermark) in epoch "
                        + "\(commitment.leaderEpoch), and the log of its leader \(broker) has not all of it")
            }
            if replica.leaderEpoch == commitment.leaderEpoch, replica.highWatermark < commitment.highWatermark,
                !commitment.isVoid
            {
                broken.append("\(name(partition)): the high watermark of its leader \(broker) has moved back")
            }
        }
        let reference = brokers[bestReplica(partition)].replicas[partition]
        for broker in fabric.topology.replicas[partition] where !commitment.isVoid {
            let replica = brokers[Int(broker)].replicas[partition]
            let end = min(replica.highWatermark, reference.highWatermark)
            if !replica.log.agrees(with: reference.log, below: end) {
                broken.append("\(name(partition)): broker \(broker) has something else below the high watermark")
            }
        }
    }

    private func checkReplica(_ broker: Int, _ partition: Int, _ broken: inout [String]) {
        let replica = brokers[broker].replicas[partition]
        if replica.highWatermark > replica.log.endOffset {
            broken.append("\(name(partition)): on broker \(broker) the high watermark lies beyond the log's end")
        }
        if replica.isLeader, !brokers[broker].isUp {
            broken.append("\(name(partition)): broker \(broker) leads, but is down")
        }
        if replica.highWatermark < replica.log.startOffset {
            broken.append("\(name(partition)): on broker \(broker) records above the high watermark were deleted")
        }
        let batches = replica.log.batches.indices
        if let last = replica.log.batches.last, last.nextOffset != replica.log.endOffset {
            broken.append("\(name(partition)): on broker \(broker) the log does not end with its last batch")
        }
        let start = replica.log.startOffset
        if let first = replica.log.batches.first, !(first.baseOffset..<first.nextOffset).contains(start) {
            broken.append("\(name(partition)): on broker \(broker) the log does not begin with its first batch")
        }
        // The tail is where things change.
        for index in batches.suffix(8) where index > batches.lowerBound {
            let before = replica.log.batches[index - 1]
            let batch = replica.log.batches[index]
            if batch.baseOffset != before.nextOffset || batch.leaderEpoch < before.leaderEpoch {
                broken.append(
                    "\(name(partition)): on broker \(broker) batches \(before.baseOffset) and \(batch.baseOffset) "
                        + "do not follow each other")
            }
        }
    }
}
