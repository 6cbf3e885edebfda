import Kafka
import Simulation

extension Broker {
    /// `transaction.max.timeout.ms`
    private static let transactionMaxTimeout = Duration.milliseconds(900_000)
    /// `transaction.abort.timed.out.transaction.cleanup.interval.ms`
    static let transactionExpiryInterval = Duration.seconds(10)

    mutating func handleTransaction(_ request: TransactionRequest, from origin: Origin, _ fabric: inout Fabric) {
        switch request {
        case .findCoordinator(let transaction):
            let partition = fabric.transactional.partitions[transaction.index]
            let leader = image.partitions.isEmpty ? -1 : image.partitions[partition].leader
            let error: ErrorCode = leader < 0 ? .coordinatorNotAvailable : .none
            fabric.respond(.transaction(.findCoordinator(error, broker: leader)), to: origin, by: id)
        case .initProducerID(let transaction, let timeout, let expected):
            handleInitProducerID(transaction, timeout, expected, from: origin, &fabric)
        case .addPartitions(let reference, let partitions):
            addToTransaction(reference, partitions, .addPartitions(origin), &fabric)
        case .addOffsets(let reference, let group):
            addToTransaction(
                reference, [Int32(fabric.groupPartitions[group.index])], .addOffsets(origin), &fabric)
        case .end(let reference, let isCommit):
            handleEndTransaction(reference, isCommit: isCommit, from: origin, &fabric)
        case .commitOffsets(let request): handleTransactionalOffsets(request, from: origin, &fabric)
        case .writeMarkers(let markers): handleMarkers(markers, from: origin, &fabric)
        case .verify(let reference, let partition):
            let error = verification(of: reference, partition, fabric)
            fabric.respond(.transaction(.verify(reference, partition: partition, error)), to: origin, by: id)
        }
    }

    /// Whether this broker coordinates a transactional id now; makes room for it if so.
    private mutating func coordinates(_ transaction: TransactionalID, _ fabric: borrowing Fabric) -> ErrorCode {
        let partition = fabric.transactional.partitions[transaction.index]
        guard replicas[partition].isLeader else { return .notCoordinator }
        switch transactions.states[partition - transactions.firstPartition] {
        case .inactive: return .notCoordinator
        case .loading: return .coordinatorLoadInProgress
        case .active: break
        }
        while transactions.entries.count <= transaction.index { transactions.entries.append(CoordinatedTransaction()) }
        return .none
    }

    // MARK: InitProducerId

    private mutating func handleInitProducerID(
        _ transaction: TransactionalID, _ timeout: Duration, _ expected: ProducerIdentity, from origin: Origin,
        _ fabric: inout Fabric
    ) {
        var error = coordinates(transaction, fabric)
        if error == .none, timeout > Self.transactionMaxTimeout || timeout <= .zero {
            error = .invalidTransactionTimeout
        }
        if error == .none, transactions.entries[transaction.index].pending != nil { error = .concurrentTransactions }
        guard error == .none else {
            reply(.initProducerID(origin), error, transaction, &fabric)
            return
        }
        guard var metadata = transactions.entries[transaction.index].metadata else {
            let producer = ProducerIdentity(id: fabric.nextProducerID, epoch: 0)
            fabric.nextProducerID += 1
            let metadata = TransactionMetadata(producer: producer, timeout: timeout)
            store(metadata, of: transaction, .initProducerID(origin), &fabric)
            return
        }
        if !metadata.admits(expected) {
            reply(.initProducerID(origin), .producerFenced, transaction, &fabric)
        } else if metadata.isPrepared {
            reply(.initProducerID(origin), .concurrentTransactions, transaction, &fabric)
        } else if metadata.state == .ongoing {
            // This epoch is never given out: the producer asks again, and gets the next one.
            store(metadata.fenced(), of: transaction, .initProducerIDAgain(origin), &fabric)
        } else {
            let nextID = fabric.nextProducerID
            guard let isNewID = metadata.raiseEpoch(expected, nextID: nextID) else {
                reply(.initProducerID(origin), .producerFenced, transaction, &fabric)
                return
            }
            if isNewID { fabric.nextProducerID += 1 }
            metadata.timeout = timeout
            store(metadata, of: transaction, .initProducerID(origin), &fabric)
        }
    }

    // MARK: AddPartitionsToTxn, AddOffsetsToTxn, EndTxn

    private mutating func addToTransaction(
        _ reference: TransactionReference, _ partitions: [Int32], _ answer: TransactionStep.Reply,
        _ fabric: inout Fabric
    ) {
        var error = refusal(of: reference, fabric)
        guard error == .none, let metadata = transactions.entries[reference.id.index].metadata else {
            reply(answer, error, reference.id, &fabric)
            return
        }
        if metadata.isPrepared { error = .concurrentTransactions }
        let isKnown = metadata.state == .ongoing && partitions.allSatisfy { metadata.partitions.contains($0) }
        if error != .none || isKnown {
            reply(answer, error, reference.id, &fabric)
        } else {
            store(metadata.adding(partitions, at: fabric.now), of: reference.id, answer, &fabric)
        }
    }

    /// Whether a client may go on with a transaction.
    private mutating func refusal(of reference: TransactionReference, _ fabric: borrowing Fabric) -> ErrorCode {
        let error = coordinates(reference.id, fabric)
        guard error == .none else { return error }
        guard let metadata = transactions.entries[reference.id.index].metadata else { return .invalidProducerIDMapping }
        if let refusal = metadata.refusal(of: reference.producer) { return refusal }
        return transactions.entries[reference.id.index].pending == nil ? .none : .concurrentTransactions
    }

