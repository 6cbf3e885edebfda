import Kafka
import Simulation
import Testing
import VirtualKafka

@Suite("Static members")
struct StaticMemberTests {
    private func named(_ name: String) -> [(name: String, value: String)] {
        [("group.instance.id", name), ("session.timeout.ms", "10000")]
    }

    /// How often the group has begun a generation.
    private func generations(_ driver: Driver) -> Int {
        driver.observations.count { if case .generation = $0 { true } else { false } }
    }

    @Test("An instance that is back within its session has its partitions again, and nobody else notices")
    func restart() {
        var driver = Driver(partitions: 4)
        let (a, nodeA) = driver.consumer(named("a"))
        let (b, _) = driver.consumer(named("b"))
        driver.run(for: .seconds(10))
        let before = driver.shares([a, b])
        let count = generations(driver)
        driver.act { cluster, now, _ in cluster.kill(node: nodeA, at: now) }
        driver.run(for: .seconds(5))
        let (again, _) = driver.consumer(named("a"))
        driver.run(for: .seconds(5))
        #expect(driver.shares([again, b]) == before)
        #expect(generations(driver) == count)
        #expect(driver.revocations.isEmpty)
    }

    @Test("One that closes does not leave; when its session is over, the others get its partitions")
    func closing() {
        var driver = Driver(partitions: 4)
        let (a, _) = driver.consumer(named("a"))
        let (b, _) = driver.consumer(named("b"))
        driver.run(for: .seconds(10))
        driver.act { $0.close(a, at: $1, into: &$2) }
        driver.run(for: .seconds(6))
        #expect(driver.shares([b]).map(\.count) == [2])
        driver.run(for: .seconds(14))
        #expect(driver.shares([b]).map(\.count) == [4])
    }

    @Test("Of two under the same name, the older one is fenced for good")
    func fencing() {
        var driver = Driver(partitions: 2)
        let (a, _) = driver.consumer(named("a"))
        driver.run(for: .seconds(6))
        let (twin, _) = driver.consumer(named("a"))
        driver.run(for: .seconds(10))
        #expect(driver.fatal.map(\.client) == [a])
        #expect(driver.fatal.map(\.error) == [.fencedInstanceID])
        #expect(driver.revocations.map(\.lost) == [true])
        #expect(driver.shares([a, twin]) == [[], [0, 1]])
        driver.run(for: .seconds(30))
        #expect(driver.shares([a, twin]) == [[], [0, 1]])
        driver.commit([(TopicPartition(Driver.orders, 0), 1)], tag: 1, by: a)
        driver.run(for: .seconds(2))
        #expect(driver.committed.map(\.error) == [.fencedInstanceID])
        #expect(driver.committedOffset() == nil)
    }

    @Test("The group knows its static members after its coordinator has died")
    func failover() {
        for victim in 0..<3 {
            var driver = Driver(partitions: 4)
            let (a, nodeA) = driver.consumer(named("a"))
            let (b, _) = driver.consumer(named("b"))
            driver.run(for: .seconds(10))
            let before = driver.shares([a, b])
            driver.crash(victim)
            driver.run(for: .seconds(3))
            driver.act { cluster, now, _ in cluster.kill(node: nodeA, at: now) }
            driver.run(for: .seconds(3))
            let (again, _) = driver.consumer(named("a"))
            driver.run(for: .seconds(15))
            #expect(driver.shares([again, b]) == before)
            #expect(generations(driver) == 1)
        }
    }

    @Test("A static leader that is back does not assign: the group is led on by the next rebalance")
    func leader() {
        var driver = Driver(partitions: 4)
        let (a, nodeA) = driver.consumer(named("a"))
        driver.run(for: .seconds(6))
        driver.act { cluster, now, _ in cluster.kill(node: nodeA, at: now) }
        driver.run(for: .seconds(1))
        let (again, _) = driver.consumer(named("a"))
        driver.run(for: .seconds(3))
        #expect(driver.shares([again]) == [[0, 1, 2, 3]])
        let (b, _) = driver.consumer(named("b"))
        driver.run(for: .seconds(8))
        #expect(driver.shares([again, b]) == [[0, 1], [2, 3]])
        #expect(driver.fatal.isEmpty && a != again)
    }

    @Test("A rebalance while one is away: it keeps its share until its session is over")
    func rebalanceWhileAway() {
        var driver = Driver(partitions: 3)
        let properties = [(name: "max.poll.interval.ms", value: "10000")]
        let (_, nodeA) = driver.consumer(named("a") + properties)
        let (b, _) = driver.consumer(named("b") + properties)
        driver.run(for: .seconds(10))
        driver.act { cluster, now, _ in cluster.kill(node: nodeA, at: now) }
        let (c, _) = driver.consumer(named("c") + properties)
        driver.run(for: .seconds(8))
        let (again, _) = driver.consumer(named("a") + properties)
        driver.run(for: .seconds(15))
        #expect(driver.shares([again, b, c]) == [[0], [1], [2]])
    }

    @Test("An application that does not poll: its client does not leave, its session runs out")
    func notPolling() {
        var driver = Driver(partitions: 2)
        let properties = [(name: "max.poll.interval.ms", value: "10000")]
        let (a, _) = driver.consumer(named("a") + properties)
        let (b, _) = driver.consumer(named("b") + properties)
        driver.run(for: .seconds(10))
        driver.setPolling(false, by: a)
        driver.run(for: .seconds(14))
        #expect(driver.shares([b]).map(\.count) == [1])
        driver.run(for: .seconds(15))
        #expect(driver.shares([b]).map(\.count) == [2])
        driver.setPolling(true, by: a)
        #expect(driver.errors.map(\.error) == [.maxPollExceeded])
        driver.run(for: .seconds(10))
        #expect(driver.shares([a, b]).map(\.count) == [1, 1])
    }
}
