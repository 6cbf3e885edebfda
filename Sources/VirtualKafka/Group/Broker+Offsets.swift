import Kafka
import Simulation

extension Broker {
    // MARK: SyncGroup and Heartbeat

    func memberError(_ reference: MemberReference) -> ErrorCode {
        let error = identityError(reference.group, reference.member, reference.instance)
        guard error == .none else { return error }
        return reference.generation == coordinator.groups[reference.group.index].generation ? .none : .illegalGeneration
    }

    /// Kafka's `GroupCoordinator.validateCurrentMember`: an instance's name belongs to whoever joined with it last.
    func identityError(_ group: GroupID, _ member: MemberID, _ instance: InstanceID) -> ErrorCode {
        guard instance != .none else {
            return coordinator.groups[group.index].index(of: member) == nil ? .unknownMemberID : .none
        }
        guard let index = coordinator.groups[group.index].index(of: instance) else { return .unknownMemberID }
        return coordinator.groups[group.index].members[index].id == member ? .none : .fencedInstanceID
    }

    mutating func handleSyncGroup(_ request: SyncGroupRequest, from origin: Origin, _ fabric: inout Fabric) {
        let group = request.reference.group
        var error = coordinates(group, fabric)
        if error == .none { error = memberError(request.reference) }
        guard error == .none, let index = coordinator.groups[group.index].index(of: request.reference.member) else {
            fabric.respond(.syncGroup(error, []), to: origin, by: id)
            return
        }
        switch coordinator.groups[group.index].phase {
        case .empty:
            fabric.respond(.syncGroup(.unknownMemberID, []), to: origin, by: id)
        case .preparingRebalance:
            fabric.respond(.syncGroup(.rebalanceInProgress, []), to: origin, by: id)
        case .stable:
            renew(group, index, fabric.now)
            fabric.respond(
                .syncGroup(.none, coordinator.groups[group.index].members[index].assignment), to: origin, by: id)
        case .completingRebalance:
            coordinator.groups[group.index].members[index].syncing = origin
            if request.reference.member == coordinator.groups[group.index].leader,
                !coordinator.groups[group.index].isStoringAssignment
            {
                storeAssignment(request.assignments, of: group, &fabric)
            }
        }
        armGroupAlarm(group, &fabric)
    }

    private mutating func storeAssignment(
        _ assignments: [MemberAssignment], of group: GroupID, _ fabric: inout Fabric
    ) {
        for assignment in assignments {
            guard let index = coordinator.groups[group.index].index(of: assignment.member) else { continue }
            coordinator.groups[group.index].members[index].assignment = assignment.partitions
        }
        if defects.contains(.assignsTwice) { assignTwice(in: group) }
        coordinator.groups[group.index].isStoringAssignment = true
        coordinator.groups[group.index].assignmentPosition =
            replicas[fabric.groupPartitions[group.index]].log.endOffset
        let generation = coordinator.groups[group.index].generation
        storeMetadata(of: group, .assignment(group, generation: generation), &fabric)
    }

    /// Makes the mistake `assignsTwice`.
    private mutating func assignTwice(in group: GroupID) {
        let partitions = coordinator.groups[group.index].members.flatMap(\.assignment)
        guard let first = partitions.min() else { return }
        for index in coordinator.groups[group.index].members.indices.suffix(2)
        where !coordinator.groups[group.index].members[index].assignment.contains(first) {
            coordinator.groups[group.index].members[index].assignment.append(first)
        }
    }

    /// The assignment is in the log of the coordinator's replicas: now it holds.
    mutating func completeAssignment(
        _ group: GroupID, generation: Int32, _ error: ErrorCode, _ fabric: inout Fabric
    ) {
        guard group.index < coordinator.groups.count,
            coordinator.groups[group.index].generation == generation,
            coordinator.groups[group.index].phase == .completingRebalance
        else { return }
        coordinator.groups[group.index].isStoringAssignment = false
        if error == .none {
            coordinator.groups[group.index].phase = .stable
            fabric.groupLedger.begins(
                generation, of: group, at: coordinator.groups[group.index].assignmentPosition)
        }
        for index in coordinator.groups[group.index].members.indices {
            guard let origin = coordinator.groups[group.index].members[index].syncing else { continue }
            coordinator.groups[group.index].members[index].syncing = nil
            renew(group, index, fabric.now)
            let partitions = error == .none ? coordinator.groups[group.index].members[index].assignment : []
            // The log's errors mean nothing to a member: to it, the coordinator is not there.
            fabric.respond(
                .syncGroup(error == .none ? .none : .notCoordinator, partitions), to: origin, by: id)
        }
        if error != .none { prepareRebalance(group, &fabric) }
        armGroupAlarm(group, &fabric)
    }

