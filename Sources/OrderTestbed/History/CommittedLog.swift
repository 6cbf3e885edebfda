import Kafka

/// What stands at each place of each partition, as a number into the digest's lists.
struct CommittedLog: Sendable {
    /// What a record is.
    enum Content: Hashable, Sendable {
        /// No record stands here.
        case nothing
        /// An event that can be read: its number in `OrderHistory.events`.
        case event(Int32)
        /// A record that nobody can read: its number in `OrderHistory.poison`.
        case poison(Int32)
        /// A dead letter: its number in `OrderHistory.deadLetters`.
        case deadLetter(Int32)
    }

    /// By topic, partition and offset.
    private var topics: [[[Content]]]

    init(topics: TopicTable) { self.topics = Array(repeating: [], count: topics.names.count) }

    subscript(partition: TopicPartition, offset: Int64) -> Content {
        let topic = Int(partition.topic.rawValue)
        let number = Int(partition.partition)
        guard topics.indices.contains(topic), topics[topic].indices.contains(number),
            offset >= 0, offset < topics[topic][number].count
        else { return .nothing }
        return topics[topic][number][Int(offset)]
    }

    mutating func set(_ content: Content, at partition: TopicPartition, _ offset: Int64) {
        let topic = Int(partition.topic.rawValue)
        let number = Int(partition.partition)
        while topics[topic].count <= number { topics[topic].append([]) }
        while topics[topic][number].count <= Int(offset) { topics[topic][number].append(.nothing) }
        topics[topic][number][Int(offset)] = content
    }
}
