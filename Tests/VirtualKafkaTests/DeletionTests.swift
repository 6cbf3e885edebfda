import Kafka
import Simulation
import Testing
import VirtualKafka

extension Driver {
    mutating func deleteRecords(
        _ partition: TopicPartition, before offset: Int64, tag: UInt64 = 1, by admin: ClientID
    ) {
        act { $0.deleteRecords([(partition, before: offset)], tag: tag, by: admin, at: $1, into: &$2) }
    }

    /// A topic of one partition called `logs`, and what was appended to it one by one.
    static func withLogs(
        _ configuration: TopicConfiguration, records: UInt64, every pause: Duration = .milliseconds(100),
        configure: (inout ClusterConfiguration) -> Void = { _ in }
    ) -> (driver: Driver, place: TopicPartition, producer: ClientID) {
        var driver = Driver(configure: configure)
        let admin = driver.admin()
        let specification = TopicSpecification(
            name: "logs", partitions: 1, replicationFactor: 3, minInsyncReplicas: 2, configuration: configuration)
        driver.createTopics([specification], by: admin)
        driver.run(for: .seconds(1))
        let topic = driver.topic("logs")
        let producer = driver.producer(idempotent + [("linger.ms", "0")])
        for tag in 0..<records {
            driver.produce(tag, to: topic, by: producer)
            driver.run(for: pause)
        }
        return (driver, TopicPartition(topic, 0), producer)
    }
}

@Suite("Records are deleted")
struct DeletionTests {
    private let place = TopicPartition(Driver.orders, 0)

    private func filled(_ count: UInt64 = 20) -> (driver: Driver, admin: ClientID, producer: ClientID) {
        var driver = Driver(partitions: 1)
        let admin = driver.admin()
        let producer = driver.producer(idempotent + [("linger.ms", "0")])
        driver.run(for: .seconds(1))
        for tag in 0..<count {
            driver.produce(tag, by: producer)
            driver.run(for: .milliseconds(5))
        }
        driver.run(for: .seconds(2))
        return (driver, admin, producer)
    }

