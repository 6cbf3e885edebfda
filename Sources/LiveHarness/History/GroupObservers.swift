import Kafka
import Live
import RdKafka

/// Where a group stands in a partition that it reads.
typealias Standing = (group: String, partition: TopicPartition, committed: Int64?, end: Int64)

/// A consumer for each group, which asks for its offsets and for the ends of logs, and never joins.
final class GroupObservers {
    private let topics: LiveTopics
    private let properties: ClientProperties
    private let brokers: String
    private var consumers: [String: Consumer] = [:]
    private static let patience = Swift.Duration.seconds(5)

    init(_ properties: ClientProperties, brokers: String, topics: LiveTopics) {
        self.properties = properties
        self.brokers = brokers
        self.topics = topics
    }

    /// Where a group stands in these partitions.
    func standings(of group: String, in partitions: [TopicPartition]) throws(KafkaFailure) -> [Standing] {
        guard !partitions.isEmpty else { return [] }
        let consumer = try consumer(of: group)
        let committed = try consumer.committed(partitions.map(topics.named), within: Self.patience)
        var standings: [Standing] = []
        for partition in partitions {
            let entry = committed.first { $0.partition == topics.named(partition) }
            if let failure = entry?.failure { throw failure }
            standings.append((group, partition, entry?.offset, try end(of: partition, consumer)))
        }
        return standings
    }

    /// Where the logs of partitions end, by way of any group.
    func ends(of partitions: [TopicPartition], group: String) throws(KafkaFailure) -> [(TopicPartition, Int64)] {
        let consumer = try consumer(of: group)
        var ends: [(TopicPartition, Int64)] = []
        for partition in partitions { ends.append((partition, try end(of: partition, consumer))) }
        return ends
    }

    private func end(of partition: TopicPartition, _ consumer: Consumer) throws(KafkaFailure) -> Int64 {
        try consumer.watermarks(of: topics.named(partition), within: Self.patience).high
    }

    private func consumer(of group: String) throws(KafkaFailure) -> Consumer {
        if let known = consumers[group] { return known }
        let own = try properties.setting(group: topics.group(group))
        let consumer = try Consumer(own, brokers: brokers)
        consumers[group] = consumer
        return consumer
    }

    func close() {
        for consumer in consumers.values { consumer.close() }
        consumers = [:]
    }
}

extension ClientProperties {
    fileprivate func setting(group: String) throws(KafkaFailure) -> ClientProperties {
        do throws(PropertyError) { return try setting([(name: "group.id", value: group)]) } catch {
            throw KafkaFailure(code: Int32(ErrorCode.invalidArgument.rawValue), reason: "\(error)")
        }
    }
}
