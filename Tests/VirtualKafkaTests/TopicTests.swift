import Kafka
import Simulation
import Testing
import VirtualKafka

extension Driver {
    mutating func admin(_ properties: [(name: String, value: String)] = []) -> ClientID {
        let node = cluster.network.addNode("admin")
        let properties = try! ClientProperties(properties)
        return act { $0.addAdmin(on: node, properties: properties, at: $1, into: &$2) }
    }

    mutating func createTopics(_ topics: [TopicSpecification], tag: UInt64 = 1, by admin: ClientID) {
        act { $0.createTopics(topics, tag: tag, by: admin, at: $1, into: &$2) }
    }

    mutating func createPartitions(_ topic: TopicID, total: Int, tag: UInt64 = 1, by admin: ClientID) {
        act { $0.createPartitions(topic, total: total, tag: tag, by: admin, at: $1, into: &$2) }
    }

    mutating func produce(
        _ tag: UInt64, to topic: TopicID, partition: Int32? = nil, key: String? = nil, by producer: ClientID
    ) {
        let record = Record(key: key.map { Array($0.utf8) }, value: Array(String(tag).utf8))
        act { $0.produce(record, to: topic, partition: partition, tag: tag, by: producer, at: $1, into: &$2) }
    }

    mutating func topic(_ name: String) -> TopicID { cluster.topicID(named: name) }

    func tags(_ topic: TopicID, _ partition: Int32) -> [UInt64] {
        var tags: [UInt64] = []
        cluster.forEachCommittedRecord(in: TopicPartition(topic, partition)) { _, _, record in
            tags.append(Self.tag(of: record))
        }
        return tags
    }
}

@Suite("Topics come and grow")
struct TopicTests {
    @Test("A created topic takes records; a second one of that name is refused")
    func create() {
        var driver = Driver()
        let admin = driver.admin()
        let specification = TopicSpecification(name: "returns", partitions: 4, replicationFactor: 3)
        driver.createTopics([specification], by: admin)
        driver.run(for: .seconds(2))
        #expect(driver.adminResults[1] == [AdminResult(subject: .topic("returns"), error: .none)])
        let returns = driver.topic("returns")
        #expect(driver.cluster.partitionCount(of: returns) == 4)
        // Every broker leads one or two of them.
        let leaders = (0..<4).map { driver.cluster.leader(of: TopicPartition(returns, $0))! }
        #expect(Set(leaders).count == 3)

        driver.createTopics([specification], tag: 2, by: admin)
        let producer = driver.producer(idempotent)
        for tag in 0..<40 as Range<UInt64> { driver.produce(tag, to: returns, key: "\(tag)", by: producer) }
        driver.run(for: .seconds(2))
        #expect(driver.adminResults[2]?.map(\.error) == [.topicAlreadyExists])
        #expect(driver.delivered.count == 40)
        #expect((0..<4).flatMap { driver.tags(returns, $0) }.sorted() == Array(0..<40))
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test(
        "What cannot be created is refused with Kafka's errors",
        arguments: [
            (TopicSpecification(name: "none", partitions: 0, replicationFactor: 1), ErrorCode.invalidPartitions),
            (TopicSpecification(name: "none", partitions: -2, replicationFactor: 1), .invalidPartitions),
            (TopicSpecification(name: "wide", partitions: 1, replicationFactor: 4), .invalidReplicationFactor),
            (TopicSpecification(name: "wide", partitions: 1, replicationFactor: 0), .invalidReplicationFactor),
            (
                TopicSpecification(name: "lax", partitions: 1, replicationFactor: 1, minInsyncReplicas: 0),
                .invalidConfig
            ),
            (TopicSpecification(name: "vast", partitions: 10_001, replicationFactor: 1), .policyViolation),
            (TopicSpecification(name: "", partitions: 1, replicationFactor: 1), .invalidTopic),
            (TopicSpecification(name: "..", partitions: 1, replicationFactor: 1), .invalidTopic),
            (TopicSpecification(name: "a b", partitions: 1, replicationFactor: 1), .invalidTopic),
            (TopicSpecification(name: "ä", partitions: 1, replicationFactor: 1), .invalidTopic),
            (TopicSpecification(name: "__consumer.offsets", partitions: 1, replicationFactor: 1), .invalidTopic),
            (TopicSpecification(name: "__consumer_offsets", partitions: 1, replicationFactor: 1), .topicAlreadyExists),
            (TopicSpecification(name: String(repeating: "x", count: 250)), .invalidTopic),
            (TopicSpecification(name: String(repeating: "x", count: 249)), .none),
        ])
    func refusals(specification: TopicSpecification, error: ErrorCode) {
        var driver = Driver()
        let admin = driver.admin()
        driver.createTopics([specification], by: admin)
        driver.run(for: .seconds(1))
        #expect(driver.adminResults[1]?.map(\.error) == [error])
    }

    @Test("One request creates what it can; a topic that is in it twice is refused twice")
    func partly() {
        var driver = Driver()
        let admin = driver.admin()
        let names = ["a", "orders", "b", "b"]
        driver.createTopics(names.map { TopicSpecification(name: $0) }, by: admin)
        driver.run(for: .seconds(1))
        #expect(
            driver.adminResults[1]?.map(\.error) == [.none, .topicAlreadyExists, .invalidRequest, .invalidRequest])
    }