    mutating func handleGroupHeartbeat(_ reference: MemberReference, from origin: Origin, _ fabric: inout Fabric) {
        var error = coordinates(reference.group, fabric)
        if error == .none { error = memberError(reference) }
        if error == .none, let index = coordinator.groups[reference.group.index].index(of: reference.member) {
            renew(reference.group, index, fabric.now)
            if coordinator.groups[reference.group.index].phase == .preparingRebalance { error = .rebalanceInProgress }
        }
        fabric.respond(.heartbeat(error), to: origin, by: id)
    }

    // MARK: OffsetCommit and OffsetFetch

    /// Kafka's `GroupCoordinator.validateOffsetCommit`: members commit in their generation; without a generation, anybody
    /// commits to a group that nobody is in, because it only stores offsets.
    private func commitError(_ reference: MemberReference) -> ErrorCode {
        let isEmpty = coordinator.groups[reference.group.index].phase == .empty
        if reference.generation < 0, isEmpty { return .none }
        if reference.generation < 0, reference.member == .none, reference.instance == .none { return .unknownMemberID }
        return memberError(reference)
    }

    mutating func handleOffsetCommit(_ request: OffsetCommitRequest, from origin: Origin, _ fabric: inout Fabric) {
        let group = request.reference.group
        var error = coordinates(group, fabric)
        if error == .none, !defects.contains(.acceptsZombieCommits) {
            error = commitError(request.reference)
        }
        if error == .none, coordinator.groups[group.index].phase == .completingRebalance {
            error = .rebalanceInProgress
        }
        if error == .none {
            if let index = coordinator.groups[group.index].index(of: request.reference.member) {
                renew(group, index, fabric.now)
            }
            let records = request.offsets.map { GroupRecord.offset(group, partition: $0.partition, offset: $0.offset) }
            let position = replicas[fabric.groupPartitions[group.index]].log.endOffset
            error = store(records, of: group, .offsetCommit(origin, request, position: position), &fabric)
            if error == .none, defects.contains(.answersCommitsBeforeReplication) {
                completeOffsetCommit(request, at: position, .none, to: origin, &fabric)
            }
        }
        if error != .none { fabric.respond(.offsetCommit(error), to: origin, by: id) }
    }

    /// The commit is in the log of the coordinator's replicas: now it can be read.
    mutating func completeOffsetCommit(
        _ request: OffsetCommitRequest, at position: Int64, _ error: ErrorCode, to origin: Origin,
        _ fabric: inout Fabric
    ) {
        let group = request.reference.group
        guard error == .none, coordinates(group, fabric) == .none else {
            let answer: ErrorCode =
                switch error {
                case .none, .notLeaderOrFollower: .notCoordinator
                default: .coordinatorNotAvailable
                }
            fabric.respond(.offsetCommit(answer), to: origin, by: id)
            return
        }
        fabric.groupLedger.accepts(request.reference, at: position)
        let mayMoveBack = request.mayMoveBack || !fabric.isCurrent(origin, Int32(id))
        for committed in request.offsets {
            coordinator.groups[group.index].setOffset(
                committed.offset, of: committed.partition, partitionCount: fabric.topology.partitionCount)
            fabric.groupLedger.commits(
                committed, at: position, under: replicas[fabric.groupPartitions[group.index]].leaderEpoch,
                of: request.reference, mayMoveBack: mayMoveBack)
            fabric.observe(
                .offsetCommitted(
                    group: fabric.groupNames[group.index],
                    fabric.topology.partitions[Int(committed.partition)], committed.offset))
        }
        fabric.respond(.offsetCommit(.none), to: origin, by: id)
    }

    mutating func handleOffsetFetch(
        _ reference: MemberReference, _ partitions: [Int32], requireStable: Bool, from origin: Origin,
        _ fabric: inout Fabric
    ) {
        var error = coordinates(reference.group, fabric)
        if error == .none, requireStable, hasPendingOffsets(of: reference.group, partitions) {
            error = .unstableOffsetCommit
        }
        guard error == .none else {
            fabric.respond(.offsetFetch(error, []), to: origin, by: id)
            return
        }
        let group = coordinator.groups[reference.group.index]
        let offsets = partitions.map { CommittedOffset(partition: $0, offset: group.offset(of: $0)) }
        fabric.respond(.offsetFetch(.none, offsets), to: origin, by: id)
    }

    // MARK: The log of the groups

    mutating func storeMetadata(of group: GroupID, _ purpose: WaiterQueue.Purpose, _ fabric: inout Fabric) {
        let record = GroupRecord.metadata(group, coordinator.groups[group.index].snapshot)
        let error = store([record], of: group, purpose, &fabric)
        if error != .none { complete(purpose, error, &fabric) }
    }

