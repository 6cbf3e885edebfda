import Kafka
import Simulation

/// What kind of leader an administrator asks for (KIP-460).
public enum ElectionKind: Sendable {
    /// The first replica, if it is in sync.
    case preferred
    /// Any live replica, where there is no leader: what it does not have is lost.
    case unclean
}

/// Elections that somebody asks for.
extension Controller {
    mutating func handleElectLeaders(_ elections: [LeaderElection], from origin: Origin, _ fabric: inout Fabric) {
        guard let active, reachesMajority(active, fabric) else { return }
        let errors = elections.map { elect($0, &fabric) }
        if errors.contains(.none) { publish(&fabric) }
        fabric.respond(.electLeaders(errors), to: origin, by: active)
    }

    private mutating func elect(_ election: LeaderElection, _ fabric: inout Fabric) -> ErrorCode {
        let partition = Int(election.partition)
        let metadata = image.partitions[partition]
        switch election.kind {
        case .preferred:
            let preferred = fabric.topology.replicas[partition][0]
            guard metadata.leader != preferred else { return .electionNotNeeded }
            return move(partition, to: Int(preferred), &fabric) ? .none : .preferredLeaderNotAvailable
        case .unclean:
            guard metadata.leader < 0 else { return .electionNotNeeded }
            guard let leader = anyLiveReplica(of: partition, fabric) else { return .eligibleLeadersNotAvailable }
            image.partitions[partition].partitionEpoch += 1
            appoint(leader, isUnclean: true, partition, &fabric)
            observeInSync(partition, &fabric)
            return .none
        }
    }

    func anyLiveReplica(of partition: Int, _ fabric: borrowing Fabric) -> Int32? {
        fabric.topology.replicas[partition].first { !image.fenced.contains(Int($0)) }
    }

    /// Makes an in-sync replica the leader; whether that was possible. Nothing is published yet.
    private mutating func move(_ partition: Int, to broker: Int, _ fabric: inout Fabric) -> Bool {
        guard image.partitions[partition].isr.contains(broker), !image.fenced.contains(broker) else { return false }
        image.partitions[partition].partitionEpoch += 1
        appoint(Int32(broker), isUnclean: false, partition, &fabric)
        return true
    }

    /// An operator moves the leadership of a partition.
    mutating func moveLeader(of partition: Int, to broker: Int, _ fabric: inout Fabric) -> Bool {
        guard let active, reachesMajority(active, fabric), Int(image.partitions[partition].leader) != broker,
            move(partition, to: broker, &fabric)
        else { return false }
        publish(&fabric)
        return true
    }

    /// An operator makes any live replica the leader of a partition that nobody leads; whether that was necessary, and
    /// possible.
    mutating func electUnclean(_ partition: Int, _ fabric: inout Fabric) -> Bool {
        guard let active, reachesMajority(active, fabric),
            elect(LeaderElection(partition: Int32(partition), kind: .unclean), &fabric) == .none
        else { return false }
        publish(&fabric)
        return true
    }

    /// The controller hands its role over to another broker.
    mutating func moveController(_ fabric: inout Fabric) -> Bool {
        guard let former = active, reachesMajority(former, fabric) else { return false }
        return electController(otherThan: former, &fabric)
    }
}
