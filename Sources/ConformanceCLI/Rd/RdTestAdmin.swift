import Conformance
import Kafka
import RdKafka

final class RdTestAdmin: TestAdmin {
    private let admin: Admin
    private static let limit = Duration.seconds(15)

    init(_ admin: Admin) { self.admin = admin }

    func close() { admin.close() }

    func createTopic(_ name: String, _ topic: TopicWish) throws {
        let results = try call { () throws(KafkaFailure) in
            try admin.createTopics([NewTopic(name, topic)], within: Self.limit)
        }
        if let failure = results.first?.failure { throw CallFailure(failure) }
    }

    func deleteTopics(_ names: [String]) throws {
        guard !names.isEmpty else { return }
        _ = try call { () throws(KafkaFailure) in try admin.deleteTopics(names, within: Self.limit) }
    }

    func createPartitions(_ topic: String, total: Int) throws {
        let results = try call { () throws(KafkaFailure) in
            try admin.createPartitions(topic, total: total, within: Self.limit)
        }
        if let failure = results.first?.failure { throw CallFailure(failure) }
    }

    func deleteRecords(_ partition: NamedPartition, before offset: Int64) throws -> Int64 {
        let results = try call { () throws(KafkaFailure) in
            try admin.deleteRecords(before: [(partition, offset)], within: Self.limit)
        }
        if let failure = results.first?.failure { throw CallFailure(failure) }
        return results.first?.offset ?? -1
    }

    func describeTopic(_ topic: String) throws -> TopicState {
        let found = try call { () throws(KafkaFailure) in try admin.describe(topic: topic, within: Self.limit) }
        return TopicState(
            leaders: found.leaders.map { $0.map { Int($0) } }, inSync: found.inSync.map { $0.map { Int($0) } })
    }

    func listGroups() throws -> [String] {
        try call { () throws(KafkaFailure) in try admin.listGroups(within: Self.limit) }
    }

    func describeGroup(_ group: String) throws -> GroupState {
        let found = try call { () throws(KafkaFailure) in try admin.describe(group: group, within: Self.limit) }
        if let failure = found.failure { throw CallFailure(failure) }
        return GroupState(state: found.state, shares: found.members.map(\.assignment.count).sorted())
    }
}

extension NewTopic {
    init(_ name: String, _ topic: TopicWish) {
        var configuration = topic.configuration.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        configuration.append((name: "min.insync.replicas", value: "\(topic.minInsyncReplicas)"))
        self.init(
            name, partitions: Int32(topic.partitions), replicationFactor: Int32(topic.replicationFactor),
            configuration: configuration)
    }
}
