import Kafka
import Simulation

/// What a broker fetches from one leader, for all partitions together.
struct Fetcher: Sendable {
    /// How many partitions are fetched from this leader.
    var partitionCount = 0
    /// Whose position the next fetch has to mention.
    var updates: [Int32] = []
    var isInFlight = false
    var deadline = Instant.zero
    /// The leader has no session yet: the next fetch mentions everything.
    var needsFullFetch = true
    var pausedUntil = Instant.zero
    var alarm = Alarm()
}

extension Broker {
    mutating func follow(_ leader: Int, _ partition: Int) {
        replicas[partition].fetchesFrom = Int32(leader)
        fetchers[leader].partitionCount += 1
        fetchers[leader].updates.append(Int32(partition))
    }

    mutating func unfollow(_ partition: Int) {
        let leader = Int(replicas[partition].fetchesFrom)
        guard leader >= 0 else { return }
        replicas[partition].fetchesFrom = -1
        fetchers[leader].partitionCount -= 1
        if fetchers[leader].partitionCount == 0 { fetchers[leader].needsFullFetch = true }
    }

    /// Asks a leader for more, if that is possible now.
    mutating func fetch(from leader: Int, after delay: Duration = .zero, _ fabric: inout Fabric) {
        guard !fetchers[leader].isInFlight, fetchers[leader].partitionCount > 0 else { return }
        if fetchers[leader].pausedUntil > fabric.now {
            wakeFetcher(leader, at: fetchers[leader].pausedUntil, &fabric)
            return
        }
        let isFull = fetchers[leader].needsFullFetch
        let request = ReplicaFetchRequest(
            incarnation: incarnation, isFull: isFull, positions: positions(for: leader, of: isFull ? hosted : nil))
        fetchers[leader].updates.removeAll(keepingCapacity: true)
        fetchers[leader].needsFullFetch = false
        fetchers[leader].isInFlight = true
        fetchers[leader].deadline =
            fabric.now + fabric.configuration.replicaSocketTimeout + fabric.configuration.replicaFetchWaitMax
        fabric.request(.replicaFetch(request), from: Int32(id), to: leader, correlation: 0, after: delay)
    }

    private func positions(for leader: Int, of all: ContiguousArray<Int32>?) -> [ReplicaFetchPartition] {
        func position(_ partition: Int32) -> ReplicaFetchPartition? {
            let index = Int(partition)
            guard Int(replicas[index].fetchesFrom) == leader else { return nil }
            return ReplicaFetchPartition(
                partition: partition, currentLeaderEpoch: replicas[index].leaderEpoch,
                lastFetchedEpoch: replicas[index].log.lastEpoch, fetchOffset: replicas[index].log.endOffset,
                startOffset: replicas[index].log.startOffset)
        }
        if let all { return all.compactMap(position) }
        return fetchers[leader].updates.compactMap(position)
    }

    mutating func handleReplicaFetchResponse(
        _ partitions: [ReplicaFetchedPartition], from leader: Int, _ fabric: inout Fabric
    ) {
        fetchers[leader].isInFlight = false
        var hasAppended = false
        for fetched in partitions {
            let partition = Int(fetched.partition)
            guard Int(replicas[partition].fetchesFrom) == leader,
                replicas[partition].leaderEpoch == fetched.leaderEpoch
            else { continue }
            if fetched.error == .offsetOutOfRange {
                startOver(partition, at: fetched.startOffset, &fabric)
                fetchers[leader].updates.append(fetched.partition)
            } else if fetched.error != .none {
                // One of the two has not heard of the latest election.
                fetchers[leader].pausedUntil = fabric.now + fabric.configuration.replicaFetchBackoff
                fetchers[leader].updates.append(fetched.partition)
            } else if let diverging = fetched.diverging {
                truncate(partition, to: diverging, &fabric)
                fetchers[leader].updates.append(fetched.partition)
            } else {
                if !fetched.batches.isEmpty {
                    replicate(fetched.batches, to: partition, fabric)
                    fetchers[leader].updates.append(fetched.partition)
                    hasAppended = true
                }
                replicas[partition].highWatermark = max(
                    replicas[partition].highWatermark,
                    min(fetched.highWatermark, replicas[partition].log.endOffset))
                if fetched.startOffset > replicas[partition].log.startOffset,
                    fetched.startOffset <= replicas[partition].highWatermark
                {
                    deleteRecords(of: partition, before: fetched.startOffset, &fabric)
                    // The leader waits to hear of it.
                    if fetched.batches.isEmpty { fetchers[leader].updates.append(fetched.partition) }
                }
            }
        }
        fetch(from: leader, after: hasAppended ? fabric.appendLatency(of: id) : .zero, &fabric)
    }

