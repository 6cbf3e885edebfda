import Kafka
import Simulation
import Testing

@testable import VirtualKafka

@Suite("Rebalance protocols")
struct RebalanceTests {
    private func strategy(_ names: String) -> [(name: String, value: String)] {
        [("partition.assignment.strategy", names)]
    }

    private let cooperative: [(name: String, value: String)] = [
        ("partition.assignment.strategy", "cooperative-sticky")
    ]

    @Test("The group uses what all support and most prefer")
    func votes() {
        var driver = Driver(partitions: 4)
        let all = ["roundrobin", "range,roundrobin", "range,roundrobin"].map { driver.consumer(strategy($0)).client }
        driver.run(for: .seconds(10))
        #expect(Set(driver.shares(all)) == [[0, 3], [1], [2]])
    }

    @Test("Who has nothing in common with the group is told, and gets in when the others are gone")
    func inconsistent() {
        var driver = Driver(partitions: 2)
        let (a, _) = driver.consumer(strategy("range"))
        driver.run(for: .seconds(5))
        let (b, _) = driver.consumer(strategy("roundrobin"))
        driver.run(for: .seconds(10))
        #expect(Set(driver.errors.map(\.error)) == [.inconsistentGroupProtocol])
        #expect(driver.errors.allSatisfy { $0.client == b } && driver.errors.count >= 9)
        #expect(driver.shares([a, b]) == [[0, 1], []])
        driver.act { $0.close(a, at: $1, into: &$2) }
        driver.run(for: .seconds(10))
        #expect(driver.shares([b]) == [[0, 1]])
    }

    @Test("Cooperative and other strategies do not mix, and unknown ones are refused")
    func properties() {
        #expect(throws: PropertyError.self) {
            try ClientProperties([("partition.assignment.strategy", "range,cooperative-sticky")])
        }
        #expect(throws: PropertyError.self) { try ClientProperties([("partition.assignment.strategy", "sticky")]) }
        #expect(throws: PropertyError.self) { try ClientProperties([("partition.assignment.strategy", "")]) }
        let both = try? ClientProperties([("partition.assignment.strategy", "roundrobin, range")])
        #expect(both?.assignmentStrategies == [.roundRobin, .range])
    }

    @Test("Cooperative: a newcomer takes over some partitions, and the others are read on without a break")
    func newcomer() {
        var driver = Driver(partitions: 4)
        let producer = driver.producer()
        let (a, _) = driver.consumer(cooperative + [("enable.auto.commit", "true")])
        driver.run(for: .seconds(6))
        #expect(driver.assignments.map(\.partitions.count) == [4])
        let (b, _) = driver.consumer(cooperative + [("enable.auto.commit", "true")])
        for tag in 0..<200 as Range<UInt64> {
            driver.produce(tag, key: "\(tag)", by: producer)
            driver.run(for: .milliseconds(50))
        }
        #expect(driver.shares([a, b]).map(\.count) == [2, 2])
        #expect(driver.revocations.map(\.client) == [a])
        #expect(driver.revoked.map(\.count) == [2])
        // What stays is not assigned again.
        let kept = driver.cluster.assignment(of: a)
        let given = driver.assignments.dropFirst().filter { $0.client == a }.flatMap(\.partitions)
        #expect(given.isEmpty)
        let offsets = driver.received.filter { $0.client == a && $0.records[0].partition == kept[0] }
            .flatMap { $0.records.map(\.offset) }
        #expect(offsets == Array(0..<Int64(offsets.count)))
        #expect(driver.received.reduce(0) { $0 + $1.records.count } == 200)
    }

    @Test("Cooperative: what leaves is read by nobody until the application has let it go")
    func slowRevocation() {
        var driver = Driver(partitions: 2)
        driver.completesRevocations = false
        let (a, _) = driver.consumer(cooperative)
        driver.run(for: .seconds(6))
        let (b, _) = driver.consumer(cooperative)
        driver.run(for: .seconds(10))
        #expect(driver.revoked.map(\.count) == [1])
        #expect(driver.shares([b]) == [[]])
        driver.act { $0.completeRevocation(by: a, at: $1, into: &$2) }
        driver.run(for: .seconds(5))
        #expect(driver.shares([a, b]).map(\.count) == [1, 1])
    }

    @Test("Cooperative: who is put out loses everything, and comes back")
    func zombie() {
        var driver = Driver(partitions: 4)
        let (a, nodeA) = driver.consumer(cooperative)
        let (b, _) = driver.consumer(cooperative)
        driver.run(for: .seconds(12))
        driver.act { $0.setFrozen(node: nodeA, true, at: $1, into: &$2) }
        driver.run(for: .seconds(15))
        #expect(driver.shares([b]).map(\.count) == [4])
        driver.act { $0.setFrozen(node: nodeA, false, at: $1, into: &$2) }
        driver.run(for: .seconds(12))
        #expect(driver.revocations.filter { $0.client == a && $0.lost }.count == 1)
        #expect(driver.shares([a, b]).map(\.count) == [2, 2])
    }

    @Test("Cooperative: an application that does not poll is left behind and comes back")
    func notPolling() {
        var driver = Driver(partitions: 4)
        let properties = cooperative + [(name: "max.poll.interval.ms", value: "10000")]
        let (a, _) = driver.consumer(properties)
        driver.run(for: .seconds(6))
        driver.setPolling(false, by: a)
        let (b, _) = driver.consumer(properties)
        driver.run(for: .seconds(20))
        #expect(driver.shares([a, b]).map(\.count) == [0, 4])
        driver.setPolling(true, by: a)
        driver.run(for: .seconds(10))
        #expect(driver.shares([a, b]).map(\.count) == [2, 2])
    }

    @Test("A topic that gets more partitions is distributed anew", arguments: ["range", "cooperative-sticky"])
    func growth(name: String) {
        var driver = Driver(partitions: 2)
        let properties = strategy(name) + [(name: "topic.metadata.refresh.interval.ms", value: "10000")]
        let members = [driver.consumer(properties).client, driver.consumer(properties).client]
        driver.run(for: .seconds(10))
        let node = driver.cluster.network.addNode("admin")
        let admin = driver.act { $0.addAdmin(on: node, properties: ClientProperties(), at: $1, into: &$2) }
        driver.act { $0.createPartitions(Driver.orders, total: 6, tag: 1, by: admin, at: $1, into: &$2) }
        driver.run(for: .seconds(40))
        #expect(driver.shares(members).map(\.count) == [3, 3])
    }

    @Test("A topic that appears is read by those who subscribed to it before")
    func appearance() {
        var driver = Driver(partitions: 2)
        let later = driver.cluster.topicID(named: "later")
        let node = driver.cluster.network.addNode("consumer")
        let properties = try! ClientProperties([
            ("group.id", "shipping"), ("topic.metadata.refresh.interval.ms", "5000"),
        ])
        let consumer = driver.act {
            $0.addConsumer(on: node, topics: [Driver.orders, later], properties: properties, at: $1, into: &$2)
        }
        driver.run(for: .seconds(8))
        #expect(driver.cluster.assignment(of: consumer).count == 2)
        let admin = driver.act { $0.addAdmin(on: node, properties: ClientProperties(), at: $1, into: &$2) }
        let topic = TopicSpecification(name: "later", partitions: 3, replicationFactor: 3, minInsyncReplicas: 2)
        driver.act { $0.createTopics([topic], tag: 1, by: admin, at: $1, into: &$2) }
        driver.run(for: .seconds(20))
        #expect(driver.cluster.assignment(of: consumer).count == 5)
    }
}
