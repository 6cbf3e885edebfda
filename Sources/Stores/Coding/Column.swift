/// What a column holds.
enum ColumnType: Hashable, Sendable {
    case integer
    case real
    case text
    case bytes
}

/// One field of a row, as both databases know it.
enum ColumnValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
}

/// A column's name and what it holds.
struct Column: Hashable, Sendable {
    var name: String
    var type: ColumnType
}

/// A row, or its key alone, taken apart into columns.
struct EncodedRow {
    private(set) var columns: [Column] = []
    private(set) var values: [ColumnValue] = []

    mutating func append(_ value: ColumnValue, _ type: ColumnType, named name: String) {
        columns.append(Column(name: name, type: type))
        values.append(value)
    }
}

/// How properties become the names of columns.
enum ColumnName {
    /// The column of a key that is a single value.
    static let id = "id"
    /// The property that holds a row's key.
    static let key = "key"

    /// `minorUnits` of `total`: `total_minor_units`. What only wraps a `rawValue` needs no name beside its property's.
    static func of(_ property: String, in prefix: String) -> String {
        if property == "rawValue", !prefix.isEmpty { return prefix }
        return prefix.isEmpty ? snakeCase(property) : "\(prefix)_\(snakeCase(property))"
    }

    /// `updatedAt`: `updated_at`.
    private static func snakeCase(_ property: String) -> String {
        guard property.utf8.contains(where: isCapital) else { return property }
        var bytes: [UInt8] = []
        var isAfterCapital = true
        for byte in property.utf8 {
            if isCapital(byte) {
                if !isAfterCapital { bytes.append(UInt8(ascii: "_")) }
                bytes.append(byte | 0x20)
            } else {
                bytes.append(byte)
            }
            isAfterCapital = isCapital(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
}
