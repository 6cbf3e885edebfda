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
    private var failed: Set<String> = []

    init(_ reads: [FlightRead]) {
        for read in reads {
            switch read {
            case .row(let table, let key, let row): rows[Place(table: table, key: key)] = .some(row)
            case .message(let key, let message): messages[key] = .some(message)
            case .rows(let table, let rows): tables[table] = rows
            case .failure(let table): failed.insert(table)
            }
        }
    }

    func row<R: Row>(_ type: R.Type, _ key: R.Key) throws -> R? {
        let bytes = try BinaryEncoder().encode(key)
        if R.self == OutboxMessage.self {
            if let message = messages[bytes] { return message as? R }
        } else if let row = rows[Place(table: R.table, key: bytes)] {
            return try row.map { try BinaryDecoder().decode(R.self, from: $0) }
        }
        throw missing("the row \(key) of table '\(R.table)'", in: R.table)
    }

    func rows<R: Row>(_ type: R.Type) throws -> [R] {
        guard let rows = tables[R.table] else { throw missing("all of table '\(R.table)'", in: R.table) }
        return try rows.map { try BinaryDecoder().decode(R.self, from: $0) }
    }

    private func missing(_ question: String, in table: String) -> any Error {
        failed.contains(table) ? Failure() : Unknown(question: question)
    }
}
