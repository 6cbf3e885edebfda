import Kafka
import Simulation
import Testing
import VirtualKafka

@Suite("Brokers fail")
struct FailoverTests {
    @Test("A leader crashes under an idempotent acks=all producer: nothing is lost, nothing is there twice")
    func leaderCrash() {
        var driver = Driver(partitions: 1)
        let producer = driver.producer(idempotent)
        driver.run(for: .seconds(1))
        let leader = driver.leader()!
        for tag in 0..<400 as Range<UInt64> {
            driver.produce(tag, by: producer)
            driver.run(for: .milliseconds(10))
            if tag == 100 { driver.crash(leader, losingUnflushedTail: true) }
        }
        driver.run(for: .seconds(30))
        #expect(driver.delivered.count == 400)
        #expect(driver.log(0) == Array(0..<400))
        #expect(driver.leader() != leader)
        driver.restart(leader)
        driver.run(for: .seconds(30))
        #expect(driver.cluster.checkInvariants() == [])
        #expect(driver.log(0) == Array(0..<400))
    }

    @Test("With acks=1, an acknowledged record is lost when its leader crashes before replication")
    func leaderOnlyAcknowledgement() {
        var driver = Driver(partitions: 1)
        let producer = driver.producer([("acks", "1"), ("linger.ms", "0")])
        driver.run(for: .seconds(1))
        let leader = driver.leader()!
        // The followers cannot hear the leader.
        for broker in 0..<3 where broker != leader { driver.cut(.broker(leader), .broker(broker)) }
        driver.produce(1, by: producer)
        driver.run(for: .seconds(1))
        #expect(driver.delivered[1]?.offset == 0)
        driver.crash(leader)
        driver.cluster.network.unblockAll()
        driver.run(for: .seconds(20))
        driver.restart(leader)
        driver.run(for: .seconds(20))
        #expect(driver.log(0) == [])
        #expect(driver.observations.contains { if case .truncated(_, leader, 1, 0) = $0 { true } else { false } })
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("With two of three brokers gone acks=all is refused; when they return, it goes on")
    func tooFewReplicas() {
        var driver = Driver(partitions: 1)
        let producer = driver.producer([("message.timeout.ms", "5000")])
        driver.run(for: .seconds(1))
        let leader = driver.leader()!
        let others = (0..<3).filter { $0 != leader }
        // One at a time, so that there is a controller to take each out of the in-sync set.
        driver.crash(others[0])
        driver.run(for: .seconds(15))
        driver.crash(others[1])
        driver.run(for: .seconds(5))
        driver.produce(1, by: producer)
        driver.run(for: .seconds(40))
        #expect(driver.failed[1] != nil)
        #expect(driver.cluster.controller == nil)
        driver.restart(others[0])
        driver.restart(others[1])
        driver.run(for: .seconds(20))
        #expect(driver.cluster.controller != nil)
        driver.produce(2, by: producer)
        driver.run(for: .seconds(5))
        #expect(driver.delivered[2] != nil)
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("The in-sync set below the minimum: NOT_ENOUGH_REPLICAS until a replica returns")
    func notEnoughReplicas() {
        var driver = Driver(brokers: 5, partitions: 1)
        let producer = driver.producer([("retries", "0")])
        driver.run(for: .seconds(1))
        let leader = driver.leader()!
        let others = [(leader + 1) % 5, (leader + 2) % 5]
        driver.crash(others[0])
        driver.crash(others[1])
        driver.run(for: .seconds(20))
        driver.produce(1, by: producer)
        driver.run(for: .seconds(5))
        #expect(driver.failed[1] == .notEnoughReplicas)
        driver.restart(others[0])
        driver.run(for: .seconds(10))
        driver.produce(2, by: producer)
        driver.run(for: .seconds(5))
        #expect(driver.delivered[2] != nil)
    }

    @Test("The controller dies: another one takes over and elects leaders")
    func controllerLoss() {
        var driver = Driver(brokers: 3, partitions: 3)
        let producer = driver.producer(idempotent)
        driver.run(for: .seconds(1))
        let controller = driver.cluster.controller!
        driver.crash(controller)
        driver.run(for: .seconds(3))
        #expect(driver.cluster.controller != nil)
        #expect(driver.cluster.controller != controller)
        driver.run(for: .seconds(12))
        for partition in 0..<3 as Range<Int32> { #expect(driver.leader(partition) != controller) }
        for tag in 0..<30 as Range<UInt64> { driver.produce(tag, key: "k\(tag)", by: producer) }
        driver.run(for: .seconds(5))
        #expect(driver.delivered.count == 30)
    }

    @Test("A leader that is cut off is replaced; what it could not commit is truncated; records stay in order")
    func isolatedLeader() {
        var driver = Driver(partitions: 1)
        let producer = driver.producer(idempotent)
        driver.run(for: .seconds(1))
        let leader = driver.leader()!
        for tag in 0..<600 as Range<UInt64> {
            driver.produce(tag, by: producer)
            driver.run(for: .milliseconds(50))
            if tag == 50 {
                for broker in 0..<3 where broker != leader { driver.cut(.broker(leader), .broker(broker)) }
            }
            if tag == 400 { driver.cluster.network.unblockAll() }
        }
        driver.run(for: .seconds(90))
        #expect(driver.delivered.count == 600)
        #expect(driver.log(0) == Array(0..<600))
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("A slow follower leaves the in-sync set and comes back")
    func lag() {
        var driver = Driver(partitions: 1) { $0.replicaLagTimeMax = .seconds(5) }
        let producer = driver.producer()
        driver.run(for: .seconds(1))
        let leader = driver.leader()!
        let follower = (leader + 1) % 3
        // Only the fetches are cut off, where the leader is not the controller.
        let isController = driver.cluster.controller == leader || driver.cluster.controller == follower
        driver.cut(.broker(leader), .broker(follower))
        driver.produce(1, by: producer)
        driver.run(for: .seconds(14))
        func sets() -> [[Int32]] {
            driver.observations.compactMap {
                if case .inSyncReplicas(TopicPartition(Driver.orders, 0), let members) = $0 { members } else { nil }
            }
        }
        #expect(sets().contains { $0.count == 2 } || isController)
        driver.cluster.network.unblockAll()
        driver.run(for: .seconds(20))
        #expect(sets().last?.count == 3)
        #expect(driver.delivered[1] != nil)
    }

    @Test("A crash closes connections that exist, not those of clients that died long ago")
    func connectionsOfTheDead() {
        var driver = Driver(partitions: 1)
        for _ in 0..<40 {
            let (_, node) = driver.consumer()
            driver.run(for: .milliseconds(500))
            driver.cluster.kill(node: node, at: driver.now)
        }
        var resets: [Int] = []
        for _ in 0..<2 {
            for broker in 0..<3 {
                resets.append(
                    driver.act { cluster, now, output in
                        cluster.crashBroker(broker, losing: .nothing, at: now, into: &output)
                        return output.scheduled.count
                    })
                driver.run(for: .seconds(5))
                driver.restart(broker)
                driver.run(for: .seconds(15))
            }
        }
        #expect(resets[..<3].reduce(0, +) >= 40)
        #expect(resets[3...].allSatisfy { $0 <= 2 })
    }
}
