import Kafka
import Simulation

/// What a transactional producer asks its coordinators for.
extension Producer {
    /// Does what is due in the present state.
    mutating func serveTransaction(_ fabric: inout Fabric) {
        guard transaction != nil else { return }
        expireCall(&fabric)
        switch transaction?.state {
        case .waitingForID, .raisingEpoch:
            requestID(&fabric)
        case .inTransaction:
            addPartitions(&fabric)
            serveOffsets(&fabric)
        case .flushing:
            if queued == 0 { endTransaction(isCommit: true, &fabric) } else { addPartitions(&fabric) }
        case .committing:
            endTransaction(isCommit: true, &fabric)
        case .draining:
            if queued == 0 { endTransaction(isCommit: false, &fabric) }
        case .aborting:
            endTransaction(isCommit: false, &fabric)
        default: break
        }
    }

    var transactionDeadline: Instant { transaction?.call?.deadline ?? .distantFuture }

    private var transactionReference: TransactionReference? {
        transaction.map { TransactionReference(id: $0.id, producer: identity) }
    }

    // MARK: The coordinator

    /// The transaction's coordinator, if a request can be sent to it now; else looks for it.
    private mutating func reachableTransactionCoordinator(_ fabric: inout Fabric) -> Int? {
        guard let manager = transaction else { return nil }
        if manager.coordinator >= 0, core.isUsable(manager.coordinator, fabric.now) { return manager.coordinator }
        guard !manager.isFindingCoordinator else { return nil }
        guard fabric.now >= manager.coordinatorNotBefore else {
            core.wake(at: manager.coordinatorNotBefore, &fabric)
            return nil
        }
        guard let broker = core.anyBroker(fabric.now) else { return nil }
        transaction?.isFindingCoordinator = true
        transaction?.coordinatorNotBefore = fabric.now + core.retryBackoff
        core.send(
            .transaction(.findCoordinator(manager.id)), to: broker, for: .transaction(.findCoordinator), &fabric)
        return nil
    }

    /// Whether a request is to be sent again; later, and to another coordinator if the error says so.
    private mutating func isToBeRetried(_ error: ErrorCode) -> Bool {
        switch error {
        case .notCoordinator, .coordinatorNotAvailable:
            transaction?.coordinator = -1
            return true
        case .coordinatorLoadInProgress, .concurrentTransactions, .unknownTopicOrPartition, .transport, .timedOut:
            return true
        default:
            return false
        }
    }

    // MARK: InitProducerId

    private mutating func requestID(_ fabric: inout Fabric) {
        guard let manager = transaction, !isIdentityInFlight else { return }
        guard fabric.now >= manager.notBefore else {
            core.wake(at: manager.notBefore, &fabric)
            return
        }
        guard let broker = reachableTransactionCoordinator(&fabric) else { return }
        isIdentityInFlight = true
        core.send(
            .transaction(.initProducerID(manager.id, timeout: manager.timeout, expected: identity)), to: broker,
            for: .transaction(.initProducerID), &fabric)
    }

    private mutating func idAnswered(_ error: ErrorCode, _ newIdentity: ProducerIdentity, _ fabric: inout Fabric) {
        isIdentityInFlight = false
        switch error {
        case .none:
            beginEpoch(newIdentity)
            transaction?.needsNewEpoch = false
            if transaction?.state == .raisingEpoch {
                completeAbort(&fabric)
            } else {
                let isAwaited = transaction?.call != nil
                transaction?.state = isAwaited ? .ready : .readyUnacknowledged
                finish(nil, &fabric)
            }
        case .producerFenced, .invalidProducerEpoch: failForEver(.fenced, &fabric)
        case .invalidTransactionTimeout: failForEver(error, &fabric)
        default:
            _ = isToBeRetried(error)
            // librdkafka's timer for producer ids.
            transaction?.notBefore = fabric.now + .milliseconds(500)
        }
    }

    // MARK: AddPartitionsToTxn

    /// Whether a partition's records may be sent now. Before the first of a transaction, the coordinator has to know.
    mutating func maySendInTransaction(_ partition: Int, _ fabric: inout Fabric) -> Bool {
        guard let manager = transaction, manager.isSending else { return false }
        let partition = Int32(partition)
        if manager.partitions.contains(partition) { return true }
        if !manager.underway.contains(partition), !manager.newPartitions.contains(partition) {
            transaction?.newPartitions.append(partition)
            addPartitions(&fabric)
        }
        return false
    }

