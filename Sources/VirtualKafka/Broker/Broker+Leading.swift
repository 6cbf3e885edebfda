import Kafka
import Simulation

/// A follower's incremental fetch session at a leader (KIP-227): what it is to be sent next. Idle partitions are not
/// looked at.
struct FollowerSession: Sendable {
    /// Its fetch that waits for data.
    var parked: Origin?
    var deadline = Instant.zero
    var alarm = Alarm()
    /// Partitions whose log has grown beyond what the follower has.
    var listed: [Int32] = []
    /// Partitions whose high watermark the follower has not been told.
    var staleWatermarks: [Int32] = []
    /// What has to be said at once: errors and divergences.
    var urgent: [ReplicaFetchedPartition] = []
    var lastFetch = Instant.zero
    /// Which start of the follower's process it is.
    var incarnation: Int32 = -1
    /// Whether the follower was out of sync in some partition when this was looked at last.
    var mayJoinInSync = false
}

extension Broker {
    /// Puts a partition on the list of what a follower is to be sent.
    func isListable(_ partition: Int, for follower: Int) -> Bool {
        replicas[partition].isLeader && replicas[partition].followers[follower].endOffset >= 0
            && replicas[partition].followers[follower].endOffset < replicas[partition].log.endOffset
    }

    mutating func list(_ partition: Int, for follower: Int) {
        guard !replicas[partition].followers[follower].isListed, isListable(partition, for: follower) else { return }
        replicas[partition].followers[follower].isListed = true
        sessions[follower].listed.append(Int32(partition))
    }

    mutating func handleReplicaFetch(_ request: ReplicaFetchRequest, from origin: Origin, _ fabric: inout Fabric) {
        let follower = Int(origin.requester)
        sessions[follower].lastFetch = fabric.now
        sessions[follower].incarnation = request.incarnation
        if request.isFull { beginSession(follower) }
        for position in request.positions { note(position, of: follower, &fabric) }
        if sessions[follower].mayJoinInSync { growInSyncReplicas(with: follower, &fabric) }
        sessions[follower].parked = origin
        dropSatisfied(follower)
        if !sessions[follower].listed.isEmpty || !sessions[follower].urgent.isEmpty {
            answerReplicaFetch(follower, &fabric)
            return
        }
        let deadline = fabric.now + fabric.configuration.replicaFetchWaitMax
        sessions[follower].deadline = deadline
        if sessions[follower].alarm.arm(at: deadline) {
            fabric.schedule(.replicaFetchDeadline(broker: Int32(id), follower: Int32(follower)), at: deadline)
        }
    }

    private mutating func beginSession(_ follower: Int) {
        // What an earlier session said may not be true any more: the follower mentions all its partitions now.
        for partition in hosted where replicas[Int(partition)].isLeader {
            replicas[Int(partition)].followers[follower].isListed = false
            replicas[Int(partition)].followers[follower].endOffset = -1
        }
        sessions[follower].listed.removeAll(keepingCapacity: true)
        sessions[follower].urgent.removeAll()
    }

    /// The follower says how far it has come with a partition.
    private mutating func note(_ position: ReplicaFetchPartition, of follower: Int, _ fabric: inout Fabric) {
        let partition = Int(position.partition)
        if let error = epochError(position) {
            sessions[follower].urgent.append(urgent(position, error: error, diverging: nil))
            return
        }
        let logEnd = replicas[partition].log.endOffset
        let isOutOfRange =
            position.fetchOffset < replicas[partition].log.startOffset
            || (position.lastFetchedEpoch < 0 && position.fetchOffset > logEnd)
        guard !isOutOfRange else {
            sessions[follower].urgent.append(urgent(position, error: .offsetOutOfRange, diverging: nil))
            return
        }
        if isStrange(position) {
            sessions[follower].urgent.append(urgent(position, error: .offsetOutOfRange, diverging: nil))
            return
        }
        let epochEnd = replicas[partition].log.epochs.end(of: position.lastFetchedEpoch, logEnd: logEnd)
        if position.lastFetchedEpoch >= 0, !defects.contains(.keepsDivergingTail),
            epochEnd.epoch != position.lastFetchedEpoch || epochEnd.endOffset < position.fetchOffset
        {
            sessions[follower].urgent.append(urgent(position, error: .none, diverging: epochEnd))
            return
        }
        replicas[partition].followers[follower].note(fetchOffset: position.fetchOffset, logEnd: logEnd, at: fabric.now)
        replicas[partition].followers[follower].startOffset = position.startOffset
        if !deletions.isEmpty { answerDeletions(&fabric) }
        growInSyncReplicas(partition, with: follower, &fabric)
        advanceHighWatermark(partition, &fabric)
        list(partition, for: follower)
    }

    private func epochError(_ position: ReplicaFetchPartition) -> ErrorCode? {
        let leaderEpoch = replicas[Int(position.partition)].leaderEpoch
        if position.currentLeaderEpoch > leaderEpoch { return .unknownLeaderEpoch }
        if position.currentLeaderEpoch < leaderEpoch { return .fencedLeaderEpoch }
        return replicas[Int(position.partition)].isLeader ? nil : .notLeaderOrFollower
    }

