import Kafka
import Live
import RdKafka
import Simulation
import Testing

@testable import LiveHarness

@Suite("Reading back what a run has written", .timeLimit(.minutes(1)))
struct LogCollectorTests {
    private static let partition = TopicPartition(TopicID(rawValue: 0), 0)

    private let broker: EmbeddedBroker
    private let topics: LiveTopics

    init() throws {
        var table = TopicTable()
        _ = table.intern("orders")
        topics = LiveTopics(table, prefix: "run.")
        broker = try EmbeddedBroker(brokers: 1)
        try broker.createTopic(EmbeddedTopic("run.orders", partitions: 1))
    }

    private func write(_ count: Int, bytes: Int = 1) throws {
        let producer = try Producer(
            ClientProperties().setting([(name: "message.max.bytes", value: "4000000")]),
            brokers: broker.bootstrapServers)
        defer { producer.close() }
        let value = [UInt8](repeating: 65, count: bytes)
        for number in 0..<count {
            let record = Record(key: nil, value: value, headers: [], timestampMilliseconds: Int64(number))
            try producer.produce(record, to: "run.orders", tag: UInt64(number))
        }
        try producer.flush(within: .seconds(20))
    }

    private func collector() throws -> LogCollector {
        try LogCollector(
            [Self.partition], of: topics, brokers: broker.bootstrapServers, clock: LiveClock(),
            properties: ClientProperties())
    }

    @Test("comes to the end of a log, and says where it stopped when it does not")
    func ends() throws {
        try write(3)
        let collector = try collector()
        defer { collector.close() }
        #expect(collector.waitUntil([(Self.partition, 3)], patience: .seconds(20)) == nil)
        #expect(collector.count == 3)
        let obstacle = collector.waitUntil([(Self.partition, 4)], patience: .milliseconds(200))
        #expect(obstacle == "orders-0 ends at 4, and could be read up to 3 only")
    }

    @Test("a log of which nothing can be read is not complete")
    func silence() throws {
        let collector = try collector()
        defer { collector.close() }
        #expect(collector.waitUntil([(Self.partition, 0)], patience: .seconds(20)) == nil)
        let obstacle = collector.waitUntil([(Self.partition, 1)], patience: .milliseconds(200))
        #expect(obstacle == "orders-0 ends at 1, and could be read up to 0 only")
    }
}