    private mutating func addPartitions(_ fabric: inout Fabric) {
        guard let manager = transaction, manager.underway.isEmpty, !manager.newPartitions.isEmpty,
            let reference = transactionReference
        else { return }
        guard fabric.now >= manager.addNotBefore else {
            core.wake(at: manager.addNotBefore, &fabric)
            return
        }
        guard let broker = reachableTransactionCoordinator(&fabric) else { return }
        transaction?.underway = manager.newPartitions
        transaction?.newPartitions = []
        transaction?.isRegistered = true
        core.send(
            .transaction(.addPartitions(reference, manager.newPartitions)), to: broker,
            for: .transaction(.addPartitions), &fabric)
    }

    private mutating func partitionsAnswered(_ error: ErrorCode, _ fabric: inout Fabric) {
        guard let added = transaction?.underway, !added.isEmpty else { return }
        transaction?.underway = []
        if error == .none {
            transaction?.partitions += added
            for partition in added { trySend(Int(partition), &fabric) }
        } else if isToBeRetried(error) {
            transaction?.newPartitions.insert(contentsOf: added, at: 0)
            let pause = error == .concurrentTransactions ? .milliseconds(20) : core.retryBackoff
            transaction?.addNotBefore = fabric.now + pause
        } else {
            failStep(error, &fabric)
        }
    }

    // MARK: AddOffsetsToTxn, TxnOffsetCommit

    private mutating func serveOffsets(_ fabric: inout Fabric) {
        guard let call = transaction?.offsets, !call.isInFlight, let reference = transactionReference else { return }
        guard fabric.now >= call.notBefore else {
            core.wake(at: call.notBefore, &fabric)
            return
        }
        let body: RequestBody
        let target: Int?
        switch call.phase {
        case .register:
            body = .transaction(.addOffsets(reference, call.reference.group))
            target = reachableTransactionCoordinator(&fabric)
        case .findGroup:
            body = .findCoordinator(call.reference.group)
            target = core.anyBroker(fabric.now)
        case .commit:
            body = .transaction(
                .commitOffsets(
                    TransactionalOffsets(
                        transaction: reference, reference: call.reference, offsets: call.offsets)))
            target = core.isUsable(call.groupCoordinator, fabric.now) ? call.groupCoordinator : nil
            if target == nil { transaction?.offsets?.phase = .findGroup }
        }
        guard let target else { return }
        if case .register = call.phase { transaction?.isRegistered = true }
        transaction?.offsets?.isInFlight = true
        core.send(body, to: target, for: .transaction(.offsets(call: call.number)), &fabric)
    }

    private mutating func offsetsAnswered(
        _ number: UInt32, _ error: ErrorCode, foundGroup: Int?, _ fabric: inout Fabric
    ) {
        guard let call = transaction?.offsets, call.isInFlight, call.number == number else { return }
        transaction?.offsets?.isInFlight = false
        guard error == .none else {
            offsetsFailed(call.phase, error, &fabric)
            return
        }
        switch call.phase {
        case .register: transaction?.offsets?.phase = .findGroup
        case .findGroup:
            transaction?.offsets?.groupCoordinator = foundGroup ?? -1
            transaction?.offsets?.phase = .commit
        case .commit:
            transaction?.offsets = nil
            finish(nil, &fabric)
        }
    }

    private mutating func offsetsFailed(_ phase: OffsetsCall.Phase, _ error: ErrorCode, _ fabric: inout Fabric) {
        let known = transaction?.coordinator ?? -1
        guard isToBeRetried(error) else {
            failStep(error, &fabric)
            return
        }
        if case .register = phase {
            transaction?.offsets?.notBefore =
                fabric.now + (error == .concurrentTransactions ? .milliseconds(20) : core.retryBackoff)
        } else {
            // It was the group's coordinator that did not answer well.
            transaction?.coordinator = known
            transaction?.offsets?.phase = .findGroup
            transaction?.offsets?.notBefore = fabric.now + .milliseconds(500)
        }
    }

