import Kafka
import Simulation
import Testing
import VirtualKafka

@Suite("Brokers come back")
struct RecoveryTests {
    private func replicas(of driver: Driver) -> [Int] {
        let leader = driver.leader()!
        return (0..<3).map { (leader + $0) % driver.brokerCount }
    }

    @Test("A broker that comes back finds the controller, although the one that it remembers is dead", arguments: 0..<8)
    func findsController(seed: UInt64) {
        var driver = Driver(seed: seed)
        let producer = driver.producer(idempotent)
        driver.run(for: .seconds(1))
        let old = driver.cluster.controller!
        let others = (0..<3).filter { $0 != old }
        driver.crash(others[0])
        driver.run(for: .milliseconds(500))
        driver.crash(old)
        driver.run(for: .seconds(3))
        driver.restart(others[0])
        driver.run(for: .seconds(15))
        for tag in 0..<10 as Range<UInt64> { driver.produce(tag, key: "\(tag)", by: producer) }
        driver.run(for: .seconds(5))
        #expect(driver.delivered.count == 10)
        driver.restart(old)
        driver.run(for: .seconds(10))
        #expect(driver.cluster.checkInvariants() == [])
    }

    /// Five brokers, so that there is a controller all the time; one partition on three of them. A record is
    /// acknowledged by two; then one after the other crashes, and the last one loses what it has not flushed.
    private func shrunkToOne() -> (driver: Driver, members: [Int]) {
        var driver = Driver(brokers: 5, partitions: 1) {
            $0.brokerSessionTimeout = .seconds(3)
            $0.logFlushInterval = .seconds(300)
        }
        let producer = driver.producer(idempotent)
        driver.run(for: .seconds(1))
        let members = replicas(of: driver)
        driver.crash(members[2])
        driver.run(for: .seconds(6))
        driver.produce(1, by: producer)
        driver.run(for: .seconds(1))
        #expect(driver.delivered[1] != nil)
        driver.crash(members[1])
        driver.run(for: .seconds(6))
        driver.crash(members[0], losingUnflushedTail: true)
        driver.run(for: .seconds(6))
        return (driver, members)
    }

    @Test("The last in-sync replica loses its tail, and a record that is on another disk is not lost")
    func lastMemberLosesTail() {
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [0, 2, 1]] {
            var (driver, members) = shrunkToOne()
            for place in order {
                driver.restart(members[place])
                driver.run(for: .seconds(8))
                #expect(driver.cluster.checkInvariants() == [], "order \(order)")
            }
            #expect(driver.leader() != nil)
            #expect(driver.log(0) == [1], "order \(order)")
        }
    }

    @Test("Without those who may have everything, nobody leads")
    func waitsForEligible() {
        var (driver, members) = shrunkToOne()
        driver.restart(members[2])
        driver.restart(members[0])
        driver.run(for: .seconds(30))
        #expect(driver.leader() == nil)
        driver.restart(members[1])
        driver.run(for: .seconds(8))
        #expect(driver.leader() == members[1])
    }

    @Test("Too many replicas lose the same record: it is gone, and things go on")
    func legitimateLoss() {
        var (driver, members) = shrunkToOne()
        let producer = driver.producer(idempotent)
        driver.restart(members[1])
        driver.run(for: .milliseconds(300))
        driver.crash(members[1], losingUnflushedTail: true)
        for member in members { driver.restart(member) }
        driver.run(for: .seconds(20))
        #expect(driver.log(0) == [])
        driver.produce(2, by: producer)
        driver.run(for: .seconds(5))
        #expect(driver.log(0) == [2])
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("While the in-sync set is too small, nothing is committed")
    func nothingCommittedBelowMinimum() {
        var driver = Driver(brokers: 5, partitions: 1) { $0.brokerSessionTimeout = .seconds(3) }
        let producer = driver.producer([("acks", "1")])
        _ = driver.consumer()
        driver.run(for: .seconds(1))
        let members = replicas(of: driver)
        driver.crash(members[1])
        driver.crash(members[2])
        driver.run(for: .seconds(6))
        driver.produce(1, by: producer)
        driver.run(for: .seconds(10))
        #expect(driver.delivered[1] != nil)
        #expect(driver.log(0) == [])
        #expect(driver.received.isEmpty)
        driver.restart(members[1])
        driver.run(for: .seconds(10))
        #expect(driver.log(0) == [1])
        #expect(driver.received.flatMap { $0.records }.count == 1)
    }

    @Test("What was committed counts as committed at every moment of a change of the leader")
    func committedDuringElection() {
        var driver = Driver(partitions: 1) { $0.brokerSessionTimeout = .seconds(3) }
        let producer = driver.producer(idempotent + [("linger.ms", "0")])
        driver.run(for: .seconds(1))
        for tag in 0..<20 as Range<UInt64> {
            driver.produce(tag, by: producer)
            driver.run(for: .milliseconds(5))
        }
        let acknowledged = UInt64(driver.delivered.count)
        #expect(acknowledged > 10)
        driver.crash(driver.leader()!)
        for _ in 0..<5_000 {
            driver.run(for: .milliseconds(1))
            guard driver.log(0).starts(with: 0..<acknowledged) else {
                Issue.record("\(driver.log(0)) at \(driver.now)")
                return
            }
        }
    }

    @Test(
        "All brokers are gone for a while: a consumer that has nothing left to wait for finds them again",
        arguments: 0..<8)
    func allBrokersGone(seed: UInt64) {
        var driver = Driver(seed: seed)
        let (consumer, _) = driver.consumer()
        driver.run(for: .seconds(10))
        for broker in 0..<3 {
            driver.crash(broker)
            driver.run(for: .milliseconds(700))
        }
        driver.run(for: .seconds(30))
        for broker in 0..<3 { driver.restart(broker) }
        driver.run(for: .seconds(60))
        #expect(driver.cluster.assignment(of: consumer).count == 3)
    }

    @Test("An application that never gives its partitions up, at a coordinator that is gone, does not stop the clock")
    func noBusyWaiting() {
        var driver = Driver(partitions: 2)
        driver.completesRevocations = false
        let (_, node) = driver.consumer()
        driver.run(for: .seconds(10))
        _ = driver.consumer()
        driver.run(for: .seconds(5))
        for broker in 0..<3 { driver.cut(.broker(broker), node) }
        let before = driver.events
        driver.run(for: .seconds(60))
        #expect(driver.events - before < 20_000)
    }
}

@Suite("A broker that has just started")
struct StartingBrokerTests {
    /// One that answered a client's first question with what it does not know yet would leave it waiting for the next
    /// refresh of its metadata, five minutes later.
    @Test("tells no client of an empty cluster", arguments: 0..<12)
    func listensLate(seed: UInt64) {
        var driver = Driver(seed: seed)
        driver.run(for: .seconds(1))
        for broker in 0..<3 where broker != driver.cluster.controller { driver.crash(broker) }
        driver.run(for: .seconds(3))
        for broker in 0..<3 where !driver.cluster.isBrokerUp(broker) { driver.restart(broker) }
        let (consumer, _) = driver.consumer()
        driver.run(for: .seconds(30))
        #expect(driver.cluster.assignment(of: consumer).count == 3)
    }
}
