import Kafka
import Simulation
import Testing
import VirtualKafka

@Suite("Disks")
struct DiskTests {
    private let place = TopicPartition(Driver.orders, 0)

    private func filled(
        _ count: UInt64 = 30, configure: (inout ClusterConfiguration) -> Void = { _ in }
    ) -> (driver: Driver, producer: ClientID) {
        var driver = Driver(partitions: 1) {
            $0.brokerSessionTimeout = .seconds(3)
            configure(&$0)
        }
        let producer = driver.producer(idempotent + [("linger.ms", "0")])
        driver.run(for: .seconds(1))
        for tag in 0..<count {
            driver.produce(tag, by: producer)
            driver.run(for: .milliseconds(5))
        }
        driver.run(for: .seconds(1))
        return (driver, producer)
    }

    @Test("A broker with a new disk copies everything, whichever it is, and can lead then", arguments: 0..<3)
    func wipedDisk(victim: Int) {
        var (driver, producer) = filled()
        driver.crash(victim, losing: .everything)
        driver.run(for: .milliseconds(200))
        driver.restart(victim)
        driver.run(for: .seconds(20))
        #expect(driver.log(0) == Array(0..<30))
        #expect(driver.cluster.checkInvariants() == [])
        for broker in 0..<3 where broker != victim {
            driver.crash(broker)
            driver.run(for: .seconds(8))
            driver.restart(broker)
            driver.run(for: .seconds(12))
        }
        driver.act { $0.moveLeader(of: TopicPartition(Driver.orders, 0), to: victim, at: $1, into: &$2) }
        driver.run(for: .seconds(1))
        #expect(driver.leader() == victim)
        driver.produce(30, by: producer)
        driver.run(for: .seconds(3))
        #expect(driver.log(0) == Array(0...30))
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("The only broker that has not lost its disk is waited for")
    func waitsForTheLastDisk() {
        var (driver, _) = filled()
        let leader = driver.leader()!
        let others = (0..<3).filter { $0 != leader }
        driver.crash(leader)
        for other in others { driver.crash(other, losing: .everything) }
        for other in others { driver.restart(other) }
        driver.run(for: .seconds(20))
        #expect(driver.log(0) == Array(0..<30))
        driver.restart(leader)
        driver.run(for: .seconds(20))
        #expect(driver.log(0) == Array(0..<30))
        #expect(driver.cluster.checkInvariants() == [])
        #expect(!driver.observations.contains { if case .recordsLost = $0 { true } else { false } })
    }

    @Test("All disks are replaced: the records are gone, which is seen, and things go on")
    func allDisks() {
        var (driver, producer) = filled()
        for broker in 0..<3 { driver.crash(broker, losing: .everything) }
        for broker in 0..<3 { driver.restart(broker) }
        driver.run(for: .seconds(20))
        #expect(driver.log(0) == [])
        #expect(driver.observations.contains { if case .recordsLost(place, 0, 30) = $0 { true } else { false } })
        driver.produce(30, by: producer)
        driver.run(for: .seconds(10))
        #expect(driver.log(0) == [30])
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test(
        "What is flushed after every batch survives even when all machines go down at once", arguments: [true, false])
    func flushing(isFlushed: Bool) {
        var (driver, _) = filled { if isFlushed { $0.logFlushMessages = 1 } }
        for broker in 0..<3 { driver.crash(broker, losing: .unflushedTail) }
        for broker in 0..<3 { driver.restart(broker) }
        driver.run(for: .seconds(20))
        #expect(driver.log(0) == (isFlushed ? Array(0..<30) : []))
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("A slow disk delays acknowledgements, until it is as usual again")
    func slowDisk() {
        var (driver, producer) = filled(1)
        func acknowledged(_ tag: UInt64) -> Duration {
            let begin = driver.now
            driver.produce(tag, by: producer)
            while driver.delivered[tag] == nil, driver.now - begin < .seconds(5) { driver.run(for: .milliseconds(1)) }
            return driver.now - begin
        }
        #expect(acknowledged(1) < .milliseconds(10))
        let leader = driver.leader()!
        driver.cluster.slowDisk(of: leader, by: 500)
        #expect(acknowledged(2) > .milliseconds(50))
        driver.cluster.slowDisk(of: leader, by: 1)
        driver.run(for: .seconds(1))
        #expect(acknowledged(3) < .milliseconds(10))
    }
}
