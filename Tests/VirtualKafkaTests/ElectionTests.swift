import Kafka
import Simulation
import Testing
import VirtualKafka

@Suite("Elections")
struct ElectionTests {
    private let place = TopicPartition(Driver.orders, 0)

    private func losses(_ driver: Driver, _ place: TopicPartition) -> [[Int64]] {
        driver.observations.compactMap {
            if case .recordsLost(place, let from, let to) = $0 { [from, to] } else { nil }
        }
    }

    /// A topic of five brokers' cluster: ten records are on all replicas, ten more on the leader and one follower; then
    /// those two go down.
    private func twoOfThreeGone(isUncleanAllowed: Bool) -> (driver: Driver, place: TopicPartition, members: [Int]) {
        var configuration = TopicConfiguration()
        configuration.isUncleanLeaderElectionEnabled = isUncleanAllowed
        var driver = Driver(brokers: 5) { $0.brokerSessionTimeout = .seconds(3) }
        let admin = driver.admin()
        driver.createTopics(
            [
                TopicSpecification(
                    name: "logs", partitions: 1, replicationFactor: 3, minInsyncReplicas: 2,
                    configuration: configuration)
            ], by: admin)
        driver.run(for: .seconds(1))
        let topic = driver.topic("logs")
        let place = TopicPartition(topic, 0)
        let members = driver.cluster.replicas(of: place)
        let producer = driver.producer(idempotent + [("linger.ms", "0")])
        for tag in 0..<20 as Range<UInt64> {
            driver.produce(tag, to: topic, by: producer)
            driver.run(for: .milliseconds(50))
            if tag == 9 {
                driver.run(for: .seconds(1))
                driver.crash(members[2])
                driver.run(for: .seconds(6))
            }
        }
        driver.run(for: .seconds(1))
        driver.crash(members[1])
        driver.run(for: .seconds(6))
        driver.crash(members[0])
        driver.run(for: .seconds(6))
        driver.restart(members[2])
        driver.run(for: .seconds(10))
        return (driver, place, members)
    }

