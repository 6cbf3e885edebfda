import Kafka
import Services

/// Reads what `BinaryEncoder` wrote. Whatever else it is given, it says so: it never crashes, and takes no more memory than
/// the bytes account for.
public struct BinaryDecoder: Sendable {
    public init() {}

    /// The value that the bytes, all of them, were written from.
    public func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, from bytes: [UInt8]
    ) throws(BinaryCodingError) -> Value {
        try decode(type, from: bytes, remembering: nil)
    }

    /// The same, where records may be those of values before this one.
    func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, from bytes: [UInt8], remembering memory: ReadRecords?
    ) throws(BinaryCodingError) -> Value {
        let reader = BinaryReader(bytes, remembering: memory)
        do {
            let value = try reader.read(Value.self)
            guard reader.remaining == 0 else { throw BinaryCodingError.trailing(bytes: reader.remaining) }
            return value
        } catch let error as BinaryCodingError {
            throw error
        } catch {
            throw .damaged(at: reader.position, reason: reason(for: error))
        }
    }

    private func reason(for error: any Error) -> String {
        switch error {
        case DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context),
            DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            context.debugDescription
        default: "\(error)"
        }
    }
}

/// The bytes and how far they have been read; all containers of one value read from the same.
final class BinaryReader: Decoder {
    private let bytes: [UInt8]
    private(set) var position = 0
    private var depth = 0
    /// Records read before, in values before this one.
    private let memory: ReadRecords?
    /// Deeper than any value of the program, and shallow enough for a thread's stack.
    private static let maximumDepth = 200

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ bytes: [UInt8], remembering memory: ReadRecords?) {
        self.bytes = bytes
        self.memory = memory
    }

    var remaining: Int { bytes.count - position }

    func damaged(_ reason: String) -> BinaryCodingError { .damaged(at: position, reason: reason) }

    func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if Value.self == [UInt8].self { return unsafeBitCast(try readBytes(), to: Value.self) }
        if Value.self == Identifier.self { return unsafeBitCast(try readIdentifier(), to: Value.self) }
        if Value.self == UniqueID.self {
            return unsafeBitCast(UniqueID(high: try readFixed(), low: try readFixed()), to: Value.self)
        }
        if let memory, Value.self == Record.self {
            return unsafeBitCast(try readRecord(remembering: memory), to: Value.self)
        }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw damaged("values stand \(depth) deep in each other") }
        if let special = Value.self as? any BinarySpecial.Type {
            guard let value = try special.read(from: self) as? Value else {
                preconditionFailure("\(Value.self) reads as another type")
            }
            return value
        }
        return try Value(from: self)
    }

    func readByte() throws -> UInt8 {
        guard position < bytes.count else { throw BinaryCodingError.truncated }
        defer { position += 1 }
        return bytes[position]
    }

    func readFlag() throws -> Bool {
        let byte = try readByte()
        guard byte <= 1 else { throw damaged("\(byte) is neither 0 nor 1") }
        return byte == 1
    }

    func readUnsigned() throws -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let byte = try readByte()
            let bits = UInt64(byte & 0x7f)
            guard shift < 63 || bits <= 1 else { throw damaged("the number is too large") }
            number |= bits << shift
            guard byte & 0x80 == 0 else { continue }
            guard byte != 0 || shift == 0 else { throw damaged("the number is longer than it needs to be") }
            return number
        }
        throw damaged("the number is too long")
    }

    func readSigned() throws -> Int64 {
        let bits = try readUnsigned()
        return Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
    }

    /// A number of a narrower type.
    func readInteger<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        let number = Number.isSigned ? Number(exactly: try readSigned()) : Number(exactly: try readUnsigned())
        guard let number else { throw damaged("the number does not fit into \(Number.self)") }
        return number
    }

    func readFixed() throws -> UInt64 {
        guard remaining >= 8 else { throw BinaryCodingError.truncated }
        var number: UInt64 = 0
        for index in 0..<8 { number |= UInt64(bytes[position + index]) << UInt64(index * 8) }
        position += 8
        return number
    }

    /// How many things follow, each of which takes a byte at least.
    func readCount() throws -> Int { try checked(count: try readUnsigned()) }

    /// The same, as four bytes.
    func readFixedCount() throws -> Int {
        guard remaining >= 4 else { throw BinaryCodingError.truncated }
        var number: UInt64 = 0
        for index in 0..<4 { number |= UInt64(bytes[position + index]) << UInt64(index * 8) }
        position += 4
        return try checked(count: number)
    }

    private func checked(count: UInt64) throws -> Int {
        guard count <= UInt64(remaining) else { throw BinaryCodingError.truncated }
        return Int(count)
    }

    func readBytes() throws -> [UInt8] {
        let count = try readCount()
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    func readText() throws -> String {
        let count = try readCount()
        guard let text = String(validating: bytes[position..<position + count], as: UTF8.self) else {
            throw damaged("the text is not UTF-8")
        }
        position += count
        return text
    }

    private func readRecord(remembering memory: ReadRecords) throws -> Record {
        let distance = try readUnsigned()
        guard distance == 0 else {
            guard let record = memory.record(at: distance) else { throw damaged("there is no record to go back to") }
            return record
        }
        let record = try Record(from: self)
        memory.add(record)
        return record
    }

    private func readIdentifier() throws -> Identifier {
        let bytes = try readBytes()
        guard let identifier = Identifier(bytes) else { throw damaged("\(bytes.count) bytes are no identifier") }
        return identifier
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(KeyedBinaryReader<Key>(reader: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        UnkeyedBinaryReader(reader: self, total: try readFixedCount())
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { SingleBinaryReader(reader: self) }

    /// The name of a case, without going on.
    func peekText() -> String? {
        let start = position
        defer { position = start }
        return try? readText()
    }
}
