import Kafka
import Simulation

extension Producer {
    mutating func receive(_ response: ResponseBody, _ correlation: Int32, from broker: Int, _ fabric: inout Fabric) {
        guard let purpose = core.take(correlation, from: broker) else { return }
        switch (response, purpose) {
        case (.produce(let error, let offset), .produce(let partition, let batch)):
            produceAnswered(error, offset, Int(partition), batch, &fabric)
            resume(Int(partition), &fabric)
            if transaction != nil { serveTransaction(&fabric) }
        case (.metadata(let image, let errors), _):
            core.metadataArrived(image, &fabric)
            assignUnassigned(errors, &fabric)
            service(&fabric)
        case (.transaction(let response), .transaction(let purpose)):
            receive(response, purpose, &fabric)
        case (.findCoordinator(let error, let broker), .transaction(.offsets(let call))):
            groupCoordinatorFound(error, broker, call: call, &fabric)
        case (.initProducerID(_, let identity), _):
            beginEpoch(identity)
            service(&fabric)
        default:
            preconditionFailure("an answer that a producer did not ask for")
        }
    }

    mutating func connectionFailed(_ broker: Int, _ error: ErrorCode, _ fabric: inout Fabric) {
        for purpose in core.fail(broker, &fabric) {
            switch purpose {
            case .produce(let partition, let batch):
                produceAnswered(error, -1, Int(partition), batch, &fabric)
            case .metadata: core.metadataFailed(&fabric)
            case .initProducerID: isIdentityInFlight = false
            case .transaction(let purpose): transactionRequestFailed(purpose, at: broker, error, &fabric)
            default: break
            }
        }
        if transaction?.coordinator == broker { transaction?.coordinator = -1 }
        core.wantMetadata(&fabric)
        core.wake(at: fabric.now, &fabric)
    }

    private mutating func produceAnswered(
        _ error: ErrorCode, _ offset: Int64, _ partition: Int, _ batch: UInt32, _ fabric: inout Fabric
    ) {
        guard let index = partitions[partition].batches.firstIndex(where: { $0.number == batch }) else { return }
        switch error {
        case .none:
            settle(partition, index, offset: offset, &fabric)
        case _ where transaction?.isSending == false:
            // Its transaction has failed or is being aborted: it is not sent again.
            fail(partition, index, .purgedInFlight, &fabric)
        case .invalidProducerEpoch where transaction != nil:
            fail(partition, index, error, &fabric)
            failForEver(.fenced, &fabric)
        case .duplicateSequenceNumber:
            // It is in the log; where, the broker has forgotten.
            settle(partition, index, offset: -1, &fabric)
        case .outOfOrderSequenceNumber where index > 0 || needsNewEpoch:
            // The consequence of a batch before it that has failed: it is sent again after that one.
            retry(partition, index, &fabric)
        case .outOfOrderSequenceNumber, .unknownProducerID:
            loseAgreement(partition, index, error, &fabric)
        case .notLeaderOrFollower, .leaderNotAvailable, .unknownTopicOrPartition, .fencedLeaderEpoch:
            // Refused for certain: it does not count as a try.
            core.wantMetadata(&fabric)
            retry(partition, index, &fabric)
        case _ where error.isRetriable && partitions[partition].batches[index].attempts < settings.maxRetries:
            partitions[partition].batches[index].attempts += 1
            if error != .notEnoughReplicas, error != .notEnoughReplicasAfterAppend { core.wantMetadata(&fabric) }
            retry(partition, index, &fabric)
        default:
            fail(partition, index, error, &fabric)
            if settings.isGapless { giveUp(.gaplessGuarantee, &fabric) }
        }
    }

    /// The broker and the producer do not agree any more on what is there: something that was acknowledged is lost. To go
    /// on would risk duplicates or gaps, so librdkafka gives up: the transaction, or itself (*Idempotent Producer*,
    /// `RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER`).
    private mutating func loseAgreement(
        _ partition: Int, _ index: Int, _ error: ErrorCode, _ fabric: inout Fabric
    ) {
        fail(partition, index, error, &fabric)
        giveUp(error, &fabric)
    }

    /// An idempotent producer produces no more. A transactional one only loses its transaction.
    private mutating func giveUp(_ error: ErrorCode, _ fabric: inout Fabric) {
        guard transaction == nil, fatalError == nil else { return }
        fatalError = error
        fabric.notify(core.id, .fatal(error))
    }

    private mutating func retry(_ partition: Int, _ index: Int, _ fabric: inout Fabric) {
        let moment = fabric.now + core.retryBackoff
        partitions[partition].batches[index].state = .ready(moment)
        expire(partition, &fabric)
        core.wake(at: moment, &fabric)
    }

    mutating func fail(_ partition: Int, _ index: Int, _ error: ErrorCode, _ fabric: inout Fabric) {
        let batch = partitions[partition].batches.remove(at: index)
        if batch.baseSequence >= 0 {
            if transaction == nil { needsNewEpoch = true } else { transaction?.needsNewEpoch = true }
        }
        report(batch.messages, error, &fabric)
    }

    /// Gives up messages that could not be delivered in time. What is in flight is left alone: its request ends in time.
    mutating func expire(_ partition: Int, _ fabric: inout Fabric) {
        let deadline = fabric.now - settings.messageTimeout
        while let index = partitions[partition].batches.firstIndex(where: {
            !$0.isInFlight && $0.messages[0].enqueuedAt <= deadline
        }) {
            fail(partition, index, .messageTimedOut, &fabric)
        }
        guard let first = partitions[partition].messages.first, first.enqueuedAt <= deadline else { return }
        let count =
            partitions[partition].messages.firstIndex { $0.enqueuedAt > deadline }
            ?? partitions[partition].messages.count
        report(Array(partitions[partition].messages[..<count]), .messageTimedOut, &fabric)
        for index in 0..<count { partitions[partition].size -= partitions[partition].records[index].approximateSize }
        partitions[partition].messages.removeFirst(count)
        partitions[partition].records.removeFirst(count)
    }

    // MARK: Producer id and epoch

    /// Asks for a producer id, or for a new epoch once nothing is in flight.
    ///
    /// A message that failed although it had been sent leaves a hole in the sequence; what was sent behind it, and was
    /// not acknowledged, is sent again under the new epoch. If the broker has it already, it is there twice: nobody
    /// compares epochs. librdkafka does the same (`rd_kafka_idemp_drain_epoch_bump`): a `message.timeout.ms` that is
    /// shorter than a fail-over costs the guarantee.
    mutating func acquireIdentity(_ fabric: inout Fabric) {
        guard settings.isIdempotent, transaction == nil, fatalError == nil, !isIdentityInFlight,
            identity.id < 0 || needsNewEpoch
        else {
            return
        }
        let isDrained = active.allSatisfy { partition in
            partitions[Int(partition)].batches.allSatisfy { !$0.isInFlight }
        }
        guard isDrained, let broker = core.anyBroker(fabric.now) else { return }
        isIdentityInFlight = true
        core.send(.initProducerID(identity), to: broker, for: .initProducerID, &fabric)
    }

    /// Sequences begin at 0 again, in the order of the batches.
    mutating func beginEpoch(_ newIdentity: ProducerIdentity) {
        isIdentityInFlight = false
        identity = newIdentity
        needsNewEpoch = false
        for partition in partitions.indices {
            partitions[partition].nextSequence = 0
            for index in partitions[partition].batches.indices {
                partitions[partition].batches[index].baseSequence = -1
            }
        }
    }
}
