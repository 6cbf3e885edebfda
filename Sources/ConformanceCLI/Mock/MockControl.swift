import Conformance
import Kafka

/// The other end of a `mock-cluster` process. The mock moves no leaders and no coordinators: this does it instead, as
/// Kafka's controller would.
final class MockControl: ClusterControl {
    private let child: Child
    let bootstrapServers: String
    private static let numbers = [1, 2, 3]
    let brokers = MockControl.numbers

    private var running = Set(MockControl.numbers)
    private var leaders: [NamedPartition: Int] = [:]
    private var groups: [String: Int] = [:]
    private var transactionalIDs: [String: Int] = [:]

    init() throws {
        child = try Child(["mock-cluster", "--brokers", "\(Self.numbers.count)"])
        guard let address = child.readLine() else { throw Refused("the mock cluster does not start") }
        bootstrapServers = address
    }

    private func tell(_ order: MockOrder, _ arguments: Any...) throws {
        let text = ([order.rawValue] + arguments.map { "\($0)" }).joined(separator: " ")
        try child.write(text)
        let answer = child.readLine() ?? "the mock cluster has ended"
        guard answer == "ok" else { throw Refused("\(text): \(answer)") }
    }

    func reasonToLack(_ ability: Ability) -> String? {
        switch ability {
        case .adminRequests: "the mock answers no CreateTopics, CreatePartitions or DeleteRecords"
        case .groupRequests: "the mock answers no ListGroups or DescribeGroups"
        case .topicConfiguration: "topics of the mock have no configuration"
        case .replication: "the mock replicates nothing: all its brokers share one log for each partition"
        case .diskLoss: "the mock has no disks"
        default: nil
        }
    }

    // MARK: Topics and coordinators

    func makeTopic(_ name: String, _ topic: TopicWish) throws {
        try tell(.topic, name, topic.partitions, topic.replicationFactor)
        for number in 0..<Int32(topic.partitions) {
            let partition = NamedPartition(name, number)
            try lead(partition, Self.numbers[(leaders.count) % Self.numbers.count])
        }
    }

    private func lead(_ partition: NamedPartition, _ broker: Int) throws {
        leaders[partition] = broker
        try tell(.leader, partition.topic, partition.number, broker)
    }

    func noteGroup(_ group: String) {
        guard groups[group] == nil else { return }
        groups[group] = Self.numbers[groups.count % Self.numbers.count]
        try? tell(.coordinator, "group", group, groups[group] ?? 1)
    }

    func noteTransactionalID(_ id: String) {
        guard transactionalIDs[id] == nil else { return }
        transactionalIDs[id] = Self.numbers[transactionalIDs.count % Self.numbers.count]
        try? tell(.coordinator, "transaction", id, transactionalIDs[id] ?? 1)
    }

    func leader(of partition: NamedPartition) throws -> Int? { leaders[partition] }

    func coordinator(ofGroup group: String) throws -> Int? { groups[group] }

    func coordinator(ofTransactionalID id: String) throws -> Int? { transactionalIDs[id] }

    // MARK: Faults

    func crash(_ broker: Int) throws {
        running.remove(broker)
        try tell(.down, broker)
        guard let successor = running.min() else { return }
        for (partition, leader) in leaders.sorted(by: { $0.key < $1.key }) where leader == broker {
            try lead(partition, successor)
        }
        for (group, coordinator) in groups.sorted(by: { $0.key < $1.key }) where coordinator == broker {
            groups[group] = successor
            try tell(.coordinator, "group", group, successor)
        }
        for (id, coordinator) in transactionalIDs.sorted(by: { $0.key < $1.key }) where coordinator == broker {
            transactionalIDs[id] = successor
            try tell(.coordinator, "transaction", id, successor)
        }
    }

    func restart(_ broker: Int) throws {
        running.insert(broker)
        try tell(.up, broker)
    }

    /// An answer that takes ten minutes is lost: the client's timeout comes first.
    func setAnswersLost(_ areLost: Bool) throws { try tell(.roundTrip, areLost ? 600_000 : 0) }

    func shutDown() {
        try? tell(.end)
        child.finish()
    }
}
