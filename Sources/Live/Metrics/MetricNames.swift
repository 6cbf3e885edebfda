/// What is counted, under the names that Prometheus's guide asks for: base units, `_total` for counters.
extension MetricFamily {
    /// For times from half a millisecond to ten seconds.
    private static let seconds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    // MARK: What instances do

    /// Records that arrived.
    public static let recordsConsumed = MetricFamily(
        "orrery_records_consumed_total", .counter, labels: ["service", "topic"],
        help: "Records that arrived from Kafka.")
    /// Transactions that were committed.
    public static let batches = MetricFamily(
        "orrery_batches_total", .counter, labels: ["service"], help: "Store transactions that were committed.")
    /// How much goes into one transaction.
    public static let batchItems = MetricFamily(
        "orrery_batch_items", .histogram([1, 2, 4, 8, 16, 32, 64, 128]), labels: ["service"],
        help: "Records, requests, answers and acknowledgements in one store transaction.")
    /// How long a transaction takes, handlers included.
    public static let storeTransaction = MetricFamily(
        "orrery_store_transaction_seconds", .histogram(seconds), labels: ["service"],
        help: "Time of a store transaction, handlers included.")
    /// Transactions that failed.
    public static let storeFailures = MetricFamily(
        "orrery_store_failures_total", .counter, labels: ["service"],
        help: "Store transactions that failed, or of which it is not known.")
    /// Records that Kafka has acknowledged.
    public static let recordsProduced = MetricFamily(
        "orrery_records_produced_total", .counter, labels: ["service", "topic"],
        help: "Records that Kafka has acknowledged.")
    /// Records that could not be delivered; they are sent again.
    public static let deliveryFailures = MetricFamily(
        "orrery_delivery_failures_total", .counter, labels: ["service", "topic"],
        help: "Records that Kafka did not acknowledge in time; they are sent again.")
    /// Attempts to call a provider.
    public static let providerCalls = MetricFamily(
        "orrery_provider_calls_total", .counter, labels: ["service"], help: "Attempts to call a provider.")
    /// Partitions that an instance has been given.
    public static let assignedPartitions = MetricFamily(
        "orrery_assigned_partitions", .gauge, labels: ["instance"],
        help: "Partitions that the group has given to the instance.")
    /// Instances that failed and were started again.
    public static let instanceRestarts = MetricFamily(
        "orrery_instance_restarts_total", .counter, labels: ["service"],
        help: "Instances that failed and were started again.")

    // MARK: librdkafka

    /// How long brokers take to answer.
    public static let brokerRoundTrip = MetricFamily(
        "orrery_kafka_round_trip_seconds", .gauge, labels: ["instance", "client", "broker"],
        help: "99th percentile of the time from a request to a broker to its answer, over the last five seconds.")
    /// Records that wait in a producer.
    public static let waitingMessages = MetricFamily(
        "orrery_kafka_waiting_records", .gauge, labels: ["instance"],
        help: "Records that the producer has not had acknowledged.")
    /// Records that wait in a consumer.
    public static let fetchedMessages = MetricFamily(
        "orrery_kafka_fetched_records", .gauge, labels: ["instance"],
        help: "Records that were fetched and not handed to the service yet.")
    /// Rebalances.
    public static let rebalances = MetricFamily(
        "orrery_kafka_rebalances", .gauge, labels: ["instance"],
        help: "Rebalances of the group that the instance has seen since it started.")

    // MARK: What waits

    /// Records that a group has not processed yet.
    public static let consumerLag = MetricFamily(
        "orrery_consumer_lag", .gauge, labels: ["group", "topic", "partition"],
        help: "Records that the group has not committed yet.")
    /// Events that Kafka has not acknowledged yet.
    public static let outboxRows = MetricFamily(
        "orrery_outbox_rows", .gauge, labels: ["service"], help: "Events in the outbox that are not published yet.")

    // MARK: The API

    /// Requests that were answered; `service` is `gateway` for those that no service was asked.
    public static let requests = MetricFamily(
        "orrery_requests_total", .counter, labels: ["service", "status"], help: "API requests that were answered.")
    /// How long an answer takes.
    public static let requestSeconds = MetricFamily(
        "orrery_request_seconds", .histogram(seconds), labels: ["service"],
        help: "Time from the arrival of an API request to its answer.")
}
