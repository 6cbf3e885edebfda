import Kafka
import Simulation
import Testing
import VirtualKafka

@Suite("What leaders accept")
struct ProduceRulesTests {
    private func bytes(_ count: Int) -> Record { Record(key: nil, value: Array(repeating: 7, count: count)) }

    @Test("A batch above max.message.bytes is refused, and later ones go through", arguments: [true, false])
    func messageTooLarge(isIdempotent: Bool) {
        var configuration = TopicConfiguration()
        configuration.maxMessageBytes = 2_000
        var (driver, place, _) = Driver.withLogs(configuration, records: 0)
        let producer = driver.producer((isIdempotent ? idempotent : []) + [("linger.ms", "0")])
        driver.run(for: .seconds(1))
        for (tag, size) in [(1, 100), (2, 2_100), (3, 100)] as [(UInt64, Int)] {
            let record = bytes(size)
            driver.act { $0.produce(record, to: place.topic, tag: tag, by: producer, at: $1, into: &$2) }
            driver.run(for: .seconds(1))
        }
        #expect(driver.failed == [2: .messageTooLarge])
        #expect(driver.delivered[1]?.offset == 0)
        #expect(driver.delivered[3]?.offset == 1)
    }

    @Test("A message above the client's message.max.bytes is refused by the client itself")
    func clientLimit() {
        var driver = Driver()
        let producer = driver.producer([("message.max.bytes", "1000")])
        let record = bytes(1_100)
        driver.act { $0.produce(record, to: Driver.orders, tag: 1, by: producer, at: $1, into: &$2) }
        #expect(driver.failed == [1: .messageTooLarge])
    }

    /// Five brokers; the leader of the only partition is cut off from its two followers, but not from the controller.
    private func leaderAlone(_ properties: [(name: String, value: String)]) -> (driver: Driver, producer: ClientID) {
        for seed in 0..<20 as Range<UInt64> {
            var driver = Driver(brokers: 5, partitions: 1, seed: seed) { $0.replicaLagTimeMax = .seconds(2) }
            let producer = driver.producer(properties + [("linger.ms", "0")])
            driver.run(for: .seconds(1))
            let leader = driver.leader()!
            let followers = [(leader + 1) % 5, (leader + 2) % 5]
            guard !followers.contains(driver.cluster.controller!) else { continue }
            for follower in followers { driver.cut(.broker(leader), .broker(follower)) }
            return (driver, producer)
        }
        preconditionFailure("every controller is a follower")
    }

    @Test("The in-sync set shrinks while a batch waits: it times out, then the set is too small from the beginning")
    func shrinksMeanwhile() {
        var (driver, producer) = leaderAlone([("request.timeout.ms", "5000"), ("retries", "0")])
        driver.produce(1, by: producer)
        driver.run(for: .seconds(4))
        #expect(driver.failed.isEmpty)
        driver.run(for: .seconds(2))
        #expect(driver.failed == [1: .requestTimedOut])
        driver.produce(2, by: producer)
        driver.run(for: .seconds(1))
        #expect(driver.failed[2] == .notEnoughReplicas)
        // What was appended is committed when the set grows, although nobody was told.
        #expect(driver.log(0) == [])
        driver.cluster.network.unblockAll()
        driver.run(for: .seconds(10))
        #expect(driver.log(0) == [1])
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("Retried until the set has grown, a batch of an idempotent producer is there once, at its first offset")
    func retriedUntilGrown() {
        var (driver, producer) = leaderAlone(idempotent + [("request.timeout.ms", "3000")])
        driver.produce(1, by: producer)
        driver.produce(2, by: producer)
        driver.run(for: .seconds(20))
        #expect(driver.delivered.isEmpty)
        driver.cluster.network.unblockAll()
        driver.run(for: .seconds(20))
        #expect(driver.delivered.mapValues(\.offset) == [1: 0, 2: 1])
        #expect(driver.log(0) == [1, 2])
    }

    @Test("acks=1 is acknowledged by a leader alone, and read when the set has grown")
    func leaderAcknowledges() {
        var (driver, producer) = leaderAlone([("acks", "1")])
        driver.run(for: .seconds(5))
        driver.produce(1, by: producer)
        driver.run(for: .seconds(1))
        #expect(driver.delivered[1]?.offset == 0)
        #expect(driver.log(0) == [])
        driver.cluster.network.unblockAll()
        driver.run(for: .seconds(10))
        #expect(driver.log(0) == [1])
    }
}