    private mutating func handleEndTransaction(
        _ reference: TransactionReference, isCommit: Bool, from origin: Origin, _ fabric: inout Fabric
    ) {
        var error = refusal(of: reference, fabric)
        guard error == .none, let metadata = transactions.entries[reference.id.index].metadata else {
            reply(.end(origin), error, reference.id, &fabric)
            return
        }
        switch (metadata.state, isCommit) {
        case (.ongoing, _):
            store(metadata.prepared(isCommit: isCommit), of: reference.id, .end(origin), &fabric)
            return
        // It missed the answer to its last request.
        case (.completeCommit, true), (.completeAbort, false): error = .none
        case (.prepareCommit, true), (.prepareAbort, false): error = .concurrentTransactions
        default: error = .invalidTransactionState
        }
        reply(.end(origin), error, reference.id, &fabric)
    }

    /// What a leader is told that asks whether a partition takes part in a transaction. A change on its way does not
    /// matter: the leader's log has the last word.
    mutating func verification(
        of reference: TransactionReference, _ partition: Int32, _ fabric: borrowing Fabric
    ) -> ErrorCode {
        let error = coordinates(reference.id, fabric)
        guard error == .none else { return error }
        guard let metadata = transactions.entries[reference.id.index].metadata else { return .invalidProducerIDMapping }
        if let refusal = metadata.refusal(of: reference.producer) { return refusal }
        if metadata.isPrepared { return .concurrentTransactions }
        return metadata.partitions.contains(partition) ? .none : .invalidTransactionState
    }

    // MARK: The log

    /// Appends to the partition of `__transaction_state`, with `acks=all`; what is asked for happens when it is there.
    func transactionBatch(
        _ metadata: TransactionMetadata, of transaction: TransactionalID, at offset: Int64, _ now: Instant
    ) -> Batch {
        Batch(
            baseOffset: offset, appendedAt: now, records: [], groupRecords: [.transaction(transaction, metadata)],
            producer: .none, baseSequence: -1, leaderEpoch: 0, size: 150, count: 1)
    }

    mutating func store(
        _ metadata: TransactionMetadata, of transaction: TransactionalID, _ answer: TransactionStep.Reply,
        _ fabric: inout Fabric
    ) {
        let partition = fabric.transactional.partitions[transaction.index]
        guard replicas[partition].isr.count >= Int(fabric.topology.minInsync[partition]) else {
            reply(answer, .coordinatorNotAvailable, transaction, &fabric)
            return
        }
        transactions.entries[transaction.index].pending = metadata
        let batch = transactionBatch(metadata, of: transaction, at: replicas[partition].log.endOffset, fabric.now)
        replicas[partition].waiters.append(
            .init(
                requiredOffset: batch.nextOffset, deadline: fabric.now + .seconds(5),
                purpose: .transaction(TransactionStep(id: transaction, reply: answer))))
        append(batch, to: partition, &fabric)
    }

    /// A change has reached the log of the coordinator's replicas, or has failed to do so.
    mutating func complete(_ step: TransactionStep, _ error: ErrorCode, _ fabric: inout Fabric) {
        guard coordinates(step.id, fabric) == .none, let metadata = transactions.entries[step.id.index].pending else {
            reply(step.reply, .notCoordinator, step.id, &fabric)
            return
        }
        transactions.entries[step.id.index].pending = nil
        guard error == .none else {
            reply(
                step.reply, error == .notLeaderOrFollower ? .notCoordinator : .coordinatorNotAvailable, step.id, &fabric
            )
            armMarkerRetry(&fabric)
            return
        }
        transactions.entries[step.id.index].metadata = metadata
        reply(step.reply, .none, step.id, &fabric)
        if metadata.isPrepared {
            beginMarking(step.id, &fabric)
        } else if metadata.isComplete {
            fabric.ledger.complete(step.id)
        }
    }

    private mutating func reply(
        _ reply: TransactionStep.Reply, _ error: ErrorCode, _ transaction: TransactionalID, _ fabric: inout Fabric
    ) {
        switch reply {
        case .none: break
        case .initProducerID(let origin):
            let producer =
                error == .none ? transactions.entries[transaction.index].metadata?.producer : ProducerIdentity.none
            fabric.respond(.transaction(.initProducerID(error, producer ?? .none)), to: origin, by: id)
        case .initProducerIDAgain(let origin):
            let answer = error == .none ? .concurrentTransactions : error
            fabric.respond(.transaction(.initProducerID(answer, .none)), to: origin, by: id)
        case .addPartitions(let origin): fabric.respond(.transaction(.addPartitions(error)), to: origin, by: id)
        case .addOffsets(let origin): fabric.respond(.transaction(.addOffsets(error)), to: origin, by: id)
        case .end(let origin): fabric.respond(.transaction(.end(error)), to: origin, by: id)
        }
    }
}

extension TransactionMetadata {
    /// Whether a producer that says what it had before (KIP-360) is still the one that counts.
    func admits(_ expected: ProducerIdentity) -> Bool {
        expected.id < 0 || expected.id == producer.id
            || (expected.id == lastProducer.id && expected.epoch >= .max - 1)
    }

    /// The next epoch, or a new id when there is none; for one that missed the last answer, the same again. Says whether
    /// the id was used; nil for a producer that has been fenced.
    mutating func raiseEpoch(_ expected: ProducerIdentity, nextID: Int64) -> Bool? {
        if expected.id >= 0, expected == lastProducer { return false }
        if expected.id >= 0, expected != producer { return nil }
        lastProducer = expected.id >= 0 ? producer : .none
        state = .empty
        if isEpochExhausted {
            producer = ProducerIdentity(id: nextID, epoch: 0)
            return true
        }
        producer.epoch += 1
        return false
    }
}
