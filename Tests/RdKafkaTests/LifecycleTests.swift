import Foundation
import Kafka
import LiveTestSupport
import RdKafka
import Testing

/// librdkafka's clients against its mock cluster, in this process.
@Suite(.ownThread) struct LifecycleTests {
    private let cluster: MockCluster
    private let topic = NamedPartition("orders", 0)

    init() throws {
        cluster = try MockCluster(brokers: 1)
        try cluster.createTopic("orders", partitions: 1, replicationFactor: 1)
    }

    private func producer(_ properties: [String: String] = [:]) throws -> Producer {
        try Producer(try ClientProperties(properties), brokers: cluster.bootstrapServers)
    }

    private func consumer() throws -> Consumer {
        let properties = try ClientProperties(["group.id": "readers", "fetch.wait.max.ms": "5"])
        return try Consumer(properties, brokers: cluster.bootstrapServers)
    }

    @Test func `a record goes there and back whole`() throws {
        let producer = try producer()
        let record = Record(
            key: [1, 2], value: [], headers: [Header("a", "1"), Header("a", "")], timestampMilliseconds: 1_234)
        try producer.produce(record, to: "orders", partition: 0, tag: 7)
        try producer.flush(within: .seconds(10))
        let reports = try producer.poll()
        #expect(reports.map(\.tag) == [7])
        #expect(reports.map(\.offset) == [0])
        #expect(reports.map(\.partition) == [topic])

        let consumer = try consumer()
        try consumer.assign([(topic, .beginning)])
        var read: ReceivedRecord?
        for _ in 0..<200 where read == nil {
            if case .record(let record) = try consumer.poll(within: .milliseconds(50)) { read = record }
        }
        #expect(read == ReceivedRecord(partition: topic, offset: 0, record: record))
        #expect(try consumer.positions(of: [topic]).map(\.offset) == [1])
        #expect(consumer.close().isEmpty)
    }

    @Test func `a client that is closed answers with an error, however often it is closed`() throws {
        let producer = try producer()
        producer.close()
        producer.close()
        #expect(throws: KafkaFailure.self) {
            try producer.produce(Record(key: nil, value: nil), to: "orders", tag: 1)
        }
        #expect(producer.pending == 0)
        let consumer = try consumer()
        consumer.close()
        consumer.abandon()
        #expect(throws: KafkaFailure.self) { try consumer.poll() }
    }

    @Test func `what is not delivered at the end is reported as given up`() throws {
        let producer = try producer(["linger.ms": "60000"])
        for tag in 1...3 as ClosedRange<UInt64> {
            try producer.produce(Record(key: nil, value: [1]), to: "orders", partition: 0, tag: tag)
        }
        #expect(producer.pending == 3)
        let reports = producer.close()
        #expect(reports.map(\.tag).sorted() == [1, 2, 3])
        #expect(reports.allSatisfy { $0.failure != nil && $0.offset == nil })
    }

    @Test func `a client that nobody closes ends with its last reference`() throws {
        for _ in 0..<3 {
            let producer = try producer()
            try producer.produce(Record(key: nil, value: [1]), to: "orders", partition: 0, tag: 1)
            let consumer = try consumer()
            try consumer.assign([(topic, .beginning)])
        }
    }

    @Test func `a failure keeps librdkafka's code and words`() throws {
        cluster.pushErrors([10], for: 0)
        let producer = try producer()
        try producer.produce(Record(key: nil, value: [1]), to: "orders", partition: 0, tag: 1)
        try producer.flush(within: .seconds(10))
        let failure = try #require(try producer.poll().first?.failure)
        #expect(failure.code == 10)
        #expect(failure.errorCode == .messageTooLarge)
        #expect(failure.reason.contains("size too large"))
        #expect(!failure.isFatal)
    }

    @Test func `a failed transaction says what is left to do`() throws {
        let producer = try producer(["transactional.id": "payments"])
        let early = #expect(throws: KafkaFailure.self) { try producer.beginTransaction() }
        #expect(early?.requiresAbort == false)
        try producer.initTransactions(within: .seconds(10))
        try producer.beginTransaction()
        // INVALID_TXN_STATE for AddPartitionsToTxn is fatal to librdkafka.
        cluster.pushErrors([48], for: 24)
        try producer.produce(Record(key: nil, value: [1]), to: "orders", partition: 0, tag: 1)
        let fatal = #expect(throws: KafkaFailure.self) { try producer.commitTransaction(within: .seconds(10)) }
        #expect(fatal?.isFatal == true)
    }

    @Test func `a transaction is committed, another one aborted, and the producer goes on`() throws {
        let producer = try producer(["transactional.id": "payments"])
        try producer.initTransactions(within: .seconds(10))
        let reader = try consumer()
        for round in 0..<4 as Range<UInt64> {
            try producer.beginTransaction()
            try producer.produce(Record(key: [1], value: nil), to: "orders", partition: 0, tag: round)
            if round % 2 == 0 {
                try producer.sendOffsets([(topic, Int64(round))], of: reader, within: .seconds(10))
                try producer.commitTransaction(within: .seconds(10))
            } else {
                try producer.abortTransaction(within: .seconds(10))
            }
        }
        let reports = try producer.poll()
        #expect(reports.filter { $0.failure == nil }.map(\.tag).contains([0, 2]))
    }

    @Test func `a consumer ends while its group is joined and while records wait`() async throws {
        let producer = try producer()
        for tag in 1...500 as ClosedRange<UInt64> {
            try producer.produce(Record(key: nil, value: [1, 2, 3]), to: "orders", partition: 0, tag: tag)
        }
        for isOrderly in [true, false] {
            let joining = try consumer()
            try joining.subscribe(to: ["orders"])
            let reading = try consumer()
            try reading.assign([(topic, .beginning)])
            let first = try await reading.events { !$0.records.isEmpty }
            #expect(first.records.count <= 500)
            if isOrderly {
                joining.close()
                reading.close()
            } else {
                joining.abandon()
                reading.abandon()
            }
            #expect(throws: KafkaFailure.self) { try reading.poll() }
            #expect(throws: KafkaFailure.self) { try reading.commitLater([(topic, 1)], tag: 1) }
        }
    }

    // Of all that runs in a process, memory says only one thing: so it is measured in a process that runs nothing else.
    @Test(.enabled(if: getenv("ORRERY_MEMORY_TEST") != nil, "scripts/sanitize.sh memory runs it alone"))
    func `clients that come and go leave no memory behind`() throws {
        func round() throws {
            let wakeUp = try WakeUp()
            let producer = try producer()
            try producer.wake(wakeUp.fileDescriptor)
            for tag in 1...100 as ClosedRange<UInt64> {
                let record = Record(
                    key: [1], value: Array(repeating: 1, count: 10_000), headers: [Header("a", "1")],
                    timestampMilliseconds: 1)
                try producer.produce(record, to: "orders", partition: 0, tag: tag)
            }
            let consumer = try consumer()
            try consumer.wake(wakeUp.fileDescriptor)
            try consumer.assign([(topic, .beginning)])
            try consumer.commitLater([(topic, 1)], tag: 1)
            _ = try consumer.poll(upTo: 10, within: .milliseconds(10))
        }
        for _ in 0..<5 { try round() }
        let before = residentKilobytes()
        for _ in 0..<20 { try round() }
        // Each round moves a megabyte; one that is kept would show. The mock itself keeps up to five.
        #expect(residentKilobytes() - before < 12_000)
    }
}

/// How much memory this process has, as Linux counts it; 0 elsewhere.
private func residentKilobytes() -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
    else { return 0 }
    return Int(line.filter(\.isNumber)) ?? 0
}
