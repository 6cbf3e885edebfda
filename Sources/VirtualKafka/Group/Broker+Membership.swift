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

    // MARK: JoinGroup

    mutating func handleJoinGroup(_ request: JoinGroupRequest, from origin: Origin, _ fabric: inout Fabric) {
        let group = request.group
        let error = coordinates(group, fabric)
        guard error == .none else {
            refuseJoin(error, request.member, to: origin, &fabric)
            return
        }
        if request.member == .none {
            nameMember(group, request, origin, &fabric)
            return
        }
        if let index = coordinator.groups[group.index].index(of: request.member) {
            rejoin(group, index, request, origin, &fabric)
        } else if let index = coordinator.groups[group.index].pending.firstIndex(where: {
            $0.member == request.member
        }) {
            coordinator.groups[group.index].pending.remove(at: index)
            addMember(group, request, origin, &fabric)
        } else {
            refuseJoin(.unknownMemberID, request.member, to: origin, &fabric)
        }
        armGroupAlarm(group, &fabric)
    }

    private func refuseJoin(_ error: ErrorCode, _ member: MemberID, to origin: Origin, _ fabric: inout Fabric) {
        let response = JoinGroupResponse(error: error, generation: -1, member: member, leader: .none, members: [])
        fabric.respond(.joinGroup(response), to: origin, by: id)
    }

    /// KIP-394: a newcomer gets its id first, so that one whose answer was lost leaves no ghost in the group.
    private mutating func nameMember(
        _ group: GroupID, _ request: JoinGroupRequest, _ origin: Origin, _ fabric: inout Fabric
    ) {
        let member = MemberID(rawValue: fabric.nextMemberID)
        fabric.nextMemberID += 1
        coordinator.groups[group.index].pending.append((member, fabric.now + request.sessionTimeout))
        refuseJoin(.memberIDRequired, member, to: origin, &fabric)
        armGroupAlarm(group, &fabric)
    }

    private mutating func addMember(
        _ group: GroupID, _ request: JoinGroupRequest, _ origin: Origin, _ fabric: inout Fabric
    ) {
        let member = GroupMember(
            id: request.member, client: ClientID(rawValue: origin.requester - Int32(fabric.brokerCount)),
            sessionTimeout: request.sessionTimeout, rebalanceTimeout: request.rebalanceTimeout,
            topics: request.topics, expiry: fabric.now + request.sessionTimeout, joining: origin)
        coordinator.groups[group.index].members.append(member)
        let isWaitingForFirst =
            coordinator.groups[group.index].phase == .preparingRebalance
            && coordinator.groups[group.index].earliestCompletion > fabric.now
        if isWaitingForFirst {
            // Every newcomer prolongs the wait of a new group.
            coordinator.groups[group.index].earliestCompletion = min(
                fabric.now + fabric.configuration.groupInitialRebalanceDelay,
                coordinator.groups[group.index].rebalanceDeadline)
        }
        prepareRebalance(group, &fabric)
        completeJoinIfReady(group, &fabric)
    }

    private mutating func rejoin(
        _ group: GroupID, _ index: Int, _ request: JoinGroupRequest, _ origin: Origin, _ fabric: inout Fabric
    ) {
        let isUnchanged = coordinator.groups[group.index].members[index].topics == request.topics
        let isLeader = coordinator.groups[group.index].leader == request.member
        coordinator.groups[group.index].members[index].topics = request.topics
        coordinator.groups[group.index].members[index].expiry =
            fabric.now + coordinator.groups[group.index].members[index].sessionTimeout
        switch coordinator.groups[group.index].phase {
        case .completingRebalance where isUnchanged, .stable where isUnchanged && !isLeader:
            // It missed the answer to its last request: it gets it again.
            answerJoin(group, index, to: origin, &fabric)
        default:
            coordinator.groups[group.index].members[index].joining = origin
            prepareRebalance(group, &fabric)
            completeJoinIfReady(group, &fabric)
        }
    }

    mutating func prepareRebalance(_ group: GroupID, _ fabric: inout Fabric) {
        let phase = coordinator.groups[group.index].phase
        guard phase != .preparingRebalance else { return }
        if phase == .completingRebalance { abandonSync(group, .rebalanceInProgress, &fabric) }
        let timeout = coordinator.groups[group.index].members.map(\.rebalanceTimeout).max() ?? .zero
        coordinator.groups[group.index].phase = .preparingRebalance
        coordinator.groups[group.index].rebalanceDeadline = fabric.now + timeout
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
        let late = coordinator.groups[group.index].members.filter { $0.joining == nil }
        coordinator.groups[group.index].members.removeAll { $0.joining == nil }
        for member in late {
            fabric.observe(.memberEvicted(group: fabric.groupNames[group.index], client: member.client))
        }
        coordinator.groups[group.index].generation += 1
        let count = coordinator.groups[group.index].members.count
        fabric.observe(
            .generation(
                group: fabric.groupNames[group.index], coordinator.groups[group.index].generation, members: count))
        guard count > 0 else {
            coordinator.groups[group.index].phase = .empty
            coordinator.groups[group.index].leader = .none
            storeMetadata(of: group, .groupMetadata, &fabric)
            return
        }
        coordinator.groups[group.index].phase = .completingRebalance
        if coordinator.groups[group.index].index(of: coordinator.groups[group.index].leader) == nil {
            coordinator.groups[group.index].leader = coordinator.groups[group.index].members[0].id
        }
        for index in 0..<count {
            coordinator.groups[group.index].members[index].assignment = []
            guard let origin = coordinator.groups[group.index].members[index].joining else { continue }
            coordinator.groups[group.index].members[index].joining = nil
            renew(group, index, fabric.now)
            answerJoin(group, index, to: origin, &fabric)
        }
    }

    private func answerJoin(_ group: GroupID, _ index: Int, to origin: Origin, _ fabric: inout Fabric) {
        let state = coordinator.groups[group.index]
        let member = state.members[index].id
        let response = JoinGroupResponse(
            error: .none, generation: state.generation, member: member, leader: state.leader,
            members: member == state.leader
                ? state.members.map { JoinedMember(member: $0.id, topics: $0.topics) } : [])
        fabric.respond(.joinGroup(response), to: origin, by: id)
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
            } else {
                error = .unknownMemberID
            }
        }
        fabric.respond(.leaveGroup(error), to: origin, by: id)
    }

    private mutating func remove(_ index: Int, from group: GroupID, _ fabric: inout Fabric) {
        coordinator.groups[group.index].members.remove(at: index)
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
