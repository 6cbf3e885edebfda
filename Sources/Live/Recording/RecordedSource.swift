import Services

/// Answers as the database did when a batch was recorded.
final class RecordedSource: RowSource {
    /// The database failed here, too.
    struct Failure: Error {}

    /// The batch asks for something that it did not ask for then.
    struct Unknown: Error {
        var question: String
    }

    private struct Place: Hashable {
        var table: String
        var key: [UInt8]
    }

    private var rows: [Place: [UInt8]?] = [:]
    private var messages: [[UInt8]: OutboxMessage?] = [:]
    private var tables: [String: [[UInt8]]] = [:]
    /// How many questions the database answered before it failed; nil if it did not.
    private var answersBeforeFailure: Int?
    private var questions = 0

    init(_ reads: [FlightRead], remembering scans: ReadScans) throws(BinaryCodingError) {
        for (index, read) in reads.enumerated() {
            switch read {
            case .row(let table, let key, let row): rows[Place(table: table, key: key)] = .some(row)
            case .message(let key, let message): messages[key] = .some(message)
            case .rows(let table, let parts): tables[table] = try scans.rows(of: table, parts)
            case .failure: answersBeforeFailure = index
            }
        }
    }

    /// The same question may have been answered once, and not the next time.
    private func ask() throws {
        if questions == answersBeforeFailure { throw Failure() }
        questions += 1
    }

    func row<R: Row>(_ type: R.Type, _ key: R.Key) throws -> R? {
        try ask()
        let bytes = try BinaryEncoder().encode(key)
        if R.self == OutboxMessage.self {
            if let message = messages[bytes] { return message as? R }
        } else if let row = rows[Place(table: R.table, key: bytes)] {
            return try row.map { try BinaryDecoder().decode(R.self, from: $0) }
        }
        throw Unknown(question: "the row \(key) of table '\(R.table)'")
    }

    func rows<R: Row>(_ type: R.Type) throws -> [R] {
        try ask()
        guard let rows = tables[R.table] else { throw Unknown(question: "all of table '\(R.table)'") }
        return try rows.map { try BinaryDecoder().decode(R.self, from: $0) }
    }
}
