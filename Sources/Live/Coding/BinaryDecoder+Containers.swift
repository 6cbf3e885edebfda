/// A single value: where all numbers, texts and flags are read at last.
struct SingleBinaryReader: SingleValueDecodingContainer {
    let reader: BinaryReader
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }
    func decode(_ type: Bool.Type) throws -> Bool { try reader.readFlag() }
    func decode(_ type: String.Type) throws -> String { try reader.readText() }
    func decode(_ type: Double.Type) throws -> Double { Double(bitPattern: try reader.readFixed()) }
    func decode(_ type: Float.Type) throws -> Float { Float(bitPattern: try reader.readInteger(UInt32.self)) }
    func decode(_ type: Int.Type) throws -> Int { try reader.readInteger(Int.self) }
    func decode(_ type: Int8.Type) throws -> Int8 { Int8(bitPattern: try reader.readByte()) }
    func decode(_ type: Int16.Type) throws -> Int16 { try reader.readInteger(Int16.self) }
    func decode(_ type: Int32.Type) throws -> Int32 { try reader.readInteger(Int32.self) }
    func decode(_ type: Int64.Type) throws -> Int64 { try reader.readSigned() }
    func decode(_ type: UInt.Type) throws -> UInt { try reader.readInteger(UInt.self) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try reader.readByte() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try reader.readInteger(UInt16.self) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try reader.readInteger(UInt32.self) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try reader.readUnsigned() }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try reader.read(type) }
}

/// Values one after the other; see `KeyedBinaryWriter`.
struct KeyedBinaryReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let reader: BinaryReader
    var codingPath: [any CodingKey] { [] }

    /// Only an enumeration asks: its case comes next.
    var allKeys: [Key] { reader.peekText().flatMap { Key(stringValue: $0) }.map { [$0] } ?? [] }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) throws -> Bool { try !reader.readFlag() }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try reader.read(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        guard try reader.readText() == key.stringValue else { throw reader.damaged("'\(key.stringValue)' is expected") }
        return reader.container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try reader.unkeyedContainer()
    }

    func superDecoder() -> any Decoder { reader }
    func superDecoder(forKey key: Key) -> any Decoder { reader }
}

/// A sequence behind its count.
struct UnkeyedBinaryReader: UnkeyedDecodingContainer {
    let reader: BinaryReader
    let total: Int
    private(set) var currentIndex = 0
    var codingPath: [any CodingKey] { [] }

    init(reader: BinaryReader, total: Int) {
        self.reader = reader
        self.total = total
    }

    /// Not known to those who would make room for it: the count may be damaged.
    var count: Int? { nil }
    var isAtEnd: Bool { currentIndex == total }

    private mutating func advance() throws {
        guard !isAtEnd else { throw reader.damaged("the sequence has \(total) elements only") }
        currentIndex += 1
    }

    mutating func decodeNil() throws -> Bool { false }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try advance()
        return try reader.read(type)
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try advance()
        return reader.container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try advance()
        return try reader.unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder {
        try advance()
        return reader
    }
}
