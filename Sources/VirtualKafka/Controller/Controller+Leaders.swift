import Kafka
import Simulation

/// What a replica of a partition without a leader has said about itself.
struct OrphanReport: Sendable {
    var broker: Int32
    var log: OrphanedLog
}

/// Who is in sync and who leads. A broker that leaves an in-sync set goes on to be eligible while the set is too small
/// (KIP-966), so that a set that shrinks to one broker does not stake everything on the disk of that one.
extension Controller {
    /// Takes a broker out of service: out of the in-sync sets, and its partitions to other leaders.
    mutating func fence(_ broker: Int, _ fabric: inout Fabric) {
        image.fenced.insert(broker)
        fabric.observe(.brokerFenced(broker))
        for partition in image.partitions.indices {
            let isLeader = Int(image.partitions[partition].leader) == broker
            guard isLeader || image.partitions[partition].isr.contains(broker) else { continue }
            image.partitions[partition].changeInSync(
                to: image.partitions[partition].isr.subtracting(.only(broker)),
                minInsync: Int(fabric.topology.minInsync[partition]))
            image.partitions[partition].partitionEpoch += 1
            if isLeader { elect(partition, &fabric) }
            observeInSync(partition, &fabric)
        }
        publish(&fabric)
    }

    /// A process was started again, and nobody has seen the one before end: its disk may lack what was not flushed.
    /// Kafka tells it by the missing file of a clean shutdown; here, processes only ever crash.
    mutating func distrust(_ broker: Int, _ fabric: inout Fabric) {
        for partition in image.partitions.indices {
            orphans[partition].removeAll { Int($0.broker) == broker }
            guard image.partitions[partition].eligible.contains(broker) else { continue }
            image.partitions[partition].distrust(broker)
            image.partitions[partition].partitionEpoch += 1
        }
        publish(&fabric)
    }

    mutating func unfence(_ broker: Int, _ fabric: inout Fabric) {
        image.fenced.remove(broker)
        fabric.observe(.brokerUnfenced(broker))
        for partition in image.partitions.indices
        where image.partitions[partition].leader < 0
            && (image.partitions[partition].eligible.contains(broker) || allowsUnclean(partition, by: broker, fabric))
        {
            image.partitions[partition].partitionEpoch += 1
            elect(partition, &fabric)
            observeInSync(partition, &fabric)
        }
        publish(&fabric)
    }

    private func allowsUnclean(_ partition: Int, by broker: Int, _ fabric: borrowing Fabric) -> Bool {
        fabric.topology.replicas[partition].contains(Int32(broker))
            && fabric.topology.settings(ofPartition: partition).isUncleanLeaderElectionEnabled
    }

    /// The first live replica of the in-sync set leads, or else of the eligible ones. Without one, nobody does, unless the
    /// topic wants any live replica rather than none (`unclean.leader.election.enable`).
    mutating func elect(_ partition: Int, _ fabric: inout Fabric) {
        let metadata = image.partitions[partition]
        func firstLive(of candidates: BrokerSet) -> Int32? {
            fabric.topology.replicas[partition].first {
                candidates.contains(Int($0)) && !image.fenced.contains(Int($0))
            }
        }
        if fabric.configuration.defects.contains(.electsOutsideInSync) {
            appoint(
                firstLive(of: BrokerSet(fabric.topology.replicas[partition])), isUnclean: false, partition, &fabric)
            return
        }
        if let leader = firstLive(of: metadata.isr) ?? firstLive(of: metadata.eligible) {
            appoint(leader, isUnclean: false, partition, &fabric)
        } else if fabric.topology.settings(ofPartition: partition).isUncleanLeaderElectionEnabled {
            appoint(anyLiveReplica(of: partition, fabric), isUnclean: true, partition, &fabric)
        } else {
            appoint(nil, isUnclean: false, partition, &fabric)
        }
    }

    mutating func appoint(_ leader: Int32?, isUnclean: Bool, _ partition: Int, _ fabric: inout Fabric) {
        image.partitions[partition].leaderEpoch += 1
        if isUnclean, let leader {
            // Whoever has more than this one has it in vain.
            image.partitions[partition].eligible = .only(Int(leader))
            image.partitions[partition].lastKnownEligible = BrokerSet()
            image.partitions[partition].isr = BrokerSet()
            fabric.commitments[partition].releasePromises(before: image.partitions[partition].leaderEpoch)
        }
        fabric.commitments[partition].appointed(leader, among: image.partitions[partition].candidates)
        image.partitions[partition].leader = leader ?? -1
        orphans[partition] = []
        if let leader, !image.partitions[partition].isr.contains(Int(leader)) {
            image.partitions[partition].changeInSync(
                to: .only(Int(leader)), minInsync: Int(fabric.topology.minInsync[partition]))
        }
        fabric.observe(
            .leaderElected(
                fabric.topology.partitions[partition], broker: leader.map { Int($0) },
                epoch: image.partitions[partition].leaderEpoch))
    }

    func observeInSync(_ partition: Int, _ fabric: inout Fabric) {
        fabric.observe(
            .inSyncReplicas(fabric.topology.partitions[partition], image.partitions[partition].isr.members))
    }

    // MARK: Unclean recovery

    /// A live broker says what it has of partitions that nobody leads.
    mutating func note(_ logs: [OrphanedLog], of broker: Int, _ fabric: inout Fabric) {
        var isChanged = false
        for log in logs {
            let partition = Int(log.partition)
            guard image.partitions[partition].leader < 0, image.partitions[partition].leaderEpoch == log.leaderEpoch
            else { continue }
            orphans[partition].removeAll { Int($0.broker) == broker }
            orphans[partition].append(OrphanReport(broker: Int32(broker), log: log))
            if recover(partition, &fabric) { isChanged = true }
        }
        if isChanged { publish(&fabric) }
    }

    /// All who once had everything may have lost something: when all of them are back, the one with the longest log of
    /// the latest epoch leads (`unclean.recovery.strategy` *balanced*). What one of them has kept is not lost.
    private mutating func recover(_ partition: Int, _ fabric: inout Fabric) -> Bool {
        let metadata = image.partitions[partition]
        guard metadata.isr.isEmpty, metadata.eligible.isEmpty else { return false }
        var best: OrphanReport?
        for candidate in fabric.topology.replicas[partition]
        where metadata.lastKnownEligible.contains(Int(candidate)) {
            guard !image.fenced.contains(Int(candidate)),
                let report = orphans[partition].first(where: { $0.broker == candidate })
            else { return false }
            if let known = best?.log, (known.lastEpoch, known.endOffset) >= (report.log.lastEpoch, report.log.endOffset)
            {
                continue
            }
            best = report
        }
        guard let best else { return false }
        image.partitions[partition].partitionEpoch += 1
        appoint(best.broker, isUnclean: false, partition, &fabric)
        observeInSync(partition, &fabric)
        return true
    }
}
