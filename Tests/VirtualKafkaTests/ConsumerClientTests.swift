import Kafka
import Simulation
import Testing

@testable import VirtualKafka

/// What an application sees of a consumer beside its group: assignment by hand, positions, ends, queues.
@Suite("The consumer client")
struct ConsumerClientTests {
    private let first = TopicPartition(Driver.orders, 0)

    @Test(
        "A consumer without a group reads from where it is told",
        arguments: [
            (StartOffset.beginning, 0), (.offset(4), 4), (.end, 10), (.committed, 0),
        ] as [(StartOffset, Int64)])
    func manualAssignment(start: StartOffset, expected: Int64) {
        var driver = Driver(partitions: 1)
        driver.fill(10)
        let reader = driver.reader(group: nil)
        driver.assign([(0, start)], by: reader)
        driver.run(for: .seconds(2))
        driver.fill(3, from: 10)
        #expect(driver.offsets(of: reader) == Array(expected..<13))
    }

    @Test("A consumer without a group commits nothing, and subscribes to nothing")
    func withoutGroup() {
        var driver = Driver(partitions: 1)
        let reader = driver.reader(group: nil)
        driver.commit([(first, 1)], tag: 5, by: reader)
        driver.act { $0.fetchCommitted([TopicPartition(Driver.orders, 0)], tag: 6, by: reader, at: $1, into: &$2) }
        #expect(driver.committed.map(\.error) == [.unknownGroup])
        #expect(driver.answers[6]?.map(\.error) == [.unknownGroup])
        let (subscriber, _) = driver.consumer(group: "")
        #expect(driver.errors.contains { $0.client == subscriber && $0.error == .unknownGroup })
    }

    @Test("A seek drops what was fetched, and reading goes on where it leads, backwards and forwards")
    func seeking() {
        var driver = Driver(partitions: 1)
        driver.fill(10)
        let reader = driver.reader(group: nil)
        driver.assign([(0, .beginning)], by: reader)
        driver.run(for: .seconds(1))
        driver.seek(to: 3, by: reader)
        driver.run(for: .seconds(1))
        driver.seek(to: 8, by: reader)
        driver.run(for: .seconds(1))
        #expect(driver.offsets(of: reader) == Array(0..<10) + Array(3..<10) + [8, 9])
        driver.seek(2, to: 0, by: driver.reader(group: nil))
        #expect(driver.errors.map(\.error) == [.erroneousState])
    }

    @Test("A seek while a fetch is on its way: the answer to the old question does not count")
    func seekDuringFetch() {
        var driver = Driver(partitions: 1)
        driver.fill(10)
        let reader = driver.reader(group: nil)
        driver.assign([(0, .offset(40))], by: reader)
        // The fetch at 40 is out of range, which its answer will say.
        while !driver.cluster.consumers[0].isFetching.contains(true) { driver.run(for: .microseconds(100)) }
        driver.seek(to: 6, by: reader)
        driver.run(for: .seconds(2))
        #expect(driver.offsets(of: reader) == Array(6..<10))
    }

    @Test("An offset out of range is reset as `auto.offset.reset` says", arguments: ["earliest", "latest", "error"])
    func reset(policy: String) {
        var driver = Driver(partitions: 1)
        driver.fill(10)
        let reader = driver.reader(group: nil, [("auto.offset.reset", policy)])
        driver.assign([(0, .offset(40))], by: reader)
        driver.run(for: .seconds(2))
        driver.fill(2, from: 10)
        switch policy {
        case "earliest": #expect(driver.offsets(of: reader) == Array(0..<12))
        case "latest": #expect(driver.offsets(of: reader) == [10, 11])
        default:
            #expect(driver.offsets(of: reader).isEmpty)
            #expect(driver.errors.map(\.error) == [.autoOffsetReset])
            #expect(driver.errors.first?.partition == first)
            driver.seek(to: 11, by: reader)
            driver.run(for: .seconds(1))
            #expect(driver.offsets(of: reader) == [11])
        }
    }

    @Test("A group without a commit, and a policy of *error*: the application is told, and reads nothing")
    func resetOfGroup() {
        var driver = Driver(partitions: 1)
        driver.fill(3)
        let (a, _) = driver.consumer([("auto.offset.reset", "error")])
        driver.run(for: .seconds(10))
        #expect(driver.errors.map(\.error) == [.autoOffsetReset])
        #expect(driver.offsets(of: a).isEmpty)
    }

