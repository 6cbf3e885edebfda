import CRdKafka
import Kafka

/// A broker, as the cluster's metadata names it.
public struct BrokerDescription: Hashable, Sendable {
    public var id: Int32
    public var host: String
    public var port: Int32
}

/// A cluster, as its brokers describe it.
public struct ClusterDescription: Hashable, Sendable {
    /// In order of their numbers.
    public var brokers: [BrokerDescription]
    /// The number of the controller; nil when the brokers do not say.
    public var controller: Int32?
    /// Nil when the brokers do not say.
    public var clusterID: String?
}

/// A setting of a topic or a broker.
public struct ConfigurationEntry: Hashable, Sendable {
    public var name: String
    /// Nil when it is sensitive.
    public var value: String?
    /// Whether nobody has set it.
    public var isDefault: Bool
    public var isReadOnly: Bool
}

extension Admin {
    // MARK: The cluster

    /// Who belongs to the cluster.
    public func describeCluster(within timeout: Duration) throws(KafkaFailure) -> ClusterDescription {
        let client = try handle.client()
        let end = ContinuousClock.now + timeout
        let brokers = try metadata(allTopics: false, within: timeout) { metadata in
            (0..<Int(metadata.broker_cnt)).map { index in
                let broker = metadata.brokers[index]
                return BrokerDescription(id: broker.id, host: String(cString: broker.host), port: broker.port)
            }
        }
        let controller = rd_kafka_controllerid(client, milliseconds(end - .now))
        return ClusterDescription(
            brokers: brokers.sorted { $0.id < $1.id },
            // The mock cluster names one that does not exist.
            controller: brokers.contains { $0.id == controller } ? controller : nil,
            clusterID: try clusterID(within: end - .now))
    }

    /// Every topic with the number of its partitions, in order of the names.
    public func listTopics(within timeout: Duration) throws(KafkaFailure) -> [(name: String, partitions: Int)] {
        try metadata(allTopics: true, within: timeout) { metadata in
            (0..<Int(metadata.topic_cnt)).map { index in
                (String(cString: metadata.topics[index].topic), Int(metadata.topics[index].partition_cnt))
            }.sorted { $0.0 < $1.0 }
        }
    }

    private func metadata<Result>(
        allTopics: Bool, within timeout: Duration, reading: (rd_kafka_metadata) -> Result
    ) throws(KafkaFailure) -> Result {
        let client = try handle.client()
        var metadata: UnsafePointer<rd_kafka_metadata>?
        try KafkaFailure.check(rd_kafka_metadata(client, allTopics ? 1 : 0, nil, &metadata, milliseconds(timeout)))
        guard let metadata else { throw KafkaFailure(RD_KAFKA_RESP_ERR__FAIL, reason: "no metadata in the answer") }
        defer { rd_kafka_metadata_destroy(metadata) }
        return reading(metadata.pointee)
    }

    func clusterID(within timeout: Duration) throws(KafkaFailure) -> String? {
        let client = try handle.client()
        guard let name = rd_kafka_clusterid(client, milliseconds(timeout)) else { return nil }
        defer { rd_kafka_mem_free(client, name) }
        return String(cString: name)
    }

    // MARK: Settings

    /// The settings of a topic, in order of the names.
    public func configuration(
        ofTopic topic: String, within timeout: Duration
    ) throws(KafkaFailure) -> [ConfigurationEntry] {
        guard let resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic) else {
            throw KafkaFailure(RD_KAFKA_RESP_ERR__INVALID_ARG)
        }
        defer { rd_kafka_ConfigResource_destroy(resource) }
        var resources: [OpaquePointer?] = [resource]
        let answer: Result<[ConfigurationEntry], KafkaFailure> = try ask(
            RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, within: timeout
        ) { client, options, queue in
            rd_kafka_DescribeConfigs(client, &resources, 1, options, queue)
        } reading: { event in
            var count = 0
            guard let found = rd_kafka_DescribeConfigs_result_resources(event, &count), count > 0,
                let first = found[0]
            else { return .failure(KafkaFailure(RD_KAFKA_RESP_ERR__FAIL, reason: "no topic in the answer")) }
            return Self.failure(of: first).map { .failure($0) } ?? .success(Self.entries(of: first))
        }
        return try answer.get()
    }

    private static func failure(of resource: OpaquePointer) -> KafkaFailure? {
        let error = rd_kafka_ConfigResource_error(resource)
        guard error != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaFailure(error, reason: rd_kafka_ConfigResource_error_string(resource).map { String(cString: $0) })
    }

    private static func entries(of resource: OpaquePointer) -> [ConfigurationEntry] {
        var count = 0
        guard let entries = rd_kafka_ConfigResource_configs(resource, &count) else { return [] }
        return (0..<count).compactMap { index in
            guard let entry = entries[index] else { return nil }
            return ConfigurationEntry(
                name: String(cString: rd_kafka_ConfigEntry_name(entry)),
                value: rd_kafka_ConfigEntry_value(entry).map { String(cString: $0) },
                isDefault: rd_kafka_ConfigEntry_is_default(entry) == 1,
                isReadOnly: rd_kafka_ConfigEntry_is_read_only(entry) == 1)
        }.sorted { $0.name < $1.name }
    }
}
