import Kafka
import LiveTestSupport
import RdKafka
import Testing

/// A thread that waits for a consumer and a producer at once polls neither in vain.
@Suite(.ownThread) struct WakeUpTests {
    private let cluster: MockCluster

    init() throws {
        cluster = try MockCluster(brokers: 1)
        try cluster.createTopic("orders", partitions: 2, replicationFactor: 1)
    }

    private func consumer(_ group: String = "readers", sessionTimeout: String = "6000") throws -> Consumer {
        let properties = try ClientProperties([
            "group.id": group, "fetch.wait.max.ms": "5", "auto.offset.reset": "earliest",
            "enable.auto.commit": "false", "session.timeout.ms": sessionTimeout,
            "heartbeat.interval.ms": "200",
        ])
        return try Consumer(properties, brokers: cluster.bootstrapServers)
    }

    @Test func `records, reports and commits wake whoever waits, and only they do`() async throws {
        let wakeUp = try WakeUp()
        let producer = try Producer(ClientProperties(), brokers: cluster.bootstrapServers)
        let consumer = try consumer()
        try producer.wake(wakeUp.fileDescriptor)
        try consumer.wake(wakeUp.fileDescriptor)
        try consumer.subscribe(to: ["orders"])

        var reports = 0
        var read: [Int64] = []
        var committed: [UInt64] = []
        var isAssigned = false
        let deadline = ContinuousClock.now + .seconds(30)
        // Polls after a signal, and only then: whoever is not woken fails.
        func turn(until condition: () -> Bool) async throws {
            while !condition() {
                for event in try consumer.poll(upTo: 100) {
                    switch event {
                    case .assigned: isAssigned = true
                    case .record(let record): read.append(record.offset)
                    case .committed(let tag, let failure):
                        #expect(failure == nil)
                        committed.append(tag)
                    default: break
                    }
                }
                reports += try producer.poll().count
                guard !condition() else { return }
                while !wakeUp.wait(within: .zero) {
                    try #require(ContinuousClock.now < deadline)
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
        }
        try await turn { isAssigned }
        for round in 1...20 {
            try producer.produce(Record(key: nil, value: [1]), to: "orders", partition: 0, tag: UInt64(round))
            try await turn { reports == round && read.count == round }
            try consumer.commitLater([(NamedPartition("orders", 0), Int64(round))], tag: UInt64(round))
            try await turn { committed.count == round }
        }
        #expect(read == Array(0..<20))
        #expect(committed == Array(1...20))
        #expect(try consumer.committed([NamedPartition("orders", 0)], within: .seconds(5)).map(\.offset) == [20])
        // Nothing happens, and nobody is woken.
        while wakeUp.wait(within: .milliseconds(50)) {
            _ = try consumer.poll(upTo: 100)
            _ = try producer.poll()
        }
        #expect(!wakeUp.wait(within: .milliseconds(200)))
    }

    /// Not for `close`, for which librdkafka may wait as long as no broker is there.
    @Test func `a commit that nobody answers comes back when the consumer is abandoned`() throws {
        let consumer = try consumer("abandoned", sessionTimeout: "500")
        try cluster.setDown(1, true)
        defer { try? cluster.setDown(1, false) }
        try consumer.commitLater([(NamedPartition("orders", 0), 1)], tag: 7)
        let tags = consumer.abandon().compactMap { event -> UInt64? in
            guard case .committed(let tag, let failure) = event else { return nil }
            #expect(failure != nil)
            return tag
        }
        #expect(tags == [7])
    }

    @Test func `a closed client wakes nobody`() throws {
        let wakeUp = try WakeUp()
        let producer = try Producer(ClientProperties(), brokers: cluster.bootstrapServers)
        try producer.wake(wakeUp.fileDescriptor)
        #expect(wakeUp.wait(within: .zero))
        producer.close()
        #expect(throws: KafkaFailure.self) { try producer.wake(wakeUp.fileDescriptor) }
        #expect(!wakeUp.wait(within: .zero))
    }
}
