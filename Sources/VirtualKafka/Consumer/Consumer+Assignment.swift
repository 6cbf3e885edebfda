import Kafka
import Simulation

/// Where a consumer begins to read a partition that it was told to read.
public enum StartOffset: Hashable, Sendable {
    case offset(Int64)
    case beginning
    case end
    /// What the group has committed; without that, as `auto.offset.reset` says.
    case committed
}

/// Assignment by the application itself, without the group's help (`assign`, `seek`).
extension Consumer {
    /// Reads these partitions and no others.
    mutating func assign(_ partitions: [(TopicPartition, StartOffset)], _ fabric: inout Fabric) {
        guard isInUse(&fabric) else { return }
        guard mode == .assigned else {
            tell(.error(.erroneousState, nil), &fabric)
            return
        }
        commitStored(of: assignment, &fabric)
        dropWaiting(of: assigned(fabric))
        assignment = []
        for (place, start) in partitions where index(of: place, fabric) == nil {
            guard let number = fabric.topology.number(of: place) else {
                tell(.error(.unknownTopicOrPartition, place), &fabric)
                continue
            }
            var assigned = AssignedPartition(partition: Int32(number))
            begin(&assigned, at: start)
            assignment.append(assigned)
        }
        assignment.sort { $0.partition < $1.partition }
        nextAutoCommit = .distantFuture
        beginAutoCommit(fabric.now)
        round &+= 1
        service(&fabric)
    }

    private func begin(_ assigned: inout AssignedPartition, at start: StartOffset) {
        switch start {
        case .offset(let offset):
            assigned.position = offset
            assigned.phase = .ready
        case .beginning:
            assigned.resetQuery = .earliest
            assigned.phase = .needsReset
        case .end:
            assigned.resetQuery = .latest
            assigned.phase = .needsReset
        case .committed:
            assigned.phase = .needsCommitted
        }
    }

    /// Goes on reading elsewhere; what was fetched before is dropped.
    mutating func seek(_ place: TopicPartition, to offset: Int64, _ fabric: inout Fabric) {
        guard isInUse(&fabric) else { return }
        guard let index = index(of: place, fabric) else {
            tell(.error(.erroneousState, place), &fabric)
            return
        }
        dropWaiting(of: [place])
        assignment[index].position = offset
        assignment[index].phase = .ready
        assignment[index].reportedEnd = -1
        assignment[index].queuedRecords = 0
        assignment[index].queuedBytes = 0
        round &+= 1
        fetchAll(&fabric)
    }
}
