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
        guard membership == .outside, mode == .subscribed, !hasExceededPollInterval, commits.isEmpty,
            let broker = reachableCoordinator(fabric.now)
        else { return }
        guard fabric.now >= joinNotBefore else {
            core.wake(at: joinNotBefore, &fabric)
            return
        }
        membership = .joining
        let request = JoinGroupRequest(
            group: group, member: member, sessionTimeout: settings.sessionTimeout,
            rebalanceTimeout: settings.maxPollInterval, topics: topics)
        // The answer waits for the other members.
        core.send(
            .joinGroup(request), to: broker, for: .joinGroup, timeout: settings.maxPollInterval + .seconds(3), &fabric)
    }

    mutating func joinAnswered(_ response: JoinGroupResponse, _ fabric: inout Fabric) {
        guard membership == .joining else { return }
        membership = .outside
        switch response.error {
        case .none:
            member = response.member
            generation = response.generation
            lastContact = fabric.now
            sync(response, &fabric)
        case .memberIDRequired:
            member = response.member
        case .unknownMemberID:
            member = .none
        default:
            joinNotBefore = fabric.now + core.retryBackoff
            if isAboutCoordinator(response.error) { loseCoordinator(response.error, &fabric) }
        }
    }

    private mutating func sync(_ response: JoinGroupResponse, _ fabric: inout Fabric) {
        guard let broker = reachableCoordinator(fabric.now) else { return }
        membership = .syncing
        let assignments =
            response.leader == member ? RangeAssignor.assign(response.members, fabric.topology, core.image) : []
        core.send(
            .syncGroup(SyncGroupRequest(reference: reference, assignments: assignments)), to: broker, for: .syncGroup,
            &fabric)
    }

    mutating func syncAnswered(_ error: ErrorCode, _ partitions: [Int32], _ fabric: inout Fabric) {
        guard membership == .syncing else { return }
        membership = .outside
        switch error {
        case .none:
            membership = .stable
            lastContact = fabric.now
            nextHeartbeat = fabric.now + settings.heartbeatInterval
            assignment = partitions.sorted().map { AssignedPartition(partition: $0) }
            round &+= 1
            beginAutoCommit(fabric.now)
            tell(.assigned(assigned(fabric), isIncremental: false), &fabric)
        case .unknownMemberID:
            member = .none
        case .illegalGeneration, .rebalanceInProgress:
            break
        default:
            joinNotBefore = fabric.now + core.retryBackoff
            if isAboutCoordinator(error) { loseCoordinator(error, &fabric) }
        }
    }

    func assigned(_ fabric: borrowing Fabric) -> [TopicPartition] {
        assignment.map { fabric.topology.partitions[Int($0.partition)] }
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
            if membership == .stable { giveUpAssignment(&fabric) }
        case .unknownMemberID:
            member = .none
            loseAssignment(&fabric)
        case .illegalGeneration:
            loseAssignment(&fabric)
        default:
            if isAboutCoordinator(error) { loseCoordinator(error, &fabric) }
        }
    }

    /// Eager rebalance: everything is given up before joining again; the application finishes first what it has begun.
    private mutating func giveUpAssignment(_ fabric: inout Fabric) {
        if assignment.isEmpty {
            membership = .outside
            return
        }
        membership = .revoking
        revocationDeadline = fabric.now + settings.maxPollInterval
        let revoked = assigned(fabric)
        dropWaiting(of: revoked)
        tell(.revoked(revoked, lost: false, isIncremental: false), &fabric)
    }

    mutating func completeRevocation(_ fabric: inout Fabric) {
        guard core.isAlive, membership == .revoking else { return }
        membership = .outside
        revocationDeadline = .distantFuture
        commitStored(of: assignment, &fabric)
        assignment = []
        nextAutoCommit = .distantFuture
        service(&fabric)
    }

    /// The group has gone on without this member: the partitions are somebody else's already.
    mutating func loseAssignment(_ fabric: inout Fabric) {
        // An application that is being asked to give up answers in its own time.
        guard membership != .revoking else { return }
        membership = .outside
        nextAutoCommit = .distantFuture
        guard !assignment.isEmpty else { return }
        let lost = assigned(fabric)
        assignment = []
        dropWaiting(of: lost)
        tell(.revoked(lost, lost: true, isIncremental: false), &fabric)
    }

    /// Without a word from the coordinator for a whole session, the member must assume that it was put out.
    mutating func checkSession(_ fabric: inout Fabric) {
        if membership == .revoking, fabric.now >= revocationDeadline { completeRevocation(&fabric) }
        guard membership == .stable, fabric.now - lastContact >= settings.sessionTimeout else { return }
        coordinator = -1
        loseAssignment(&fabric)
    }

    /// Leaves the group and ends. With `enable.auto.commit`, what is stored is committed first.
    mutating func close(_ fabric: inout Fabric) {
        guard core.isAlive else { return }
        if group != .none, let broker = reachableCoordinator(fabric.now) { commitAtClose(to: broker, &fabric) }
        leaveGroup(&fabric)
        core.isAlive = false
        assignment = []
        waiting = []
    }

    mutating func leaveGroup(_ fabric: inout Fabric) {
        guard member != .none, let broker = reachableCoordinator(fabric.now) else { return }
        core.sendOnly(.leaveGroup(group, member), to: broker, &fabric)
    }
}
