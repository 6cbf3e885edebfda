import Kafka
import Simulation

extension Consumer {
    // MARK: Where to begin

    mutating func fetchOffsets(_ fabric: inout Fabric) {
        guard membership == .stable, !isOffsetFetchInFlight else { return }
        guard assignment.contains(where: { $0.phase == .needsCommitted }) else { return }
        guard fabric.now >= offsetFetchNotBefore else {
            core.wake(at: offsetFetchNotBefore, &fabric)
            return
        }
        guard let broker = reachableCoordinator(fabric.now) else { return }
        let wanted = assignment.filter { $0.phase == .needsCommitted }.map(\.partition)
        isOffsetFetchInFlight = true
        offsetFetchNotBefore = fabric.now + core.retryBackoff
        core.send(.offsetFetch(reference, wanted), to: broker, for: .offsetFetch, &fabric)
    }

    mutating func offsetsFetched(_ error: ErrorCode, _ offsets: [CommittedOffset], _ fabric: inout Fabric) {
        isOffsetFetchInFlight = false
        if error == .none { offsetFetchNotBefore = fabric.now }
        if isAboutCoordinator(error) { loseCoordinator(error, &fabric) }
        for committed in offsets {
            guard let index = index(of: committed.partition), assignment[index].phase == .needsCommitted else {
                continue
            }
            if committed.offset >= 0 {
                assignment[index].position = committed.offset
                assignment[index].phase = .ready
            } else {
                reset(index, &fabric)
            }
        }
    }

    /// `auto.offset.reset`
    mutating func reset(_ index: Int, _ fabric: inout Fabric) {
        if settings.offsetReset == .error {
            fabric.notify(core.id, .fatal(.offsetOutOfRange))
            assignment[index].isPaused = true
            assignment[index].phase = .ready
        } else {
            assignment[index].phase = .needsReset
        }
    }

    mutating func listOffsets(at broker: Int, _ fabric: inout Fabric) {
        guard !isListing[broker] else { return }
        let now = fabric.now
        let wanted = assignment.filter {
            $0.phase == .needsReset && $0.retryAt <= now && core.leader(of: Int($0.partition)) == broker
        }
        guard !wanted.isEmpty else { return }
        isListing[broker] = true
        let query: OffsetQuery = settings.offsetReset == .latest ? .latest : .earliest
        core.send(
            .listOffsets(
                wanted.map {
                    ListOffsetsPartition(partition: $0.partition, query: query, isolation: settings.isolation)
                }),
            to: broker, for: .listOffsets, &fabric)
    }

    mutating func offsetsListed(_ offsets: [ListedOffset], _ fabric: inout Fabric) {
        for listed in offsets {
            guard let index = index(of: listed.partition), assignment[index].phase == .needsReset else { continue }
            if listed.error == .none {
                assignment[index].position = listed.offset
                assignment[index].phase = .ready
            } else {
                postpone(index, &fabric)
            }
        }
    }

    /// Something is wrong with a partition's leader: ask again later, with newer metadata.
    mutating func postpone(_ index: Int, _ fabric: inout Fabric) {
        assignment[index].retryAt = fabric.now + core.retryBackoff
        core.wake(at: assignment[index].retryAt, &fabric)
        core.wantMetadata(&fabric)
    }

    // MARK: Commits

    mutating func commit(_ offsets: [CommittedOffset], tag: UInt64, isAutomatic: Bool = false, _ fabric: inout Fabric) {
        guard core.isAlive else { return }
        commits.append(
            PendingCommit(
                tag: tag, offsets: offsets, reference: reference, deadline: fabric.now + settings.socketTimeout,
                isAutomatic: isAutomatic))
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
            .offsetCommit(OffsetCommitRequest(reference: first.reference, offsets: first.offsets)), to: broker,
            for: .offsetCommit, &fabric)
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
        if !commit.isAutomatic { fabric.notify(core.id, .offsetsCommitted(tag: commit.tag, error)) }
    }

    /// `enable.auto.commit`: what was handed over is committed in the background.
    mutating func autoCommit(_ fabric: inout Fabric) {
        guard let interval = settings.autoCommitInterval, membership == .stable, fabric.now >= nextAutoCommit else {
            return
        }
        nextAutoCommit = fabric.now + interval
        let positions = assignment.filter { $0.phase == .ready && $0.position >= 0 }.map {
            CommittedOffset(partition: $0.partition, offset: $0.position)
        }
        let changed = positions.filter { position in
            !autoCommitted.contains { $0.partition == position.partition && $0.offset == position.offset }
        }
        autoCommitted = positions
        if !changed.isEmpty { commit(changed, tag: 0, isAutomatic: true, &fabric) }
    }
}
