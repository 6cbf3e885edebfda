import Kafka
import Simulation
import VirtualKafka

final class VirtualTestAdmin: TestAdmin, NoticeListener {
    private let cluster: VirtualTestCluster
    let node: NodeID
    private var client = ClientID(rawValue: -1)
    private var results: [UInt64: [AdminResult]] = [:]
    private var nextTag: UInt64 = 1

    init(_ cluster: VirtualTestCluster, _ node: NodeID) {
        self.cluster = cluster
        self.node = node
        client = cluster.begin(self) { $0.addAdmin(on: node, properties: ClientProperties(), at: $1, into: &$2) }
    }

    func receive(_ notice: ClientNotice) {
        if case .adminCompleted(let tag, let answer) = notice { results[tag] = answer }
    }

    /// Asks for one thing and waits for what came of it.
    @discardableResult
    private func ask(
        _ body: (inout VirtualCluster, _ tag: UInt64, ClientID, Instant, inout KafkaOutput) -> Void
    ) throws -> AdminResult {
        let tag = nextTag
        nextTag += 1
        cluster.act { [client] in body(&$0, tag, client, $1, &$2) }
        let answer = try cluster.await(within: .seconds(60)) { results[tag] }
        guard let first = answer.first else { throw CallFailure(.unknownServerError) }
        if first.error != .none { throw CallFailure(first.error) }
        return first
    }

    func createTopic(_ name: String, _ topic: TopicWish) throws {
        let specification = try TopicSpecification(name, topic)
        try ask { $0.createTopics([specification], tag: $1, by: $2, at: $3, into: &$4) }
    }

    func createPartitions(_ topic: String, total: Int) throws {
        let id = cluster.topicID(topic)
        try ask { $0.createPartitions(id, total: total, tag: $1, by: $2, at: $3, into: &$4) }
    }

    func deleteRecords(_ partition: NamedPartition, before offset: Int64) throws -> Int64 {
        let place = cluster.partition(partition)
        return try ask { $0.deleteRecords([(place, before: offset)], tag: $1, by: $2, at: $3, into: &$4) }.lowWatermark
    }

    func describeTopic(_ topic: String) throws -> TopicState {
        let id = cluster.topicID(topic)
        return cluster.act { cluster, _, _ in
            let partitions = (0..<Int32(cluster.partitionCount(of: id))).map { TopicPartition(id, $0) }
            return TopicState(
                leaders: partitions.map { cluster.leader(of: $0) },
                inSync: partitions.map { cluster.inSyncReplicas(of: $0) })
        }
    }
    func listGroups() throws -> [String] {
        cluster.act { cluster, _, _ in cluster.groups.filter { cluster.describeGroup($0) != nil } }
    }

    /// A group that nobody knows is dead, as in Kafka's answers.
    func describeGroup(_ group: String) throws -> GroupState {
        cluster.act { cluster, _, _ in
            guard let found = cluster.describeGroup(group) else { return GroupState(state: "Dead", shares: []) }
            return GroupState(state: found.state.rawValue, shares: found.members.map(\.partitions.count).sorted())
        }
    }
}
