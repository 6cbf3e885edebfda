import Kafka
import Simulation

/// The names of retry topics: `<topic>-retry-<n>`, n from 1.
public enum RetryTopics {
    /// The retry topic for records that have failed `number` times.
    public static func name(of topic: String, _ number: Int) -> String { "\(topic)\(infix)\(number)" }

    /// Whether a topic is called like a retry topic.
    public static func isRetryTopic(_ name: String) -> Bool {
        guard let digit = name.utf8.last, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(digit) else { return false }
        return name.dropLast().hasSuffix(infix)
    }

    private static let infix = "-retry-"
}

/// The names that Spring Kafka gives to the headers of a record in a retry topic. Numbers are written as text.
public enum RetryHeader {
    /// Where the record stood first.
    public static let topic = "kafka_original-topic"
    public static let partition = "kafka_original-partition"
    public static let offset = "kafka_original-offset"
    /// Its timestamp there, in milliseconds.
    public static let timestamp = "kafka_original-timestamp"
    /// Whose handler failed; other groups pass the record over.
    public static let group = "kafka_original-consumer-group"
    /// Why it failed.
    public static let exception = "kafka_exception-fqcn"
    public static let message = "kafka_exception-message"
    /// Which attempt at the record comes next: 2 in the first retry topic.
    public static let attempts = "retry_topic-attempts"
    /// When it is due, in milliseconds of the clock of who wrote it.
    public static let due = "retry_topic-backoff-timestamp"
    /// Its first timestamp again, under the name that Spring's retry topics use.
    public static let originalTimestamp = "retry_topic-original-timestamp"

    /// All of them.
    public static let all = [
        topic, partition, offset, timestamp, group, exception, message, attempts, due, originalTimestamp,
    ]
}

/// A retry topic as an instance reads it.
struct RetryStage: Sendable {
    var topic: TopicID
    /// The topic that its records were in first.
    var origin: TopicID
    /// From 1.
    var number: Int
}

extension RuntimePolicies {
    /// The retry topics that a system with these topics must have, each with as many partitions as the topic that it is
    /// for; none unless `retry` asks for them.
    public func retryTopics(for topics: [(name: String, partitions: Int)]) -> [(name: String, partitions: Int)] {
        guard retry == .retryTopics else { return [] }
        return topics.flatMap { topic in
            (1...max(1, retryTopicCount)).map { (RetryTopics.name(of: topic.name, $0), topic.partitions) }
        }
    }
}

extension Service {
    /// Everything that its instances read under these policies: its subscriptions, and their retry topics, if any.
    public func subscriptions(with policies: RuntimePolicies) -> [TopicID] {
        subscriptions + retryStages(with: policies).map(\.topic)
    }

    func retryStages(with policies: RuntimePolicies) -> [RetryStage] {
        guard policies.retry == .retryTopics else { return [] }
        return subscriptions.flatMap { origin in
            (1...max(1, policies.retryTopicCount)).compactMap { number in
                retryTopic(for: origin, attempt: number).map { RetryStage(topic: $0, origin: origin, number: number) }
            }
        }
    }
}

/// A record on its way through retry topics.
struct RetriedRecord: Sendable {
    /// As it stood where it was first.
    var record: ConsumerRecord
    /// Whose handler failed.
    var group: String
    /// Which attempt comes next, from 2.
    var attempt: Int
    /// When.
    var due: Instant

    init(record: ConsumerRecord, group: String, attempt: Int, due: Instant) {
        self.record = record
        self.group = group
        self.attempt = attempt
        self.due = due
    }

