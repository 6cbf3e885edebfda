import Kafka
import Simulation
import Testing
import VirtualKafka

@Suite("Consumer groups")
struct GroupTests {
    private let first = TopicPartition(Driver.orders, 0)

    @Test("Two members share the partitions; a killed one is put out after its session timeout")
    func sharingAndEviction() {
        var driver = Driver(partitions: 4)
        let (a, _) = driver.consumer()
        let (b, nodeB) = driver.consumer()
        driver.run(for: .seconds(10))
        let shares = [a, b].map { driver.cluster.assignment(of: $0) }
        #expect(shares.map(\.count) == [2, 2])
        #expect(Set(shares.flatMap { $0 }).count == 4)
        driver.act { cluster, now, _ in cluster.kill(node: nodeB, at: now) }
        let killed = driver.now
        while driver.cluster.assignment(of: a).count < 4, driver.now < killed + .seconds(30) {
            driver.run(for: .milliseconds(100))
        }
        #expect(driver.now - killed > .seconds(4))
        #expect(driver.now - killed < .seconds(11))
        #expect(driver.observations.contains { if case .memberEvicted("shipping", b) = $0 { true } else { false } })
    }

    @Test("A member that closes leaves at once")
    func leaving() {
        var driver = Driver(partitions: 4)
        let (a, _) = driver.consumer()
        let (b, _) = driver.consumer()
        driver.run(for: .seconds(10))
        driver.act { $0.close(b, at: $1, into: &$2) }
        driver.run(for: .seconds(3))
        #expect(driver.cluster.assignment(of: a).count == 4)
    }

    @Test("Committed offsets survive the death of the coordinator, and the group goes on")
    func coordinatorDeath() {
        for victim in 0..<3 {
            var driver = Driver(partitions: 1)
            let producer = driver.producer(idempotent)
            let (a, nodeA) = driver.consumer()
            for tag in 0..<10 as Range<UInt64> { driver.produce(tag, by: producer) }
            driver.run(for: .seconds(10))
            driver.commit([(first, 7)], tag: 1, by: a)
            driver.run(for: .seconds(1))
            #expect(driver.committed.map(\.error) == [.none])
            driver.crash(victim, losingUnflushedTail: true)
            driver.run(for: .seconds(30))
            #expect(driver.cluster.committedOffset(of: "shipping", in: first) == 7)
            driver.commit([(first, 8)], tag: 2, by: a)
            driver.run(for: .seconds(5))
            #expect(driver.committed.last?.error == ErrorCode.none)
            driver.act { cluster, now, _ in cluster.kill(node: nodeA, at: now) }
            driver.received = []
            _ = driver.consumer()
            driver.run(for: .seconds(20))
            let tags = driver.received.flatMap { $0.records }.map { Driver.tag(of: $0.record) }
            #expect(tags == [8, 9])
        }
    }

    @Test("A member that slept past its session commits in vain")
    func zombie() {
        var driver = Driver(partitions: 2)
        let (a, nodeA) = driver.consumer()
        let (b, _) = driver.consumer()
        driver.run(for: .seconds(10))
        driver.act { $0.setFrozen(node: nodeA, true, at: $1, into: &$2) }
        driver.run(for: .seconds(15))
        #expect(driver.cluster.assignment(of: b).count == 2)
        // It was stopped in the middle of its work: the first thing it does is to commit.
        driver.commit([(first, 5)], tag: 9, by: a)
        driver.act { $0.setFrozen(node: nodeA, false, at: $1, into: &$2) }
        driver.run(for: .seconds(20))
        let error = driver.committed.first { $0.tag == 9 }?.error
        #expect(error == .unknownMemberID || error == .illegalGeneration)
        #expect(driver.cluster.committedOffset(of: "shipping", in: first) == nil)
        #expect(driver.revocations.contains { $0.client == a && $0.lost })
        #expect([a, b].map { driver.cluster.assignment(of: $0).count } == [1, 1])
    }

    @Test("A rebalance waits for the application to give its partitions up")
    func revocation() {
        var driver = Driver(partitions: 2)
        driver.completesRevocations = false
        let (a, _) = driver.consumer()
        driver.run(for: .seconds(10))
        let (b, _) = driver.consumer()
        driver.run(for: .seconds(20))
        #expect(driver.revocations.map(\.lost) == [false])
        #expect(driver.cluster.assignment(of: b).isEmpty)
        driver.act { $0.completeRevocation(by: a, at: $1, into: &$2) }
        driver.run(for: .seconds(5))
        #expect([a, b].map { driver.cluster.assignment(of: $0).count } == [1, 1])
    }

    @Test("Two groups read the same records, each at its own pace")
    func twoGroups() {
        var driver = Driver(partitions: 2)
        let producer = driver.producer()
        let (a, _) = driver.consumer(group: "payment")
        let (b, _) = driver.consumer(group: "shipping")
        for tag in 0..<20 as Range<UInt64> { driver.produce(tag, key: "\(tag)", by: producer) }
        driver.run(for: .seconds(10))
        for client in [a, b] {
            let count = driver.received.filter { $0.client == client }.map(\.records.count).reduce(0, +)
            #expect(count == 20)
        }
    }
}
