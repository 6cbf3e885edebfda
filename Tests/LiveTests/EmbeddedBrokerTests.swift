import Kafka
import LiveTestSupport
import RdKafka
import Testing

@testable import Live

@Suite(.ownThread) struct EmbeddedBrokerTests {
    private let broker: EmbeddedBroker
    private let partition = NamedPartition("orders", 1)

    init() throws {
        broker = try EmbeddedBroker(
            brokers: 3, topics: [EmbeddedTopic("orders", partitions: 3), EmbeddedTopic("letters", partitions: 1)],
            groups: ["readers"], transactionalIDs: ["writer"])
    }

    private func send(_ tag: UInt64, with producer: Producer) throws {
        try producer.produce(Record(key: nil, value: [1]), to: "orders", partition: 1, tag: tag)
        try producer.flush(within: .seconds(20))
        #expect(try producer.poll().map { $0.failure?.reason } == [nil])
    }

    @Test func `topics have leaders, groups have coordinators, spread over the brokers`() throws {
        #expect(broker.topics == [EmbeddedTopic("letters", partitions: 1), EmbeddedTopic("orders", partitions: 3)])
        #expect((0..<3).map { broker.leader(of: NamedPartition("orders", $0)) } == [1, 2, 3])
        #expect(broker.coordinator(ofGroup: "readers") == 1)
        try broker.createTopic(EmbeddedTopic("orders", partitions: 3))
        #expect(throws: EmbeddedBrokerError.self) { try broker.createTopic(EmbeddedTopic("orders", partitions: 4)) }
        #expect(throws: EmbeddedBrokerError.self) { try broker.createTopic(EmbeddedTopic("none", partitions: 0)) }
        let admin = try Admin(ClientProperties(), brokers: broker.bootstrapServers)
        let leaders = try admin.describe(topic: "orders", within: .seconds(10)).leaders
        #expect(leaders == [1, 2, 3])
    }

    @Test func `a broker that goes down is replaced, and is back when it comes up`() throws {
        let producer = try Producer(ClientProperties(), brokers: broker.bootstrapServers)
        try send(1, with: producer)
        let properties = try ClientProperties(["group.id": "readers"])
        let consumer = try Consumer(properties, brokers: broker.bootstrapServers)
        try consumer.commit([(partition, 1)])

        try broker.takeDown(1)
        try broker.takeDown(2)
        #expect(broker.runningBrokers == [3])
        #expect(broker.leader(of: partition) == 3)
        #expect(broker.coordinator(ofGroup: "readers") == 3)
        try send(2, with: producer)
        try consumer.commit([(partition, 2)])
        #expect(try consumer.committed([partition], within: .seconds(10)).map(\.offset) == [2])

        try broker.bringUp(2)
        #expect(broker.leader(of: partition) == 2)
        try broker.bringUp(1)
        #expect(broker.coordinator(ofGroup: "readers") == 1)
        try send(3, with: producer)
        try consumer.commit([(partition, 3)])
    }

    @Test func `a cluster that is down altogether comes back as it was`() throws {
        let producer = try Producer(
            ClientProperties(["reconnect.backoff.max.ms": "200"]), brokers: broker.bootstrapServers)
        try send(1, with: producer)
        for number in broker.brokers { try broker.takeDown(number) }
        #expect(broker.leader(of: partition) == nil)
        try producer.produce(Record(key: nil, value: [2]), to: "orders", partition: 1, tag: 2)
        // Its home is broker 2, and nobody else runs.
        try broker.bringUp(3)
        #expect(broker.leader(of: partition) == 3)
        try producer.flush(within: .seconds(20))
        #expect(try producer.poll().map(\.offset) == [1])
    }

    @Test func `leaders and coordinators are moved`() throws {
        let producer = try Producer(ClientProperties(), brokers: broker.bootstrapServers)
        try send(1, with: producer)
        try broker.moveLeader(of: partition, to: 3)
        #expect(broker.leader(of: partition) == 3)
        try send(2, with: producer)
        try broker.moveCoordinator(ofGroup: "readers")
        #expect(broker.coordinator(ofGroup: "readers") == 2)
        try broker.moveCoordinator(ofGroup: "readers", to: 1)
        #expect(broker.coordinator(ofGroup: "readers") == 1)
        try broker.takeDown(2)
        let down = #expect(throws: EmbeddedBrokerError.self) { try broker.moveLeader(of: partition, to: 2) }
        #expect(down?.description == "Broker 2 is down and cannot lead orders-1: bring it up first.")
        #expect(throws: EmbeddedBrokerError.self) { try broker.moveLeader(of: NamedPartition("none", 0), to: 1) }
        #expect(throws: EmbeddedBrokerError.self) { try broker.takeDown(4) }
    }

    @Test func `requests are refused as often as asked for`() throws {
        let producer = try Producer(ClientProperties(), brokers: broker.bootstrapServers)
        broker.reject(.produce, with: [.messageTooLarge])
        try producer.produce(Record(key: nil, value: [1]), to: "orders", partition: 1, tag: 1)
        try producer.flush(within: .seconds(20))
        #expect(try producer.poll().map { $0.failure?.errorCode } == [.messageTooLarge])
        broker.reject(.produce, with: [.messageTooLarge, .messageTooLarge])
        broker.acceptAgain(.produce)
        try send(2, with: producer)
        broker.setError(of: "letters", to: .unknownTopicOrPartition)
        let admin = try Admin(ClientProperties(), brokers: broker.bootstrapServers)
        #expect(throws: KafkaFailure.self) { try admin.describe(topic: "letters", within: .seconds(10)) }
        broker.setError(of: "letters", to: nil)
        #expect(try admin.describe(topic: "letters", within: .seconds(10)).leaders.count == 1)
    }
}
