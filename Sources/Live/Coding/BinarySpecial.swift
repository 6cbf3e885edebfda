/// Types of the standard library whose own coding needs names, or an order that every process has.
protocol BinarySpecial {
    func write(to writer: BinaryWriter) throws
    static func read(from reader: BinaryReader) throws -> Self
}

extension Optional: BinarySpecial where Wrapped: Codable {
    func write(to writer: BinaryWriter) throws {
        writer.write(self != nil)
        if let self { try writer.write(self) }
    }

    static func read(from reader: BinaryReader) throws -> Self {
        try reader.readFlag() ? try reader.read(Wrapped.self) : nil
    }
}

extension Dictionary: BinarySpecial where Key: Codable, Value: Codable {
    func write(to writer: BinaryWriter) throws {
        let encoder = BinaryEncoder()
        let entries = try map { (key: try encoder.encode($0.key), value: $0.value) }
        writer.write(unsigned: UInt64(count))
        for entry in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            writer.write(bytes: entry.key)
            try writer.write(entry.value)
        }
    }

    static func read(from reader: BinaryReader) throws -> Self {
        var dictionary: Self = [:]
        for _ in 0..<(try reader.readCount()) {
            let key = try BinaryDecoder().decode(Key.self, from: try reader.readBytes())
            guard dictionary.updateValue(try reader.read(Value.self), forKey: key) == nil else {
                throw reader.damaged("a key comes twice")
            }
        }
        return dictionary
    }
}

extension Set: BinarySpecial where Element: Codable {
    func write(to writer: BinaryWriter) throws {
        let encoder = BinaryEncoder()
        let elements = try map { try encoder.encode($0) }
        writer.write(unsigned: UInt64(count))
        for element in elements.sorted(by: { $0.lexicographicallyPrecedes($1) }) { writer.write(bytes: element) }
    }

    static func read(from reader: BinaryReader) throws -> Self {
        var set: Self = []
        for _ in 0..<(try reader.readCount()) {
            let element = try BinaryDecoder().decode(Element.self, from: try reader.readBytes())
            guard set.insert(element).inserted else { throw reader.damaged("an element comes twice") }
        }
        return set
    }
}
