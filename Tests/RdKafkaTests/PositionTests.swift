import Kafka
import LiveTestSupport
import RdKafka
import Testing

/// Where reading starts, and what happens when the log does not reach back so far.
@Suite(.ownThread) struct PositionTests {
    private let cluster: MockCluster
    private let partitions = [NamedPartition("orders", 0), NamedPartition("orders", 1)]

    init() throws {
        cluster = try MockCluster(brokers: 1)
        try cluster.createTopic("orders", partitions: 2, replicationFactor: 1)
    }

    private func consumer(_ strategy: String = "range") throws -> Consumer {
        let properties = try ClientProperties([
            "group.id": "readers", "fetch.wait.max.ms": "5", "auto.offset.reset": "error",
            "enable.auto.commit": "false", "session.timeout.ms": "3500", "heartbeat.interval.ms": "200",
            "partition.assignment.strategy": strategy,
        ])
        return try Consumer(properties, brokers: cluster.bootstrapServers, start: .beginning)
    }

    private func fill(_ partition: Int32, count: Int, bytes: Int = 10) throws {
        let producer = try Producer(ClientProperties(), brokers: cluster.bootstrapServers)
        for tag in 1...count {
            let record = Record(key: nil, value: Array(repeating: 7, count: bytes))
            try producer.produce(record, to: "orders", partition: partition, tag: UInt64(tag))
        }
        try producer.flush(within: .seconds(10))
        #expect(try producer.poll().allSatisfy { $0.failure == nil })
    }

    @Test("The first assignment and the next say where reading starts", arguments: ["range", "cooperative-sticky"])
    func start(_ strategy: String) async throws {
        try fill(0, count: 3)
        let first = try consumer(strategy)
        try first.subscribe(to: ["orders"])
        var events = try await first.events { $0.records.count == 3 }
        #expect(events.positions == partitions.map { PartitionOffset($0, offset: nil) })
        #expect(events.records.map(\.offset) == [0, 1, 2])
        try first.commit([(partitions[0], 2)])
        first.close()

        let second = try consumer(strategy)
        try second.subscribe(to: ["orders"])
        events = try await second.events { $0.records.count == 1 }
        #expect(
            events.positions == [
                PartitionOffset(partitions[0], offset: 2), PartitionOffset(partitions[1], offset: nil),
            ])
        #expect(events.records.map(\.offset) == [2])
        #expect(try second.assignment() == partitions)
    }

    @Test func `what is not kept any more stops the partition, and no other`() async throws {
        let first = try consumer()
        try first.commit([(partitions[0], 1), (partitions[1], 0)])
        first.close()
        // The mock keeps five megabytes.
        try fill(0, count: 30, bytes: 300_000)
        try fill(1, count: 1)

        let second = try consumer()
        try second.subscribe(to: ["orders"])
        let events = try await second.events { !$0.failures.isEmpty && !$0.records.isEmpty }
        #expect(events.failures.map(\.partition) == [partitions[0]])
        #expect(events.failures.allSatisfy { $0.failure.isPositionLost })
        #expect(events.records.map(\.partition) == [partitions[1]])
    }

    @Test func `a consumer that is closed before it knows where to begin leaves its group`() async throws {
        try cluster.setRoundTripTime(of: 1, to: .milliseconds(50))
        let first = try consumer()
        try first.subscribe(to: ["orders"])
        #expect(try await first.events { _ in first.isLookingUp }.isEmpty)
        first.close()
    }
}