    @Test("A topic grows, never shrinks; its old records stay, and keys go over all partitions")
    func grow() {
        var driver = Driver(partitions: 2)
        let admin = driver.admin()
        let producer = driver.producer([("topic.metadata.refresh.interval.ms", "1000")])
        // Another topic's partitions lie between the old and the new ones.
        driver.createTopics([TopicSpecification(name: "between", partitions: 3)], by: admin)
        for tag in 0..<10 as Range<UInt64> { driver.produce(tag, key: "\(tag)", by: producer) }
        driver.run(for: .seconds(2))
        let before = driver.logs
        for (tag, total, error) in [(2, 2, .invalidPartitions), (3, 1, .invalidPartitions), (4, 5, .none)]
            as [(UInt64, Int, ErrorCode)]
        {
            driver.createPartitions(Driver.orders, total: total, tag: tag, by: admin)
            driver.run(for: .seconds(1))
            #expect(driver.adminResults[tag]?.map(\.error) == [error])
        }
        driver.run(for: .seconds(2))
        #expect(driver.cluster.partitionCount(of: Driver.orders) == 5)
        #expect(Array(driver.logs.prefix(2)) == before)
        for tag in 10..<60 as Range<UInt64> { driver.produce(tag, key: "\(tag)", by: producer) }
        driver.run(for: .seconds(2))
        #expect(driver.logs.allSatisfy { !$0.isEmpty })
        #expect(driver.logs.flatMap { $0 }.sorted() == Array(0..<60))
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("A topic that does not exist cannot grow")
    func growNothing() {
        var driver = Driver()
        let admin = driver.admin()
        driver.createPartitions(driver.topic("nothing"), total: 3, by: admin)
        driver.run(for: .seconds(1))
        #expect(driver.adminResults[1]?.map(\.error) == [.unknownTopicOrPartition])
    }

    @Test("New partitions survive a crash of their leader, and a broker that was down finds out about them")
    func newPartitionsFailOver() {
        var driver = Driver(partitions: 1) { $0.brokerSessionTimeout = .seconds(3) }
        let admin = driver.admin()
        let producer = driver.producer(idempotent)
        driver.run(for: .seconds(1))
        driver.crash(2)
        driver.run(for: .seconds(6))
        driver.createTopics(
            [TopicSpecification(name: "late", partitions: 6, replicationFactor: 3, minInsyncReplicas: 2)], by: admin)
        driver.run(for: .seconds(1))
        let late = driver.topic("late")
        // Who is down leads nothing.
        #expect((0..<6).allSatisfy { driver.cluster.leader(of: TopicPartition(late, $0)) != 2 })
        for tag in 0..<60 as Range<UInt64> { driver.produce(tag, to: late, key: "\(tag)", by: producer) }
        driver.run(for: .seconds(2))
        driver.restart(2)
        driver.run(for: .seconds(10))
        driver.crash(0)
        driver.run(for: .seconds(8))
        driver.crash(1)
        driver.restart(0)
        driver.run(for: .seconds(20))
        #expect((0..<6).flatMap { driver.tags(late, $0) }.sorted() == Array(0..<60))
        #expect(driver.cluster.checkInvariants() == [])
    }

    // MARK: Topics that nobody has created

    @Test("Producing to an unknown topic creates it with the brokers' defaults")
    func autoCreation() {
        var driver = Driver { $0.defaultPartitions = 3 }
        let producer = driver.producer()
        driver.run(for: .seconds(1))
        let fresh = driver.topic("fresh")
        driver.produce(1, to: fresh, partition: 2, by: producer)
        driver.produce(2, to: fresh, partition: 3, by: producer)
        driver.run(for: .seconds(3))
        #expect(driver.cluster.partitionCount(of: fresh) == 3)
        #expect(driver.tags(fresh, 2) == [1])
        #expect(driver.failed[2] == .unknownPartition)
        driver.produce(3, to: fresh, partition: 7, by: producer)
        #expect(driver.failed[3] == .unknownPartition)
    }

    @Test("Without auto-creation a message waits for its topic, then fails; the next one fails at once")
    func unknownTopic() {
        var driver = Driver { $0.isTopicAutoCreationEnabled = false }
        let producer = driver.producer([("topic.metadata.propagation.max.ms", "5000")])
        let topic = driver.topic("missing")
        driver.produce(1, to: topic, by: producer)
        driver.run(for: .milliseconds(4_900))
        #expect(driver.failed[1] == nil)
        driver.run(for: .milliseconds(300))
        #expect(driver.failed[1] == .unknownTopicOrPartition)
        driver.produce(2, to: topic, by: producer)
        #expect(driver.failed[2] == .unknownTopic)
        #expect(!driver.cluster.hasUnsentRecords(producer))
    }

    @Test("A message that waits for its topic is delivered when somebody creates it in time")
    func createdMeanwhile() {
        var driver = Driver { $0.isTopicAutoCreationEnabled = false }
        let producer = driver.producer()
        let admin = driver.admin()
        let topic = driver.topic("soon")
        for tag in 0..<3 as Range<UInt64> { driver.produce(tag, to: topic, by: producer) }
        driver.run(for: .seconds(10))
        driver.createTopics([TopicSpecification(name: "soon")], by: admin)
        driver.run(for: .seconds(2))
        #expect(driver.tags(topic, 0) == [0, 1, 2])
    }

    @Test("A name that is invalid fails its messages at once")
    func invalidName() {
        var driver = Driver()
        let producer = driver.producer()
        driver.produce(1, to: driver.topic("not a name"), by: producer)
        driver.run(for: .seconds(1))
        #expect(driver.failed[1] == .invalidTopic)
    }

    @Test("A message that waits for its topic longer than it may take to deliver times out")
    func timeout() {
        var driver = Driver { $0.isTopicAutoCreationEnabled = false }
        let producer = driver.producer([("message.timeout.ms", "2000")])
        driver.produce(1, to: driver.topic("missing"), by: producer)
        driver.run(for: .seconds(3))
        #expect(driver.failed[1] == .messageTimedOut)
    }

    // MARK: The administrator

    @Test("The controller dies: the administrator finds the next one")
    func controllerMoves() {
        var driver = Driver()
        let admin = driver.admin()
        driver.run(for: .seconds(1))
        driver.crash(driver.cluster.controller!)
        driver.run(for: .milliseconds(100))
        driver.createTopics([TopicSpecification(name: "a")], by: admin)
        driver.run(for: .seconds(20))
        #expect(driver.adminResults[1]?.map(\.error) == [.none])
        #expect(driver.cluster.partitionCount(of: driver.topic("a")) == 1)
    }

    @Test("Without a controller, the operation times out")
    func noController() {
        var driver = Driver()
        let admin = driver.admin([("socket.timeout.ms", "5000")])
        driver.run(for: .seconds(1))
        driver.crash(0)
        driver.crash(1)
        driver.run(for: .milliseconds(100))
        driver.createTopics([TopicSpecification(name: "a")], by: admin)
        driver.run(for: .seconds(10))
        #expect(driver.adminResults[1]?.map(\.error) == [.timedOut])
    }
}
