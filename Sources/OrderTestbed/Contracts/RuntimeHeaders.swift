import Services

/// What the headers say that the runtime adds to records which could not be processed, for the documents.
enum RuntimeHeaders {
    /// Those of a dead letter.
    static let deadLetter: [(name: String, meaning: String)] = [
        (DeadLetterHeader.topic, "The topic that the record stood in."),
        (DeadLetterHeader.partition, "The partition, as a decimal number."),
        (DeadLetterHeader.offset, "The offset, as a decimal number."),
        (DeadLetterHeader.timestamp, "The record's timestamp, in milliseconds since 1970."),
        (DeadLetterHeader.group, "The consumer group that could do nothing with it."),
        (DeadLetterHeader.exception, "The kind of fault: `MissingField`, `UnknownVersion`, …"),
        (DeadLetterHeader.message, "What is wrong, as a sentence."),
    ]

    /// Those of a record in a retry topic.
    static let retry: [(name: String, meaning: String)] = [
        (RetryHeader.topic, "The topic that the record stood in first."),
        (RetryHeader.partition, "The partition, as a decimal number."),
        (RetryHeader.offset, "The offset, as a decimal number."),
        (RetryHeader.timestamp, "The record's timestamp there, in milliseconds since 1970."),
        (RetryHeader.group, "The consumer group whose handler failed; others pass the record over."),
        (RetryHeader.exception, "Why it failed, as a kind."),
        (RetryHeader.message, "Why it failed, as a sentence."),
        (RetryHeader.attempts, "Which attempt comes next: 2 in the first retry topic."),
        (RetryHeader.due, "When it is due, in milliseconds of the clock of who wrote it."),
        (RetryHeader.originalTimestamp, "The record's first timestamp again, as Spring's retry topics call it."),
    ]
}
