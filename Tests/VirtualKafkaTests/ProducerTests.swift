import Kafka
import Simulation
import Testing

@testable import VirtualKafka

@Suite("Producers")
struct ProducerTests {
    private static let slow = NetworkConditions(latency: .milliseconds(10)...(.milliseconds(10)))

    /// Two batches in flight; the leader refuses the first one, because too few replicas are in sync, and takes the second.
    private func refuseFirst(_ properties: [(name: String, value: String)]) -> Driver {
        var driver = Driver(partitions: 1, network: Self.slow)
        let producer = driver.producer([("linger.ms", "0")] + properties)
        driver.run(for: .seconds(2))
        driver.produce(0, by: producer)
        driver.run(for: .seconds(2))
        let leader = driver.leader()!
        let isr = driver.cluster.brokers[leader].replicas[0].isr
        driver.produce(1, by: producer)
        driver.run(for: .milliseconds(5))
        driver.produce(2, by: producer)
        driver.cluster.brokers[leader].replicas[0].isr = .only(leader)
        driver.run(for: .milliseconds(7))
        driver.cluster.brokers[leader].replicas[0].isr = isr
        driver.run(for: .seconds(3))
        #expect(driver.delivered.count == 3)
        return driver
    }

    @Test("Without idempotence, a retry comes behind what was in flight with it")
    func reordering() {
        #expect(refuseFirst([]).log(0) == [0, 2, 1])
    }

    @Test("One request at a time, or idempotence, keeps the order")
    func order() {
        #expect(refuseFirst([("max.in.flight", "1")]).log(0) == [0, 1, 2])
        #expect(refuseFirst(idempotent).log(0) == [0, 1, 2])
    }

    @Test("Without retries the first error that may pass is the last; a leader that is somewhere else does not count")
    func retries() {
        var driver = Driver(partitions: 1, network: Self.slow)
        let producer = driver.producer([("linger.ms", "0"), ("retries", "0")])
        driver.run(for: .seconds(2))
        let leader = driver.leader()!
        let isr = driver.cluster.brokers[leader].replicas[0].isr
        driver.cluster.brokers[leader].replicas[0].isr = .only(leader)
        driver.produce(1, by: producer)
        driver.run(for: .milliseconds(100))
        #expect(driver.failed[1] == .notEnoughReplicas)
        driver.cluster.brokers[leader].replicas[0].isr = isr
        driver.cluster.brokers[leader].replicas[0].isLeader = false
        driver.produce(2, by: producer)
        driver.run(for: .milliseconds(100))
        driver.cluster.brokers[leader].replicas[0].isLeader = true
        driver.run(for: .seconds(1))
        #expect(driver.delivered[2] != nil)
    }

    @Test("A failed request is sent again after retry.backoff.ms")
    func backoff() {
        for (pause, deliveredAfter) in [(100, 200), (700, 800)] as [(Int64, Int64)] {
            var driver = Driver(partitions: 1)
            let producer = driver.producer([("linger.ms", "0"), ("retry.backoff.ms", "\(pause)")])
            driver.run(for: .seconds(2))
            let leader = driver.leader()!
            let isr = driver.cluster.brokers[leader].replicas[0].isr
            driver.cluster.brokers[leader].replicas[0].isr = .only(leader)
            driver.produce(1, by: producer)
            driver.run(for: .milliseconds(20))
            driver.cluster.brokers[leader].replicas[0].isr = isr
            driver.run(for: .milliseconds(pause - 40))
            #expect(driver.delivered.isEmpty)
            driver.run(for: .milliseconds(deliveredAfter - pause + 20))
            #expect(driver.delivered.count == 1)
        }
    }

    /// How many batches a partition's log has.
    private func batches(_ driver: Driver) -> Int {
        driver.cluster.brokers[driver.leader()!].replicas[0].log.batches.count
    }

    @Test("linger.ms gathers records into one batch; batch.num.messages and batch.size end it sooner")
    func batching() {
        let cases: [(properties: [(name: String, value: String)], batches: Int)] = [
            ([("linger.ms", "50")], 1), ([("linger.ms", "0")], 10),
            ([("linger.ms", "50"), ("batch.num.messages", "4")], 3),
            ([("linger.ms", "50"), ("batch.size", "80")], 4),
        ]
        for (properties, expected) in cases {
            var driver = Driver(partitions: 1)
            let producer = driver.producer(properties)
            driver.run(for: .seconds(2))
            for tag in 0..<10 as Range<UInt64> {
                driver.produce(tag, by: producer)
                driver.run(for: .milliseconds(2))
            }
            driver.run(for: .seconds(1))
            #expect(driver.log(0) == Array(0..<10))
            #expect(batches(driver) == expected, "\(properties)")
        }
    }

