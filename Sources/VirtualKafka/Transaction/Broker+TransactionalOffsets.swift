import Kafka
import Simulation

/// Offsets that a group gets if a transaction commits.
struct PendingOffsets: Sendable {
    var group: GroupID
    var producer: Int64
    var offsets: [CommittedOffset]
    /// Of the batch in the log.
    var position: Int64
}

extension Broker {
    /// TxnOffsetCommit, at the coordinator of the group.
    mutating func handleTransactionalOffsets(
        _ request: TransactionalOffsets, from origin: Origin, _ fabric: inout Fabric
    ) {
        var error = coordinates(request.reference.group, fabric)
        if error == .none { error = transactionalMemberError(request.reference) }
        guard error == .none else {
            fabric.respond(.transaction(.commitOffsets(error)), to: origin, by: id)
            return
        }
        let partition = fabric.groupPartitions[request.reference.group.index]
        if needsVerification(request.transaction.producer, partition) {
            verify(request.transaction, partition, .offsets(origin, request), &fabric)
        } else {
            storeTransactionalOffsets(request, from: origin, &fabric)
        }
    }

    /// KIP-447: a member that the group has left behind must not commit through a transaction either. Who names neither
    /// member nor generation is not checked.
    private func transactionalMemberError(_ reference: MemberReference) -> ErrorCode {
        if reference.member == .none, reference.generation < 0 { return .none }
        return memberError(reference)
    }

    /// Writes the offsets into the log of the group, as part of the transaction.
    mutating func storeTransactionalOffsets(
        _ request: TransactionalOffsets, from origin: Origin, _ fabric: inout Fabric
    ) {
        let group = request.reference.group
        let partition = fabric.groupPartitions[group.index]
        var error = coordinates(group, fabric)
        if error == .none { error = transactionalMemberError(request.reference) }
        if error == .none, replicas[partition].isr.count < Int(fabric.topology.minInsync[partition]) {
            error = .coordinatorNotAvailable
        }
        let producer = request.transaction.producer
        if error == .none, let epoch = replicas[partition].producers.epoch(of: producer.id), producer.epoch < epoch {
            error = .invalidProducerEpoch
        }
        guard error == .none else {
            fabric.respond(.transaction(.commitOffsets(error)), to: origin, by: id)
            return
        }
        // In memory as soon as it is in the log: whatever becomes of it, both say the same.
        pendingOffsets.append(
            PendingOffsets(
                group: group, producer: producer.id, offsets: request.offsets,
                position: replicas[partition].log.endOffset))
        let batch = Batch(
            baseOffset: replicas[partition].log.endOffset, appendedAt: fabric.now, records: [],
            groupRecords: request.offsets.map { .offset(group, partition: $0.partition, offset: $0.offset) },
            producer: producer, kind: .transactional, baseSequence: -1, leaderEpoch: 0,
            size: Int32(request.offsets.count * 100), count: Int32(request.offsets.count))
        replicas[partition].waiters.append(
            .init(
                requiredOffset: batch.nextOffset, deadline: fabric.now + .seconds(5),
                purpose: .transactionalOffsets(origin)))
        append(batch, to: partition, &fabric)
    }

    /// The marker of a transaction is replicated: its offsets are valid, or nothing.
    mutating func settleOffsets(of producer: Int64, in partition: Int, _ isCommit: Bool, _ fabric: inout Fabric) {
        guard !pendingOffsets.isEmpty else { return }
        for pending in takePending(of: producer, in: partition, fabric)
        where isCommit && coordinates(pending.group, fabric) == .none {
            for committed in apply(pending, partition, fabric) {
                // A transaction may be the work of any producer: it commits where it likes.
                fabric.groupLedger.commits(
                    committed, at: pending.position,
                    under: replicas[fabric.groupPartitions[pending.group.index]].leaderEpoch,
                    of: MemberReference(group: pending.group, member: .none, generation: -1), mayMoveBack: true)
                fabric.observe(
                    .offsetCommitted(
                        group: fabric.groupNames[pending.group.index],
                        fabric.topology.partitions[Int(committed.partition)], committed.offset))
            }
        }
    }

    private mutating func takePending(
        of producer: Int64, in partition: Int, _ fabric: borrowing Fabric
    ) -> [PendingOffsets] {
        let groupPartitions = fabric.groupPartitions
        func isMeant(_ pending: PendingOffsets) -> Bool {
            pending.producer == producer && groupPartitions[pending.group.index] == partition
        }
        let taken = pendingOffsets.filter(isMeant)
        pendingOffsets.removeAll(where: isMeant)
        return taken
    }

    /// Gives a group its offsets; says which. Where somebody has committed later without a transaction, that counts: the
    /// order is that of the log (`CommitRecordMetadataAndOffset.olderThan`).
    private mutating func apply(
        _ pending: PendingOffsets, _ partition: Int, _ fabric: borrowing Fabric
    ) -> [CommittedOffset] {
        let count = fabric.topology.partitionCount
        let valid = pending.offsets.filter { !isSuperseded($0.partition, pending, partition) }
        for committed in valid {
            coordinator.groups[pending.group.index].setOffset(
                committed.offset, of: committed.partition, partitionCount: count)
        }
        return valid
    }

    private func isSuperseded(_ wanted: Int32, _ pending: PendingOffsets, _ partition: Int) -> Bool {
        let batches = replicas[partition].log.batches
        let first = replicas[partition].log.indexOfBatch(containing: pending.position)
        return (first..<max(first, batches.endIndex)).contains { index in
            batches[index].kind == .plain
                && batches[index].groupRecords.contains { record in
                    if case .offset(pending.group, wanted, _) = record { true } else { false }
                }
        }
    }

    /// A new coordinator reads the log: what belongs to transactions waits for their markers.
    mutating func loadTransactional(_ batch: Batch, of partition: Int, _ fabric: borrowing Fabric) {
        switch batch.kind {
        case .plain: break
        case .transactional:
            for case .offset(let group, let partition, let offset) in batch.groupRecords {
                pendingOffsets.append(
                    PendingOffsets(
                        group: group, producer: batch.producer.id,
                        offsets: [CommittedOffset(partition: partition, offset: offset)],
                        position: batch.baseOffset))
            }
        case .commitMarker:
            for pending in takePending(of: batch.producer.id, in: partition, fabric) {
                _ = apply(pending, partition, fabric)
            }
        case .abortMarker:
            _ = takePending(of: batch.producer.id, in: partition, fabric)
        }
    }

    mutating func forgetPendingOffsets(of partition: Int, _ fabric: borrowing Fabric) {
        guard !pendingOffsets.isEmpty else { return }
        let groupPartitions = fabric.groupPartitions
        pendingOffsets.removeAll { groupPartitions[$0.group.index] == partition }
    }

    /// Whether a transaction may still change one of these offsets (KIP-447, `UNSTABLE_OFFSET_COMMIT`).
    func hasPendingOffsets(of group: GroupID, _ partitions: [Int32]) -> Bool {
        pendingOffsets.contains { pending in
            pending.group == group && pending.offsets.contains { partitions.contains($0.partition) }
        }
    }
}
