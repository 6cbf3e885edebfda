import Conformance
import Foundation
import Kafka
import RdKafka

/// A cluster that somebody else runs: topics are made as everybody makes them, and nothing is broken.
final class KafkaControl: ClusterControl {
    let bootstrapServers: String
    private let admin: RdTestAdmin
    private var topics: [String] = []
    /// How many brokers there are, at most 3: replication factors beyond that are cut.
    private let brokerCount: Int
    var brokers: [Int] { Array(1...brokerCount) }

    init(bootstrapServers: String) throws {
        self.bootstrapServers = bootstrapServers
        let servers = bootstrapServers
        admin = RdTestAdmin(
            try call { () throws(KafkaFailure) in try Admin(ClientProperties(), brokers: servers) })
        brokerCount = min(3, bootstrapServers.split(separator: ",").count)
    }

    func reasonToLack(_ ability: Ability) -> String? {
        switch ability {
        case .crash, .diskLoss, .lostAnswers: "its brokers are somebody else's"
        case .replication where brokerCount < 3: "name three brokers in ORRERY_KAFKA_BROKERS"
        default: nil
        }
    }

    func makeTopic(_ name: String, _ topic: TopicWish) throws {
        var topic = topic
        topic.replicationFactor = min(topic.replicationFactor, brokerCount)
        topic.minInsyncReplicas = min(topic.minInsyncReplicas, topic.replicationFactor)
        try admin.createTopic(name, topic)
        topics.append(name)
        // It is created when the controller says so; the brokers hear of it a little later.
        for _ in 0..<100 {
            let leaders = try? admin.describeTopic(name).leaders
            if leaders?.count == topic.partitions, leaders?.allSatisfy({ $0 != nil }) == true { return }
            Thread.sleep(forTimeInterval: 0.1)
        }
        throw Refused("topic \(name) has no leaders")
    }

    func noteGroup(_ group: String) {}
    func noteTransactionalID(_ id: String) {}
    func leader(of partition: NamedPartition) throws -> Int? {
        let leaders = try admin.describeTopic(partition.topic).leaders
        return Int(partition.number) < leaders.count ? leaders[Int(partition.number)] : nil
    }

    func coordinator(ofGroup group: String) throws -> Int? { throw NotApplicable("its brokers are somebody else's") }
    func coordinator(ofTransactionalID id: String) throws -> Int? {
        throw NotApplicable("its brokers are somebody else's")
    }
    func crash(_ broker: Int) throws { throw NotApplicable("its brokers are somebody else's") }
    func restart(_ broker: Int) throws { throw NotApplicable("its brokers are somebody else's") }
    func setAnswersLost(_ areLost: Bool) throws { throw NotApplicable("its brokers are somebody else's") }

    func shutDown() {
        try? admin.deleteTopics(topics)
        admin.close()
    }
}
