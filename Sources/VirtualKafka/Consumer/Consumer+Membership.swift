import Kafka
import Simulation

extension Consumer {
    // MARK: The coordinator

    mutating func findCoordinator(_ fabric: inout Fabric) {
        // A coordinator that cannot be reached may have a successor already.
        guard group != .none, reachableCoordinator(fabric.now) == nil, !isFindingCoordinator else { return }
        guard fabric.now >= coordinatorNotBefore else {
            core.wake(at: coordinatorNotBefore, &fabric)
            return
        }
        guard let broker = core.anyBroker(fabric.now) else { return }
        isFindingCoordinator = true
        coordinatorNotBefore = fabric.now + (coordinator < 0 ? core.retryBackoff : core.retryBackoff * 5)
        core.send(.findCoordinator(group), to: broker, for: .findCoordinator, &fabric)
    }

    mutating func coordinatorFound(_ error: ErrorCode, _ broker: Int, _ fabric: inout Fabric) {
        isFindingCoordinator = false
        if error == .none { coordinator = broker }
    }

    /// The coordinator is somebody else, or not ready: look for it again after a pause.
    func isAboutCoordinator(_ error: ErrorCode) -> Bool {
        switch error {
        case .notCoordinator, .coordinatorNotAvailable, .coordinatorLoadInProgress: true
        default: false
        }
    }

    mutating func loseCoordinator(_ error: ErrorCode, _ fabric: inout Fabric) {
        if error != .coordinatorLoadInProgress { coordinator = -1 }
        coordinatorNotBefore = max(coordinatorNotBefore, fabric.now + core.retryBackoff)
    }

    /// The coordinator, if a request can be sent to it now.
    func reachableCoordinator(_ now: Instant) -> Int? {
        coordinator >= 0 && core.isUsable(coordinator, now) ? coordinator : nil
    }

    // MARK: Joining

    mutating func join(_ fabric: inout Fabric) {
        // Without metadata, a leader could not distribute anything (librdkafka refreshes it before it joins).
        guard core.image.version > 0 else { return }
        // Commits are answered first, so that they belong to the generation in which they were asked for.
        guard membership == .outside, mode == .subscribed, !hasExceededPollInterval, !isFenced, commits.isEmpty,
            let broker = reachableCoordinator(fabric.now)
        else { return }
        guard fabric.now >= joinNotBefore else {
            core.wake(at: joinNotBefore, &fabric)
            return
        }
        membership = .joining
        joinAttempt &+= 1
        let request = JoinGroupRequest(
            group: group, member: member, instance: instance, sessionTimeout: settings.sessionTimeout,
            rebalanceTimeout: settings.maxPollInterval, strategies: settings.strategies, subscription: subscription)
        // The answer waits for the other members.
        core.send(
            .joinGroup(request), to: broker, for: .joinGroup(attempt: joinAttempt),
            timeout: settings.maxPollInterval + .seconds(3), &fabric)
    }

    private var subscription: Subscription {
        guard isCooperative, !assignment.isEmpty else { return Subscription(topics: topics) }
        return Subscription(topics: topics, owned: assignment.map(\.partition), generation: heldGeneration)
    }

    mutating func joinAnswered(_ response: JoinGroupResponse, _ fabric: inout Fabric) {
        guard membership == .joining else { return }
        membership = .outside
        switch response.error {
        case .none:
            member = response.member
            generation = response.generation
            lastContact = fabric.now
            knownPartitionCounts = partitionCounts(fabric)
            sync(response, &fabric)
        case .memberIDRequired:
            member = response.member
        default:
            joinFailed(response.error, &fabric)
        }
    }

    private mutating func sync(_ response: JoinGroupResponse, _ fabric: inout Fabric) {
        guard let broker = reachableCoordinator(fabric.now) else { return }
        membership = .syncing
        var assignments: [MemberAssignment] = []
        if response.leader == member, let strategy = response.strategy {
            var assignment = GroupAssignment(
                response.members, fabric.topology, core.image, instanceNames: fabric.instanceNames)
            assignment.distribute(by: strategy)
            assignments = assignment.result
        }
        core.send(
            .syncGroup(SyncGroupRequest(reference: reference, assignments: assignments)), to: broker,
            for: .syncGroup(attempt: joinAttempt),
            &fabric)
    }

    mutating func syncAnswered(_ error: ErrorCode, _ partitions: [Int32], _ fabric: inout Fabric) {
        guard membership == .syncing else { return }
        membership = .outside
        guard error == .none else {
            joinFailed(error, &fabric)
            return
        }
        membership = .stable
        lastContact = fabric.now
        nextHeartbeat = fabric.now + settings.heartbeatInterval
        heldGeneration = generation
        takeOver(partitions.sorted(), &fabric)
        // Metadata may have come after the assignment was made.
        checkPartitionCounts(&fabric)
    }

