import Kafka
import Simulation

extension Broker {
    /// Whether this broker coordinates a group now; makes room for the group if so.
    mutating func coordinates(_ group: GroupID, _ fabric: borrowing Fabric) -> ErrorCode {
        let partition = fabric.groupPartitions[group.index]
        guard replicas[partition].isLeader else { return .notCoordinator }
        switch coordinator.states[partition - coordinator.firstPartition] {
        case .inactive: return .notCoordinator
        case .loading: return .coordinatorLoadInProgress
        case .active: break
        }
        while coordinator.groups.count <= group.index { coordinator.groups.append(Group()) }
        return .none
    }

    func handleFindCoordinator(_ group: GroupID, from origin: Origin, _ fabric: inout Fabric) {
        let partition = fabric.groupPartitions[group.index]
        let leader = image.partitions.isEmpty ? -1 : image.partitions[partition].leader
        fabric.respond(
            .findCoordinator(leader < 0 ? .coordinatorNotAvailable : .none, broker: leader), to: origin, by: id)
    }

    // MARK: Rebalances

    mutating func prepareRebalance(_ group: GroupID, _ fabric: inout Fabric) {
        let phase = coordinator.groups[group.index].phase
        guard phase != .preparingRebalance else { return }
        if phase == .completingRebalance { abandonSync(group, .rebalanceInProgress, &fabric) }
        coordinator.groups[group.index].phase = .preparingRebalance
        coordinator.groups[group.index].extendRebalance(fabric.now)
        coordinator.groups[group.index].earliestCompletion =
            phase == .empty ? fabric.now + fabric.configuration.groupInitialRebalanceDelay : fabric.now
    }

    /// The assignment that was awaited will not come: whoever waits for it has to join again.
    private mutating func abandonSync(_ group: GroupID, _ error: ErrorCode, _ fabric: inout Fabric) {
        for index in coordinator.groups[group.index].members.indices {
            guard let origin = coordinator.groups[group.index].members[index].syncing else { continue }
            coordinator.groups[group.index].members[index].syncing = nil
            renew(group, index, fabric.now)
            fabric.respond(.syncGroup(error, []), to: origin, by: id)
        }
        coordinator.groups[group.index].isStoringAssignment = false
    }

    mutating func completeJoinIfReady(_ group: GroupID, _ fabric: inout Fabric) {
        guard coordinator.groups[group.index].phase == .preparingRebalance,
            coordinator.groups[group.index].hasEverybodyJoined,
            coordinator.groups[group.index].earliestCompletion <= fabric.now
        else { return }
        completeJoin(group, &fabric)
    }

    /// Begins the next generation with those who have joined.
    private mutating func completeJoin(_ group: GroupID, _ fabric: inout Fabric) {
        // A static member that is away keeps its place until its session ends.
        let late = coordinator.groups[group.index].members.filter { $0.joining == nil && $0.instance == .none }
        coordinator.groups[group.index].members.removeAll { $0.joining == nil && $0.instance == .none }
        for member in late {
            fabric.observe(.memberEvicted(group: fabric.groupNames[group.index], client: member.client))
        }
        let joined = coordinator.groups[group.index].members.first { $0.joining != nil }
        if joined == nil, !coordinator.groups[group.index].members.isEmpty {
            coordinator.groups[group.index].extendRebalance(fabric.now)
            return
        }
        coordinator.groups[group.index].generation += 1
        coordinator.groups[group.index].strategy = coordinator.groups[group.index].selectStrategy()
        let count = coordinator.groups[group.index].members.count
        fabric.observe(
            .generation(
                group: fabric.groupNames[group.index], coordinator.groups[group.index].generation, members: count))
        guard let joined else {
            coordinator.groups[group.index].phase = .empty
            coordinator.groups[group.index].strategy = nil
            coordinator.groups[group.index].leader = .none
            storeMetadata(of: group, .groupMetadata, &fabric)
            return
        }
        coordinator.groups[group.index].phase = .completingRebalance
        let leader = coordinator.groups[group.index].index(of: coordinator.groups[group.index].leader)
        if leader.map({ coordinator.groups[group.index].members[$0].joining == nil }) ?? true {
            coordinator.groups[group.index].leader = joined.id
        }
        for index in 0..<count {
            coordinator.groups[group.index].members[index].assignment = []
            guard let origin = coordinator.groups[group.index].members[index].joining else { continue }
            coordinator.groups[group.index].members[index].joining = nil
            renew(group, index, fabric.now)
            answerJoin(group, index, to: origin, &fabric)
        }
    }

    mutating func renew(_ group: GroupID, _ index: Int, _ now: Instant) {
        coordinator.groups[group.index].members[index].expiry =
            now + coordinator.groups[group.index].members[index].sessionTimeout
    }

    // MARK: LeaveGroup and expiry

    mutating func handleLeaveGroup(
        _ group: GroupID, _ member: MemberID, from origin: Origin, _ fabric: inout Fabric
    ) {
        var error = coordinates(group, fabric)
        if error == .none {
            if let index = coordinator.groups[group.index].index(of: member) {
                remove(index, from: group, &fabric)
                armGroupAlarm(group, &fabric)
            } else if let index = coordinator.groups[group.index].pending.firstIndex(where: { $0.member == member }) {
                coordinator.groups[group.index].pending.remove(at: index)
                completeJoinIfReady(group, &fabric)
                armGroupAlarm(group, &fabric)
            } else {
                error = .unknownMemberID
            }
        }
        fabric.respond(.leaveGroup(error), to: origin, by: id)
    }

    private mutating func remove(_ index: Int, from group: GroupID, _ fabric: inout Fabric) {
        let member = coordinator.groups[group.index].members.remove(at: index)
        // Should it still wait for an answer, it is to begin anew.
        if let origin = member.joining { refuseJoin(.unknownMemberID, .none, to: origin, &fabric) }
        if let origin = member.syncing { fabric.respond(.syncGroup(.unknownMemberID, []), to: origin, by: id) }
        prepareRebalance(group, &fabric)
        completeJoinIfReady(group, &fabric)
    }

    mutating func groupAlarmFires(_ group: GroupID, _ fabric: inout Fabric) {
        guard group.index < coordinator.groups.count, coordinator.groups[group.index].alarm.fires(at: fabric.now)
        else { return }
        guard coordinates(group, fabric) == .none else { return }
        let now = fabric.now
        coordinator.groups[group.index].pending.removeAll { $0.expiry <= now }
        while let index = coordinator.groups[group.index].members.firstIndex(where: {
            $0.expiry <= now && $0.joining == nil && $0.syncing == nil
        }) {
            let client = coordinator.groups[group.index].members[index].client
            fabric.observe(.memberEvicted(group: fabric.groupNames[group.index], client: client))
            remove(index, from: group, &fabric)
        }
        if coordinator.groups[group.index].phase == .preparingRebalance,
            coordinator.groups[group.index].rebalanceDeadline <= now
        {
            completeJoin(group, &fabric)
        }
        completeJoinIfReady(group, &fabric)
        armGroupAlarm(group, &fabric)
    }

    mutating func armGroupAlarm(_ group: GroupID, _ fabric: inout Fabric) {
        guard let deadline = coordinator.groups[group.index].nextDeadline else { return }
        // What is overdue has been done: should anything be left over, time goes on.
        let moment = max(deadline, fabric.now + .milliseconds(1))
        if coordinator.groups[group.index].alarm.arm(at: moment) {
            fabric.schedule(.groupAlarm(broker: Int32(id), group), at: moment)
        }
    }
}