    /// What a record of a retry topic was before it came there.
    init(_ retry: ConsumerRecord, topics: TopicTable) throws(Poison) {
        func text(_ name: String) throws(Poison) -> String {
            guard let value = retry.record.text(name) else {
                throw Poison("NoRetry", "header '\(name)' is missing or no text")
            }
            return value
        }
        func number(_ name: String) throws(Poison) -> Int64 {
            guard let number = try Int64(text(name)), number >= 0 else {
                throw Poison("NoRetry", "header '\(name)' is no number")
            }
            return number
        }
        let name = try text(RetryHeader.topic)
        guard let topic = topics.id(of: name) else {
            throw Poison("NoRetry", "there is no topic '\(name)' that it could come from")
        }
        guard let partition = Int32(exactly: try number(RetryHeader.partition)) else {
            throw Poison("NoRetry", "header '\(RetryHeader.partition)' is no partition")
        }
        var original = retry.record
        original.headers.removeAll { RetryHeader.all.contains($0.name) }
        original.timestampMilliseconds = try number(RetryHeader.timestamp)
        record = ConsumerRecord(
            partition: TopicPartition(topic, partition), offset: try number(RetryHeader.offset), record: original)
        group = try text(RetryHeader.group)
        attempt = Int(try number(RetryHeader.attempts))
        due = Self.due(retry.record) ?? .zero
    }

    /// When a record of a retry topic is due; nil when it does not say so.
    static func due(_ record: Record) -> Instant? {
        guard let text = record.text(RetryHeader.due), let milliseconds = Int64(text),
            (0...Int64.max / 1_000_000).contains(milliseconds)
        else { return nil }
        return .zero + .milliseconds(milliseconds)
    }

    /// The headers that it carries in a retry topic.
    func headers(because poison: Poison, topics: TopicTable) -> [Header] {
        let timestamp = "\(record.record.timestampMilliseconds)"
        // Not before it is due: a clock that counts milliseconds must not round down.
        let due = (due.nanoseconds + 999_999) / 1_000_000
        return [
            Header(RetryHeader.topic, topics.name(of: record.partition.topic)),
            Header(RetryHeader.partition, "\(record.partition.partition)"),
            Header(RetryHeader.offset, "\(record.offset)"),
            Header(RetryHeader.timestamp, timestamp),
            Header(RetryHeader.group, group),
            Header(RetryHeader.exception, poison.kind),
            Header(RetryHeader.message, poison.message),
            Header(RetryHeader.attempts, "\(attempt)"),
            Header(RetryHeader.due, "\(due)"),
            Header(RetryHeader.originalTimestamp, timestamp),
        ]
    }
}

extension Record {
    /// The first header of that name, as text; nil when there is none, or it is not UTF-8.
    func text(_ name: String) -> String? { header(name).flatMap { String(validating: $0, as: UTF8.self) } }
}

extension Instance {
    /// What a retry topic stands for; nil for any other topic.
    func stage(of topic: TopicID) -> RetryStage? {
        retryStages.isEmpty ? nil : retryStages.first { $0.topic == topic }
    }

    /// How many waiting records of a retry topic's partition are due. When none is, the partition waits until the first
    /// of them is, and the rest behind it.
    mutating func waitUntilDue(_ index: Int, upTo limit: Int, at now: Instant, _ effects: inout [Effect]) -> Int {
        // A record that does not say when it is due is nothing to wait for.
        let dueCount = partitions[index].waiting.prefix(max(0, limit)).prefix { record in
            RetriedRecord.due(record.record).map { $0 <= now } ?? true
        }.count
        if dueCount == 0, limit > 0, let first = partitions[index].waiting.first,
            let due = RetriedRecord.due(first.record)
        {
            partitions[index].isBlocked = true
            effects.append(.setTimer(.retryPartition(partitions[index].partition), at: due))
        }
        return dueCount
    }
}

extension Transaction {
    /// Publishes a record to a retry topic, in this transaction.
    ///
    /// Once only for each attempt: its first place in the log stands in the inbox like the id of an event.
    mutating func retry(
        _ retried: RetriedRecord, in topic: TopicID, because poison: Poison, topics: TopicTable
    ) throws {
        let record = retried.record
        let place = "\(topics.name(of: record.partition.topic))-\(record.partition.partition)@\(record.offset)"
        let id = UniqueID(hashing: "\(place)#\(retried.attempt) \(record.record.timestampMilliseconds)".utf8)
        guard try accept(event: id, correlation: id) else { return }
        var copy = record.record
        copy.headers += retried.headers(because: poison, topics: topics)
        copy.timestampMilliseconds = now.milliseconds
        let queue = copy.key.flatMap { Identifier($0) } ?? Identifier(literal: "retries")
        try publish(copy, to: topic, inOrderOf: queue)
    }
}
