import Kafka
import Simulation

extension Consumer {
    /// Whether it may read what is assigned to it.
    var isReading: Bool { mode == .assigned || membership == .stable || isCooperative && !assignment.isEmpty }

    /// Asks every leader for more, if nothing is on its way from there.
    mutating func fetchAll(_ fabric: inout Fabric) {
        guard isReading else { return }
        for broker in isFetching.indices {
            fetch(from: broker, &fabric)
            if core.isUsable(broker, fabric.now) { listOffsets(at: broker, &fabric) }
        }
        if assignment.contains(where: { core.leader(of: Int($0.partition)) < 0 }) { core.wantMetadata(&fabric) }
    }

    mutating func fetch(from broker: Int, _ fabric: inout Fabric) {
        guard isReading, !isFetching[broker], core.isAlive, !core.image.partitions.isEmpty else { return }
        guard core.isUsable(broker, fabric.now) else { return }
        var wanted: [FetchPartition] = []
        let start = assignment.firstIndex { $0.partition >= fetchStarts[broker] } ?? 0
        for place in assignment.indices {
            let assigned = assignment[(start + place) % assignment.count]
            guard assigned.phase == .ready, !assigned.isPaused, assigned.retryAt <= fabric.now else { continue }
            let partition = Int(assigned.partition)
            guard core.leader(of: partition) == broker, hasRoom(for: assigned) else { continue }
            wanted.append(
                FetchPartition(
                    partition: assigned.partition, currentLeaderEpoch: core.leaderEpoch(of: partition),
                    fetchOffset: assigned.position, maxBytes: settings.maxPartitionFetchBytes))
        }
        guard !wanted.isEmpty else { return }
        isFetching[broker] = true
        fetchRounds[broker] = round
        let request = FetchRequest(
            maxWait: settings.fetchWaitMax, minBytes: settings.fetchMinBytes, maxBytes: settings.fetchMaxBytes,
            isolation: settings.isolation, mentionsAll: settings.tellsEnds, partitions: wanted)
        core.send(
            .fetch(request), to: broker, for: .fetch, timeout: settings.socketTimeout + settings.fetchWaitMax, &fabric)
    }

    /// `queued.min.messages` and `queued.max.messages.kbytes`: no more is fetched ahead of the application than that.
    private func hasRoom(for assigned: AssignedPartition) -> Bool {
        assigned.queuedRecords < settings.queuedMinMessages && assigned.queuedBytes < settings.queuedMaxBytes
    }

    mutating func fetched(_ partitions: [FetchedPartition], from broker: Int, _ fabric: inout Fabric) {
        isFetching[broker] = false
        fetchStarts[broker] = nextFetchStart(after: partitions)
        // The answer to what was asked before a seek or another assignment is of no use.
        guard isReading, fetchRounds[broker] == round else { return }
        for fetched in partitions {
            guard let index = index(of: fetched.partition), assignment[index].phase == .ready else { continue }
            switch fetched.error {
            case .none:
                handOver(fetched, index, &fabric)
            case .offsetOutOfRange:
                outOfRange += 1
                reset(index, &fabric)
                core.wake(at: fabric.now, &fabric)
            default:
                postpone(index, &fabric)
            }
        }
    }

    /// `fetch.max.bytes`: those that come first must not have all of it for ever. librdkafka begins each fetch one
    /// partition further on; here that is so only where it matters.
    private func nextFetchStart(after partitions: [FetchedPartition]) -> Int32 {
        var size = 0
        for fetched in partitions { for batch in fetched.batches { size += Int(batch.size) } }
        guard size >= settings.fetchMaxBytes, let last = partitions.last else { return 0 }
        return last.partition + 1
    }

    /// Records go to the application in order and without gaps: an answer to an older question is dropped.
    private mutating func handOver(_ fetched: FetchedPartition, _ index: Int, _ fabric: inout Fabric) {
        let position = assignment[index].position
        guard !assignment[index].isPaused, let first = fetched.batches.first else {
            tellEnd(fetched, index, &fabric)
            return
        }
        guard first.baseOffset <= position, let last = fetched.batches.last, last.nextOffset > position else { return }
        let place = fabric.topology.partitions[Int(fetched.partition)]
        var records: [ConsumerRecord] = []
        records.reserveCapacity(Int(last.nextOffset - position))
        var filter = AbortedBatches(fetched.aborted)
        for batch in fetched.batches where !filter.leavesOut(batch) {
            var offset = batch.baseOffset
            for record in batch.records {
                if offset >= position {
                    records.append(ConsumerRecord(partition: place, offset: offset, record: record))
                }
                offset += 1
            }
        }
        assignment[index].position = last.nextOffset
        if !records.isEmpty { deliver(records, index, place, &fabric) }
    }

    /// `enable.partition.eof`: a fetch that finds nothing at the end says so, once per position.
    private mutating func tellEnd(_ fetched: FetchedPartition, _ index: Int, _ fabric: inout Fabric) {
        let position = assignment[index].position
        guard settings.tellsEnds, !assignment[index].isPaused, fetched.highWatermark == position,
            assignment[index].reportedEnd != position
        else { return }
        assignment[index].reportedEnd = position
        tell(.endOfPartition(fabric.topology.partitions[Int(fetched.partition)], offset: position), &fabric)
    }

    // MARK: Pausing

    /// What the application has not seen yet of these partitions, it will not see before they are resumed: they go back to
    /// where it is (`rd_kafka_toppar_op_pause_resume`).
    mutating func pause(_ places: [TopicPartition], _ fabric: borrowing Fabric) {
        for place in places {
            guard let index = index(of: place, fabric) else { continue }
            assignment[index].isPaused = true
            if let unseen = firstWaiting(of: place) { assignment[index].position = unseen }
            assignment[index].queuedRecords = 0
            assignment[index].queuedBytes = 0
            if !isPolling { assignment[index].reportedEnd = -1 }
        }
        dropWaiting(of: places)
    }

    mutating func resume(_ places: [TopicPartition], _ fabric: inout Fabric) {
        for place in places {
            if let index = index(of: place, fabric) { assignment[index].isPaused = false }
        }
        fetchAll(&fabric)
    }
}
