import Services
import Simulation

/// Takes rows apart into columns, by what their `Codable` says about them.
///
/// - A property is a column, named in snake_case. A structure becomes a column for each of its own properties, with the
///   property's name in front: `total_minor_units`.
/// - The `key` is the column `id`, or, when it is a structure, a column for each of its properties.
/// - A `Document` or an array is a column of JSON, and so is a structure that may be missing: without it, nothing would
///   say which columns it has.
final class RowEncoder {
    private let documents = DocumentText()
    fileprivate var row = EncodedRow()

    func encode<R: Row>(_ value: R) throws -> EncodedRow {
        row = EncodedRow()
        try value.encode(to: ColumnEncoder(target: self, place: .row, codingPath: []))
        for (column, value) in zip(row.columns, row.values) {
            // Databases end a text there, or refuse it.
            if case .text(let text) = value, text.utf8.contains(0) {
                throw StoreFailure(
                    "Column '\(column.name)' of table '\(R.table)' cannot hold a text with a zero byte in it. "
                        + "Make the property's type [UInt8].")
            }
        }
        return row
    }

    /// The columns of the key alone.
    func encode<Key: RowKey>(key: Key) throws -> EncodedRow {
        row = EncodedRow()
        try encode(key, at: .key, [])
        return row
    }

    fileprivate func encode<T: Encodable>(_ value: T, at place: ColumnPlace, _ path: [any CodingKey]) throws {
        switch Keeping(T.self) {
        case .instant: row.append(.text(InstantText.text(of: cast(value))), .text, named: place.name)
        case .duration:
            let duration: Duration = cast(value)
            row.append(.integer(duration.nanoseconds), .integer, named: "\(place.name)_ns")
        case .bytes: row.append(.bytes(cast(value)), .bytes, named: place.name)
        case .document: row.append(.text(try documents.text(of: value)), .text, named: place.name)
        case .itself: try value.encode(to: ColumnEncoder(target: self, place: place, codingPath: path))
        }
    }

    /// A property that may be missing is always one column.
    fileprivate func encodeIfPresent<T: Encodable>(
        _ value: T?, at place: ColumnPlace, _ path: [any CodingKey]
    ) throws {
        guard let value else {
            switch Keeping(T.self) {
            case .duration: row.append(.null, .integer, named: "\(place.name)_ns")
            case .bytes: row.append(.null, .bytes, named: place.name)
            case .instant, .document, .itself: row.append(.null, .text, named: place.name)
            }
            return
        }
        guard case .itself = Keeping(T.self) else { return try encode(value, at: place, path) }
        let scratch = RowEncoder()
        try value.encode(to: ColumnEncoder(target: scratch, place: place, codingPath: path))
        if scratch.row.columns.count == 1, scratch.row.columns[0].name == place.name,
            case .text(let text)? = scratch.row.values.first
        {
            row.append(.text(text), .text, named: place.name)
        } else {
            row.append(.text(try documents.text(of: value)), .text, named: place.name)
        }
    }

    private func cast<From, To>(_ value: From) -> To {
        guard let value = value as? To else { preconditionFailure("\(From.self) was taken for \(To.self)") }
        return value
    }
}

/// Where in a row something stands.
enum ColumnPlace {
    /// It is the row.
    case row
    /// It is the row's key.
    case key
    /// It is a property, or a part of one.
    case column(String)

    /// The column, for a single value.
    var name: String {
        switch self {
        case .row, .key: ColumnName.id
        case .column(let name): name
        }
    }

    /// The place of a structure's property.
    func property(_ key: any CodingKey) -> ColumnPlace {
        switch self {
        case .row where key.stringValue == ColumnName.key: .key
        case .row, .key: .column(ColumnName.of(key.stringValue, in: ""))
        case .column(let name): .column(ColumnName.of(key.stringValue, in: name))
        }
    }
}

private struct ColumnEncoder: Encoder {
    let target: RowEncoder
    let place: ColumnPlace
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(KeyedColumns<Key>(target: target, place: place, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        preconditionFailure("'\(place.name)' is a list inside of a row: make its type an array or a Document")
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        SingleColumn(target: target, place: place, codingPath: codingPath)
    }
}

private struct SingleColumn: SingleValueEncodingContainer {
    let target: RowEncoder
    let place: ColumnPlace
    let codingPath: [any CodingKey]

