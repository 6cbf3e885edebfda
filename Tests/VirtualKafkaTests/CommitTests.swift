import Kafka
import Simulation
import Testing
import VirtualKafka

@Suite("Commits")
struct CommitTests {
    private let first = TopicPartition(Driver.orders, 0)

    @Test("A consumer that is told what to read commits to a group that nobody is in")
    func withoutMembership() {
        var driver = Driver(partitions: 1)
        driver.fill(5)
        let reader = driver.reader(group: "shipping")
        driver.commit([(first, 3)], tag: 1, by: reader)
        driver.run(for: .seconds(2))
        #expect(driver.committed.map(\.error) == [.none])
        #expect(driver.committedOffset() == 3)
        driver.assign([(0, .committed)], by: reader)
        driver.run(for: .seconds(2))
        #expect(driver.offsets(of: reader) == [3, 4])
    }

    @Test("In a group with members it is not one of them")
    func foreigner() {
        var driver = Driver(partitions: 1)
        _ = driver.consumer()
        let reader = driver.reader(group: "shipping")
        driver.run(for: .seconds(10))
        driver.commit([(first, 3)], tag: 1, by: reader)
        driver.run(for: .seconds(2))
        #expect(driver.committed.map(\.error) == [.unknownMemberID])
        #expect(driver.committedOffset() == nil)
    }

    @Test("What the group has committed can be asked for, -1 where there is nothing")
    func asking() {
        var driver = Driver(partitions: 2)
        let reader = driver.reader(group: "shipping")
        driver.commit([(first, 3)], tag: 1, by: reader)
        driver.run(for: .seconds(2))
        let both = [first, TopicPartition(Driver.orders, 1)]
        driver.act { $0.fetchCommitted(both, tag: 2, by: reader, at: $1, into: &$2) }
        driver.run(for: .seconds(1))
        #expect(driver.answers[2]?.map(\.offset) == [3, -1])
    }

    @Test("The background commits what was handed over, at its interval")
    func automatic() {
        var driver = Driver(partitions: 1)
        driver.fill(5)
        _ = driver.consumer([("enable.auto.commit", "true"), ("auto.commit.interval.ms", "2000")])
        driver.run(for: .seconds(4))
        #expect(driver.committedOffset() == nil)
        driver.run(for: .seconds(2))
        #expect(driver.committedOffset() == 5)
        #expect(driver.committed.isEmpty)
    }

    @Test("What waits for the application to poll is not committed by the background")
    func notYetSeen() {
        var driver = Driver(partitions: 1)
        let (a, _) = driver.consumer([("enable.auto.commit", "true"), ("auto.commit.interval.ms", "100")])
        driver.run(for: .seconds(5))
        driver.setPolling(false, by: a)
        driver.fill(5)
        driver.run(for: .seconds(3))
        #expect(driver.committedOffset() == nil)
        driver.setPolling(true, by: a)
        driver.run(for: .seconds(1))
        #expect(driver.committedOffset() == 5)
    }

    @Test("Without `enable.auto.offset.store` the background commits what the application says")
    func stored() {
        var driver = Driver(partitions: 1)
        driver.fill(5)
        let properties = [
            ("enable.auto.commit", "true"), ("auto.commit.interval.ms", "100"), ("enable.auto.offset.store", "false"),
        ]
        let (a, _) = driver.consumer(properties.map { (name: $0.0, value: $0.1) })
        driver.run(for: .seconds(6))
        #expect(driver.committedOffset() == nil)
        let place = first
        driver.act { $0.storeOffsets([(place, 2)], by: a, at: $1, into: &$2) }
        driver.run(for: .seconds(1))
        #expect(driver.committedOffset() == 2)
    }

    @Test("A commit without offsets commits what is stored, or says that there is nothing")
    func withoutOffsets() {
        var driver = Driver(partitions: 1)
        let (a, _) = driver.consumer()
        driver.run(for: .seconds(5))
        driver.act { $0.commitStored(tag: 1, by: a, at: $1, into: &$2) }
        #expect(driver.committed.map(\.error) == [.noOffset])
        driver.fill(4)
        driver.act { $0.commitStored(tag: 2, by: a, at: $1, into: &$2) }
        driver.run(for: .seconds(1))
        #expect(driver.committedOffset() == 4)
    }

    @Test(
        "A consumer that closes commits what is stored, if it commits in the background at all",
        arguments: [true, false])
    func closing(isAutomatic: Bool) {
        var driver = Driver(partitions: 1)
        driver.fill(5)
        let (a, _) = driver.consumer([("enable.auto.commit", isAutomatic ? "true" : "false")])
        driver.run(for: .seconds(4))
        #expect(driver.offsets(of: a).count == 5)
        driver.act { $0.close(a, at: $1, into: &$2) }
        driver.run(for: .seconds(1))
        #expect(driver.committedOffset() == (isAutomatic ? 5 : nil))
    }

    @Test("Partitions that are given up are committed before somebody else reads them")
    func handover() {
        var driver = Driver(partitions: 2)
        driver.fill(6)
        let properties: [(name: String, value: String)] = [
            ("enable.auto.commit", "true"), ("auto.commit.interval.ms", "60000"), ("max.poll.interval.ms", "60000"),
        ]
        _ = driver.consumer(properties)
        driver.run(for: .seconds(5))
        _ = driver.consumer(properties)
        driver.run(for: .seconds(10))
        #expect(driver.received.reduce(0) { $0 + $1.records.count } == 6)
    }

    @Test("After a seek backwards the background commits nothing until it has been passed again")
    func seekBack() {
        var driver = Driver(partitions: 1)
        driver.fill(5)
        let (a, _) = driver.consumer([("enable.auto.commit", "true"), ("auto.commit.interval.ms", "100")])
        driver.run(for: .seconds(5))
        #expect(driver.committedOffset() == 5)
        driver.seek(to: 2, by: a)
        driver.run(for: .milliseconds(400))
        #expect(driver.committedOffset() == 5)
        driver.fill(1, from: 5)
        #expect(driver.committedOffset() == 6)
    }

    @Test("A consumer that closes sends the commits that wait for one before them")
    func closingWithCommits() {
        var driver = Driver(partitions: 1)
        let (a, _) = driver.consumer()
        driver.run(for: .seconds(4))
        let place = TopicPartition(Driver.orders, 0)
        for offset in 1...3 as ClosedRange<Int64> { driver.commit([(place, offset)], tag: UInt64(offset), by: a) }
        driver.act { $0.close(a, at: $1, into: &$2) }
        driver.run(for: .seconds(1))
        #expect(driver.committedOffset() == 3)
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("A member whose application takes its time to give something up has nothing to do meanwhile")
    func slowRevocation() {
        var driver = Driver(partitions: 2)
        driver.completesRevocations = false
        _ = driver.consumer([("enable.auto.commit", "true")])
        driver.run(for: .seconds(5))
        _ = driver.consumer()
        driver.run(for: .seconds(10))
        #expect(driver.revocations.count == 1)
        let before = driver.events
        driver.run(for: .seconds(60))
        #expect(driver.revocations.count == 1)
        // Brokers tick twice a second and fetch from each other; a clock that is looked at every 10 ms comes to 6,000.
        #expect(driver.events - before < 4_000)
    }
}
