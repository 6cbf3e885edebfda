import Services

/// A part of a table that was read as a whole.
enum ScanPart: Sendable, Codable {
    /// Rows that are as they were when the table was read the last time, where they stood then.
    case again(from: Int, count: Int)
    case new([[UInt8]])
}

/// Tables as they were read the last time, so that only what has changed is written.
///
/// Housekeeping reads all deadlines, several times a second, and hardly any of them has changed.
final class WrittenScans {
    private final class Scan<R: Row> {
        let rows: [R]

        init(_ rows: [R]) { self.rows = rows }
    }

    private var latest: [String: AnyObject] = [:]

    func parts<R: Row>(of rows: [R]) throws -> [ScanPart] {
        let before = (latest[R.table] as? Scan<R>)?.rows ?? []
        latest[R.table] = Scan(rows)
        var places: [R.Key: Int] = [:]
        places.reserveCapacity(before.count)
        for (place, row) in before.enumerated() { places[row.key] = place }
        var parts: [ScanPart] = []
        var new: [[UInt8]] = []
        for row in rows {
            guard let place = places[row.key], before[place] == row else {
                new.append(try BinaryEncoder().encode(row))
                continue
            }
            if !new.isEmpty {
                parts.append(.new(new))
                new = []
            }
            if case .again(let from, let count)? = parts.last, from + count == place {
                parts[parts.count - 1] = .again(from: from, count: count + 1)
            } else {
                parts.append(.again(from: place, count: 1))
            }
        }
        return new.isEmpty ? parts : parts + [.new(new)]
    }
}

/// The same tables, as a recording is read.
final class ReadScans {
    private var latest: [String: [[UInt8]]] = [:]

    /// All rows of the table.
    func rows(of table: String, _ parts: [ScanPart]) throws(BinaryCodingError) -> [[UInt8]] {
        let before = latest[table] ?? []
        var rows: [[UInt8]] = []
        for part in parts {
            switch part {
            case .new(let new): rows += new
            case .again(let from, let count):
                guard from >= 0, count >= 0, from <= before.count, count <= before.count - from else {
                    throw .damaged(at: 0, reason: "table '\(table)' had \(before.count) rows only")
                }
                rows += before[from..<from + count]
            }
        }
        latest[table] = rows
        return rows
    }
}