    /// Appends to the group's partition of `__consumer_offsets`, with `acks=all`.
    private mutating func store(
        _ records: [GroupRecord], of group: GroupID, _ purpose: WaiterQueue.Purpose, _ fabric: inout Fabric
    ) -> ErrorCode {
        let partition = fabric.groupPartitions[group.index]
        guard replicas[partition].isr.count >= Int(fabric.topology.minInsync[partition]) else {
            return .coordinatorNotAvailable
        }
        let batch = Batch(
            baseOffset: replicas[partition].log.endOffset, appendedAt: fabric.now, records: [],
            groupRecords: records, producer: .none, baseSequence: -1, leaderEpoch: 0,
            size: Int32(records.count * 100), count: Int32(records.count))
        // `offsets.commit.timeout.ms` is 5 s.
        replicas[partition].waiters.append(
            .init(requiredOffset: batch.nextOffset, deadline: fabric.now + .seconds(5), purpose: purpose))
        append(batch, to: partition, &fabric)
        return .none
    }

    // MARK: Taking over

    mutating func beginLoading(_ partition: Int, _ fabric: inout Fabric) {
        coordinator.states[partition - coordinator.firstPartition] = .loading
        fabric.schedule(
            .loadCoordinator(
                broker: Int32(id), partition: Int32(partition), leaderEpoch: replicas[partition].leaderEpoch),
            at: fabric.now + fabric.configuration.coordinatorLoadTime)
    }

    /// Reads the groups of a partition from its log.
    mutating func load(_ partition: Int, leaderEpoch: Int32, _ fabric: inout Fabric) {
        guard replicas[partition].isLeader, replicas[partition].leaderEpoch == leaderEpoch else { return }
        coordinator.states[partition - coordinator.firstPartition] = .active
        forget(groupsOf: partition, fabric)
        while coordinator.groups.count < fabric.groupNames.count { coordinator.groups.append(Group()) }
        for index in replicas[partition].log.batches.indices {
            if replicas[partition].log.batches[index].kind != .plain {
                loadTransactional(replicas[partition].log.batches[index], of: partition, fabric)
                continue
            }
            for record in replicas[partition].log.batches[index].groupRecords {
                switch record {
                case .offset(let group, let partition, let offset):
                    coordinator.groups[group.index].setOffset(
                        offset, of: partition, partitionCount: fabric.topology.partitionCount)
                case .metadata(let group, let snapshot):
                    coordinator.groups[group.index].restore(snapshot, at: fabric.now)
                case .transaction:
                    preconditionFailure("the log of transactions is another one")
                }
            }
        }
        for group in fabric.groupPartitions.indices where fabric.groupPartitions[group] == partition {
            armGroupAlarm(GroupID(rawValue: Int32(group)), &fabric)
        }
    }

    /// Leads the partition no more: its groups are somebody else's.
    mutating func resignCoordinator(_ partition: Int, _ fabric: inout Fabric) {
        if fabric.topology.transactionPartitions.contains(partition) { resignTransactions(partition, fabric) }
        guard fabric.topology.offsetsPartitions.contains(partition) else { return }
        coordinator.states[partition - coordinator.firstPartition] = .inactive
        for group in coordinator.groups.indices where fabric.groupPartitions[group] == partition {
            for member in coordinator.groups[group].members {
                if let origin = member.joining { refuse(joining: member.id, to: origin, &fabric) }
                if let origin = member.syncing {
                    fabric.respond(.syncGroup(.notCoordinator, []), to: origin, by: id)
                }
            }
        }
        forget(groupsOf: partition, fabric)
    }

    private func refuse(joining member: MemberID, to origin: Origin, _ fabric: inout Fabric) {
        refuseJoin(.notCoordinator, member, to: origin, &fabric)
    }

    private mutating func forget(groupsOf partition: Int, _ fabric: borrowing Fabric) {
        forgetPendingOffsets(of: partition, fabric)
        for group in coordinator.groups.indices where fabric.groupPartitions[group] == partition {
            coordinator.groups[group] = Group()
        }
    }
}

extension Group {
    /// As the last coordinator left it; sessions begin anew.
    mutating func restore(_ snapshot: GroupSnapshot, at now: Instant) {
        generation = snapshot.generation
        strategy = snapshot.strategy
        leader = snapshot.leader
        members = snapshot.members
        phase = members.isEmpty ? .empty : .stable
        for index in members.indices {
            members[index].joining = nil
            members[index].syncing = nil
            members[index].expiry = now + members[index].sessionTimeout
        }
    }
}