    @Test("Without unclean election, nobody leads before somebody who has everything is back; nothing is lost")
    func clean() {
        var (driver, place, members) = twoOfThreeGone(isUncleanAllowed: false)
        #expect(driver.cluster.leader(of: place) == nil)
        driver.restart(members[1])
        driver.restart(members[0])
        driver.run(for: .seconds(15))
        #expect(driver.cluster.leader(of: place) != nil)
        #expect(losses(driver, place).isEmpty)
        #expect(driver.tags(place.topic, 0) == Array(0..<20))
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("With unclean election, any live replica leads; what it lacks is lost, which is seen")
    func unclean() {
        var (driver, place, members) = twoOfThreeGone(isUncleanAllowed: true)
        #expect(driver.cluster.leader(of: place) == members[2])
        #expect(losses(driver, place) == [[10, 20]])
        let producer = driver.producer([("linger.ms", "0")])
        for member in members.prefix(2) { driver.restart(member) }
        driver.run(for: .seconds(15))
        driver.produce(50, to: place.topic, by: producer)
        driver.run(for: .seconds(5))
        // The others have taken back what they alone had.
        #expect(driver.tags(place.topic, 0) == Array(0..<10) + [50])
        #expect(driver.cluster.inSyncReplicas(of: place).count == 3)
        for member in members.prefix(2) {
            #expect(
                driver.observations.contains {
                    if case .truncated(place, member, 20, 10) = $0 { true } else { false }
                })
        }
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("An administrator can ask for an unclean election where there is no leader, and only there")
    func askedFor() {
        var (driver, place, members) = twoOfThreeGone(isUncleanAllowed: false)
        let admin = driver.admin()
        func ask(_ partition: TopicPartition, _ tag: UInt64) -> [ErrorCode]? {
            driver.act { $0.electLeaders([partition], .unclean, tag: tag, by: admin, at: $1, into: &$2) }
            driver.run(for: .seconds(1))
            return driver.adminResults[tag]?.map(\.error)
        }
        #expect(ask(TopicPartition(place.topic, 9), 10) == [.unknownTopicOrPartition])
        driver.crash(members[2])
        driver.run(for: .seconds(5))
        // Of five brokers, three are down: without a majority, nobody decides.
        driver.restart(members[2])
        driver.run(for: .seconds(10))
        #expect(ask(place, 11) == [.none])
        #expect(driver.cluster.leader(of: place) == members[2])
        #expect(ask(place, 12) == [.electionNotNeeded])
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("Preferred leaders are elected on request, if they are in sync")
    func preferred() {
        var driver = Driver(partitions: 1) { $0.brokerSessionTimeout = .seconds(3) }
        let admin = driver.admin()
        let place = place
        driver.run(for: .seconds(1))
        let preferred = driver.leader()!
        func ask(_ tag: UInt64) -> [ErrorCode]? {
            driver.act { $0.electLeaders([place], .preferred, tag: tag, by: admin, at: $1, into: &$2) }
            driver.run(for: .seconds(1))
            return driver.adminResults[tag]?.map(\.error)
        }
        #expect(ask(1) == [.electionNotNeeded])
        driver.crash(preferred)
        driver.run(for: .seconds(8))
        #expect(ask(2) == [.preferredLeaderNotAvailable])
        driver.restart(preferred)
        driver.run(for: .seconds(10))
        #expect(driver.leader() != preferred)
        #expect(ask(3) == [.none])
        #expect(driver.leader() == preferred)
    }

    @Test("Leaders and the controller move under load, again and again, and nothing is lost or out of order")
    func moving() {
        var driver = Driver(partitions: 1)
        let producer = driver.producer(idempotent)
        driver.run(for: .seconds(1))
        for tag in 0..<400 as Range<UInt64> {
            driver.produce(tag, by: producer)
            driver.run(for: .milliseconds(10))
            if tag % 40 == 20 {
                let next = (driver.leader()! + 1) % 3
                let isMoved = driver.act { $0.moveLeader(of: place, to: next, at: $1, into: &$2) }
                #expect(isMoved)
                #expect(driver.leader() == next)
            }
            if tag % 100 == 50 {
                let old = driver.cluster.controller
                let isMoved = driver.act { $0.moveController(at: $1, into: &$2) }
                #expect(isMoved)
                #expect(driver.cluster.controller != old)
            }
        }
        driver.run(for: .seconds(20))
        #expect(driver.delivered.count == 400)
        #expect(driver.log(0) == Array(0..<400))
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("Leadership does not move to a broker that is not in sync")
    func refusedMove() {
        var driver = Driver(partitions: 1) { $0.brokerSessionTimeout = .seconds(3) }
        driver.run(for: .seconds(1))
        let leader = driver.leader()!
        let other = (leader + 1) % 3
        driver.crash(other)
        driver.run(for: .seconds(6))
        for target in [other, leader] {
            let isMoved = driver.act { $0.moveLeader(of: place, to: target, at: $1, into: &$2) }
            #expect(!isMoved)
        }
        #expect(driver.leader() == leader)
    }

    @Test("A producer with acks=0 finds the new leader: the old one closes the connection")
    func withoutAcknowledgement() {
        var driver = Driver(partitions: 1)
        let producer = driver.producer([("acks", "0"), ("linger.ms", "0")])
        driver.run(for: .seconds(1))
        driver.produce(1, by: producer)
        driver.run(for: .seconds(1))
        let next = (driver.leader()! + 1) % 3
        driver.act { $0.moveLeader(of: place, to: next, at: $1, into: &$2) }
        driver.run(for: .seconds(1))
        driver.produce(2, by: producer)
        driver.run(for: .seconds(2))
        driver.produce(3, by: producer)
        driver.run(for: .seconds(1))
        // The second one was lost, and nobody knows.
        #expect(driver.delivered.count == 3)
        #expect(driver.log(0) == [1, 3])
    }
}
