import Kafka
import Simulation
import Testing
import VirtualKafka

/// KIP-62: heartbeats go on in the background; what shows that the application lives is that it polls.
@Suite("Polling")
struct PollingTests {
    private let interval: [(name: String, value: String)] = [("max.poll.interval.ms", "10000")]

    @Test("Who polls again in time notices nothing but a delay")
    func shortAbsence() {
        var driver = Driver(partitions: 1)
        let (a, _) = driver.consumer(interval)
        driver.run(for: .seconds(5))
        driver.setPolling(false, by: a)
        driver.fill(3)
        driver.run(for: .seconds(8))
        #expect(driver.received.isEmpty)
        driver.setPolling(true, by: a)
        #expect(driver.offsets(of: a) == [0, 1, 2])
        driver.run(for: .seconds(20))
        #expect(driver.revocations.isEmpty && driver.errors.isEmpty)
    }

    @Test("Who does not poll loses its partitions to others, is told when it polls, and joins again")
    func exceeded() {
        var driver = Driver(partitions: 2)
        let (a, _) = driver.consumer(interval)
        let (b, _) = driver.consumer(interval)
        driver.run(for: .seconds(10))
        driver.setPolling(false, by: a)
        driver.fill(4)
        driver.run(for: .seconds(8))
        #expect(driver.shares([a, b]).map(\.count) == [1, 1])
        driver.run(for: .seconds(7))
        #expect(driver.shares([a, b]).map(\.count) == [0, 2])
        #expect(driver.errors.isEmpty && !driver.revocations.contains { $0.client == a })
        driver.run(for: .seconds(60))
        #expect(driver.shares([a, b]).map(\.count) == [0, 2])
        driver.setPolling(true, by: a)
        #expect(driver.errors.map(\.error) == [.maxPollExceeded])
        #expect(driver.revocations.filter { $0.client == a }.map(\.lost) == [true])
        #expect(driver.offsets(of: a).isEmpty)
        driver.run(for: .seconds(10))
        #expect(driver.shares([a, b]).map(\.count) == [1, 1])
    }

    @Test("Its commits are refused while it is out of the group")
    func commitWhileOut() {
        var driver = Driver(partitions: 2)
        let (a, _) = driver.consumer(interval)
        _ = driver.consumer(interval)
        driver.run(for: .seconds(10))
        let held = driver.cluster.assignment(of: a)
        driver.setPolling(false, by: a)
        driver.run(for: .seconds(15))
        driver.commit([(held[0], 1)], tag: 1, by: a)
        driver.run(for: .seconds(1))
        #expect(driver.committed.map(\.error) == [.unknownMemberID])
    }

    @Test("A rebalance waits for an application that does not poll, at most for its poll interval")
    func rebalanceWaits() {
        var driver = Driver(partitions: 2)
        let (a, _) = driver.consumer(interval)
        driver.run(for: .seconds(5))
        driver.setPolling(false, by: a)
        driver.run(for: .seconds(2))
        let (b, _) = driver.consumer(interval)
        driver.run(for: .seconds(5))
        #expect(driver.revocations.isEmpty)
        #expect(driver.shares([a, b]).map(\.count) == [2, 0])
        driver.run(for: .seconds(8))
        #expect(driver.shares([a, b]).map(\.count) == [0, 2])
        driver.setPolling(true, by: a)
        #expect(driver.revocations.filter { $0.client == a }.map(\.lost) == [true])
    }

    @Test("A rebalance in time: the application is asked when it polls")
    func rebalanceInTime() {
        var driver = Driver(partitions: 2)
        let (a, _) = driver.consumer(interval)
        driver.run(for: .seconds(5))
        driver.setPolling(false, by: a)
        let (b, _) = driver.consumer(interval)
        driver.run(for: .seconds(5))
        driver.setPolling(true, by: a)
        #expect(driver.revocations.map(\.lost) == [false])
        driver.run(for: .seconds(5))
        #expect(driver.shares([a, b]).map(\.count) == [1, 1])
    }

    @Test("Nobody is put out of a group who was told what to read")
    func manualAssignment() {
        var driver = Driver(partitions: 1)
        let reader = driver.reader(group: "shipping", interval)
        driver.assign([(0, .beginning)], by: reader)
        driver.setPolling(false, by: reader)
        driver.fill(2)
        driver.run(for: .seconds(30))
        driver.setPolling(true, by: reader)
        #expect(driver.errors.isEmpty)
        #expect(driver.offsets(of: reader) == [0, 1])
    }

    @Test("No more is fetched ahead than `queued.min.messages`")
    func queueBound() {
        var driver = Driver(partitions: 1)
        let properties: [(name: String, value: String)] = [
            ("queued.min.messages", "2"), ("max.partition.fetch.bytes", "100"),
        ]
        let reader = driver.reader(group: nil, properties)
        driver.assign([(0, .beginning)], by: reader)
        driver.setPolling(false, by: reader)
        driver.fill(6, bytes: 200)
        driver.run(for: .seconds(3))
        let before = driver.now
        driver.setPolling(true, by: reader)
        #expect(driver.now == before)
        #expect(driver.offsets(of: reader) == [0, 1])
        driver.run(for: .seconds(1))
        #expect(driver.offsets(of: reader) == Array(0..<6))
    }

    @Test("What waits of a partition that is paused meanwhile is read when it is resumed")
    func pausedMeanwhile() {
        var driver = Driver(partitions: 2)
        let reader = driver.reader(group: nil, [("enable.partition.eof", "true")])
        driver.assign([(0, .beginning), (1, .beginning)], by: reader)
        driver.run(for: .seconds(1))
        driver.setPolling(false, by: reader)
        let producer = driver.producer()
        for tag in 0..<6 as Range<UInt64> { driver.produce(tag, to: Int32(tag % 2), by: producer) }
        driver.run(for: .seconds(2))
        driver.act { cluster, _, _ in cluster.pause([TopicPartition(Driver.orders, 0)], by: reader) }
        driver.ends = []
        driver.setPolling(true, by: reader)
        driver.run(for: .seconds(2))
        #expect(driver.consumed(by: reader) == [1, 3, 5])
        #expect(driver.ends.map(\.partition.partition) == [1])
        driver.act { $0.resume([TopicPartition(Driver.orders, 0)], by: reader, at: $1, into: &$2) }
        driver.run(for: .seconds(2))
        #expect(driver.consumed(by: reader) == [1, 3, 5, 0, 2, 4])
        #expect(driver.ends.map(\.partition.partition) == [1, 0])
    }
}
