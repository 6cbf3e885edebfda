import Kafka
import Simulation

extension Broker {
    /// A follower that has caught up with the high watermark, and with this epoch, is proposed for the in-sync set.
    mutating func growInSyncReplicas(_ partition: Int, with follower: Int, _ fabric: inout Fabric) {
        guard !replicas[partition].isr.contains(follower), replicas[partition].proposedISR == nil,
            !image.fenced.contains(follower)
        else { return }
        let endOffset = replicas[partition].followers[follower].endOffset
        let isCaughtUp =
            endOffset >= replicas[partition].highWatermark && endOffset >= replicas[partition].epochStartOffset
        guard isCaughtUp || (endOffset >= 0 && defects.contains(.joinsInSyncBehind)) else { return }
        propose(replicas[partition].isr.union(.only(follower)), for: partition, &fabric)
    }

    /// Idle partitions are not mentioned in fetches, and their follower may have caught up before it was unfenced: Kafka
    /// looks at all partitions of a session with every fetch; here, now and then is enough.
    mutating func growInSyncReplicas(with follower: Int, _ fabric: inout Fabric) {
        sessions[follower].mayJoinInSync = false
        for partition in hosted where replicas[Int(partition)].isLeader {
            growInSyncReplicas(Int(partition), with: follower, &fabric)
        }
    }

    /// Proposes to take out followers that have not caught up for `replica.lag.time.max.ms`, and repeats a proposal to
    /// which no answer came.
    mutating func checkInSyncReplicas(_ partition: Int, _ fabric: inout Fabric) {
        if let proposal = replicas[partition].proposedISR {
            sendProposal(proposal, for: partition, &fabric)
            return
        }
        for follower in fabric.topology.replicas[partition] where Int(follower) != id {
            if !replicas[partition].isr.contains(Int(follower)) { sessions[Int(follower)].mayJoinInSync = true }
        }
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

    private mutating func sendProposal(_ isr: BrokerSet, for partition: Int, _ fabric: inout Fabric) {
        guard controller.known >= 0 else { return }
        replicas[partition].proposalAttempts += 1
        let request = AlterPartitionRequest(
            partition: Int32(partition), leader: Int32(id), leaderEpoch: replicas[partition].leaderEpoch,
            partitionEpoch: replicas[partition].partitionEpoch, newISR: isr,
            attempt: replicas[partition].proposalAttempts,
            incarnations: isr.members.filter { Int($0) != id }.map {
                BrokerIncarnation(broker: $0, incarnation: sessions[Int($0)].incarnation)
            })
        fabric.request(.alterPartition(request), from: Int32(id), to: Int(controller.known), correlation: 0)
    }

    mutating func handleAlterPartitionResponse(
        _ error: ErrorCode, _ partition: Int, _ attempt: Int32, _ newImage: MetadataImage, from broker: Int,
        _ fabric: inout Fabric
    ) {
        if error == .notController {
            // The proposal stays, and is sent again to whoever is the controller then.
            controller.denied(by: broker, hint: newImage.controller, epoch: newImage.controllerEpoch)
            return
        }
        adopt(newImage, &fabric)
        // Refused for certain only when the last attempt is: then the set is what it was.
        guard error != .none, replicas[partition].isLeader, replicas[partition].proposedISR != nil,
            replicas[partition].proposalAttempts == attempt
        else { return }
        replicas[partition].proposedISR = nil
        advanceHighWatermark(partition, &fabric)
    }
}
