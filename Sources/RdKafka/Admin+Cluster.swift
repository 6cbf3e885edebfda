import CRdKafka
import Kafka

/// A cluster, as one of its brokers describes it.
public struct ClusterDescription: Hashable, Sendable {
    /// By number; `host:port` as clients are to reach them.
    public var brokers: [Int32: String]
    /// The broker that is the controller; nil when nobody says so.
    public var controller: Int32?
    /// The names of all topics.
    public var topics: [String]
}

extension Admin {
    /// Who makes up the cluster, and which topics it has.
    public func describeCluster(within timeout: Duration) throws(KafkaFailure) -> ClusterDescription {
        let client = try handle.client()
        var metadata: UnsafePointer<rd_kafka_metadata>?
        try KafkaFailure.check(rd_kafka_metadata(client, 1, nil, &metadata, milliseconds(timeout)))
        defer { rd_kafka_metadata_destroy(metadata) }
        guard let found = metadata?.pointee else { throw KafkaFailure(RD_KAFKA_RESP_ERR__FAIL) }
        let brokers = (0..<Int(found.broker_cnt)).map { found.brokers[$0] }
        let controller = rd_kafka_controllerid(client, milliseconds(timeout))
        return ClusterDescription(
            brokers: brokers.reduce(into: [:]) { $0[$1.id] = "\(String(cString: $1.host)):\($1.port)" },
            controller: controller >= 0 ? controller : nil,
            topics: (0..<Int(found.topic_cnt)).map { String(cString: found.topics[$0].topic) }.sorted())
    }

    /// The configuration of a topic, defaults included.
    public func configuration(ofTopic topic: String, within timeout: Duration) throws(KafkaFailure) -> [String: String] {
        let result: (entries: [String: String], failure: KafkaFailure?) = try ask(
            RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, within: timeout
        ) { client, options, queue in
            var resources = [rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)]
            rd_kafka_DescribeConfigs(client, &resources, 1, options, queue)
            rd_kafka_ConfigResource_destroy(resources[0])
        } reading: { event in
            var count = 0
            guard let resources = rd_kafka_DescribeConfigs_result_resources(event, &count), count > 0,
                let first = resources[0]
            else { return ([:], KafkaFailure(RD_KAFKA_RESP_ERR__FAIL, reason: "no topic in the answer")) }
            let error = rd_kafka_ConfigResource_error(first)
            if error != RD_KAFKA_RESP_ERR_NO_ERROR {
                let reason = rd_kafka_ConfigResource_error_string(first).map { String(cString: $0) }
                return ([:], KafkaFailure(error, reason: reason))
            }
            return (Self.entries(of: first), nil)
        }
        if let failure = result.failure { throw failure }
        return result.entries
    }

    private static func entries(of resource: OpaquePointer) -> [String: String] {
        var count = 0
        guard let entries = rd_kafka_ConfigResource_configs(resource, &count) else { return [:] }
        var found: [String: String] = [:]
        for index in 0..<count {
            guard let entry = entries[index], let name = rd_kafka_ConfigEntry_name(entry),
                let value = rd_kafka_ConfigEntry_value(entry)
            else { continue }
            found[String(cString: name)] = String(cString: value)
        }
        return found
    }
}