    private func append(_ value: ColumnValue, _ type: ColumnType) { target.row.append(value, type, named: place.name) }
    private func integer(_ value: some FixedWidthInteger) {
        append(.integer(Int64(truncatingIfNeeded: value)), .integer)
    }

    func encodeNil() { append(.null, .text) }
    func encode(_ value: Bool) { integer(value ? 1 : 0) }
    func encode(_ value: String) { append(.text(value), .text) }
    func encode(_ value: Double) { append(.real(value), .real) }
    func encode(_ value: Float) { append(.real(Double(value)), .real) }
    func encode(_ value: Int) { integer(value) }
    func encode(_ value: Int8) { integer(value) }
    func encode(_ value: Int16) { integer(value) }
    func encode(_ value: Int32) { integer(value) }
    func encode(_ value: Int64) { integer(value) }
    func encode(_ value: UInt) { integer(value) }
    func encode(_ value: UInt8) { integer(value) }
    func encode(_ value: UInt16) { integer(value) }
    func encode(_ value: UInt32) { integer(value) }
    func encode(_ value: UInt64) { integer(value) }
    func encode<T: Encodable>(_ value: T) throws { try target.encode(value, at: place, codingPath) }
}

private struct KeyedColumns<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let target: RowEncoder
    let place: ColumnPlace
    let codingPath: [any CodingKey]

    private func append(_ value: ColumnValue?, _ type: ColumnType, _ key: Key) {
        target.row.append(value ?? .null, type, named: place.property(key).name)
    }

    private func integer(_ value: (some FixedWidthInteger)?, _ key: Key) {
        append(value.map { .integer(Int64(truncatingIfNeeded: $0)) }, .integer, key)
    }

    func encodeNil(forKey key: Key) { append(.null, .text, key) }
    func encode(_ value: Bool, forKey key: Key) { integer(value ? 1 : 0, key) }
    func encode(_ value: String, forKey key: Key) { append(.text(value), .text, key) }
    func encode(_ value: Double, forKey key: Key) { append(.real(value), .real, key) }
    func encode(_ value: Float, forKey key: Key) { append(.real(Double(value)), .real, key) }
    func encode(_ value: Int, forKey key: Key) { integer(value, key) }
    func encode(_ value: Int8, forKey key: Key) { integer(value, key) }
    func encode(_ value: Int16, forKey key: Key) { integer(value, key) }
    func encode(_ value: Int32, forKey key: Key) { integer(value, key) }
    func encode(_ value: Int64, forKey key: Key) { integer(value, key) }
    func encode(_ value: UInt, forKey key: Key) { integer(value, key) }
    func encode(_ value: UInt8, forKey key: Key) { integer(value, key) }
    func encode(_ value: UInt16, forKey key: Key) { integer(value, key) }
    func encode(_ value: UInt32, forKey key: Key) { integer(value, key) }
    func encode(_ value: UInt64, forKey key: Key) { integer(value, key) }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        try target.encode(value, at: place.property(key), codingPath + [key])
    }

    func encodeIfPresent(_ value: Bool?, forKey key: Key) { integer(value.map { $0 ? 1 : 0 }, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) { append(value.map { .text($0) }, .text, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) { append(value.map { .real($0) }, .real, key) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) { append(value.map { .real(Double($0)) }, .real, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) { integer(value, key) }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) { integer(value, key) }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) { integer(value, key) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) { integer(value, key) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) { integer(value, key) }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) { integer(value, key) }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) { integer(value, key) }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) { integer(value, key) }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) { integer(value, key) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) { integer(value, key) }
    func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws {
        try target.encodeIfPresent(value, at: place.property(key), codingPath + [key])
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        let encoder = ColumnEncoder(target: target, place: place.property(key), codingPath: codingPath + [key])
        return encoder.container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        ColumnEncoder(target: target, place: place.property(key), codingPath: codingPath + [key]).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { ColumnEncoder(target: target, place: place, codingPath: codingPath) }
    func superEncoder(forKey key: Key) -> any Encoder {
        ColumnEncoder(target: target, place: place.property(key), codingPath: codingPath + [key])
    }
}
