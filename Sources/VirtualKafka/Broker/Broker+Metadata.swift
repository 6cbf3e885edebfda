import Kafka
import Simulation

extension Broker {
    /// Takes over newer metadata: begins and ends to lead and to follow.
    mutating func adopt(_ newImage: MetadataImage, _ fabric: inout Fabric) {
        guard newImage.version > image.version else { return }
        host(image.partitions.count..<newImage.partitions.count, fabric.topology, fabric.configuration)
        image = newImage
        controller.learn(newImage.controller, epoch: newImage.controllerEpoch)
        for partition in hosted {
            let partition = Int(partition)
            let metadata = newImage.partitions[partition]
            if metadata.leaderEpoch > replicas[partition].leaderEpoch {
                changeRole(partition, metadata, &fabric)
            } else if metadata.partitionEpoch > replicas[partition].partitionEpoch {
                replicas[partition].partitionEpoch = metadata.partitionEpoch
                guard replicas[partition].isLeader else { continue }
                replicas[partition].isr = metadata.isr
                replicas[partition].proposedISR = nil
                advanceHighWatermark(partition, &fabric)
            }
        }
        for leader in fetchers.indices { fetch(from: leader, &fabric) }
    }

    private mutating func changeRole(_ partition: Int, _ metadata: PartitionMetadata, _ fabric: inout Fabric) {
        let wasLeader = replicas[partition].isLeader
        unfollow(partition)
        if wasLeader { stopLeading(partition) }
        replicas[partition].leaderEpoch = metadata.leaderEpoch
        replicas[partition].partitionEpoch = metadata.partitionEpoch
        replicas[partition].isr = metadata.isr
        replicas[partition].proposedISR = nil
        let waiters = wasLeader ? replicas[partition].waiters.removeAll() : []
        if Int(metadata.leader) == id {
            lead(partition, &fabric)
        } else if metadata.leader >= 0 {
            follow(Int(metadata.leader), partition)
        }
        if wasLeader, !replicas[partition].isLeader { resignCoordinator(partition, &fabric) }
        for waiter in waiters { complete(waiter.purpose, .notLeaderOrFollower, &fabric) }
        wakeWatchers(of: partition, &fabric)
    }

    private mutating func stopLeading(_ partition: Int) {
        replicas[partition].isLeader = false
        for follower in sessions.indices {
            sessions[follower].listed.removeAll { Int($0) == partition }
            sessions[follower].staleWatermarks.removeAll { Int($0) == partition }
        }
    }

    private mutating func lead(_ partition: Int, _ fabric: inout Fabric) {
        replicas[partition].isLeader = true
        replicas[partition].epochStartOffset = replicas[partition].log.endOffset
        replicas[partition].log.beginEpoch(replicas[partition].leaderEpoch)
        let lost = fabric.commitments[partition].leads(
            replicas[partition].log, of: id, in: replicas[partition].leaderEpoch,
            minInsync: Int(fabric.topology.minInsync[partition]))
        if let lost {
            fabric.observe(
                .recordsLost(fabric.topology.partitions[partition], from: lost.lowerBound, to: lost.upperBound))
        }
        // Where an unclean leader has lost what was committed, one that still has it may lead after all.
        fabric.commitments[partition].advance(
            to: replicas[partition].highWatermark, in: replicas[partition].leaderEpoch)
        var unknown = FollowerProgress()
        unknown.lastCaughtUp = fabric.now
        replicas[partition].followers = ContiguousArray(repeating: unknown, count: fabric.brokerCount)
        advanceHighWatermark(partition, &fabric)
        if fabric.topology.offsetsPartitions.contains(partition) { beginLoading(partition, &fabric) }
        if fabric.topology.transactionPartitions.contains(partition) { beginLoadingTransactions(partition, &fabric) }
    }

    // MARK: The controller

    mutating func sendHeartbeat(_ fabric: inout Fabric) {
        let target = controller.next(among: fabric.brokerCount)
        nextHeartbeat =
            fabric.now
            + (isRegistered && controller.known >= 0
                ? fabric.configuration.brokerHeartbeatInterval : Self.tickInterval)
        let heartbeat = BrokerHeartbeatRequest(
            broker: Int32(id), incarnation: incarnation, metadataVersion: isRegistered ? image.version : -1,
            orphans: isRegistered ? orphans : [])
        fabric.request(.brokerHeartbeat(heartbeat), from: Int32(id), to: target, correlation: 0)
    }

    private var orphans: [OrphanedLog] {
        hosted.compactMap { partition in
            guard image.partitions[Int(partition)].leader < 0 else { return nil }
            let replica = replicas[Int(partition)]
            return OrphanedLog(
                partition: partition, leaderEpoch: replica.leaderEpoch, lastEpoch: replica.log.lastEpoch,
                endOffset: replica.log.endOffset)
        }
    }

    mutating func handleHeartbeatResponse(
        _ error: ErrorCode, _ newImage: MetadataImage, isFenced: Bool, from broker: Int, _ fabric: inout Fabric
    ) {
        guard error == .none else {
            controller.denied(by: broker, hint: newImage.controller, epoch: newImage.controllerEpoch)
            return
        }
        isRegistered = true
        controller.answered(by: broker, epoch: newImage.controllerEpoch)
        adopt(newImage, &fabric)
        // Caught up: ask at once to take part again.
        if isFenced { sendHeartbeat(&fabric) }
    }
}