    @Test("A partition that has forgotten a producer takes it up again wherever it is")
    func forgottenProducer() {
        var driver = Driver(partitions: 1)
        let producer = driver.producer(idempotent + [("linger.ms", "0")])
        driver.run(for: .seconds(2))
        driver.produce(1, by: producer)
        driver.run(for: .seconds(1))
        driver.cluster.brokers[driver.leader()!].replicas[0].producers.forget()
        driver.produce(2, by: producer)
        driver.produce(3, by: producer)
        driver.run(for: .seconds(1))
        #expect(driver.log(0) == [1, 2, 3])
        #expect(driver.cluster.producers[0].identity.epoch == 0)
    }

    @Test("An idempotent producer whose acknowledged records are lost gives up, and a new one goes on")
    func lostAgreement() {
        var driver = Driver(partitions: 1)
        let producer = driver.producer(idempotent + [("linger.ms", "0")])
        driver.run(for: .seconds(2))
        for tag in 0..<3 as Range<UInt64> {
            driver.produce(tag, by: producer)
            driver.run(for: .seconds(1))
        }
        // As after an unclean election: the leader has never heard of the last one.
        let leader = driver.leader()!
        var states = ProducerStates()
        let log = driver.cluster.brokers[leader].replicas[0].log
        for index in log.batches.indices.dropLast() { states.note(log.batches[index]) }
        driver.cluster.brokers[leader].replicas[0].producers = states
        driver.produce(3, by: producer)
        driver.run(for: .seconds(1))
        #expect(driver.failed[3] == .outOfOrderSequenceNumber)
        driver.produce(4, by: producer)
        #expect(driver.failed[4] == .fatal)
        let successor = driver.producer(idempotent)
        driver.produce(5, by: successor)
        driver.run(for: .seconds(1))
        #expect(driver.log(0) == [0, 1, 2, 5])
    }

    @Test("A flush sends what waits for more; a purge drops it, and what is in flight is delivered all the same")
    func flushAndPurge() {
        var driver = Driver(partitions: 1, network: Self.slow)
        let producer = driver.producer(idempotent + [("linger.ms", "10000")])
        driver.run(for: .seconds(2))
        driver.produce(1, by: producer)
        driver.run(for: .seconds(1))
        #expect(driver.delivered.isEmpty)
        driver.act { $0.flush(producer, at: $1, into: &$2) }
        driver.run(for: .milliseconds(100))
        #expect(driver.delivered.count == 1)
        driver.produce(2, by: producer)
        driver.act { $0.flush(producer, at: $1, into: &$2) }
        driver.run(for: .milliseconds(5))
        driver.produce(3, by: producer)
        driver.act { $0.purge(queued: true, inFlight: true, by: producer, at: $1, into: &$2) }
        #expect(driver.failed == [2: .purgedInFlight, 3: .purgedInQueue])
        #expect(!driver.cluster.hasUnsentRecords(producer))
        driver.produce(4, by: producer)
        driver.act { $0.flush(producer, at: $1, into: &$2) }
        driver.run(for: .seconds(1))
        #expect(driver.log(0) == [1, 2, 4])
    }

    @Test(
        "With enable.gapless.guarantee, one message that the broker will never take is the last",
        arguments: [true, false])
    func gapless(isGapless: Bool) {
        var driver = Driver(partitions: 1) { $0.messageMaxBytes = 200 }
        let producer = driver.producer(
            idempotent + [("linger.ms", "0"), ("enable.gapless.guarantee", String(isGapless))])
        driver.run(for: .seconds(2))
        let large = Record(key: nil, value: Array(repeating: 48, count: 300))
        driver.act { $0.produce(large, to: Driver.orders, tag: 1, by: producer, at: $1, into: &$2) }
        driver.run(for: .seconds(1))
        #expect(driver.failed[1] == .messageTooLarge)
        driver.produce(2, by: producer)
        driver.run(for: .seconds(1))
        #expect(driver.failed[2] == (isGapless ? .fatal : nil))
        #expect(driver.log(0) == (isGapless ? [] : [2]))
    }
}
