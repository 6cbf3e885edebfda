import Services
import Simulation

/// Puts rows together from columns; the reverse of `RowEncoder`.
final class RowDecoder {
    private let documents = DocumentText()
    private let table: String
    private let positions: [String: Int]
    private let keyNames: [String]
    private var values: [ColumnValue] = []

    /// - Parameters:
    ///   - columns: what a row's values are called, in their order.
    ///   - keyNames: the columns by which people find a row.
    init(table: String, columns: [String], keyNames: [String]) {
        self.table = table
        self.keyNames = keyNames
        positions = Dictionary(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Throws: `StoreFailure` that names table, key and column when the row is damaged.
    func decode<R: Row>(_ type: R.Type, from values: [ColumnValue]) throws -> R {
        self.values = values
        do { return try R(from: ColumnDecoder(source: self, place: .row, codingPath: [])) } catch let damage as Damage {
            throw failure("column '\(damage.column)' \(damage.what)")
        } catch let error as DecodingError {
            throw failure("\(error)")
        }
    }

    private func failure(_ what: String) -> StoreFailure {
        StoreFailure(
            "The row \(keyText) of table '\(table)' cannot be read: \(what). Restore it from a backup, or delete it.")
    }

    private var keyText: String {
        let parts = keyNames.map { name in
            guard let position = positions[name] else { return "?" }
            return switch values[position] {
            case .null: "NULL"
            case .integer(let number): "\(number)"
            case .real(let number): "\(number)"
            case .text(let text): "'\(text)'"
            case .bytes(let bytes): "(\(bytes.count) bytes)"
            }
        }
        return parts.joined(separator: ", ")
    }

    fileprivate func value(_ column: String) throws -> ColumnValue {
        guard let position = positions[column] else { throw Damage(column, "is missing") }
        return values[position]
    }

    fileprivate func isNull(_ column: String) -> Bool { positions[column].map { values[$0] == .null } ?? true }

    fileprivate func text(_ column: String) throws -> String {
        guard case .text(let text) = try value(column) else { throw try wrong(column, "a text") }
        return text
    }

    fileprivate func integer<I: FixedWidthInteger>(_ column: String) throws -> I {
        let number: Int64? =
            switch try value(column) {
            case .integer(let number): number
            case .text(let text): Int64(text)
            default: nil
            }
        guard let number else { throw try wrong(column, "a whole number") }
        if I.self == UInt64.self || I.self == UInt.self { return I(truncatingIfNeeded: number) }
        guard let fitting = I(exactly: number) else { throw Damage(column, "holds \(number), which is out of range") }
        return fitting
    }

    fileprivate func real(_ column: String) throws -> Double {
        switch try value(column) {
        case .real(let number): return number
        case .integer(let number): return Double(number)
        default: throw try wrong(column, "a number")
        }
    }

    private func wrong(_ column: String, _ wanted: String) throws -> Damage {
        Damage(column, try value(column) == .null ? "is empty" : "holds no \(wanted.dropFirst(2))")
    }

    fileprivate func decode<T: Decodable>(
        _ type: T.Type, at place: ColumnPlace, _ path: [any CodingKey], isOptional: Bool = false
    ) throws -> T {
        switch Keeping(T.self) {
        case .instant:
            let text = try text(place.name)
            guard let instant = InstantText.instant(text) else { throw Damage(place.name, "holds no time: '\(text)'") }
            return cast(instant)
        case .duration: return cast(Duration(nanoseconds: try integer("\(place.name)_ns")))
        case .bytes:
            guard case .bytes(let bytes) = try value(place.name) else { throw try wrong(place.name, "a bytes") }
            return cast(bytes)
        case .document: return try document(type, place.name)
        case .itself:
            do {
                return try T(from: ColumnDecoder(source: self, place: place, codingPath: path, isOptional: isOptional))
            } catch is NotSingle { return try document(type, place.name) } catch let DecodingError.dataCorrupted(
                context)
            {
                throw Damage(place.name, "is wrong: \(context.debugDescription)")
            }
        }
    }

    private func document<T: Decodable>(_ type: T.Type, _ column: String) throws -> T {
        let text = try text(column)
        do { return try documents.value(type, from: text) } catch {
            throw Damage(column, "holds no JSON of \(T.self)")
        }
    }

    private func cast<From, To>(_ value: From) -> To {
        guard let value = value as? To else { preconditionFailure("\(From.self) was taken for \(To.self)") }
        return value
    }

    /// Whether a property that may be missing is.
    fileprivate func isMissing<T>(_ type: T.Type, at place: ColumnPlace) -> Bool {
        if case .duration = Keeping(T.self) { return isNull("\(place.name)_ns") }
        return isNull(place.name)
    }
}

/// What is wrong with a column.
private struct Damage: Error {
    var column: String
    var what: String

    init(_ column: String, _ what: String) {
        self.column = column
        self.what = what
    }
}

/// A structure that may be missing is JSON, and not a column for each property.
private struct NotSingle: Error {}

private struct ColumnDecoder: Decoder {
    let source: RowDecoder
    let place: ColumnPlace
    let codingPath: [any CodingKey]
    var isOptional = false
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        if isOptional { throw NotSingle() }
        return KeyedDecodingContainer(KeyedColumns<Key>(source: source, place: place, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Damage(place.name, "is no list") }

    func singleValueContainer() -> any SingleValueDecodingContainer {
        SingleColumn(source: source, place: place, codingPath: codingPath)
    }
}

private struct SingleColumn: SingleValueDecodingContainer {
    let source: RowDecoder
    let place: ColumnPlace
    let codingPath: [any CodingKey]

    func decodeNil() -> Bool { source.isNull(place.name) }
    func decode(_ type: Bool.Type) throws -> Bool { try source.integer(place.name) as Int64 != 0 }
    func decode(_ type: String.Type) throws -> String { try source.text(place.name) }
    func decode(_ type: Double.Type) throws -> Double { try source.real(place.name) }
    func decode(_ type: Float.Type) throws -> Float { Float(try source.real(place.name)) }
    func decode(_ type: Int.Type) throws -> Int { try source.integer(place.name) }
    func decode(_ type: Int8.Type) throws -> Int8 { try source.integer(place.name) }
    func decode(_ type: Int16.Type) throws -> Int16 { try source.integer(place.name) }
    func decode(_ type: Int32.Type) throws -> Int32 { try source.integer(place.name) }
    func decode(_ type: Int64.Type) throws -> Int64 { try source.integer(place.name) }
    func decode(_ type: UInt.Type) throws -> UInt { try source.integer(place.name) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try source.integer(place.name) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try source.integer(place.name) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try source.integer(place.name) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try source.integer(place.name) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try source.decode(type, at: place, codingPath) }
}

private struct KeyedColumns<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let source: RowDecoder
    let place: ColumnPlace
    let codingPath: [any CodingKey]
    var allKeys: [Key] { [] }

    private func name(_ key: Key) -> String { place.property(key).name }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) -> Bool { source.isNull(name(key)) }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try source.integer(name(key)) as Int64 != 0 }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try source.text(name(key)) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try source.real(name(key)) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { Float(try source.real(name(key))) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try source.integer(name(key)) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try source.integer(name(key)) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try source.integer(name(key)) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try source.integer(name(key)) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try source.integer(name(key)) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try source.integer(name(key)) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try source.integer(name(key)) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try source.integer(name(key)) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try source.integer(name(key)) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try source.integer(name(key)) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try source.decode(type, at: place.property(key), codingPath + [key])
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        let place = place.property(key)
        guard !source.isMissing(type, at: place) else { return nil }
        return try source.decode(type, at: place, codingPath + [key], isOptional: true)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        let place = place.property(key)
        return try ColumnDecoder(source: source, place: place, codingPath: codingPath + [key]).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw Damage(name(key), "is no list")
    }

    func superDecoder() -> any Decoder { ColumnDecoder(source: source, place: place, codingPath: codingPath) }
    func superDecoder(forKey key: Key) -> any Decoder {
        ColumnDecoder(source: source, place: place.property(key), codingPath: codingPath + [key])
    }
}
