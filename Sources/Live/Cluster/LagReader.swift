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
public struct GroupLag: Hashable, Sendable, Codable {
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

extension Admin {
    /// The lag of each partition of the groups' topics, and a sentence for each topic of which it is not known.
    public func lags(of groups: [ReadingGroup], within timeout: Duration) -> (lags: [GroupLag], unknown: [String]) {
        var lags: [GroupLag] = []
        var unknown: [String] = []
        for group in groups {
            for topic in group.topics {
                do {
                    for one in try lag(of: group.group, topics: [topic], within: timeout) {
                        lags.append(
                            GroupLag(
                                group: group.group, topic: topic, partition: one.partition.number,
                                committed: one.committed, end: one.high, lag: one.lag))
                    }
                } catch {
                    unknown.append("\(topic), group \(group.group): \(error.reason)")
                }
            }
        }
        return (lags, unknown)
    }
}
