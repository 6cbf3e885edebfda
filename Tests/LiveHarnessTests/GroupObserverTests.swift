import Kafka
import Live
import RdKafka
import Testing

@testable import LiveHarness

@Suite("Where groups stand", .timeLimit(.minutes(1)))
struct GroupObserverTests {
    @Test("is told as long as somebody can be asked, and never made up")
    func standings() throws {
        var table = TopicTable()
        _ = table.intern("orders")
        let broker = try EmbeddedBroker(brokers: 1)
        try broker.createTopic(EmbeddedTopic("run.orders", partitions: 1))
        let observers = GroupObservers(
            ClientProperties(), brokers: broker.bootstrapServers, topics: LiveTopics(table, prefix: "run."))
        defer { observers.close() }
        let partition = TopicPartition(TopicID(rawValue: 0), 0)
        let known = try observers.standings(of: "payment", in: [partition])
        #expect(known.count == 1)
        #expect(known.first?.committed == nil && known.first?.end == 0)
        #expect(try observers.standings(of: "gateway", in: []).isEmpty)
        try broker.takeDown(1)
        #expect(throws: KafkaFailure.self) { try observers.standings(of: "payment", in: [partition]) }
    }
}
