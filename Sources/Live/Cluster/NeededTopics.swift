import Kafka
import RdKafka

/// A topic that services need, under its name on the cluster.
public struct NeededTopic: Hashable, Sendable {
    public var name: String
    public var partitions: Int32

    public init(_ name: String, partitions: Int32) {
        self.name = name
        self.partitions = partitions
    }
}

/// The topics of a system on a cluster that keeps them.
public enum NeededTopics {
    /// How many brokers keep each record, where there are as many.
    public static let replication = 3

    /// Makes the topics that are missing; what stands in the way of some, a sentence each. Topics that are there are left
    /// as they are.
    public static func make(
        _ topics: [NeededTopic], with admin: Admin, within timeout: Duration
    ) throws(KafkaFailure) -> [String] {
        let known = Set(try admin.listTopics(within: timeout).map(\.name))
        let missing = topics.filter { !known.contains($0.name) }
        guard !missing.isEmpty else { return [] }
        let brokers = try admin.describeCluster(within: timeout).brokers.count
        let replication = Int32(min(replication, max(brokers, 1)))
        // An acknowledged record then survives one broker, and one broker may be away.
        let configuration = replication > 2 ? [(name: "min.insync.replicas", value: "2")] : []
        let results = try admin.createTopics(
            missing.map {
                NewTopic(
                    $0.name, partitions: $0.partitions, replicationFactor: replication, configuration: configuration)
            }, within: timeout)
        return results.compactMap { topic, failure in
            guard let failure, failure.errorCode != .topicAlreadyExists else { return nil }
            return "topic '\(topic)' cannot be made: \(failure.reason)"
        }
    }
}