    @Test("The end of a partition is told once per position, if it is wanted", arguments: [true, false])
    func ends(isWanted: Bool) {
        var driver = Driver(partitions: 2)
        driver.fill(5)
        let reader = driver.reader(group: nil, [("enable.partition.eof", isWanted ? "true" : "false")])
        let filled: Int32 = driver.log(0).isEmpty ? 1 : 0
        driver.assign([(0, .beginning), (1, .beginning)], by: reader)
        driver.run(for: .seconds(5))
        driver.fill(2, from: 5)
        driver.run(for: .seconds(5))
        let ends = driver.ends.filter { $0.partition.partition == filled }.map(\.offset)
        #expect(ends == (isWanted ? [5, 7] : []))
        #expect(driver.ends.count == (isWanted ? 3 : 0))
    }

    @Test("Watermarks and offsets by timestamp, with a leader that is down for a while")
    func listing() {
        var driver = Driver(partitions: 1)
        driver.fill(10)
        let reader = driver.reader(group: nil)
        driver.run(for: .seconds(1))
        driver.crash(driver.leader()!)
        let queries: [OffsetQuery] = [.earliest, .latest, .timestamp(35), .timestamp(1_000)]
        for (tag, query) in queries.enumerated() {
            driver.act {
                $0.listOffsets(
                    [(TopicPartition(Driver.orders, 0), query)], tag: UInt64(tag), by: reader, at: $1, into: &$2)
            }
        }
        #expect(driver.answers.isEmpty)
        driver.run(for: .seconds(30))
        #expect((0..<4).map { driver.answers[$0]?.first?.offset } == [0, 10, 4, -1])
        #expect((0..<4).allSatisfy { driver.answers[$0]?.first?.error == ErrorCode.none })
    }

    @Test("A question about offsets that nobody can answer times out")
    func listingTimesOut() {
        var driver = Driver(partitions: 1)
        let reader = driver.reader(group: "shipping", [("socket.timeout.ms", "5000")])
        driver.run(for: .seconds(1))
        for broker in 0..<3 { driver.crash(broker) }
        let place = first
        driver.act { $0.listOffsets([(place, .latest)], tag: 1, by: reader, at: $1, into: &$2) }
        driver.act { $0.fetchCommitted([place], tag: 2, by: reader, at: $1, into: &$2) }
        driver.run(for: .seconds(10))
        #expect(driver.answers[1]?.map(\.error) == [.timedOut])
        #expect(driver.answers[2]?.map(\.error) == [.timedOut])
    }

    @Test("One message larger than every limit is still returned")
    func oversized() {
        var driver = Driver(partitions: 1)
        driver.fill(3, bytes: 5_000)
        let limits = [
            ("max.partition.fetch.bytes", "100"), ("fetch.max.bytes", "1000"), ("message.max.bytes", "1000"),
        ]
        let reader = driver.reader(group: nil, limits.map { (name: $0.0, value: $0.1) })
        driver.assign([(0, .beginning)], by: reader)
        driver.run(for: .seconds(2))
        #expect(driver.received.map { $0.records.map(\.offset) } == [[0], [1], [2]])
    }

    @Test("`fetch.min.bytes` makes the broker wait, `fetch.wait.max.ms` ends the wait")
    func minimum() {
        var driver = Driver(partitions: 1)
        let reader = driver.reader(group: nil, [("fetch.min.bytes", "100000"), ("fetch.wait.max.ms", "2000")])
        driver.assign([(0, .beginning)], by: reader)
        driver.run(for: .seconds(1))
        let began = driver.now
        driver.fill(1)
        #expect(driver.offsets(of: reader).isEmpty)
        driver.run(until: began + .milliseconds(2_100))
        #expect(driver.offsets(of: reader) == [0])
    }

    @Test("Partitions take turns when `fetch.max.bytes` is too small for all of them")
    func fetchTurns() {
        var driver = Driver(brokers: 1, partitions: 3, replicationFactor: 1, minInsync: 1)
        let producer = driver.producer([("linger.ms", "0")])
        for tag in 0..<60 as Range<UInt64> {
            let record = Record(key: nil, value: [UInt8](repeating: 0x30, count: 300))
            let partition = Int32(tag % 3)
            driver.act {
                $0.produce(record, to: Driver.orders, partition: partition, tag: tag, by: producer, at: $1, into: &$2)
            }
            driver.run(for: .milliseconds(20))
        }
        let reader = driver.reader(group: nil, [("fetch.max.bytes", "1000"), ("message.max.bytes", "1000")])
        driver.assign([(0, .beginning), (1, .beginning), (2, .beginning)], by: reader)
        driver.run(for: .seconds(2))
        let partitions = driver.received.flatMap(\.records).map(\.partition.partition)
        #expect(partitions.count == 60)
        #expect(Set(partitions.prefix(15)) == [0, 1, 2])
    }
}