    /// A step has failed for good.
    private mutating func failStep(_ error: ErrorCode, _ fabric: inout Fabric) {
        switch error {
        case .invalidProducerEpoch, .producerFenced: failForEver(.fenced, &fabric)
        case .invalidTransactionState: failForEver(error, &fabric)
        case .unknownProducerID, .invalidProducerIDMapping:
            transaction?.needsNewEpoch = true
            failTransaction(error, &fabric)
        default: failTransaction(error, &fabric)
        }
    }

    // MARK: EndTxn

    private mutating func endTransaction(isCommit: Bool, _ fabric: inout Fabric) {
        guard let manager = transaction, !manager.isEndInFlight, let reference = transactionReference else { return }
        transaction?.state = isCommit ? .committing : .aborting
        guard manager.isRegistered else {
            ended(isCommit: isCommit, &fabric)
            return
        }
        guard fabric.now >= manager.notBefore else {
            core.wake(at: manager.notBefore, &fabric)
            return
        }
        guard let broker = reachableTransactionCoordinator(&fabric) else { return }
        transaction?.isEndInFlight = true
        core.send(
            .transaction(.end(reference, isCommit: isCommit)), to: broker, for: .transaction(.end(isCommit: isCommit)),
            &fabric)
    }

    private mutating func endAnswered(_ error: ErrorCode, isCommit: Bool, _ fabric: inout Fabric) {
        transaction?.isEndInFlight = false
        guard transaction?.state == (isCommit ? .committing : .aborting) else { return }
        if error == .none {
            ended(isCommit: isCommit, &fabric)
        } else if isToBeRetried(error) {
            transaction?.notBefore = fabric.now + core.retryBackoff
        } else if !isCommit, error == .unknownProducerID || error == .invalidProducerIDMapping {
            // The coordinator sorts it out with the new epoch.
            transaction?.state = .raisingEpoch
        } else {
            failStep(error, &fabric)
        }
    }

    private mutating func ended(isCommit: Bool, _ fabric: inout Fabric) {
        if isCommit {
            if transaction?.call == nil {
                transaction?.state = .committedUnacknowledged
            } else {
                transaction?.forgetTransaction()
                finish(nil, &fabric)
            }
        } else if transaction?.needsNewEpoch == true {
            transaction?.state = .raisingEpoch
            requestID(&fabric)
        } else {
            completeAbort(&fabric)
        }
    }

    private mutating func completeAbort(_ fabric: inout Fabric) {
        if transaction?.call == nil {
            transaction?.state = .abortedUnacknowledged
        } else {
            transaction?.forgetTransaction()
            finish(nil, &fabric)
        }
    }

    // MARK: Answers

    mutating func receive(_ response: TransactionResponse, _ purpose: TransactionPurpose, _ fabric: inout Fabric) {
        switch (response, purpose) {
        case (.findCoordinator(let error, let broker), _):
            transaction?.isFindingCoordinator = false
            if error == .none { transaction?.coordinator = Int(broker) }
        case (.initProducerID(let error, let identity), _): idAnswered(error, identity, &fabric)
        case (.addPartitions(let error), _): partitionsAnswered(error, &fabric)
        case (.addOffsets(let error), .offsets(let call)), (.commitOffsets(let error), .offsets(let call)):
            offsetsAnswered(call, error, foundGroup: nil, &fabric)
        case (.end(let error), .end(let isCommit)): endAnswered(error, isCommit: isCommit, &fabric)
        default: preconditionFailure("an answer that a producer did not ask for")
        }
        service(&fabric)
    }

    mutating func groupCoordinatorFound(
        _ error: ErrorCode, _ broker: Int32, call: UInt32, _ fabric: inout Fabric
    ) {
        offsetsAnswered(call, error, foundGroup: Int(broker), &fabric)
        service(&fabric)
    }

    /// The connection was closed before the answer came.
    mutating func transactionRequestFailed(
        _ purpose: TransactionPurpose, at broker: Int, _ error: ErrorCode, _ fabric: inout Fabric
    ) {
        switch purpose {
        case .findCoordinator: transaction?.isFindingCoordinator = false
        case .initProducerID: idAnswered(error, .none, &fabric)
        case .addPartitions: partitionsAnswered(error, &fabric)
        case .offsets(let call): offsetsAnswered(call, error, foundGroup: nil, &fabric)
        case .end(let isCommit): endAnswered(error, isCommit: isCommit, &fabric)
        }
    }
}
