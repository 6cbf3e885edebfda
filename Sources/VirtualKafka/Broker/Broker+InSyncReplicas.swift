import Kafka
import Simulation

extension Broker {
    /// A follower that has caught up with the high watermark, and with this epoch, is proposed for the in-sync set.
    mutating func growInSyncReplicas(_ partition: Int, with follower: Int, _ fabric: inout Fabric) {
        let replica = replicas[partition]
        guard !replica.isr.contains(follower), replica.proposedISR == nil, !image.fenced.contains(follower) else {
            return
        }
        let endOffset = replica.followers[follower].endOffset
        guard endOffset >= replica.highWatermark, endOffset >= replica.epochStartOffset else { return }
        propose(replica.isr.union(.only(follower)), for: partition, &fabric)
    }

    /// Proposes to take out followers that have not caught up for `replica.lag.time.max.ms`, and repeats a proposal to
    /// which no answer came.
    mutating func checkInSyncReplicas(_ partition: Int, _ fabric: inout Fabric) {
        if let proposal = replicas[partition].proposedISR {
            sendProposal(proposal, for: partition, &fabric)
            return
        }
        for follower in fabric.topology.replicas[partition] where Int(follower) != id {
            // An idle follower is not mentioned in fetches: it may have been unfenced since its last one.
            growInSyncReplicas(partition, with: Int(follower), &fabric)
        }
        guard replicas[partition].proposedISR == nil else { return }
        var lagging = BrokerSet()
        let logEnd = replicas[partition].log.endOffset
        for follower in fabric.topology.replicas[partition]
        where Int(follower) != id && replicas[partition].isr.contains(Int(follower)) {
            let progress = replicas[partition].followers[Int(follower)]
            // Idle partitions are not mentioned in fetches: then the session speaks for them.
            let caughtUp =
                progress.endOffset >= logEnd
                ? max(progress.lastCaughtUp, sessions[Int(follower)].lastFetch) : progress.lastCaughtUp
            if fabric.now - caughtUp > fabric.configuration.replicaLagTimeMax { lagging.insert(Int(follower)) }
        }
        guard !lagging.isEmpty else { return }
        var shrunk = replicas[partition].isr
        for follower in lagging.members { shrunk.remove(Int(follower)) }
        propose(shrunk, for: partition, &fabric)
    }

    private mutating func propose(_ isr: BrokerSet, for partition: Int, _ fabric: inout Fabric) {
        replicas[partition].proposedISR = isr
        sendProposal(isr, for: partition, &fabric)
    }

    private func sendProposal(_ isr: BrokerSet, for partition: Int, _ fabric: inout Fabric) {
        guard knownController >= 0 else { return }
        let request = AlterPartitionRequest(
            partition: Int32(partition), leader: Int32(id), leaderEpoch: replicas[partition].leaderEpoch,
            partitionEpoch: replicas[partition].partitionEpoch, newISR: isr,
            incarnations: isr.members.filter { Int($0) != id }.map {
                BrokerIncarnation(broker: $0, incarnation: sessions[Int($0)].incarnation)
            })
        fabric.request(.alterPartition(request), from: Int32(id), to: Int(knownController), correlation: 0)
    }

    mutating func handleAlterPartitionResponse(
        _ error: ErrorCode, _ partition: Int, _ image: MetadataImage, _ fabric: inout Fabric
    ) {
        if error == .notController {
            // The proposal stays, and is sent again to whoever is the controller then.
            if knownController != image.controller { knownController = image.controller }
            return
        }
        adopt(image, &fabric)
        guard error != .none, replicas[partition].isLeader, replicas[partition].proposedISR != nil else { return }
        // Refused for certain: the set is what it was.
        replicas[partition].proposedISR = nil
        advanceHighWatermark(partition, &fabric)
    }
}
