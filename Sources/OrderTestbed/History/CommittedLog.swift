import Kafka

/// What stands at a place of the log.
enum LogContent: Hashable, Sendable {
    /// No record.
    case nothing
    /// An event that can be read: its number in `OrderHistory.events`.
    case event(Int32)
    /// A record that nobody can read: its number in `OrderHistory.poison`.
    case poison(Int32)
    /// A dead letter: its number in `OrderHistory.deadLetters`.
    case deadLetter(Int32)
    /// A copy of a record of another topic, to be tried again.
    case retry
}

/// A value for each place of the log: dense, as offsets are.
struct LogTable<Value: Sendable>: Sendable {
    /// By topic, partition and offset.
    private var topics: [[[Value]]]
    private let empty: Value

    init(topics: TopicTable, empty: Value) {
        self.topics = Array(repeating: [], count: topics.names.count)
        self.empty = empty
    }

    /// What was set at a place, or the empty value.
    subscript(partition: TopicPartition, offset: Int64) -> Value {
        get {
            let topic = Int(partition.topic.rawValue)
            let number = Int(partition.partition)
            guard topics.indices.contains(topic), topics[topic].indices.contains(number),
                offset >= 0, offset < topics[topic][number].count
            else { return empty }
            return topics[topic][number][Int(offset)]
        }
        set {
            let topic = Int(partition.topic.rawValue)
            let number = Int(partition.partition)
            while topics[topic].count <= number { topics[topic].append([]) }
            while topics[topic][number].count <= Int(offset) { topics[topic][number].append(empty) }
            topics[topic][number][Int(offset)] = newValue
        }
    }
}