    /// JoinGroup or SyncGroup was refused.
    private mutating func joinFailed(_ error: ErrorCode, _ fabric: inout Fabric) {
        switch error {
        case .unknownMemberID:
            member = .none
            loseAssignment(&fabric)
        case .illegalGeneration:
            loseAssignment(&fabric)
        case .rebalanceInProgress:
            break
        case .fencedInstanceID:
            becomeFenced(&fabric)
        case _ where isAboutCoordinator(error):
            joinNotBefore = fabric.now + core.retryBackoff
            loseCoordinator(error, &fabric)
        case _ where error.isRetriable:
            joinNotBefore = fabric.now + core.retryBackoff
        default:
            // It will not become better by itself: the application is told, and librdkafka tries on every second.
            tell(.error(error, nil), &fabric)
            joinNotBefore = fabric.now + .seconds(1)
        }
    }

    /// Another instance has joined under the same `group.instance.id` (KIP-345): there is no way back.
    mutating func becomeFenced(_ fabric: inout Fabric) {
        guard !isFenced else { return }
        isFenced = true
        tell(.fatal(.fencedInstanceID), &fabric)
        loseAssignment(&fabric)
    }

    // MARK: Topics that grow

    /// By topic of the subscription, how many partitions the metadata says it has.
    private func partitionCounts(_ fabric: borrowing Fabric) -> [Int] {
        var counts: [Int] = []
        for topic in topics { counts.append(fabric.topology.partitionCount(of: topic, in: core.image)) }
        return counts
    }

    /// A topic has appeared or has more partitions: the group is to distribute them anew.
    mutating func checkPartitionCounts(_ fabric: inout Fabric) {
        guard membership == .stable, partitionCounts(fabric) != knownPartitionCounts else { return }
        prepareRebalance(&fabric)
    }

    // MARK: Staying

    mutating func sendHeartbeat(_ fabric: inout Fabric) {
        guard membership == .stable || membership == .revoking, member != .none, !isHeartbeatInFlight,
            fabric.now >= nextHeartbeat, let broker = reachableCoordinator(fabric.now)
        else { return }
        isHeartbeatInFlight = true
        nextHeartbeat = fabric.now + settings.heartbeatInterval
        core.send(.heartbeat(reference), to: broker, for: .heartbeat, timeout: settings.sessionTimeout, &fabric)
    }

    mutating func heartbeatAnswered(_ error: ErrorCode, _ fabric: inout Fabric) {
        isHeartbeatInFlight = false
        guard membership == .stable || membership == .revoking else { return }
        switch error {
        case .none:
            lastContact = fabric.now
        case .rebalanceInProgress:
            lastContact = fabric.now
            if membership == .stable { prepareRebalance(&fabric) }
        case .unknownMemberID:
            member = .none
            loseAssignment(&fabric)
        case .illegalGeneration:
            loseAssignment(&fabric)
        case .fencedInstanceID:
            becomeFenced(&fabric)
        default:
            if isAboutCoordinator(error) { loseCoordinator(error, &fabric) }
        }
    }

    /// Whether it holds something on the strength of its session.
    var isSessionAtStake: Bool {
        switch membership {
        case .stable, .revoking: true
        case .outside: mode == .subscribed && isCooperative && !assignment.isEmpty
        case .joining, .syncing: false
        }
    }

    /// Without a word from the coordinator for a whole session, the member must assume that it was put out.
    mutating func checkSession(_ fabric: inout Fabric) {
        if membership == .revoking, fabric.now >= revocationDeadline { completeRevocation(&fabric) }
        guard isSessionAtStake, membership != .revoking, fabric.now - lastContact >= settings.sessionTimeout else {
            return
        }
        coordinator = -1
        loseAssignment(&fabric)
    }

    /// Leaves the group and ends. With `enable.auto.commit`, what is stored is committed first.
    mutating func close(_ fabric: inout Fabric) {
        guard core.isAlive else { return }
        if group != .none, let broker = reachableCoordinator(fabric.now) { commitAtClose(to: broker, &fabric) }
        leaveGroup(&fabric)
        core.close()
        assignment = []
        waiting = []
        commits = []
        inquiries = []
    }

    /// A static member goes without a word: it may be back before its session ends (KIP-345).
    mutating func leaveGroup(_ fabric: inout Fabric) {
        guard member != .none, instance == .none, let broker = reachableCoordinator(fabric.now) else { return }
        core.sendOnly(.leaveGroup(group, member), to: broker, &fabric)
    }
}
