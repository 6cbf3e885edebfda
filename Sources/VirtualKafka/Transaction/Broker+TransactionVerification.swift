import Kafka
import Simulation

/// The first batch of a transaction in a partition waits until the coordinator has said that the partition takes part:
/// else a late one, from a transaction that is over already, would hang in the log for ever (KIP-890).
struct Verification: Sendable {
    enum Waiting: Sendable {
        case produce(Origin, ProduceRequest)
        case offsets(Origin, TransactionalOffsets)
    }

    var reference: TransactionReference
    var partition: Int32
    var coordinator: Int
    var deadline: Instant
    /// A marker came meanwhile: whatever the coordinator says is about a transaction that is over.
    var isVoid = false
    var waiting: [Waiting]
}

extension Broker {
    /// Whether a batch of a transaction has to wait until the coordinator confirms its partition.
    func needsVerification(_ producer: ProducerIdentity, _ partition: Int) -> Bool {
        !replicas[partition].transactions.isOpen(producer.id)
            || replicas[partition].producers.epoch(of: producer.id) != producer.epoch
    }

    mutating func verify(
        _ reference: TransactionReference, _ partition: Int, _ waiting: Verification.Waiting, _ fabric: inout Fabric
    ) {
        if let index = verifications.firstIndex(where: {
            $0.reference == reference && Int($0.partition) == partition && !$0.isVoid
        }) {
            verifications[index].waiting.append(waiting)
            return
        }
        let leader = Int(image.partitions[fabric.transactional.partitions[reference.id.index]].leader)
        guard leader >= 0 else {
            goOn(waiting, .notEnoughReplicas, &fabric)
            return
        }
        verifications.append(
            Verification(
                reference: reference, partition: Int32(partition), coordinator: leader,
                deadline: fabric.now + fabric.configuration.replicaSocketTimeout, waiting: [waiting]))
        fabric.request(
            .transaction(.verify(reference, partition: Int32(partition))), from: Int32(id), to: leader, correlation: 0)
    }

    mutating func verified(
        _ reference: TransactionReference, _ partition: Int32, _ error: ErrorCode, _ fabric: inout Fabric
    ) {
        guard
            let index = verifications.firstIndex(where: { $0.reference == reference && $0.partition == partition })
        else { return }
        let verification = verifications.remove(at: index)
        var error = error
        switch error {
        case .none: if verification.isVoid { error = .invalidTransactionState }
        case .producerFenced: error = .invalidProducerEpoch
        case .invalidProducerIDMapping, .invalidTransactionState: break
        // Clients do not expect a coordinator's errors from a leader: this one makes them try again.
        default: error = .notEnoughReplicas
        }
        for waiting in verification.waiting { goOn(waiting, error, &fabric) }
    }

    private mutating func goOn(_ waiting: Verification.Waiting, _ error: ErrorCode, _ fabric: inout Fabric) {
        switch waiting {
        case .produce(let origin, let request):
            // Meanwhile, another broker may have become the leader.
            if let error = error == .none ? refusal(of: request, fabric.topology) : error {
                answerProduce(request.acks, error, -1, to: origin, &fabric)
            } else {
                produce(request, from: origin, &fabric)
            }
        case .offsets(let origin, let request):
            if error == .none {
                storeTransactionalOffsets(request, from: origin, &fabric)
            } else {
                let answer = error == .notEnoughReplicas ? .coordinatorLoadInProgress : error
                fabric.respond(.transaction(.commitOffsets(answer)), to: origin, by: id)
            }
        }
    }

    mutating func voidVerifications(of producer: Int64, in partition: Int32) {
        for index in verifications.indices
        where verifications[index].partition == partition && verifications[index].reference.producer.id == producer {
            verifications[index].isVoid = true
        }
    }

    /// The coordinator cannot be asked.
    mutating func failVerifications(at broker: Int, _ fabric: inout Fabric) {
        while let index = verifications.firstIndex(where: { $0.coordinator == broker }) {
            let verification = verifications.remove(at: index)
            for waiting in verification.waiting { goOn(waiting, .notEnoughReplicas, &fabric) }
        }
    }

    mutating func expireVerifications(_ fabric: inout Fabric) {
        while let verification = verifications.first(where: { $0.deadline <= fabric.now }) {
            fabric.close(Int32(id), verification.coordinator)
            connectionFailed(to: verification.coordinator, &fabric)
        }
    }
}
