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
        throw NotApplicable("no DeleteRecords yet")
    }

    func describeTopic(_ topic: String) throws -> TopicState { throw NotApplicable("no descriptions yet") }
    func listGroups() throws -> [String] { throw NotApplicable("no descriptions yet") }
    func describeGroup(_ group: String) throws -> GroupState { throw NotApplicable("no descriptions yet") }
}
