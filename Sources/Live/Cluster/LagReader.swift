import Kafka
import RdKafka

/// What a group reads, under the names of the cluster.
public struct ReadingGroup: Hashable, Sendable {
    public var group: String
    public var topics: [String]

    public init(_ group: String, topics: [String]) {
        self.group = group
        self.topics = topics
    }
}

/// How far a group has come in one partition.
public struct PartitionLag: Hashable, Sendable, Codable {
    public var group: String
    public var topic: String
    public var partition: Int32
    /// The next record that the group has to process; nil when it has never said.
    public var committed: Int64?
    /// The offset of the next record that somebody appends.
    public var end: Int64
    /// How many records the group has not committed.
    public var lag: Int64
}

/// Asks a cluster how far groups have come. Joins none of them. Used by one thread at a time.
public final class LagReader {
    private let properties: ClientProperties
    private let brokers: String
    private let admin: Admin
    private var consumers: [String: Consumer] = [:]

    public init(_ properties: ClientProperties, brokers: String) throws(KafkaFailure) {
        self.properties = properties
        self.brokers = brokers
        admin = try Admin(properties, brokers: brokers)
    }

    /// The lag of each partition of the groups' topics, and a sentence for each topic of which it is not known.
    public func read(
        _ groups: [ReadingGroup], within timeout: Duration
    ) throws(KafkaFailure) -> (lags: [PartitionLag], unknown: [String]) {
        var lags: [PartitionLag] = []
        var unknown: [String] = []
        var logs: [String: [(low: Int64, high: Int64)]] = [:]
        for group in groups {
            let consumer = try consumer(of: group.group)
            for topic in group.topics {
                do throws(KafkaFailure) {
                    if logs[topic] == nil { logs[topic] = try marks(of: topic, with: consumer, within: timeout) }
                    lags += try lag(
                        of: group.group, in: topic, logs[topic] ?? [], with: consumer, within: timeout)
                } catch {
                    unknown.append("\(topic), group \(group.group): \(error.reason)")
                }
            }
        }
        return (lags, unknown)
    }

    private func consumer(of group: String) throws(KafkaFailure) -> Consumer {
        if let known = consumers[group] { return known }
        let own: ClientProperties
        do throws(PropertyError) {
            own = try properties.setting([
                (name: "group.id", value: group), (name: "enable.auto.commit", value: "false"),
            ])
        } catch {
            throw KafkaFailure(code: Int32(ErrorCode.invalidArgument.rawValue), reason: "\(error)")
        }
        let consumer = try Consumer(own, brokers: brokers)
        consumers[group] = consumer
        return consumer
    }

    private func marks(
        of topic: String, with consumer: Consumer, within timeout: Duration
    ) throws(KafkaFailure) -> [(low: Int64, high: Int64)] {
        let description = try admin.describe(topic: topic, within: timeout)
        var marks: [(low: Int64, high: Int64)] = []
        for partition in description.leaders.indices {
            marks.append(
                try consumer.watermarks(of: NamedPartition(topic, Int32(partition)), within: timeout))
        }
        return marks
    }

    private func lag(
        of group: String, in topic: String, _ log: [(low: Int64, high: Int64)], with consumer: Consumer,
        within timeout: Duration
    ) throws(KafkaFailure) -> [PartitionLag] {
        let partitions = log.indices.map { NamedPartition(topic, Int32($0)) }
        let committed = try consumer.committed(partitions, within: timeout)
        return partitions.map { partition in
            let (low, high) = log[Int(partition.number)]
            let offset = committed.first { $0.partition == partition }?.offset
            return PartitionLag(
                group: group, topic: topic, partition: partition.number, committed: offset, end: high,
                lag: max(0, high - max(offset ?? low, low)))
        }
    }
}
