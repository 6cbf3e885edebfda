import Kafka

/// Why a record cannot be sent back to where it came from.
public enum RedriveError: Error, Hashable, CustomStringConvertible {
    /// It carries neither the headers of a dead letter nor those of a record in a retry topic.
    case noLetter
    /// A header that belongs to the others is missing, or is no text.
    case missing(header: String)
    /// A header has a value that makes no sense.
    case malformed(header: String, value: String)

    public var description: String {
        switch self {
        case .noLetter:
            "this is no dead letter: neither '\(DeadLetterHeader.topic)' nor '\(RetryHeader.topic)' says where it came "
                + "from; send it by hand"
        case .missing(let header): "header '\(header)' is missing or is no text; send the record by hand"
        case .malformed(let header, let value):
            "header '\(header)' cannot be '\(value)'; correct it, or send the record by hand"
        }
    }
}

/// A dead letter, or a record of a retry topic, on its way back: as it was first, and how often it has gone this way.
public struct Redrive: Hashable, Sendable {
    /// The header that counts how often a record was sent back.
    public static let countHeader = "redrive-count"

    /// Where it came from.
    public let topic: String
    /// What it was there, and `countHeader`.
    public let record: Record
    /// How often it has been sent back, this time included.
    public let count: Int

    public init(of letter: Record) throws(RedriveError) {
        if letter.header(DeadLetterHeader.topic) != nil {
            try Self.checkNumbers([DeadLetterHeader.partition, DeadLetterHeader.offset], of: letter)
            topic = try Self.topic(DeadLetterHeader.topic, of: letter)
        } else if letter.header(RetryHeader.topic) != nil {
            try Self.checkNumbers([RetryHeader.partition, RetryHeader.offset, RetryHeader.timestamp], of: letter)
            topic = try Self.topic(RetryHeader.topic, of: letter)
        } else {
            throw .noLetter
        }
        let before = letter.header(Self.countHeader) == nil ? 0 : try Self.number(Self.countHeader, of: letter)
        count = Int(clamping: before) + (before < Int64.max ? 1 : 0)
        var record = letter
        let timestamp = letter.text(RetryHeader.timestamp) ?? letter.text(DeadLetterHeader.timestamp)
        if let timestamp = timestamp.flatMap({ Int64($0) }) { record.timestampMilliseconds = timestamp }
        record.headers.removeAll { header in
            header.name == Self.countHeader || header.name.hasPrefix(DeadLetterHeader.prefix)
                || RetryHeader.all.contains(header.name)
        }
        record.headers.append(Header(Self.countHeader, "\(count)"))
        self.record = record
    }

    private static func topic(_ header: String, of letter: Record) throws(RedriveError) -> String {
        let name = try text(header, of: letter)
        if name.isEmpty { throw .malformed(header: header, value: name) }
        return name
    }

    private static func checkNumbers(_ headers: [String], of letter: Record) throws(RedriveError) {
        for header in headers { _ = try number(header, of: letter) }
    }

    private static func text(_ header: String, of letter: Record) throws(RedriveError) -> String {
        guard let value = letter.text(header) else { throw .missing(header: header) }
        return value
    }

    private static func number(_ header: String, of letter: Record) throws(RedriveError) -> Int64 {
        let value = try text(header, of: letter)
        guard let number = Int64(value), number >= 0 else { throw .malformed(header: header, value: value) }
        return number
    }
}