    /// Whether a follower ends where this log begins, and with a batch of an epoch that did not last so long. What it has
    /// there went another way, and would keep a transaction open whose marker is deleted here. (Kafka does not look: such
    /// a transaction hangs when the follower comes to lead.)
    private func isStrange(_ position: ReplicaFetchPartition) -> Bool {
        let log = replicas[Int(position.partition)].log
        return position.fetchOffset == log.startOffset && position.lastFetchedEpoch >= 0
            && position.lastFetchedEpoch < log.deletedEpoch
    }

    private func urgent(
        _ position: ReplicaFetchPartition, error: ErrorCode, diverging: EpochEnd?
    ) -> ReplicaFetchedPartition {
        ReplicaFetchedPartition(
            partition: position.partition, error: error, leaderEpoch: position.currentLeaderEpoch, highWatermark: -1,
            startOffset: replicas[Int(position.partition)].log.startOffset, diverging: diverging, batches: [])
    }

    /// Takes off the list what the follower has by now.
    private mutating func dropSatisfied(_ follower: Int) {
        var kept = 0
        for index in sessions[follower].listed.indices {
            let partition = sessions[follower].listed[index]
            if isListable(Int(partition), for: follower) {
                sessions[follower].listed[kept] = partition
                kept += 1
            } else if replicas[Int(partition)].isLeader {
                replicas[Int(partition)].followers[follower].isListed = false
            }
        }
        sessions[follower].listed.removeLast(sessions[follower].listed.count - kept)
    }

    mutating func answerReplicaFetch(_ follower: Int, _ fabric: inout Fabric) {
        guard let origin = sessions[follower].parked else { return }
        sessions[follower].parked = nil
        var answer = sessions[follower].urgent
        sessions[follower].urgent.removeAll(keepingCapacity: true)
        for partition in sessions[follower].listed {
            let partition = Int(partition)
            guard replicas[partition].isLeader else { continue }
            replicas[partition].followers[follower].isListed = false
            guard isListable(partition, for: follower) else { continue }
            let endOffset = replicas[partition].followers[follower].endOffset
            guard endOffset >= replicas[partition].log.startOffset else {
                // What it needs was deleted while it waited.
                answer.append(inform(follower, of: partition, [], error: .offsetOutOfRange))
                continue
            }
            let batches = replicas[partition].log.read(
                from: endOffset, below: .max,
                maxBytes: fabric.configuration.replicaFetchMaxBytes)
            answer.append(inform(follower, of: partition, batches))
        }
        sessions[follower].listed.removeAll(keepingCapacity: true)
        fabric.respond(
            .replicaFetch(answer), to: origin, by: id, after: fabric.appendLatency(of: id))
    }

    private mutating func inform(
        _ follower: Int, of partition: Int, _ batches: [Batch], error: ErrorCode = .none
    ) -> ReplicaFetchedPartition {
        let highWatermark = replicas[partition].highWatermark
        replicas[partition].followers[follower].sentHighWatermark = highWatermark
        return ReplicaFetchedPartition(
            partition: Int32(partition), error: error, leaderEpoch: replicas[partition].leaderEpoch,
            highWatermark: highWatermark, startOffset: replicas[partition].log.startOffset, diverging: nil,
            batches: batches)
    }

    /// Nothing came for a while: tell the follower at least how far records are committed.
    mutating func replicaFetchDeadlinePassed(_ follower: Int, _ fabric: inout Fabric) {
        guard sessions[follower].alarm.fires(at: fabric.now), sessions[follower].parked != nil else { return }
        let deadline = sessions[follower].deadline
        if deadline > fabric.now {
            if sessions[follower].alarm.arm(at: deadline) {
                fabric.schedule(.replicaFetchDeadline(broker: Int32(id), follower: Int32(follower)), at: deadline)
            }
            return
        }
        for partition in sessions[follower].staleWatermarks {
            let partition = Int(partition)
            guard replicas[partition].isLeader else { continue }
            replicas[partition].followers[follower].isWatermarkListed = false
            let progress = replicas[partition].followers[follower]
            guard progress.endOffset >= 0, progress.sentHighWatermark < replicas[partition].highWatermark else {
                continue
            }
            sessions[follower].urgent.append(inform(follower, of: partition, []))
        }
        sessions[follower].staleWatermarks.removeAll(keepingCapacity: true)
        answerReplicaFetch(follower, &fabric)
    }
}

extension FollowerProgress {
    mutating func note(fetchOffset: Int64, logEnd: Int64, at now: Instant) {
        endOffset = fetchOffset
        if fetchOffset >= logEnd {
            lastCaughtUp = now
        } else if fetchOffset >= leaderEndAtLastFetch {
            // It has what there was when it asked last: so it was in step then.
            lastCaughtUp = max(lastCaughtUp, lastFetch)
        }
        leaderEndAtLastFetch = logEnd
        lastFetch = now
    }
}
