import CRdKafka
import Kafka

/// librdkafka's own cluster of mock brokers, listening on ephemeral TCP ports of this machine. It keeps everything in
/// memory and ends with this object. Any thread may use it, one at a time.
public final class MockCluster {
    private let handle: ClientHandle
    private let target = CallbackTarget()
    private var cluster: OpaquePointer?
    /// Brokers are numbered from 1.
    public let brokerCount: Int32

    public init(brokers: Int32) throws(KafkaFailure) {
        brokerCount = brokers
        handle = try ClientHandle(RD_KAFKA_PRODUCER, ClientProperties(), brokers: "", owner: target)
        cluster = rd_kafka_mock_cluster_new(try handle.client(), brokers)
        guard cluster != nil else {
            throw KafkaFailure(RD_KAFKA_RESP_ERR__FAIL, reason: "the mock cluster does not start")
        }
    }

    deinit {
        if let cluster { rd_kafka_mock_cluster_destroy(cluster) }
        handle.destroy()
    }

    /// `host:port`, separated by commas.
    public var bootstrapServers: String { String(cString: rd_kafka_mock_cluster_bootstraps(cluster)) }

    private func nudging(_ call: () -> rd_kafka_resp_err_t) -> rd_kafka_resp_err_t {
        let first = bootstrapServers.split(separator: ",").first.map(String.init) ?? ""
        return MockNudge.during(first, call)
    }

    // MARK: Topics

    /// Makes a topic.
    public func createTopic(_ name: String, partitions: Int32, replicationFactor: Int32) throws(KafkaFailure) {
        try KafkaFailure.check(nudging { rd_kafka_mock_topic_create(cluster, name, partitions, replicationFactor) })
    }

    /// Lets every request about a topic fail.
    public func setError(of topic: String, to code: Int32) {
        rd_kafka_mock_topic_set_error(cluster, topic, rd_kafka_resp_err_t(code))
    }

    /// Makes a broker the leader of a partition, or nobody.
    public func setLeader(of partition: NamedPartition, to broker: Int32?) throws(KafkaFailure) {
        try KafkaFailure.check(
            nudging { rd_kafka_mock_partition_set_leader(cluster, partition.topic, partition.number, broker ?? -1) })
    }

    // MARK: Coordinators

    /// What a coordinator coordinates.
    public enum CoordinatorKey: String, Sendable {
        case group
        case transaction
    }

    /// Makes a broker the coordinator of a group or a transactional id.
    public func setCoordinator(
        of key: CoordinatorKey, named name: String, to broker: Int32
    ) throws(KafkaFailure) {
        try KafkaFailure.check(nudging { rd_kafka_mock_coordinator_set(cluster, key.rawValue, name, broker) })
    }

    // MARK: Faults

    /// Closes a broker's port and connections, or opens the port again.
    public func setDown(_ broker: Int32, _ isDown: Bool) throws(KafkaFailure) {
        try KafkaFailure.check(
            SpawnGate.holding {
                isDown ? rd_kafka_mock_broker_set_down(cluster, broker) : rd_kafka_mock_broker_set_up(cluster, broker)
            })
    }

    /// Delays every answer of a broker.
    public func setRoundTripTime(of broker: Int32, to duration: Duration) throws(KafkaFailure) {
        try KafkaFailure.check(rd_kafka_mock_broker_set_rtt(cluster, broker, milliseconds(duration)))
    }

    /// The next requests of a kind (protocol guide, *API keys*) fail with these codes, 0 for none, and are not carried
    /// out.
    public func pushErrors(_ codes: [Int32], for apiKey: Int16) {
        let codes = codes.map { rd_kafka_resp_err_t($0) }
        rd_kafka_mock_push_request_errors_array(cluster, apiKey, codes.count, codes)
    }

    /// The errors that were pushed and have not struck yet are forgotten.
    public func clearErrors(for apiKey: Int16) { rd_kafka_mock_clear_request_errors(cluster, apiKey) }
}
