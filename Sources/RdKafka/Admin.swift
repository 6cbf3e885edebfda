import CRdKafka
import Kafka

/// A topic to be made.
public struct NewTopic: Sendable {
    public var name: String
    public var partitions: Int32
    public var replicationFactor: Int32
    /// Topic configuration, such as `min.insync.replicas`.
    public var configuration: [(name: String, value: String)]

    public init(
        _ name: String, partitions: Int32, replicationFactor: Int32,
        configuration: [(name: String, value: String)] = []
    ) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.configuration = configuration
    }
}

/// A topic as brokers describe it.
public struct TopicDescription: Hashable, Sendable {
    /// By partition, the leader's number; nil without one.
    public var leaders: [Int32?]
    /// By partition, the replicas and those in sync.
    public var replicas: [[Int32]]
    public var inSync: [[Int32]]
}

/// What librdkafka offers to administrators. Calls wait for their answers.
public final class Admin {
    let handle: ClientHandle
    private let target = CallbackTarget()

    /// - Parameter brokers: `host:port`, separated by commas.
    public init(_ properties: ClientProperties, brokers: String) throws(KafkaFailure) {
        handle = try ClientHandle(RD_KAFKA_PRODUCER, properties, brokers: brokers, owner: target)
    }

    deinit { close() }

    /// Ends the client.
    public func close() { handle.destroy() }

    // MARK: Topics

    /// Makes topics; the result names each and says what stood in its way.
    public func createTopics(
        _ topics: [NewTopic], within timeout: Duration
    ) throws(KafkaFailure) -> [(topic: String, failure: KafkaFailure?)] {
        var requests: [OpaquePointer?] = []
        defer { for request in requests { rd_kafka_NewTopic_destroy(request) } }
        for topic in topics {
            guard
                let request = rd_kafka_NewTopic_new(
                    topic.name, topic.partitions, topic.replicationFactor, nil, 0)
            else { throw KafkaFailure(RD_KAFKA_RESP_ERR__INVALID_ARG) }
            for (name, value) in topic.configuration { rd_kafka_NewTopic_set_config(request, name, value) }
            requests.append(request)
        }
        return try ask(RD_KAFKA_ADMIN_OP_CREATETOPICS, within: timeout) { client, options, queue in
            rd_kafka_CreateTopics(client, &requests, requests.count, options, queue)
        } reading: { event in
            var count = 0
            return Self.results(rd_kafka_CreateTopics_result_topics(event, &count), count)
        }
    }

    /// Removes topics with everything in them.
    public func deleteTopics(
        _ topics: [String], within timeout: Duration
    ) throws(KafkaFailure) -> [(topic: String, failure: KafkaFailure?)] {
        var requests = topics.map { Optional(rd_kafka_DeleteTopic_new($0)!) }
        defer { for request in requests { rd_kafka_DeleteTopic_destroy(request) } }
        return try ask(RD_KAFKA_ADMIN_OP_DELETETOPICS, within: timeout) { client, options, queue in
            rd_kafka_DeleteTopics(client, &requests, requests.count, options, queue)
        } reading: { event in
            var count = 0
            return Self.results(rd_kafka_DeleteTopics_result_topics(event, &count), count)
        }
    }

    /// Gives a topic more partitions.
    public func createPartitions(
        _ topic: String, total: Int, within timeout: Duration
    ) throws(KafkaFailure) -> [(topic: String, failure: KafkaFailure?)] {
        var reason = [CChar](repeating: 0, count: 512)
        guard let request = rd_kafka_NewPartitions_new(topic, total, &reason, reason.count) else {
            throw KafkaFailure(RD_KAFKA_RESP_ERR__INVALID_ARG)
        }
        var requests: [OpaquePointer?] = [request]
        defer { rd_kafka_NewPartitions_destroy(request) }
        return try ask(RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, within: timeout) { client, options, queue in
            rd_kafka_CreatePartitions(client, &requests, 1, options, queue)
        } reading: { event in
            var count = 0
            return Self.results(rd_kafka_CreatePartitions_result_topics(event, &count), count)
        }
    }

