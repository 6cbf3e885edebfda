import Kafka
import Simulation

/// A consumer's fetch that waits for data: the slot of one requester.
struct ParkedFetch: Sendable {
    var waiting: (origin: Origin, request: FetchRequest, deadline: Instant)?
    var alarm = Alarm()
}

extension Broker {
    mutating func handleFetch(_ request: FetchRequest, from origin: Origin, _ fabric: inout Fabric) {
        if request.isolation == .readCommitted, defects.contains(.ignoresLastStableOffset) {
            var request = request
            request.isolation = .readUncommitted
            return handleFetch(request, from: origin, &fabric)
        }
        let requester = Int(origin.requester)
        while parkedFetches.count <= requester { parkedFetches.append(ParkedFetch()) }
        // A client has one fetch in flight: an older one comes from a connection that is gone.
        unpark(requester)
        if let answer = answer(to: request, evenIfEmpty: request.maxWait == .zero) {
            fabric.respond(.fetch(answer), to: origin, by: id)
            return
        }
        let deadline = fabric.now + request.maxWait
        for wanted in request.partitions { replicas[Int(wanted.partition)].watchers.append(origin.requester) }
        parkedFetches[requester].waiting = (origin, request, deadline)
        if parkedFetches[requester].alarm.arm(at: deadline) {
            fabric.schedule(.fetchDeadline(broker: Int32(id), requester: origin.requester), at: deadline)
        }
    }

    /// Data, or nil when there is not enough yet. Only partitions with something to say are mentioned (KIP-227).
    private func answer(to request: FetchRequest, evenIfEmpty: Bool) -> [FetchedPartition]? {
        var isDue = evenIfEmpty
        var available = 0
        for wanted in request.partitions where !isDue {
            if error(for: wanted) != nil {
                isDue = true
            } else {
                let partition = Int(wanted.partition)
                let limit = readableEnd(of: partition, to: request.isolation)
                if wanted.fetchOffset < limit {
                    available += replicas[partition].log.bytes(
                        from: wanted.fetchOffset, below: limit, enough: request.minBytes)
                }
                isDue = available >= request.minBytes
            }
        }
        guard isDue else { return nil }
        return collect(request)
    }

    private func collect(_ request: FetchRequest) -> [FetchedPartition] {
        var fetched: [FetchedPartition] = []
        var remaining = request.maxBytes
        for wanted in request.partitions {
            let partition = Int(wanted.partition)
            let highWatermark = replicas[partition].highWatermark
            let end = readableEnd(of: partition, to: request.isolation)
            if let error = error(for: wanted) {
                fetched.append(
                    FetchedPartition(
                        partition: wanted.partition, error: error, highWatermark: highWatermark, batches: []))
            } else if wanted.fetchOffset == end, request.mentionsAll {
                // To this reader, the partition ends here.
                fetched.append(
                    FetchedPartition(
                        partition: wanted.partition, error: .none, highWatermark: end, batches: []))
            } else if wanted.fetchOffset < end, remaining > 0 {
                let batches = replicas[partition].log.read(
                    from: wanted.fetchOffset, below: end, maxBytes: min(Int(wanted.maxBytes), remaining))
                guard let last = batches.last else { continue }
                for batch in batches { remaining -= Int(batch.size) }
                fetched.append(
                    FetchedPartition(
                        partition: wanted.partition, error: .none, highWatermark: highWatermark,
                        aborted: request.isolation == .readCommitted
                            ? replicas[partition].transactions.aborted(
                                from: wanted.fetchOffset, below: last.nextOffset) : [],
                        batches: batches))
            }
        }
        return fetched
    }

    private func readableEnd(of partition: Int, to isolation: IsolationLevel) -> Int64 {
        defects.contains(.readsPastHighWatermark)
            ? replicas[partition].log.endOffset : replicas[partition].readableEnd(isolation)
    }

    private func error(for wanted: FetchPartition) -> ErrorCode? {
        let partition = Int(wanted.partition)
        guard replicas[partition].isLeader else { return notLeader(of: partition) }
        // KIP-320: client and leader must agree on who leads.
        if wanted.currentLeaderEpoch < replicas[partition].leaderEpoch { return .fencedLeaderEpoch }
        if wanted.currentLeaderEpoch > replicas[partition].leaderEpoch { return .unknownLeaderEpoch }
        if wanted.fetchOffset > replicas[partition].log.endOffset
            || wanted.fetchOffset < replicas[partition].log.startOffset
        {
            return .offsetOutOfRange
        }
        return nil
    }

    /// The high watermark of a partition has moved, or its leader: look again at the fetches that mention it.
    mutating func wakeWatchers(of partition: Int, _ fabric: inout Fabric) {
        // A copy, because answering takes the requester off the list.
        let watchers = replicas[partition].watchers
        for requester in watchers {
            guard let waiting = parkedFetches[Int(requester)].waiting else { continue }
            if let answer = answer(to: waiting.request, evenIfEmpty: false) {
                unpark(Int(requester))
                fabric.respond(.fetch(answer), to: waiting.origin, by: id)
            }
        }
    }

    mutating func fetchDeadlinePassed(_ requester: Int, _ fabric: inout Fabric) {
        guard requester < parkedFetches.count, parkedFetches[requester].alarm.fires(at: fabric.now),
            let waiting = parkedFetches[requester].waiting
        else { return }
        if waiting.deadline <= fabric.now {
            unpark(requester)
            fabric.respond(.fetch(collect(waiting.request)), to: waiting.origin, by: id)
        } else if parkedFetches[requester].alarm.arm(at: waiting.deadline) {
            fabric.schedule(.fetchDeadline(broker: Int32(id), requester: Int32(requester)), at: waiting.deadline)
        }
    }

    private mutating func unpark(_ requester: Int) {
        guard let waiting = parkedFetches[requester].waiting else { return }
        parkedFetches[requester].waiting = nil
        for wanted in waiting.request.partitions {
            let partition = Int(wanted.partition)
            if let index = replicas[partition].watchers.firstIndex(of: Int32(requester)) {
                replicas[partition].watchers.remove(at: index)
            }
        }
    }

    func handleListOffsets(_ partitions: [ListOffsetsPartition], from origin: Origin, _ fabric: inout Fabric) {
        let listed = partitions.map { wanted in
            let replica = replicas[Int(wanted.partition)]
            guard replica.isLeader else {
                let error = notLeader(of: Int(wanted.partition))
                return ListedOffset(partition: wanted.partition, error: error, offset: -1)
            }
            if wanted.query == .earliest {
                return ListedOffset(partition: wanted.partition, error: .none, offset: replica.log.startOffset)
            }
            // KIP-207: a new leader's high watermark may be behind; its latest offset would go backwards.
            guard replica.highWatermark >= replica.epochStartOffset else {
                return ListedOffset(partition: wanted.partition, error: .leaderNotAvailable, offset: -1)
            }
            let end = replica.readableEnd(wanted.isolation)
            guard case .timestamp(let moment) = wanted.query else {
                return ListedOffset(partition: wanted.partition, error: .none, offset: end)
            }
            let offset = replica.log.firstOffset(notBefore: moment, below: end)
            return ListedOffset(partition: wanted.partition, error: .none, offset: offset ?? -1)
        }
        fabric.respond(.listOffsets(listed), to: origin, by: id)
    }
}
