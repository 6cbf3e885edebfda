import Kafka
import Simulation

/// A commit that was asked for and is not answered yet.
struct PendingCommit: Sendable {
    var tag: UInt64
    var offsets: [CommittedOffset]
    var reference: MemberReference
    var deadline: Instant
    /// The background's own: nobody is told.
    var isAutomatic = false
    var mayMoveBack = false
}

extension Consumer {
    /// The application commits offsets, or what is stored when it names none.
    mutating func commit(_ offsets: [(TopicPartition, Int64)]?, tag: UInt64, _ fabric: inout Fabric) {
        guard core.isAlive else {
            if core.isClosed { fabric.notify(core.id, .offsetsCommitted(tag: tag, .destroyed)) }
            return
        }
        // A negative offset stands for none (`rd_kafka_OffsetCommitRequest`).
        let valid = offsets?.filter { $0.1 >= 0 }
        let known = valid?.compactMap { place, offset in
            fabric.topology.number(of: place).map { CommittedOffset(partition: Int32($0), offset: offset) }
        }
        let offsets = known ?? uncommitted(assignment)
        if group == .none || offsets.isEmpty {
            let hasNone = valid?.isEmpty ?? true
            let error: ErrorCode = group == .none ? .unknownGroup : hasNone ? .noOffset : .unknownTopicOrPartition
            fabric.notify(core.id, .offsetsCommitted(tag: tag, error))
            return
        }
        enqueue(
            PendingCommit(
                tag: tag, offsets: offsets, reference: reference, deadline: fabric.now + settings.socketTimeout),
            &fabric)
    }

    private mutating func enqueue(_ commit: PendingCommit, _ fabric: inout Fabric) {
        commits.append(commit)
        commits[commits.count - 1].mayMoveBack = moveBack(commit.offsets)
        sendCommit(&fabric)
        if commits.count == 1 { core.wakeLater(at: fabric.now + settings.socketTimeout, &fabric) }
    }

    mutating func sendCommit(_ fabric: inout Fabric) {
        guard !isCommitInFlight else { return }
        while let first = commits.first, first.deadline <= fabric.now { finishCommit(.timedOut, &fabric) }
        guard let first = commits.first else { return }
        guard fabric.now >= commitNotBefore else {
            core.wake(at: commitNotBefore, &fabric)
            return
        }
        guard let broker = reachableCoordinator(fabric.now) else {
            findCoordinator(&fabric)
            return
        }
        isCommitInFlight = true
        core.send(
            .offsetCommit(
                OffsetCommitRequest(reference: first.reference, offsets: first.offsets, mayMoveBack: first.mayMoveBack)),
            to: broker,
            for: .offsetCommit, &fabric)
    }

    /// Remembers what was asked for in this generation; whether any of these is lower than before.
    private mutating func moveBack(_ offsets: [CommittedOffset]) -> Bool {
        var isLower = mode == .assigned
        for committed in offsets {
            guard let index = index(of: committed.partition) else {
                isLower = true
                continue
            }
            if committed.offset < assignment[index].asked { isLower = true }
            assignment[index].asked = committed.offset
        }
        return isLower
    }

    mutating func commitAnswered(_ error: ErrorCode, _ fabric: inout Fabric) {
        isCommitInFlight = false
        guard error.isRetriable else {
            finishCommit(error, &fabric)
            return
        }
        if isAboutCoordinator(error) { loseCoordinator(error, &fabric) }
        commitNotBefore = fabric.now + core.retryBackoff
        core.wake(at: commitNotBefore, &fabric)
    }

    private mutating func finishCommit(_ error: ErrorCode, _ fabric: inout Fabric) {
        let commit = commits.removeFirst()
        if error == .none {
            for committed in commit.offsets {
                if let index = index(of: committed.partition) { assignment[index].committed = committed.offset }
            }
        }
        if !commit.isAutomatic { fabric.notify(core.id, .offsetsCommitted(tag: commit.tag, error)) }
        if error == .fencedInstanceID { becomeFenced(&fabric) }
        if error == .illegalGeneration, commit.reference.generation == generation, membership == .stable {
            loseAssignment(&fabric)
        }
        // A rebalance may have waited for it.
        if commits.isEmpty, membership == .outside { core.wake(at: fabric.now, &fabric) }
    }

    // MARK: Stored offsets

    /// `enable.auto.offset.store` is off: the application says itself how far it has come.
    mutating func store(_ offsets: [(TopicPartition, Int64)], _ fabric: inout Fabric) {
        guard isInUse(&fabric) else { return }
        for (place, offset) in offsets {
            if let index = index(of: place, fabric) {
                assignment[index].stored = offset
            } else {
                tell(.error(.erroneousState, place), &fabric)
            }
        }
    }

    /// What is stored and not committed. Never less than what is committed: after a seek backwards, nothing is committed
    /// by itself until it has been passed again (librdkafka, `rd_kafka_topic_partition_list_set_offsets`).
    private func uncommitted(_ partitions: [AssignedPartition]) -> [CommittedOffset] {
        partitions.compactMap {
            $0.stored > $0.committed ? CommittedOffset(partition: $0.partition, offset: $0.stored) : nil
        }
    }

    /// `enable.auto.commit`: what was handed over is committed in the background.
    mutating func autoCommit(_ fabric: inout Fabric) {
        guard let interval = settings.autoCommitInterval, isReading, fabric.now >= nextAutoCommit else { return }
        nextAutoCommit = fabric.now + interval
        guard !commits.contains(where: \.isAutomatic) else { return }
        commitStored(of: assignment, &fabric)
    }

    mutating func beginAutoCommit(_ now: Instant) {
        guard let interval = settings.autoCommitInterval, group != .none else { return }
        nextAutoCommit = min(nextAutoCommit, now + interval)
    }

    /// Before partitions are given up, too.
    mutating func commitStored(of partitions: [AssignedPartition], _ fabric: inout Fabric) {
        guard settings.autoCommitInterval != nil, group != .none else { return }
        let offsets = uncommitted(partitions)
        guard !offsets.isEmpty else { return }
        enqueue(
            PendingCommit(
                tag: 0, offsets: offsets, reference: reference, deadline: fabric.now + settings.socketTimeout,
                isAutomatic: true), &fabric)
    }

    /// The last words of a consumer that closes: no answer is awaited. What the application has asked for goes out first
    /// (librdkafka ends only when its commits are answered).
    mutating func commitAtClose(to broker: Int, _ fabric: inout Fabric) {
        for commit in commits.dropFirst(isCommitInFlight ? 1 : 0) {
            let request = OffsetCommitRequest(
                reference: commit.reference, offsets: commit.offsets, mayMoveBack: commit.mayMoveBack)
            core.sendOnly(.offsetCommit(request), to: broker, &fabric)
        }
        guard settings.autoCommitInterval != nil else { return }
        let offsets = uncommitted(assignment)
        guard !offsets.isEmpty else { return }
        core.sendOnly(
            .offsetCommit(OffsetCommitRequest(reference: reference, offsets: offsets, mayMoveBack: true)), to: broker,
            &fabric)
    }
}
