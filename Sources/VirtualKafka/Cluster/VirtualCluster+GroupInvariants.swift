import Kafka
import Simulation

/// What holds for every group at every moment, whatever its members do.
///
/// - In one generation a partition has one owner: as the coordinator distributes them, and as members hold them.
/// - An acknowledged commit is in the log of the present coordinator, and what that coordinator tells is that commit or
///   a later one.
/// - Commits are taken from the present generation only, and within a generation a member's committed offset moves back
///   only if the member asked for it. (Kafka as such allows more: a consumer may seek and commit backwards on purpose.)
///
/// A group whose log has been lost on too many disks at once is not judged.
extension VirtualCluster {
    func checkGroups(_ broken: inout [String]) {
        for group in fabric.groupNames.indices where !fabric.commitments[fabric.groupPartitions[group]].isVoid {
            checkDistribution(group, &broken)
            checkCommits(group, &broken)
        }
        checkHolders(&broken)
        for violation in fabric.groupLedger.violations {
            guard !fabric.commitments[fabric.groupPartitions[violation.group.index]].isVoid else { continue }
            // Whoever reads a log that has lost its end begins again before what it has committed.
            if case .movedBack(_, let partition, _, _) = violation, fabric.commitments[Int(partition)].isVoid {
                continue
            }
            broken.append(describe(violation))
        }
    }

    private func describe(_ violation: GroupLedger.Violation) -> String {
        switch violation {
        case .lateCommit(let group, let generation, let current):
            "group \(fabric.groupNames[group.index]): a commit of generation \(generation) was taken in \(current)"
        case .movedBack(let group, let partition, let from, let to):
            "group \(fabric.groupNames[group.index]): committed offset of \(name(Int(partition))) moved back from "
                + "\(from) to \(to) within a generation"
        }
    }

    /// The broker that leads a group's log, knows it, and has read it.
    func activeCoordinator(of group: Int) -> Int? {
        let partition = fabric.groupPartitions[group]
        let elected = quorum.image.partitions[partition]
        guard elected.leader >= 0 else { return nil }
        let broker = Int(elected.leader)
        let replica = brokers[broker].replicas[partition]
        guard replica.isLeader, replica.leaderEpoch == elected.leaderEpoch else { return nil }
        let coordinator = brokers[broker].coordinator
        guard coordinator.states[partition - coordinator.firstPartition] == .active,
            group < coordinator.groups.count
        else { return nil }
        return broker
    }

    /// Nobody is given what somebody else is given.
    private func checkDistribution(_ group: Int, _ broken: inout [String]) {
        guard let broker = activeCoordinator(of: group), brokers[broker].coordinator.groups[group].phase == .stable
        else { return }
        let given = brokers[broker].coordinator.groups[group].members.flatMap(\.assignment).sorted()
        for (partition, next) in zip(given, given.dropFirst()) where partition == next {
            broken.append(
                "group \(fabric.groupNames[group]): \(name(Int(partition))) is assigned twice in generation "
                    + "\(brokers[broker].coordinator.groups[group].generation)")
        }
    }

    /// Nobody holds what somebody else holds in the same generation. But an instance takes over from its former life in the
    /// middle of a generation, and that one learns it a little later (KIP-345).
    private func checkHolders(_ broken: inout [String]) {
        var holdings: [(group: GroupID, generation: Int32, partition: Int32, instance: InstanceID)] = []
        for consumer in consumers
        where consumer.core.isAlive && consumer.mode == .subscribed && consumer.heldGeneration >= 0 {
            guard !fabric.commitments[fabric.groupPartitions[consumer.group.index]].isVoid else { continue }
            for assigned in consumer.assignment {
                holdings.append((consumer.group, consumer.heldGeneration, assigned.partition, consumer.instance))
            }
        }
        holdings.sort { left, right in
            (left.group.rawValue, left.generation, left.partition)
                < (right.group.rawValue, right.generation, right.partition)
        }
        for (holding, next) in zip(holdings, holdings.dropFirst())
        where (holding.group, holding.generation, holding.partition) == (next.group, next.generation, next.partition)
            && (holding.instance == .none || holding.instance != next.instance)
        {
            broken.append(
                "group \(fabric.groupNames[holding.group.index]): \(name(Int(holding.partition))) has two owners in "
                    + "generation \(holding.generation)")
        }
    }

    /// Of every partition, the last acknowledged commit.
    private func checkCommits(_ group: Int, _ broken: inout [String]) {
        guard group < fabric.groupLedger.records.count, let broker = activeCoordinator(of: group) else { return }
        let partition = fabric.groupPartitions[group]
        let log = brokers[broker].replicas[partition].log
        for (number, entry) in fabric.groupLedger.records[group].entries.enumerated() {
            guard let entry, entry.position >= log.startOffset else { continue }
            let subject = "group \(fabric.groupNames[group]): the commit of \(entry.offset) for \(name(number))"
            guard entry.position < log.endOffset,
                offset(of: Int32(number), group, in: log.batches[log.indexOfBatch(containing: entry.position)])
                    == entry.offset
            else {
                broken.append("\(subject) was acknowledged, and is not in the log of its coordinator \(broker)")
                continue
            }
            let told = brokers[broker].coordinator.groups[group].offset(of: Int32(number))
            if told != entry.offset, !isLater(told, of: Int32(number), group, than: entry.position, in: log) {
                broken.append("\(subject) was acknowledged, and its coordinator \(broker) tells \(told)")
            }
        }
    }

    /// What a batch commits for a partition.
    private func offset(of partition: Int32, _ group: Int, in batch: Batch) -> Int64? {
        for record in batch.groupRecords.reversed() {
            if case .offset(let owner, partition, let offset) = record, owner.index == group { return offset }
        }
        return nil
    }

    private func isLater(
        _ told: Int64, of partition: Int32, _ group: Int, than position: Int64, in log: PartitionLog
    ) -> Bool {
        for index in log.batches.indices.reversed() {
            guard log.batches[index].baseOffset > position else { return false }
            if offset(of: partition, group, in: log.batches[index]) == told { return true }
        }
        return false
    }
}
