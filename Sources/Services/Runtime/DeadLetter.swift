import Kafka
import Simulation

/// The names that Spring Kafka's `DeadLetterPublishingRecoverer` gives to the headers of a dead letter.
public enum DeadLetterHeader {
    /// What all of them begin with.
    public static let prefix = "kafka_dlt-"
    public static let topic = "kafka_dlt-original-topic"
    public static let partition = "kafka_dlt-original-partition"
    public static let offset = "kafka_dlt-original-offset"
    public static let timestamp = "kafka_dlt-original-timestamp"
    public static let group = "kafka_dlt-original-consumer-group"
    public static let exception = "kafka_dlt-exception-fqcn"
    public static let message = "kafka_dlt-exception-message"
}

extension Transaction {
    /// Publishes a record, as it is, to the dead-letter topic of its topic, with where it came from and why in headers.
    ///
    /// Once only: its place in the log stands in the inbox like the id of an event.
    mutating func deadLetter(
        _ record: ConsumerRecord, because poison: Poison, by service: any Service, to letters: TopicID
    ) throws {
        let topic = service.topics.name(of: record.partition.topic)
        let place = "\(topic)-\(record.partition.partition)@\(record.offset)"
        // With its time: a topic that was made again has the same offsets once more.
        let id = UniqueID(hashing: "\(place) \(record.record.timestampMilliseconds)".utf8)
        guard try accept(event: id, correlation: id) else { return }
        var letter = record.record
        // Its own time, and not the producer's: a letter that is sent again is the same letter.
        letter.timestampMilliseconds = max(1, now.milliseconds)
        letter.headers += [
            Header(DeadLetterHeader.topic, topic),
            Header(DeadLetterHeader.partition, "\(record.partition.partition)"),
            Header(DeadLetterHeader.offset, "\(record.offset)"),
            Header(DeadLetterHeader.timestamp, "\(record.record.timestampMilliseconds)"),
            Header(DeadLetterHeader.group, service.group),
            Header(DeadLetterHeader.exception, poison.kind),
            Header(DeadLetterHeader.message, poison.message),
        ]
        let queue = record.record.key.flatMap { Identifier($0) } ?? Identifier(literal: "dead-letters")
        try publish(letter, to: letters, inOrderOf: queue)
    }
}
