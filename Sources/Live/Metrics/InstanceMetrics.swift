import RdKafka

/// The numbers of one service in this process, kept at hand for those who count often. Its instances share them.
public struct InstanceMetrics: Sendable {
    private let metrics: Metrics
    private let service: String
    /// Store transactions that were committed, what went into them, how long they took, and those that failed.
    public let batches: Counter
    public let batchItems: Histogram
    public let storeTransaction: Histogram
    public let storeFailures: Counter
    /// Attempts to call a provider.
    public let providerCalls: Counter

    public init(_ metrics: Metrics, service: String) {
        self.metrics = metrics
        self.service = service
        batches = metrics.counter(.batches, service)
        batchItems = metrics.histogram(.batchItems, service)
        storeTransaction = metrics.histogram(.storeTransaction, service)
        storeFailures = metrics.counter(.storeFailures, service)
        providerCalls = metrics.counter(.providerCalls, service)
    }

    /// Records of a topic that arrived.
    public func recordsConsumed(from topic: String) -> Counter { metrics.counter(.recordsConsumed, service, topic) }

    /// Records that Kafka has acknowledged.
    public func recordsProduced(to topic: String) -> Counter { metrics.counter(.recordsProduced, service, topic) }

    /// Records that Kafka did not acknowledge.
    public func deliveryFailures(to topic: String) -> Counter { metrics.counter(.deliveryFailures, service, topic) }

    /// What librdkafka has counted for an instance's producer.
    func note(producer statistics: ClientStatistics, of instance: String) {
        metrics.gauge(.waitingMessages, instance).set(statistics.waitingMessages)
        noteRoundTrips(statistics, of: instance, client: "producer")
    }

    /// What librdkafka has counted for an instance's consumer.
    func note(consumer statistics: ClientStatistics, of instance: String) {
        metrics.gauge(.fetchedMessages, instance).set(statistics.partitions.reduce(0) { $0 + $1.fetchedMessages })
        metrics.gauge(.rebalances, instance).set(statistics.rebalances ?? 0)
        noteRoundTrips(statistics, of: instance, client: "consumer")
    }

    private func noteRoundTrips(_ statistics: ClientStatistics, of instance: String, client: String) {
        for broker in statistics.brokers where broker.id >= 0 {
            guard let time = broker.roundTripP99 else { continue }
            metrics.gauge(.brokerRoundTrip, instance, client, "\(broker.id)").set(time / .seconds(1))
        }
    }
}
