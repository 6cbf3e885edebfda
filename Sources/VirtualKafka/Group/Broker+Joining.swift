import Kafka
import Simulation

extension Broker {
    mutating func handleJoinGroup(_ request: JoinGroupRequest, from origin: Origin, _ fabric: inout Fabric) {
        let group = request.group
        var error = coordinates(group, fabric)
        if error == .none { error = joinError(request, fabric) }
        guard error == .none else {
            refuseJoin(error, request.member, to: origin, &fabric)
            return
        }
        if request.member == .none {
            if request.instance == .none {
                nameMember(request, origin, &fabric)
            } else {
                joinStatically(request, origin, &fabric)
            }
        } else if let index = coordinator.groups[group.index].pending.firstIndex(where: {
            $0.member == request.member
        }) {
            coordinator.groups[group.index].pending.remove(at: index)
            addMember(request.member, request, origin, &fabric)
        } else {
            rejoin(request, origin, &fabric)
        }
        armGroupAlarm(group, &fabric)
    }

    /// What is wrong with a request, whoever it comes from.
    private func joinError(_ request: JoinGroupRequest, _ fabric: borrowing Fabric) -> ErrorCode {
        let configuration = fabric.configuration
        if fabric.groupNames[request.group.index].isEmpty { return .invalidGroupID }
        guard
            (configuration.groupMinSessionTimeout...configuration.groupMaxSessionTimeout)
                .contains(request.sessionTimeout)
        else { return .invalidSessionTimeout }
        guard coordinator.groups[request.group.index].supports(request.strategies) else {
            return .inconsistentGroupProtocol
        }
        return hasRoom(for: request, configuration.groupMaxSize) ? .none : .groupMaxSizeReached
    }

    /// `group.max.size`. In a rebalance, those who come first are in (`GroupCoordinator.acceptJoiningMember`).
    private func hasRoom(for request: JoinGroupRequest, _ maxSize: Int) -> Bool {
        let group = coordinator.groups[request.group.index]
        let isMember = group.index(of: request.member) != nil
        switch group.phase {
        case .empty: return true
        case .preparingRebalance:
            let isWaiting = group.members.contains { $0.id == request.member && $0.joining != nil }
            return isWaiting || group.members.count { $0.joining != nil } < maxSize
        case .completingRebalance, .stable: return isMember || group.members.count < maxSize
        }
    }

    func refuseJoin(_ error: ErrorCode, _ member: MemberID, to origin: Origin, _ fabric: inout Fabric) {
        let response = JoinGroupResponse(error: error, generation: -1, member: member, leader: .none, members: [])
        fabric.respond(.joinGroup(response), to: origin, by: id)
    }

    /// KIP-394: a newcomer gets its id first, so that one whose answer was lost leaves no ghost in the group.
    private mutating func nameMember(_ request: JoinGroupRequest, _ origin: Origin, _ fabric: inout Fabric) {
        let member = fabric.makeMemberID()
        coordinator.groups[request.group.index].pending.append((member, fabric.now + request.sessionTimeout))
        refuseJoin(.memberIDRequired, member, to: origin, &fabric)
    }

    mutating func addMember(
        _ id: MemberID, _ request: JoinGroupRequest, _ origin: Origin, _ fabric: inout Fabric
    ) {
        let group = request.group
        let member = GroupMember(
            id: id, instance: request.instance,
            client: ClientID(rawValue: origin.requester - Int32(fabric.brokerCount)),
            sessionTimeout: request.sessionTimeout, rebalanceTimeout: request.rebalanceTimeout,
            strategies: request.strategies, subscription: request.subscription,
            expiry: fabric.now + request.sessionTimeout, joining: origin)
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

    private mutating func rejoin(_ request: JoinGroupRequest, _ origin: Origin, _ fabric: inout Fabric) {
        let group = request.group
        let error = identityError(group, request.member, request.instance)
        guard error == .none, let index = coordinator.groups[group.index].index(of: request.member) else {
            refuseJoin(error, request.member, to: origin, &fabric)
            return
        }
        let isUnchanged = update(index, request, fabric.now)
        let isLeader = coordinator.groups[group.index].leader == request.member
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

    /// Takes over what a member says of itself; whether that is what it said before.
    @discardableResult
    mutating func update(_ index: Int, _ request: JoinGroupRequest, _ now: Instant) -> Bool {
        let group = request.group.index
        let isUnchanged =
            coordinator.groups[group].members[index].strategies == request.strategies
            && coordinator.groups[group].members[index].subscription == request.subscription
        coordinator.groups[group].members[index].strategies = request.strategies
        coordinator.groups[group].members[index].subscription = request.subscription
        coordinator.groups[group].members[index].sessionTimeout = request.sessionTimeout
        coordinator.groups[group].members[index].rebalanceTimeout = request.rebalanceTimeout
        coordinator.groups[group].members[index].expiry = now + request.sessionTimeout
        return isUnchanged
    }

    func answerJoin(_ group: GroupID, _ index: Int, to origin: Origin, _ fabric: inout Fabric) {
        let state = coordinator.groups[group.index]
        let member = state.members[index].id
        let everybody = state.members.map {
            JoinedMember(member: $0.id, instance: $0.instance, subscription: $0.subscription)
        }
        let response = JoinGroupResponse(
            error: .none, generation: state.generation, strategy: state.strategy, member: member,
            leader: state.leader, members: member == state.leader ? everybody : [])
        fabric.respond(.joinGroup(response), to: origin, by: id)
    }
}
