import Kafka
import Simulation

/// A partition that this instance owns at present.
struct PartitionState: Sendable {
    let partition: TopicPartition
    /// Of a retry topic: its records wait until they are due.
    let isRetrying: Bool
    /// Records that arrived and are in no batch, in the order of their offsets.
    var waiting: [ConsumerRecord] = []
    /// How often the first waiting record has been tried.
    var attempts = 0
    /// The offset after the last record that arrived.
    var fetched: Int64?
    /// The offset that should be committed, and the one that was.
    var due: Int64?
    var committed: Int64?
    /// Waits before trying its first record again, or was halted.
    var isBlocked = false
    var isPaused = false
    var isRevoking = false

    init(_ partition: TopicPartition, isRetrying: Bool = false) {
        self.partition = partition
        self.isRetrying = isRetrying
    }

    /// The offset that should be committed and is not.
    var uncommitted: (TopicPartition, Int64)? { due == committed ? nil : due.map { (partition, $0) } }

    /// Moves waiting records into a batch.
    mutating func take(upTo limit: Int, into items: inout [WorkItem]) {
        let count = min(limit, waiting.count)
        guard count > 0 else { return }
        for (index, record) in waiting.prefix(count).enumerated() {
            items.append(.record(record, attempt: index == 0 ? attempts + 1 : 1))
        }
        waiting.removeFirst(count)
        attempts = 0
    }
}

/// Consuming: assignment, records, offsets.
extension Instance {
    func index(of partition: TopicPartition) -> Int? { partitions.firstIndex { $0.partition == partition } }

    mutating func assign(_ assigned: [TopicPartition]) {
        // What is still being given up when partitions are handed out is lost: the group has not waited, and its offsets
        // are somebody else's to commit. A partition that comes back begins anew.
        partitions.removeAll(where: \.isRevoking)
        for partition in assigned where index(of: partition) == nil {
            partitions.append(PartitionState(partition, isRetrying: stage(of: partition.topic) != nil))
        }
    }

    mutating func revoke(_ revoked: [TopicPartition], lost: Bool, _ effects: inout [Effect]) {
        if lost {
            partitions.removeAll { revoked.contains($0.partition) }
        } else {
            for partition in revoked {
                if let index = index(of: partition) {
                    partitions[index].isRevoking = true
                    partitions[index].waiting.removeAll()
                }
            }
            if !partitions.contains(where: \.isRevoking) { effects.append(.finishRevocation) }
        }
    }

    /// Lets revoked partitions go as soon as no transaction works on them, committing what was done.
    mutating func finishRevocationIfIdle(_ effects: inout [Effect]) {
        guard inFlight == nil, partitions.contains(where: \.isRevoking) else { return }
        let offsets = partitions.filter(\.isRevoking).compactMap(\.uncommitted)
        // Offsets go with a Kafka transaction: the partitions stay until it has ended.
        if isTransactional, !offsets.isEmpty || publication.isOpen { return }
        partitions.removeAll(where: \.isRevoking)
        if !offsets.isEmpty {
            isCommittingOffsets = true
            effects.append(.commitOffsets(offsets))
        }
        effects.append(.finishRevocation)
    }

    mutating func enqueue(_ records: [ConsumerRecord], of partition: TopicPartition, _ effects: inout [Effect]) {
        guard let index = index(of: partition), !partitions[index].isRevoking, let last = records.last else { return }
        partitions[index].waiting.append(contentsOf: records)
        partitions[index].fetched = last.offset + 1
        if settings.policies.offsetCommit == .beforeProcessing { partitions[index].due = last.offset + 1 }
        if partitions[index].waiting.count > settings.queueLimit, !partitions[index].isPaused {
            partitions[index].isPaused = true
            effects.append(.pause([partition]))
        }
    }

    /// One record's part of a committed batch.
    mutating func finish(
        _ record: ConsumerRecord, _ attempt: Int, _ result: BatchOutcome.Result, at now: Instant,
        _ effects: inout [Effect]
    ) {
        guard let index = index(of: record.partition) else { return }
        switch result {
        case .done:
            if settings.policies.offsetCommit == .afterProcessing { partitions[index].due = record.offset + 1 }
        case .retry, .skipped, .halted:
            guard !partitions[index].isRevoking else { return }
            putBack(record, into: index)
            guard result != .skipped else { return }
            partitions[index].isBlocked = true
            partitions[index].attempts = attempt
            if result == .retry {
                let identity = UInt64(bitPattern: record.offset)
                let delay = settings.retryBackoff.delay(after: attempt, drawing: draws, .recordRetry, identity)
                effects.append(.setTimer(.retryPartition(record.partition), at: now + delay))
            }
        }
    }

    /// Before everything that waits with a higher offset.
    private mutating func putBack(_ record: ConsumerRecord, into index: Int) {
        let place = partitions[index].waiting.firstIndex { $0.offset > record.offset }
        partitions[index].waiting.insert(record, at: place ?? partitions[index].waiting.endIndex)
    }

    mutating func offsetsCommitted(_ error: ErrorCode) {
        isCommittingOffsets = false
        guard error != .none else { return }
        // Nothing is lost: the records are recognised when they come again. It only should not stay so.
        hasFailedToCommit = true
        for index in partitions.indices { partitions[index].committed = nil }
    }

    /// Commits what is due, one commit at a time.
    mutating func commitOffsetsIfDue(_ effects: inout [Effect]) {
        guard !isCommittingOffsets, !hasFailedToCommit, !isTransactional else { return }
        let offsets = takeUncommittedOffsets()
        guard !offsets.isEmpty else { return }
        isCommittingOffsets = true
        effects.append(.commitOffsets(offsets))
    }

    /// What should be committed and is not; from now on it counts as committed.
    mutating func takeUncommittedOffsets() -> [(TopicPartition, Int64)] {
        var offsets: [(TopicPartition, Int64)] = []
        for index in partitions.indices {
            guard let offset = partitions[index].uncommitted else { continue }
            partitions[index].committed = offset.1
            offsets.append(offset)
        }
        return offsets
    }
}
