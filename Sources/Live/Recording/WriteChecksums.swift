import Kafka
import Services
import Simulation

/// A row that a batch has written, with a checksum of where and what.
struct WrittenRow {
    var table: String
    var key: String
    /// Nil for one that was removed.
    var row: String?
    var checksum: UInt32
}

/// Goes through what a batch has written, in order.
final class WriteChecksums: RowSink {
    private var rows: [WrittenRow] = []
    private let describes: Bool
    private let encoder = BinaryEncoder()

    private init(describes: Bool) { self.describes = describes }

    /// - Parameter describing: whether keys and rows are wanted in words.
    static func all(of workingSet: WorkingSet, describing: Bool = false) throws -> [WrittenRow] {
        let sink = WriteChecksums(describes: describing)
        try workingSet.write(to: sink)
        return sink.rows
    }

    func write<R: Row>(_ type: R.Type, _ key: R.Key, _ row: R?) throws {
        var bytes = try encoder.encode(R.table)
        bytes += try encoder.encode(key)
        bytes += try encoder.encode(row)
        rows.append(
            WrittenRow(
                table: R.table, key: describes ? "\(key)" : "", row: describes ? row.map { "\($0)" } : nil,
                checksum: crc32(bytes)))
    }
}

extension BatchOutcome {
    /// Equal outcomes have equal checksums, in every process.
    var checksum: UInt64 {
        get throws {
            var hash = TraceHash()
            hash.fold(try BinaryEncoder().encode(self))
            return hash.low64
        }
    }
}