    /// Deletes what lies before an offset; the result says where each log begins now.
    public func deleteRecords(
        before offsets: [(NamedPartition, Int64)], within timeout: Duration
    ) throws(KafkaFailure) -> [PartitionOffset] {
        let list = PartitionList(offsets)
        var requests: [OpaquePointer?] = [rd_kafka_DeleteRecords_new(list.pointer)]
        defer { rd_kafka_DeleteRecords_destroy(requests[0]) }
        return try ask(RD_KAFKA_ADMIN_OP_DELETERECORDS, within: timeout) { client, options, queue in
            rd_kafka_DeleteRecords(client, &requests, 1, options, queue)
        } reading: { event in
            guard let offsets = rd_kafka_DeleteRecords_result_offsets(event),
                let copy = rd_kafka_topic_partition_list_copy(offsets)
            else { return [] }
            return PartitionList(consuming: copy).offsets
        }
    }

    /// What brokers know of a topic.
    public func describe(topic: String, within timeout: Duration) throws(KafkaFailure) -> TopicDescription {
        let client = try handle.client()
        let local = rd_kafka_topic_new(client, topic, nil)
        defer { rd_kafka_topic_destroy(local) }
        var metadata: UnsafePointer<rd_kafka_metadata>?
        try KafkaFailure.check(rd_kafka_metadata(client, 0, local, &metadata, milliseconds(timeout)))
        defer { rd_kafka_metadata_destroy(metadata) }
        guard let found = metadata?.pointee, found.topic_cnt > 0 else {
            throw KafkaFailure(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
        }
        let entry = found.topics[0]
        try KafkaFailure.check(entry.err)
        let partitions = (0..<Int(entry.partition_cnt)).map { entry.partitions[$0] }.sorted { $0.id < $1.id }
        return TopicDescription(
            leaders: partitions.map { $0.leader >= 0 ? $0.leader : nil },
            replicas: partitions.map { partition in (0..<Int(partition.replica_cnt)).map { partition.replicas[$0] } },
            inSync: partitions.map { partition in (0..<Int(partition.isr_cnt)).map { partition.isrs[$0] } })
    }

    // MARK: Asking

    /// Sends a request, waits for its result, reads that.
    func ask<Result>(
        _ operation: rd_kafka_admin_op_t, within timeout: Duration,
        sending: (_ client: OpaquePointer, _ options: OpaquePointer?, _ queue: OpaquePointer?) -> Void,
        reading: (_ event: OpaquePointer?) -> Result
    ) throws(KafkaFailure) -> Result {
        let client = try handle.client()
        if operation != RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS { try refuseMock(within: timeout) }
        let queue = rd_kafka_queue_new(client)
        defer { rd_kafka_queue_destroy(queue) }
        let options = rd_kafka_AdminOptions_new(client, operation)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_AdminOptions_set_request_timeout(options, milliseconds(timeout), nil, 0)
        sending(client, options, queue)
        // librdkafka reports the timeout itself; this is for what it forgets.
        guard let event = rd_kafka_queue_poll(queue, milliseconds(timeout + .seconds(5))) else {
            throw KafkaFailure(RD_KAFKA_RESP_ERR__TIMED_OUT)
        }
        defer { rd_kafka_event_destroy(event) }
        let error = rd_kafka_event_error(event)
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaFailure(error, reason: rd_kafka_event_error_string(event).map { String(cString: $0) })
        }
        return reading(event)
    }

    /// librdkafka would wait for what the mock cluster never answers.
    private func refuseMock(within timeout: Duration) throws(KafkaFailure) {
        guard let id = try clusterID(within: timeout) else {
            throw KafkaFailure(RD_KAFKA_RESP_ERR__TIMED_OUT, reason: "no broker has answered: are the addresses right?")
        }
        guard id.hasPrefix("mockCluster") else { return }
        throw KafkaFailure(
            RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE,
            reason: "the embedded broker does not know this request: use the process that it runs in, or real brokers")
    }

    private static func results(
        _ topics: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int
    ) -> [(topic: String, failure: KafkaFailure?)] {
        (0..<count).compactMap { index in
            guard let result = topics?[index] else { return nil }
            let error = rd_kafka_topic_result_error(result)
            return (
                String(cString: rd_kafka_topic_result_name(result)),
                error == RD_KAFKA_RESP_ERR_NO_ERROR
                    ? nil
                    : KafkaFailure(
                        error, reason: rd_kafka_topic_result_error_string(result).map { String(cString: $0) })
            )
        }
    }
}
