import Kafka
import Orders
import Services
import Simulation

/// Makes values of any type that can be decoded, out of nothing but draws.
struct RandomDecoder: Decoder {
    /// Where the next draw comes from.
    final class Source {
        private let draws: Draws
        private var count: UInt64 = 0

        init(seed: UInt64) { draws = Draws(seed: seed) }

        func bits() -> UInt64 {
            count += 1
            return draws.bits(Purpose("random-row"), count)
        }

        func index(below limit: Int) -> Int { Int(bits() % UInt64(limit)) }

        /// Small numbers, large ones and the ends are all likely.
        func integer<I: FixedWidthInteger>() -> I {
            switch index(below: 6) {
            case 0: 0
            case 1: I(truncatingIfNeeded: index(below: 100))
            case 2: I.max
            case 3: I.min
            default: I(truncatingIfNeeded: bits())
            }
        }

        func text() -> String {
            let letters = Array("aZ0 é漢🙂\"'\\\n\t%;--")
            return String((0..<index(below: 12)).map { _ in letters[index(below: letters.count)] })
        }

        func bytes() -> [UInt8] { (0..<index(below: 20)).map { _ in UInt8(truncatingIfNeeded: bits()) } }
    }

    let source: Source
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    static func make<T: Decodable>(_ type: T.Type, seed: UInt64) throws -> T {
        try RandomDecoder(source: Source(seed: seed)).value(type)
    }

    /// Some types do not take every text or number.
    func value<T: Decodable>(_ type: T.Type) throws -> T {
        let special: Any? =
            if type == Identifier.self {
                Identifier(prefix: "ID-", number: source.bits() % 1_000_000, digits: 4)
            } else if type == UniqueID.self {
                UniqueID(high: source.bits(), low: source.bits())
            } else if type == Currency.self {
                [Currency.usd, .eur, .jpy, .kwd][source.index(below: 4)]
            } else if type == [UInt8].self {
                source.bytes()
            } else if type == Event.self {
                event()
            } else if type == [Header].self {
                [Header("one", source.text()), Header(name: source.text(), value: source.bytes() + [0xff])]
            } else if let named = type as? any NamedCase.Type {
                oneCase(of: named)
            } else {
                nil
            }
        if let special = special as? T { return special }
        return try T(from: self)
    }

    private func oneCase<C: NamedCase>(of type: C.Type) -> C {
        let cases = Array(C.allCases)
        return cases[source.index(below: cases.count)]
    }

    private func event() -> Event {
        EventContract.all[source.index(below: EventContract.all.count)].example()
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RandomKeyed<Key>(decoder: self))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        RandomList(decoder: self, count: source.index(below: 4))
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { RandomSingle(decoder: self) }
}

private struct RandomSingle: SingleValueDecodingContainer {
    let decoder: RandomDecoder
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { decoder.source.index(below: 3) == 0 }
    func decode(_ type: Bool.Type) -> Bool { decoder.source.index(below: 2) == 0 }
    func decode(_ type: String.Type) -> String { decoder.source.text() }
    func decode(_ type: Double.Type) -> Double { Double(Int32(truncatingIfNeeded: decoder.source.bits())) / 8 }
    func decode(_ type: Float.Type) -> Float { Float(Int16(truncatingIfNeeded: decoder.source.bits())) / 8 }
    func decode(_ type: Int.Type) -> Int { decoder.source.integer() }
    func decode(_ type: Int8.Type) -> Int8 { decoder.source.integer() }
    func decode(_ type: Int16.Type) -> Int16 { decoder.source.integer() }
    func decode(_ type: Int32.Type) -> Int32 { decoder.source.integer() }
    func decode(_ type: Int64.Type) -> Int64 { decoder.source.integer() }
    func decode(_ type: UInt.Type) -> UInt { decoder.source.integer() }
    func decode(_ type: UInt8.Type) -> UInt8 { decoder.source.integer() }
    func decode(_ type: UInt16.Type) -> UInt16 { decoder.source.integer() }
    func decode(_ type: UInt32.Type) -> UInt32 { decoder.source.integer() }
    func decode(_ type: UInt64.Type) -> UInt64 { decoder.source.integer() }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.value(type) }
}

private struct RandomKeyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RandomDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }
    private var single: RandomSingle { RandomSingle(decoder: decoder) }

    init(decoder: RandomDecoder) { self.decoder = decoder }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) -> Bool { single.decodeNil() }
    func decode(_ type: Bool.Type, forKey key: Key) -> Bool { single.decode(type) }
    func decode(_ type: String.Type, forKey key: Key) -> String { single.decode(type) }
    func decode(_ type: Double.Type, forKey key: Key) -> Double { single.decode(type) }
    func decode(_ type: Float.Type, forKey key: Key) -> Float { single.decode(type) }
    func decode(_ type: Int.Type, forKey key: Key) -> Int { single.decode(type) }
    func decode(_ type: Int8.Type, forKey key: Key) -> Int8 { single.decode(type) }
    func decode(_ type: Int16.Type, forKey key: Key) -> Int16 { single.decode(type) }
    func decode(_ type: Int32.Type, forKey key: Key) -> Int32 { single.decode(type) }
    func decode(_ type: Int64.Type, forKey key: Key) -> Int64 { single.decode(type) }
    func decode(_ type: UInt.Type, forKey key: Key) -> UInt { single.decode(type) }
    func decode(_ type: UInt8.Type, forKey key: Key) -> UInt8 { single.decode(type) }
    func decode(_ type: UInt16.Type, forKey key: Key) -> UInt16 { single.decode(type) }
    func decode(_ type: UInt32.Type, forKey key: Key) -> UInt32 { single.decode(type) }
    func decode(_ type: UInt64.Type, forKey key: Key) -> UInt64 { single.decode(type) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder.value(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedDecodingContainer<Nested> { decoder.container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer { decoder.unkeyedContainer() }
    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) -> any Decoder { decoder }
}

private struct RandomList: UnkeyedDecodingContainer {
    let decoder: RandomDecoder
    let count: Int?
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var isAtEnd: Bool { currentIndex == count }

    init(decoder: RandomDecoder, count: Int) {
        self.decoder = decoder
        self.count = count
    }

    mutating func decodeNil() -> Bool { false }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        currentIndex += 1
        return try decoder.value(type)
    }
    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedDecodingContainer<Nested> {
        decoder.container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer { decoder.unkeyedContainer() }
    mutating func superDecoder() -> any Decoder { decoder }
}
