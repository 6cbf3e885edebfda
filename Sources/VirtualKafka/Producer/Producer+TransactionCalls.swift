import Kafka
import Simulation

/// The calls of an application (librdkafka, `rd_kafka_init_transactions` and those after it in `rdkafka.h`).
extension Producer {
    mutating func initTransactions(tag: UInt64, timeout: Duration?, _ fabric: inout Fabric) {
        guard admit(.initialize, tag, timeout, &fabric) else { return }
        switch transaction?.state {
        case .initial: transaction?.state = .waitingForID
        case .waitingForID: break
        case .readyUnacknowledged:
            transaction?.state = .ready
            finish(nil, &fabric)
        default: refuse(&fabric)
        }
        service(&fabric)
    }

    /// At once: the coordinator hears of a transaction when something is produced in it.
    mutating func beginTransaction() -> TransactionError? {
        if core.isClosed { return TransactionError(.destroyed, .misuse) }
        guard let state = transaction?.state else { return TransactionError(.notConfigured, .misuse) }
        if let call = transaction?.call?.step ?? transaction?.unfinished { return conflict(call, with: nil) }
        guard state == .ready else { return wrongState }
        transaction?.state = .inTransaction
        return nil
    }

    mutating func sendOffsets(
        _ offsets: [(TopicPartition, Int64)], of reference: MemberReference, tag: UInt64, timeout: Duration?,
        _ fabric: inout Fabric
    ) {
        guard admit(.sendOffsets, tag, timeout, &fabric) else { return }
        let valid = offsets.filter { $0.1 >= 0 }
        let known = valid.compactMap { place, offset in
            fabric.topology.number(of: place).map { CommittedOffset(partition: Int32($0), offset: offset) }
        }
        if transaction?.state != .inTransaction {
            refuse(&fabric)
        } else if reference.group == .none {
            finish(TransactionError(.invalidArgument, .misuse), &fabric)
        } else if valid.isEmpty {
            finish(nil, &fabric)
        } else if known.count < valid.count {
            // The group's coordinator would refuse them, and with them the transaction.
            failTransaction(.unknownTopicOrPartition, &fabric)
        } else {
            transaction?.beginOffsets(known, of: reference)
        }
        service(&fabric)
    }

    mutating func commitTransaction(tag: UInt64, timeout: Duration?, _ fabric: inout Fabric) {
        guard admit(.commit, tag, timeout, &fabric) else { return }
        switch transaction?.state {
        case .inTransaction: transaction?.state = .flushing
        case .flushing, .committing: break
        case .committedUnacknowledged:
            transaction?.forgetTransaction()
            finish(nil, &fabric)
        default: refuse(&fabric)
        }
        service(&fabric)
    }

    mutating func abortTransaction(tag: UInt64, timeout: Duration?, _ fabric: inout Fabric) {
        guard admit(.abort, tag, timeout, &fabric) else { return }
        switch transaction?.state {
        case .inTransaction, .abortableError:
            transaction?.state = .draining
            transaction?.offsets = nil
            purgeQueues(&fabric)
        case .draining, .aborting, .raisingEpoch: break
        case .abortedUnacknowledged:
            transaction?.forgetTransaction()
            finish(nil, &fabric)
        default: refuse(&fabric)
        }
        service(&fabric)
    }

    // MARK: One call at a time

    /// Whether a call may go on: there is no other one.
    private mutating func admit(
        _ step: TransactionManager.Step, _ tag: UInt64, _ timeout: Duration?, _ fabric: inout Fabric
    ) -> Bool {
        guard core.isAlive else {
            if core.isClosed {
                fabric.notify(core.id, .transactionStep(tag: tag, TransactionError(.destroyed, .misuse)))
            }
            return false
        }
        guard let transaction else {
            fabric.notify(core.id, .transactionStep(tag: tag, TransactionError(.notConfigured, .misuse)))
            return false
        }
        if transaction.call != nil || transaction.unfinished.map({ $0 != step }) == true {
            let other = transaction.call?.step ?? transaction.unfinished ?? step
            fabric.notify(core.id, .transactionStep(tag: tag, conflict(other, with: step)))
            return false
        }
        // Offsets wait as long as the transaction lasts; the others for ever, or as long as the application says.
        let longest = step == .sendOffsets ? transaction.timeout : .seconds(1_000_000_000)
        self.transaction?.unfinished = nil
        self.transaction?.call = .init(tag: tag, step: step, deadline: fabric.now + min(timeout ?? longest, longest))
        return true
    }

    private func conflict(
        _ running: TransactionManager.Step, with step: TransactionManager.Step?
    ) -> TransactionError {
        TransactionError(running == step ? .previousInProgress : .conflict, .retriable)
    }

    /// What a call in the wrong state is told.
    private var wrongState: TransactionError {
        switch transaction?.state {
        case .fatalError: TransactionError(transaction?.error ?? .fatal, .fatal)
        case .abortableError: TransactionError(transaction?.error ?? .erroneousState, .abortable)
        default: TransactionError(.erroneousState, .misuse)
        }
    }

    private mutating func refuse(_ fabric: inout Fabric) { finish(wrongState, &fabric) }

    /// Ends the call that waits.
    mutating func finish(_ error: TransactionError?, _ fabric: inout Fabric) {
        guard let call = transaction?.call else { return }
        transaction?.call = nil
        fabric.notify(core.id, .transactionStep(tag: call.tag, error))
    }

    /// A call has taken longer than it may: it goes on in the background, but for offsets.
    mutating func expireCall(_ fabric: inout Fabric) {
        guard let call = transaction?.call, call.deadline <= fabric.now else { return }
        if call.step == .sendOffsets {
            transaction?.offsets = nil
            failTransaction(.timedOut, &fabric)
        } else {
            transaction?.unfinished = call.step
            finish(TransactionError(.timedOut, .retriable), &fabric)
        }
    }

    // MARK: Errors

    /// The transaction cannot be committed any more.
    mutating func failTransaction(_ error: ErrorCode, _ fabric: inout Fabric) {
        switch transaction?.state {
        case .inTransaction, .flushing, .committing:
            transaction?.state = .abortableError
            transaction?.error = error
            transaction?.offsets = nil
            transaction?.unfinished = nil
            finish(TransactionError(error, .abortable), &fabric)
        default: break
        }
    }

    /// The producer is of no use any more.
    mutating func failForEver(_ error: ErrorCode, _ fabric: inout Fabric) {
        guard transaction?.state != .fatalError else { return }
        transaction?.state = .fatalError
        transaction?.error = error
        transaction?.offsets = nil
        transaction?.unfinished = nil
        purgeQueues(reporting: .fatal, &fabric)
        finish(TransactionError(error, .fatal), &fabric)
        fabric.notify(core.id, .fatal(error))
    }
}
