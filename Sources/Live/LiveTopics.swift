import Kafka

/// What topics and groups are called on the cluster: the names that services know, behind a prefix that a run has for
/// itself.
public struct LiveTopics: Sendable {
    /// The names that services know.
    public let table: TopicTable
    /// What all names on the cluster begin with; may be empty.
    public let prefix: String

    public init(_ table: TopicTable, prefix: String = "") {
        self.table = table
        self.prefix = prefix
    }

    /// What a topic is called on the cluster.
    public func name(of topic: TopicID) -> String { prefix + table.name(of: topic) }

    /// The topic that is called so on the cluster, if it is one of ours.
    public func id(of name: String) -> TopicID? {
        name.hasPrefix(prefix) ? table.id(of: String(name.dropFirst(prefix.count))) : nil
    }

    /// What a consumer group is called on the cluster.
    public func group(_ name: String) -> String { prefix + name }

    /// A partition as the cluster names it.
    public func named(_ partition: TopicPartition) -> NamedPartition {
        NamedPartition(name(of: partition.topic), partition.partition)
    }

    /// A partition of the cluster, if its topic is one of ours.
    public func partition(_ named: NamedPartition) -> TopicPartition? {
        id(of: named.topic).map { TopicPartition($0, named.number) }
    }
}