    @Test("DeleteRecords moves the beginning of the log on every replica, then answers")
    func deleteRecords() {
        var (driver, admin, _) = filled()
        driver.deleteRecords(place, before: 7, by: admin)
        driver.run(for: .seconds(2))
        #expect(driver.adminResults[1] == [AdminResult(subject: .partition(place), error: .none, lowWatermark: 7)])
        #expect(driver.log(0) == Array(7..<20))
        #expect(driver.cluster.logStartOffset(of: place) == 7)
        let moved = driver.observations.compactMap {
            if case .logStartMoved(place, let broker, 7) = $0 { broker } else { nil }
        }
        #expect(moved.sorted() == [0, 1, 2])
        // Less than that is nothing to do.
        driver.deleteRecords(place, before: 3, tag: 2, by: admin)
        driver.run(for: .seconds(2))
        #expect(driver.adminResults[2]?.first?.error == ErrorCode.none)
        #expect(driver.adminResults[2]?.first?.lowWatermark == 7)
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("What cannot be deleted is refused")
    func refusals() {
        var (driver, admin, _) = filled()
        for (tag, partition, before, error) in [
            (1, place, 21, .offsetOutOfRange), (2, place, -2, .offsetOutOfRange), (3, place, 20, .none),
            (4, TopicPartition(Driver.orders, 5), 1, .unknownTopicOrPartition),
            (5, TopicPartition(driver.topic("__consumer_offsets"), 0), 0, .invalidTopic),
        ] as [(UInt64, TopicPartition, Int64, ErrorCode)] {
            driver.deleteRecords(partition, before: before, tag: tag, by: admin)
            driver.run(for: .seconds(2))
            #expect(driver.adminResults[tag]?.map(\.error) == [error], "case \(tag)")
        }
        #expect(driver.log(0) == [])
    }

    @Test("-1 deletes everything that is committed; the log goes on where it was")
    func everything() {
        var (driver, admin, producer) = filled()
        driver.deleteRecords(place, before: -1, by: admin)
        driver.run(for: .seconds(2))
        #expect(driver.adminResults[1]?.first?.lowWatermark == 20)
        driver.produce(20, by: producer)
        driver.run(for: .seconds(1))
        #expect(driver.delivered[20]?.offset == 20)
        #expect(driver.log(0) == [20])
        // A change of the leader on a log that has lost all of its first epoch.
        driver.crash(driver.leader()!)
        driver.run(for: .seconds(15))
        driver.produce(21, by: producer)
        driver.run(for: .seconds(5))
        #expect(driver.log(0) == [20, 21])
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("A follower that does not delete keeps DeleteRecords waiting, but not once it is fenced")
    func waitsForFollowers() {
        var (driver, admin, _) = filled()
        let leader = driver.leader()!
        let follower = (0..<3).first { $0 != leader && $0 != driver.cluster.controller }!
        driver.cut(.broker(leader), .broker(follower))
        driver.deleteRecords(place, before: 7, by: admin)
        driver.run(for: .seconds(5))
        #expect(driver.adminResults[1] == nil)
        driver.crash(follower)
        driver.run(for: .seconds(15))
        #expect(driver.adminResults[1]?.map(\.error) == [.none])
    }

    @Test("A follower that has missed what was deleted begins again where the leader's log begins")
    func followerStartsOver() {
        var (driver, admin, producer) = filled()
        let leader = driver.leader()!
        let follower = (leader + 1) % 3
        driver.crash(follower)
        driver.run(for: .seconds(12))
        for tag in 20..<40 as Range<UInt64> { driver.produce(tag, by: producer) }
        driver.run(for: .seconds(2))
        let end = driver.cluster.highWatermark(of: place)
        driver.deleteRecords(place, before: end - 3, by: admin)
        driver.run(for: .seconds(2))
        #expect(driver.adminResults[1]?.map(\.error) == [.none])
        driver.restart(follower)
        driver.run(for: .seconds(20))
        #expect(
            driver.observations.contains {
                if case .truncated(place, follower, 20, let start) = $0 { start == end - 3 } else { false }
            })
        #expect(driver.cluster.checkInvariants() == [])
        // It has all that is left: it can lead alone with the third one gone.
        driver.crash(leader)
        driver.run(for: .seconds(15))
        driver.produce(40, by: producer)
        driver.run(for: .seconds(5))
        #expect(driver.log(0) == [37, 38, 39, 40])
    }

    @Test(
        "A consumer whose position was deleted goes on where auto.offset.reset says", arguments: ["earliest", "latest"])
    func consumerOutOfRange(reset: String) {
        var (driver, admin, producer) = filled()
        driver.deleteRecords(place, before: 12, by: admin)
        driver.run(for: .seconds(2))
        let (consumer, _) = driver.consumer(group: "late", [("auto.offset.reset", reset)])
        driver.run(for: .seconds(8))
        driver.commit([(place, 3)], tag: 1, by: consumer)
        driver.run(for: .seconds(2))
        driver.act { $0.close(consumer, at: $1, into: &$2) }
        driver.received = []
        _ = driver.consumer(group: "late", [("auto.offset.reset", reset)])
        driver.run(for: .seconds(10))
        driver.produce(20, by: producer)
        driver.run(for: .seconds(3))
        let tags = driver.received.flatMap { $0.records }.map { Driver.tag(of: $0.record) }
        #expect(tags == (reset == "earliest" ? Array(12...20) : [20]))
    }

    // MARK: Retention

    @Test("Retention by size keeps a partition small, on every replica")
    func retentionBySize() {
        var configuration = TopicConfiguration()
        configuration.segmentBytes = 300
        configuration.retentionBytes = 1_000
        var (driver, place, _) = Driver.withLogs(configuration, records: 200) {
            $0.logRetentionCheckInterval = .seconds(5)
        }
        driver.run(for: .seconds(12))
        let kept = driver.tags(place.topic, 0)
        #expect(kept.last == 199)
        #expect((30...60).contains(kept.count))
        #expect(kept == Array(kept[0]...199))
        #expect(driver.cluster.logStartOffset(of: place) == Int64(kept[0]))
        #expect(driver.cluster.checkInvariants() == [])
        #expect(driver.delivered.count == 200)
    }

    @Test("Retention by time deletes what is old, at last everything")
    func retentionByTime() {
        var configuration = TopicConfiguration()
        configuration.segmentTime = .seconds(2)
        configuration.retention = .seconds(10)
        var (driver, place, producer) = Driver.withLogs(configuration, records: 300) {
            $0.logRetentionCheckInterval = .seconds(1)
        }
        let kept = driver.tags(place.topic, 0)
        #expect((90...135).contains(kept.count))
        driver.run(for: .seconds(20))
        #expect(driver.tags(place.topic, 0) == [])
        #expect(driver.cluster.logStartOffset(of: place) == 300)
        // An idempotent producer whose records are all gone is still known.
        driver.produce(300, to: place.topic, by: producer)
        driver.run(for: .seconds(1))
        #expect(driver.delivered[300]?.offset == 300)
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("A producer that was silent for so long that it was forgotten goes on")
    func forgottenProducer() {
        var (driver, place, producer) = Driver.withLogs(TopicConfiguration(), records: 5) {
            $0.producerIDExpiration = .seconds(60)
            $0.producerIDExpirationCheckInterval = .seconds(10)
        }
        driver.run(for: .seconds(100))
        driver.produce(5, to: place.topic, by: producer)
        driver.run(for: .seconds(1))
        #expect(driver.delivered[5]?.offset == 5)
    }

    @Test("Timestamps of applications are any numbers, also where records grow old", arguments: [Int64.min, -1, .max])
    func strangeTimestamps(timestamp: Int64) {
        var driver = Driver(partitions: 1) {
            $0.logRetention = .seconds(10)
            $0.logSegmentTime = .seconds(5)
            $0.logRetentionCheckInterval = .seconds(5)
        }
        let producer = driver.producer()
        for tag in 0..<4 as Range<UInt64> {
            let record = Record(key: nil, value: [], timestampMilliseconds: timestamp)
            driver.act { $0.produce(record, to: Driver.orders, tag: tag, by: producer, at: $1, into: &$2) }
            driver.run(for: .seconds(10))
        }
        driver.run(for: .seconds(30))
        let start = driver.cluster.logStartOffset(of: TopicPartition(Driver.orders, 0))
        #expect(timestamp == .max ? start == 0 : start > 0)
    }
}
