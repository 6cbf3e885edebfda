import Harness
import Kafka
import Live
import RdKafka

/// A Kafka cluster that belongs to somebody else.
final class KafkaTarget: LiveTarget {
    let kind = RunTarget.kafka
    let brokers: String
    private let admin: Admin
    private var topics: LiveTopics?
    private static let patience = Swift.Duration.seconds(30)

    init(brokers: String) throws {
        self.brokers = brokers
        admin = try Admin(ClientProperties(), brokers: brokers)
    }

    func unmetNeeds(of scenario: Scenario) -> [String] { Needs.ofEveryTarget(scenario) }

    func refusal(of fault: FaultAction) -> String? {
        switch fault {
        case .crashBroker, .crashController, .slowDisk, .pauseBroker: "the brokers belong to somebody else"
        case .moveLeader, .moveCoordinator: "who leads is the cluster's own business"
        default: fault.generalRefusal
        }
    }

    func createTopics(of cast: LiveCast, named topics: LiveTopics, cluster: ClusterOptions) throws -> [String] {
        self.topics = topics
        let wanted = cast.topics.all.map { topic in
            NewTopic(
                topics.name(of: topic), partitions: Int32(cast.partitions[Int(topic.rawValue)]),
                replicationFactor: Int32(cluster.replicationFactor),
                configuration: [
                    (name: "min.insync.replicas", value: "\(cluster.minInsyncReplicas)"),
                    (name: "unclean.leader.election.enable", value: "\(cluster.uncleanLeaderElection)"),
                ])
        }
        return try admin.createTopics(wanted, within: Self.patience).compactMap { topic, failure in
            failure.map { "the cluster does not make the topic \(topic): \($0.reason)" }
        }
    }

    func removeTopics(of cast: LiveCast, named topics: LiveTopics) {
        _ = try? admin.deleteTopics(cast.topics.all.map(topics.name), within: Self.patience)
    }

    func begin(_ fault: FaultAction, isDrawn: Bool) throws -> String? {
        guard case .addPartitions(let topic, let total, _) = fault, let topics else {
            preconditionFailure("\(fault) is no fault of a cluster that belongs to somebody else")
        }
        let results = try admin.createPartitions(topics.prefix + topic, total: total, within: Self.patience)
        return results.compactMap(\.failure).first.map { "the cluster does not give the topic more: \($0.reason)" }
    }

    func end(_ fault: FaultAction) {}
}
