import Kafka
import RdKafka
import Services
import Simulation

/// What the driver keeps of the Kafka transaction that is open.
struct LivePublication {
    var isOpen = false
    /// Delivered; acknowledged only when the transaction is committed.
    var delivered: [(partition: TopicPartition, offset: Int64)] = []
}

/// Kafka transactions. Their steps wait for the coordinator, a few seconds at most; the instance asks again.
extension InstanceDriver {
    private static let patience = Swift.Duration.seconds(5)

    func beginPublication() {
        publication = LivePublication(isOpen: true)
        do { try producer?.beginTransaction() } catch {
            fail("\(configuration.name) cannot begin a transaction: \(error.reason)")
        }
    }

    func publish(_ step: PublicationStep) {
        do {
            try take(step)
            deliver(.publicationStep(step, nil))
        } catch {
            note("\(configuration.name)'s Kafka transaction does not get on: \(error.reason)")
            deliver(.publicationStep(step, TransactionError(error)))
        }
    }

    private func take(_ step: PublicationStep) throws(KafkaFailure) {
        guard let producer, let consumer else { return }
        switch step {
        case .initialise: try producer.initTransactions(within: Self.patience)
        case .sendOffsets(let offsets):
            try producer.sendOffsets(
                offsets.map { (configuration.topics.named($0.0), $0.1) }, of: consumer, within: Self.patience)
        case .commit:
            try producer.commitTransaction(within: Self.patience)
            _ = pollProducer()
            for (partition, offset) in publication.delivered { listener.acknowledged(partition, offset: offset) }
            publication = LivePublication()
        case .abort:
            publication = LivePublication()
            try producer.abortTransaction(within: Self.patience)
        }
    }
}

extension TransactionError {
    fileprivate init(_ failure: KafkaFailure) {
        let consequence: Consequence =
            failure.isFatal
            ? .fatal : failure.requiresAbort ? .abortable : failure.isRetriable ? .retriable : .misuse
        self.init(failure.errorCode ?? .unknownServerError, consequence)
    }
}
