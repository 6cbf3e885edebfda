import Kafka
import Simulation

/// An instance that was started again, and takes over the membership of its former life.
struct StaticReplacement: Sendable {
    var group: GroupID
    /// As it was before.
    var former: GroupMember
    var member: MemberID
    /// Who led the group before: the newcomer is not to think that it has to assign anything.
    var leader: MemberID
    var origin: Origin
}

/// Static membership (KIP-345): a member with a name of its own keeps its partitions over a restart.
extension Broker {
    mutating func joinStatically(_ request: JoinGroupRequest, _ origin: Origin, _ fabric: inout Fabric) {
        let member = fabric.makeMemberID()
        if let index = coordinator.groups[request.group.index].index(of: request.instance) {
            replace(index, with: member, request, origin, &fabric)
        } else {
            addMember(member, request, origin, &fabric)
        }
    }

    /// Kafka's `GroupCoordinator.updateStaticMemberAndRebalance`.
    private mutating func replace(
        _ index: Int, with member: MemberID, _ request: JoinGroupRequest, _ origin: Origin, _ fabric: inout Fabric
    ) {
        let group = request.group
        let leader = coordinator.groups[group.index].leader
        let former = coordinator.groups[group.index].members[index]
        fence(former, &fabric)
        coordinator.groups[group.index].members[index].joining = nil
        coordinator.groups[group.index].members[index].syncing = nil
        coordinator.groups[group.index].members[index].client = ClientID(
            rawValue: origin.requester - Int32(fabric.brokerCount))
        rename(index, to: member, in: group)
        update(index, request, fabric.now)
        let isStable = coordinator.groups[group.index].phase == .stable
        if isStable, coordinator.groups[group.index].selectStrategy() == coordinator.groups[group.index].strategy {
            storeMetadata(
                of: group,
                .staticMember(
                    StaticReplacement(group: group, former: former, member: member, leader: leader, origin: origin)),
                &fabric)
            return
        }
        // The leader may be at work on an assignment for the former id.
        coordinator.groups[group.index].members[index].joining = origin
        prepareRebalance(group, &fabric)
        completeJoinIfReady(group, &fabric)
    }

    private mutating func rename(_ index: Int, to member: MemberID, in group: GroupID) {
        if coordinator.groups[group.index].leader == coordinator.groups[group.index].members[index].id {
            coordinator.groups[group.index].leader = member
        }
        coordinator.groups[group.index].members[index].id = member
    }

    /// Whoever still waits for an answer under that name is told that there is another.
    private func fence(_ member: GroupMember, _ fabric: inout Fabric) {
        if let origin = member.joining { refuseJoin(.fencedInstanceID, member.id, to: origin, &fabric) }
        if let origin = member.syncing { fabric.respond(.syncGroup(.fencedInstanceID, []), to: origin, by: id) }
    }

    /// The newcomer's id is in the log of the coordinator's replicas, or will never be.
    mutating func completeReplacement(
        _ replacement: StaticReplacement, _ error: ErrorCode, _ fabric: inout Fabric
    ) {
        let group = replacement.group
        guard coordinates(group, fabric) == .none,
            let index = coordinator.groups[group.index].index(of: replacement.member)
        else {
            refuseJoin(.notCoordinator, replacement.member, to: replacement.origin, &fabric)
            return
        }
        guard error == .none else {
            rename(index, to: replacement.former.id, in: group)
            refuseJoin(.coordinatorNotAvailable, .none, to: replacement.origin, &fabric)
            return
        }
        renew(group, index, fabric.now)
        let response = JoinGroupResponse(
            error: .none, generation: coordinator.groups[group.index].generation,
            strategy: coordinator.groups[group.index].strategy, member: replacement.member,
            leader: replacement.leader, members: [])
        fabric.respond(.joinGroup(response), to: replacement.origin, by: id)
        armGroupAlarm(group, &fabric)
    }
}
