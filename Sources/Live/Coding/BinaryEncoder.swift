import Kafka
import Services

/// Writes any `Codable` value as bytes, compactly: values in the order in which they are encoded, without names or types.
///
/// The bytes can be read only as the type that they were written from, by a program in which that type is the same. Numbers
/// are written in as few bytes as they need, texts and byte arrays behind their length, an optional behind a byte that
/// says whether it is there, an enumeration with the name of its case. Equal values give equal bytes, in every process:
/// the elements of sets and dictionaries are sorted.
///
/// A type that writes its own coding must read in the order in which it writes.
public struct BinaryEncoder: Sendable {
    public init() {}

    /// The value's bytes.
    public func encode(_ value: some Encodable) throws -> [UInt8] {
        try encode(value, remembering: nil)
    }

    /// The same, where records that stood in values before this one are not written again.
    func encode(_ value: some Encodable, remembering memory: WrittenRecords?) throws -> [UInt8] {
        let writer = BinaryWriter(remembering: memory)
        try writer.write(value)
        return writer.bytes
    }
}

/// The bytes written so far; all containers of one value write to the same.
final class BinaryWriter: Encoder {
    private(set) var bytes: [UInt8] = []
    /// Records written before, in values before this one.
    private let memory: WrittenRecords?

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(remembering memory: WrittenRecords? = nil) { self.memory = memory }

    func write<Value: Encodable>(_ value: Value) throws {
        // The commonest types, without the way through a container.
        if Value.self == Int64.self { return write(signed: unsafeBitCast(value, to: Int64.self)) }
        if Value.self == Int32.self { return write(signed: Int64(unsafeBitCast(value, to: Int32.self))) }
        if Value.self == UInt64.self { return write(unsigned: unsafeBitCast(value, to: UInt64.self)) }
        if Value.self == String.self { return write(unsafeBitCast(value, to: String.self)) }
        if Value.self == [UInt8].self { return write(bytes: unsafeBitCast(value, to: [UInt8].self)) }
        if Value.self == Identifier.self { return write(bytes: unsafeBitCast(value, to: Identifier.self).bytes) }
        if Value.self == UniqueID.self { return write(unsafeBitCast(value, to: UniqueID.self)) }
        if let memory, Value.self == Record.self {
            let distance = memory.distance(of: unsafeBitCast(value, to: Record.self))
            write(unsigned: UInt64(distance))
            if distance > 0 { return }
        }
        if let value = value as? any BinarySpecial { return try value.write(to: self) }
        try value.encode(to: self)
    }

    func write(byte: UInt8) { bytes.append(byte) }

    func write(bytes some: [UInt8]) {
        write(unsigned: UInt64(some.count))
        bytes += some
    }

    func write(_ text: String) {
        write(unsigned: UInt64(text.utf8.count))
        bytes += text.utf8
    }

    func write(_ flag: Bool) { write(byte: flag ? 1 : 0) }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow (LEB128).
    func write(unsigned number: UInt64) {
        var rest = number
        while rest > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Zigzag: numbers near zero are short, whatever their sign.
    func write(signed number: Int64) { write(unsigned: UInt64(bitPattern: number << 1 ^ number >> 63)) }

    /// All eight bytes, the lowest first.
    func write(fixed number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    private func write(_ id: UniqueID) {
        write(fixed: id.high)
        write(fixed: id.low)
    }

    /// Four bytes for a count that is not known yet.
    func reserveCount() -> Int {
        bytes += [0, 0, 0, 0]
        return bytes.count - 4
    }

    func setCount(_ count: Int, at position: Int) {
        for index in 0..<4 { bytes[position + index] = UInt8(truncatingIfNeeded: count >> (index * 8)) }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(KeyedBinaryWriter<Key>(writer: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { UnkeyedBinaryWriter(writer: self) }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleBinaryWriter(writer: self) }
}

/// A single value: where all numbers, texts and flags are written at last.
private struct SingleBinaryWriter: SingleValueEncodingContainer {
    let writer: BinaryWriter
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { writer.write(byte: 0) }
    func encode(_ value: Bool) { writer.write(value) }
    func encode(_ value: String) { writer.write(value) }
    func encode(_ value: Double) { writer.write(fixed: value.bitPattern) }
    func encode(_ value: Float) { writer.write(unsigned: UInt64(value.bitPattern)) }
    func encode(_ value: Int) { writer.write(signed: Int64(value)) }
    func encode(_ value: Int8) { writer.write(byte: UInt8(bitPattern: value)) }
    func encode(_ value: Int16) { writer.write(signed: Int64(value)) }
    func encode(_ value: Int32) { writer.write(signed: Int64(value)) }
    func encode(_ value: Int64) { writer.write(signed: value) }
    func encode(_ value: UInt) { writer.write(unsigned: UInt64(value)) }
    func encode(_ value: UInt8) { writer.write(byte: value) }
    func encode(_ value: UInt16) { writer.write(unsigned: UInt64(value)) }
    func encode(_ value: UInt32) { writer.write(unsigned: UInt64(value)) }
    func encode(_ value: UInt64) { writer.write(unsigned: value) }
    func encode<Value: Encodable>(_ value: Value) throws { try writer.write(value) }
}

/// Values one after the other. A container in it that has keys of its own is the case of an enumeration: its name is
/// written.
private struct KeyedBinaryWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: BinaryWriter
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { writer.write(byte: 0) }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { try writer.write(value) }

    private func writeOptional<Value: Encodable>(_ value: Value?) throws {
        writer.write(value != nil)
        if let value { try writer.write(value) }
    }

    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try writeOptional(value) }
    func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws { try writeOptional(value) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        writer.write(key.stringValue)
        return writer.container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { writer.unkeyedContainer() }
    func superEncoder() -> any Encoder { writer }
    func superEncoder(forKey key: Key) -> any Encoder { writer }
}

/// A sequence behind its count.
private struct UnkeyedBinaryWriter: UnkeyedEncodingContainer {
    let writer: BinaryWriter
    private let place: Int
    private(set) var count = 0
    var codingPath: [any CodingKey] { [] }

    init(writer: BinaryWriter) {
        self.writer = writer
        place = writer.reserveCount()
    }

    private mutating func add() {
        count += 1
        writer.setCount(count, at: place)
    }

    mutating func encodeNil() {
        add()
        writer.write(byte: 0)
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        add()
        let before = writer.bytes.count
        try writer.write(value)
        // The reader takes a count that is larger than what is left for damage.
        guard writer.bytes.count > before else {
            throw BinaryCodingError.unsupported("a sequence of \(Value.self) cannot be written: they take no bytes")
        }
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        add()
        return writer.container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        add()
        return writer.unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        add()
        return writer
    }
}
