import Kafka
import Simulation

/// Where to begin to read.
extension Consumer {
    mutating func fetchOffsets(_ fabric: inout Fabric) {
        guard isReading, !isOffsetFetchInFlight else { return }
        guard assignment.contains(where: { $0.phase == .needsCommitted }) else { return }
        guard group != .none else {
            for index in assignment.indices where assignment[index].phase == .needsCommitted { reset(index, &fabric) }
            return
        }
        guard fabric.now >= offsetFetchNotBefore else {
            core.wake(at: offsetFetchNotBefore, &fabric)
            return
        }
        guard let broker = reachableCoordinator(fabric.now) else { return }
        let wanted = assignment.filter { $0.phase == .needsCommitted }.map(\.partition)
        isOffsetFetchInFlight = true
        offsetFetchRound = round
        offsetFetchNotBefore = fabric.now + core.retryBackoff
        core.send(
            .offsetFetch(reference, wanted, requireStable: settings.isolation == .readCommitted), to: broker,
            for: .offsetFetch, &fabric)
    }

    mutating func offsetsFetched(_ error: ErrorCode, _ offsets: [CommittedOffset], _ fabric: inout Fabric) {
        isOffsetFetchInFlight = false
        if error == .none { offsetFetchNotBefore = fabric.now }
        if isAboutCoordinator(error) { loseCoordinator(error, &fabric) }
        guard offsetFetchRound == round else { return }
        for committed in offsets {
            guard let index = index(of: committed.partition), assignment[index].phase == .needsCommitted else {
                continue
            }
            assignment[index].committed = committed.offset
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
        switch settings.offsetReset {
        case .error:
            let place = fabric.topology.partitions[Int(assignment[index].partition)]
            assignment[index].phase = .stopped
            tell(.error(.autoOffsetReset, place), &fabric)
        case .earliest:
            assignment[index].resetQuery = .earliest
            assignment[index].phase = .needsReset
        case .latest:
            assignment[index].resetQuery = .latest
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
        listRounds[broker] = round
        core.send(
            .listOffsets(
                wanted.map {
                    ListOffsetsPartition(
                        partition: $0.partition, query: $0.resetQuery, isolation: settings.isolation)
                }),
            to: broker, for: .listOffsets, &fabric)
    }

    mutating func offsetsListed(_ offsets: [ListedOffset], by broker: Int, _ fabric: inout Fabric) {
        isListing[broker] = false
        guard listRounds[broker] == round else { return }
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
}
