import Conformance
import Kafka
import RdKafka

final class RdTestProducer: TestProducer {
    private let producer: Producer
    private var nextTag: UInt64 = 1
    private(set) var reports: [Report] = []
    private(set) var failures: [CallFailure] = []

    init(_ producer: Producer) { self.producer = producer }

    func poll() {
        note((try? producer.poll()) ?? [])
        failures += producer.takeErrors().map(CallFailure.init)
    }

    private func note(_ arrived: [DeliveryReport]) {
        reports += arrived.map {
            Report(tag: $0.tag, partition: $0.partition, offset: $0.offset, failure: $0.failure.map(CallFailure.init))
        }
    }

    func produce(_ record: Record, to topic: String, partition: Int32?) throws -> UInt64 {
        let tag = nextTag
        nextTag += 1
        try call { () throws(KafkaFailure) in
            try producer.produce(record, to: topic, partition: partition, tag: tag)
        }
        return tag
    }

    func close() { note(producer.close()) }

    func initTransactions(within limit: Duration) throws {
        try call { () throws(KafkaFailure) in try producer.initTransactions(within: limit) }
    }

    func beginTransaction() throws {
        try call { () throws(KafkaFailure) in try producer.beginTransaction() }
    }

    func sendOffsets(
        _ offsets: [(NamedPartition, Int64)], of consumer: any TestConsumer, within limit: Duration
    ) throws {
        guard let consumer = consumer as? RdTestConsumer else { preconditionFailure("a consumer of another cluster") }
        try call { () throws(KafkaFailure) in
            try producer.sendOffsets(offsets, of: consumer.consumer, within: limit)
        }
    }

    func commitTransaction(within limit: Duration) throws {
        try call { () throws(KafkaFailure) in try producer.commitTransaction(within: limit) }
    }

    func abortTransaction(within limit: Duration) throws {
        try call { () throws(KafkaFailure) in try producer.abortTransaction(within: limit) }
    }
}