    private mutating func replicate(_ batches: [Batch], to partition: Int, _ fabric: borrowing Fabric) {
        if let first = batches.first { makeRoom(for: first, in: partition) }
        for batch in batches where batch.baseOffset == replicas[partition].log.endOffset {
            replicas[partition].log.append(
                batch, at: fabric.now, flushInterval: fabric.configuration.logFlushInterval)
            // The mistake concerns sequences alone: transactions need to know their producers.
            if !defects.contains(.forgetsSequencesAtFailover) || batch.kind != .plain {
                replicas[partition].note(batch)
            }
        }
    }

    /// The leader's log may begin within a batch: a follower that begins there takes the whole batch
    /// (`Partition.appendRecordsToFollowerOrFutureReplica`).
    private mutating func makeRoom(for first: Batch, in partition: Int) {
        let start = replicas[partition].log.startOffset
        guard replicas[partition].log.batches.isEmpty, first.baseOffset < start, first.nextOffset > start else {
            return
        }
        replicas[partition].log.restart(at: first.baseOffset)
    }

    private mutating func truncate(_ partition: Int, to diverging: EpochEnd, _ fabric: inout Fabric) {
        let oldEnd = replicas[partition].log.endOffset
        let own = replicas[partition].log.epochs.end(of: diverging.epoch, logEnd: oldEnd)
        let end = min(diverging.endOffset, own.endOffset)
        guard end < oldEnd else { return }
        replicas[partition].log.truncate(to: end)
        let newEnd = replicas[partition].log.endOffset
        replicas[partition].rebuildProducers()
        replicas[partition].highWatermark = min(replicas[partition].highWatermark, newEnd)
        replicas[partition].checkpointedHighWatermark = min(replicas[partition].checkpointedHighWatermark, newEnd)
        fabric.observe(
            .truncated(fabric.topology.partitions[partition], broker: id, from: oldEnd, to: newEnd))
    }

    /// The leader does not have any more what comes after this log's end: everything is dropped, and the leader's log is
    /// copied from where it begins (`fetchOffsetAndTruncate`).
    private mutating func startOver(_ partition: Int, at offset: Int64, _ fabric: inout Fabric) {
        let oldEnd = replicas[partition].log.endOffset
        guard offset >= oldEnd || replicas[partition].log.batches.isEmpty else { return }
        replicas[partition].log.restart(at: offset)
        replicas[partition].producers.forget()
        replicas[partition].transactions.rebuild(from: replicas[partition].log)
        replicas[partition].highWatermark = offset
        replicas[partition].checkpointedHighWatermark = offset
        fabric.observe(
            .truncated(fabric.topology.partitions[partition], broker: id, from: oldEnd, to: offset))
    }

    // MARK: Failures

    mutating func fetcherFailed(_ leader: Int, _ fabric: inout Fabric) {
        fetchers[leader].isInFlight = false
        fetchers[leader].needsFullFetch = true
        fetchers[leader].pausedUntil = fabric.now + fabric.configuration.replicaFetchBackoff
        fetch(from: leader, &fabric)
    }

    mutating func checkFetchTimeouts(_ fabric: inout Fabric) {
        for leader in fetchers.indices
        where fetchers[leader].isInFlight && fetchers[leader].deadline <= fabric.now {
            fabric.close(Int32(id), leader)
            connectionFailed(to: leader, &fabric)
        }
    }

    private mutating func wakeFetcher(_ leader: Int, at moment: Instant, _ fabric: inout Fabric) {
        guard fetchers[leader].alarm.arm(at: moment) else { return }
        fabric.schedule(.fetcherWake(broker: Int32(id), leader: Int32(leader)), at: moment)
    }

    mutating func fetcherWakes(_ leader: Int, _ fabric: inout Fabric) {
        guard fetchers[leader].alarm.fires(at: fabric.now) else { return }
        fetch(from: leader, &fabric)
    }
}
