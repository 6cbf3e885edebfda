import Kafka
import Simulation

/// A DeleteRecords request that waits until every live replica has deleted (Kafka's `DelayedDeleteRecords`).
struct PendingDeletion: Sendable {
    struct Item: Sendable {
        var partition: Int
        /// Where the log begins then.
        var before: Int64
        var error = ErrorCode.none
    }

    var origin: Origin
    var deadline: Instant
    var items: [Item]
}

extension Broker {
    // MARK: Retention

    /// Deletes old segments and forgets old producers, when it is time for that. Every replica does so by itself.
    mutating func cleanLogs(_ fabric: inout Fabric) {
        if fabric.now >= nextRetentionCheck {
            nextRetentionCheck = fabric.now + fabric.configuration.logRetentionCheckInterval
            for partition in hosted { enforceRetention(Int(partition), &fabric) }
        }
        if fabric.now >= nextProducerExpiration {
            nextProducerExpiration = fabric.now + fabric.configuration.producerIDExpirationCheckInterval
            let limit = fabric.now - fabric.configuration.producerIDExpiration
            for partition in hosted {
                let transactions = replicas[Int(partition)].transactions
                replicas[Int(partition)].producers.expire(since: limit) { transactions.isOpen($0) }
            }
        }
    }

    private mutating func enforceRetention(_ partition: Int, _ fabric: inout Fabric) {
        // `cleanup.policy` of internal topics is *compact*.
        guard !fabric.topology.isInternal(partition: partition) else { return }
        let settings = fabric.topology.settings(ofPartition: partition)
        let start = replicas[partition].log.retentionStart(
            time: settings.retention, bytes: settings.retentionBytes, highWatermark: replicas[partition].highWatermark,
            at: fabric.now)
        deleteRecords(of: partition, before: start, &fabric)
    }

    /// Moves the beginning of a log, not beyond the high watermark. A leader sees to it that its followers hear of it.
    mutating func deleteRecords(of partition: Int, before offset: Int64, _ fabric: inout Fabric) {
        guard offset > replicas[partition].log.startOffset else { return }
        precondition(offset <= replicas[partition].highWatermark, "only what is committed is deleted")
        replicas[partition].log.advanceStart(to: offset)
        replicas[partition].transactions.truncateStart(to: offset)
        fabric.observe(.logStartMoved(fabric.topology.partitions[partition], broker: id, to: offset))
        guard replicas[partition].isLeader else { return }
        for follower in fabric.topology.replicas[partition] where Int(follower) != id {
            replicas[partition].followers[Int(follower)].sentHighWatermark = -1
            guard !replicas[partition].followers[Int(follower)].isWatermarkListed else { continue }
            replicas[partition].followers[Int(follower)].isWatermarkListed = true
            sessions[Int(follower)].staleWatermarks.append(Int32(partition))
        }
    }

    // MARK: DeleteRecords

    mutating func handleDeleteRecords(_ request: DeleteRecordsRequest, from origin: Origin, _ fabric: inout Fabric) {
        let items = request.partitions.map { delete($0, &fabric) }
        deletions.append(PendingDeletion(origin: origin, deadline: fabric.now + request.timeout, items: items))
        answerDeletions(&fabric)
    }

    private mutating func delete(_ deletion: RecordDeletion, _ fabric: inout Fabric) -> PendingDeletion.Item {
        let partition = Int(deletion.partition)
        let highWatermark = replicas[partition].highWatermark
        let before = deletion.before == -1 ? highWatermark : deletion.before
        var item = PendingDeletion.Item(partition: partition, before: before)
        if fabric.topology.isInternal(partition: partition) {
            item.error = .invalidTopic
        } else if !replicas[partition].isLeader {
            item.error = notLeader(of: partition)
        } else if !(0...highWatermark).contains(before) {
            item.error = .offsetOutOfRange
        } else {
            deleteRecords(of: partition, before: before, &fabric)
        }
        return item
    }

    /// Answers the requests that every live replica has carried out, and those that have waited long enough.
    mutating func answerDeletions(_ fabric: inout Fabric) {
        let waiting = deletions
        deletions = []
        for deletion in waiting {
            let isOverdue = deletion.deadline <= fabric.now
            let answers = deletion.items.map { answer(to: $0, isOverdue: isOverdue, fabric) }
            if answers.contains(where: { $0 == nil }) {
                deletions.append(deletion)
            } else {
                fabric.respond(.deleteRecords(answers.compactMap { $0 }), to: deletion.origin, by: id)
            }
        }
    }

    /// Nil: not yet.
    private func answer(
        to item: PendingDeletion.Item, isOverdue: Bool, _ fabric: borrowing Fabric
    ) -> DeletedRecords? {
        if item.error != .none { return DeletedRecords(error: item.error, lowWatermark: -1) }
        guard replicas[item.partition].isLeader else {
            return DeletedRecords(error: .notLeaderOrFollower, lowWatermark: -1)
        }
        let lowWatermark = lowWatermark(of: item.partition, fabric)
        if lowWatermark >= item.before { return DeletedRecords(error: .none, lowWatermark: lowWatermark) }
        return isOverdue ? DeletedRecords(error: .requestTimedOut, lowWatermark: lowWatermark) : nil
    }

    /// Where the last of the live replicas begins.
    private func lowWatermark(of partition: Int, _ fabric: borrowing Fabric) -> Int64 {
        var lowest = replicas[partition].log.startOffset
        for follower in fabric.topology.replicas[partition]
        where Int(follower) != id && !image.fenced.contains(Int(follower)) {
            lowest = min(lowest, replicas[partition].followers[Int(follower)].startOffset)
        }
        return lowest
    }
}
