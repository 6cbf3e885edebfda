/// A topic by its number in a `TopicTable`. Hot state holds numbers, not names; Kafka's own protocol does the same
/// with topic ids since KIP-516.
public struct TopicID: Hashable, Comparable, Sendable, Codable {
    public let rawValue: Int32

    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    @inlinable
    public static func < (left: TopicID, right: TopicID) -> Bool { left.rawValue < right.rawValue }
}

/// One partition of one topic.
public struct TopicPartition: Hashable, Comparable, Sendable, Codable {
    public var topic: TopicID
    /// From 0.
    public var partition: Int32

    @inlinable
    public init(_ topic: TopicID, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    @inlinable
    public static func < (left: TopicPartition, right: TopicPartition) -> Bool {
        left.topic != right.topic ? left.topic < right.topic : left.partition < right.partition
    }
}

/// One partition of one topic by its name, as real clients and tools speak of it.
public struct NamedPartition: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var topic: String
    /// From 0.
    public var number: Int32

    public init(_ topic: String, _ number: Int32) {
        self.topic = topic
        self.number = number
    }

    public static func < (left: NamedPartition, right: NamedPartition) -> Bool {
        left.topic != right.topic ? left.topic < right.topic : left.number < right.number
    }

    /// `orders-2`, as Kafka's tools write it.
    public var description: String { "\(topic)-\(number)" }
}

/// The names of all topics that a run knows, by number.
public struct TopicTable: Sendable {
    public private(set) var names: [String] = []

    public init() {}

    /// The number of a name, which gets the next free one if it has none yet.
    public mutating func intern(_ name: String) -> TopicID {
        if let known = id(of: name) { return known }
        names.append(name)
        return TopicID(rawValue: Int32(names.count - 1))
    }

    /// The number of a name, if it has one.
    public func id(of name: String) -> TopicID? {
        names.firstIndex(of: name).map { TopicID(rawValue: Int32($0)) }
    }

    /// The number of a name that has one.
    public subscript(name: String) -> TopicID {
        guard let topic = id(of: name) else {
            preconditionFailure("there is no topic '\(name)', only \(names.joined(separator: ", "))")
        }
        return topic
    }

    /// The name behind a number of this table.
    public func name(of topic: TopicID) -> String { names[Int(topic.rawValue)] }

    /// Every topic, in order of number.
    public var all: [TopicID] { names.indices.map { TopicID(rawValue: Int32($0)) } }

    /// `orders-2`, as Kafka's tools write it.
    public func describe(_ partition: TopicPartition) -> String {
        "\(name(of: partition.topic))-\(partition.partition)"
    }
}
