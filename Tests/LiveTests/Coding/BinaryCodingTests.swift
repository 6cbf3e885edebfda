import Kafka
import Services
import Simulation
import Testing

@testable import Live

@Suite("Values as bytes")
struct BinaryCodingTests {
    enum Shape: Hashable, Codable {
        case point
        case circle(radius: Double)
        case named(String, Int?)
        indirect case pair(Shape, Shape)
    }

    enum Colour: String, Codable { case red, green }

    /// One of everything.
    struct Everything: Hashable, Codable {
        var flag = true
        var text = "héllo"
        var numbers: [Int] = [0, 1, -1, 63, 64, -64, -65, .max, .min]
        var small = [Int8.min, -1, 0, .max]
        var wide = [UInt64.max, 0, 127, 128, 16_383, 16_384]
        var narrow: UInt16 = 65_535
        var short: Int16 = -32_768
        var word: UInt32 = 4_294_967_295
        var half: Float = -1.5
        var double = Double.greatestFiniteMagnitude
        var some: Int? = 7
        var none: Int?
        var noText: String?
        var noBytes: [UInt8]?
        var holes: [Int?] = [1, nil, 3]
        var nested: [[String]] = [[], ["a"], ["b", "c"]]
        var bytes: [UInt8] = [0, 255, 1]
        var table: [String: Int?] = ["z": 1, "a": nil, "m": 3]
        var places: [Int32: [String]] = [5: ["x"], -5: []]
        var set: Set<String> = ["x", "y", "z"]
        var shapes: [Shape] = [
            .point, .circle(radius: 1), .named("n", nil), .named("", 3), .pair(.point, .named("q", 1)),
        ]
        var colour = Colour.green
        var id = UniqueID(hashing: Array("id".utf8))
        var key = Identifier(literal: "ORD-00000042")
    }

    /// Values of every type that a service keeps and sends, written by one encoder.
    struct Wire: Equatable, Codable {
        var record = ConsumerRecord(
            partition: TopicPartition(TopicID(rawValue: 3), 11), offset: 1 << 40,
            record: Record(
                key: Array("ORD-1".utf8), value: nil, headers: [Header("type", "OrderCreated"), Header("", "")],
                timestampMilliseconds: 1_700_000_000_000))
        var request = Request(
            id: 9, method: .post, path: "/api/orders", idempotencyKey: "k", body: Array("{}".utf8))
        var response = Response(status: 201, body: Array(repeating: 7, count: 300))
        var call = ProviderCall(
            id: UniqueID(high: 1, low: 2), attempt: 3, idempotencyKey: UniqueID(high: .max, low: 0),
            key: Identifier(literal: "x"), payload: [])
        var answers: [ProviderAnswer] = [.answered([1]), .gaveUp]
        var moment = Instant(nanoseconds: -1)
        var length = Duration.seconds(3)
        var life = InstanceID(number: 1, incarnation: 9)
        var deadline = Deadline(
            key: .init(subject: Identifier(literal: "ORD-1"), kind: -4), due: Instant(nanoseconds: 99))
    }

    private func check<Value: Codable & Equatable>(_ value: Value) throws {
        let bytes = try BinaryEncoder().encode(value)
        #expect(try BinaryDecoder().decode(Value.self, from: bytes) == value)
        for end in 0..<bytes.count {
            #expect(throws: BinaryCodingError.self) {
                try BinaryDecoder().decode(Value.self, from: Array(bytes[..<end]))
            }
        }
        #expect(throws: BinaryCodingError.trailing(bytes: 1)) {
            try BinaryDecoder().decode(Value.self, from: bytes + [0])
        }
    }

    @Test("What was written is read, whole and nothing but whole")
    func roundTrip() throws {
        try check(Everything())
        try check(Wire())
        try check([Wire(), Wire()])
        try check(Int?.some(5))
        try check(Int?.none)
        try check(Int??.some(.none))
        try check(Shape.pair(.circle(radius: .infinity), .point))
        try check("")
    }

    @Test("Damaged bytes are read as another value or refused, and never end the program")
    func damage() throws {
        let bytes = try BinaryEncoder().encode(Everything())
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << bit
                _ = try? BinaryDecoder().decode(Everything.self, from: damaged)
            }
        }
        let draws = Draws(seed: 5)
        let purpose = Purpose("test.bytes")
        for round in 0..<2_000 {
            let count = draws.index(below: 200, purpose, UInt64(round))
            let random = (0..<count).map {
                UInt8(truncatingIfNeeded: draws.bits(purpose, UInt64(round), UInt64($0), 1))
            }
            _ = try? BinaryDecoder().decode(Everything.self, from: random)
            _ = try? BinaryDecoder().decode([Wire].self, from: random)
            _ = try? BinaryDecoder().decode([Shape].self, from: random)
        }
    }

    @Test("A count that cannot be true takes no memory")
    func counts() {
        #expect(throws: BinaryCodingError.truncated) {
            try BinaryDecoder().decode([Int].self, from: [255, 255, 255, 255, 1])
        }
        #expect(throws: BinaryCodingError.truncated) {
            try BinaryDecoder().decode([UInt8].self, from: [255, 255, 255, 255, 255, 255, 255, 255, 255, 1])
        }
    }

    @Test("Values that stand too deep in each other are refused")
    func depth() throws {
        // `pair` without an end.
        let pair = Array(try BinaryEncoder().encode(Shape.pair(.point, .point)).prefix(5))
        let endless = Array((0..<100_000).map { _ in pair }.joined())
        #expect(throws: BinaryCodingError.self) { try BinaryDecoder().decode(Shape.self, from: endless) }
    }

    @Test("Nothing is spelled in two ways")
    func spelling() throws {
        #expect(try BinaryDecoder().decode(UInt64.self, from: [0x7f]) == 127)
        for bytes: [UInt8] in [[0xff, 0x00], [0x80, 0x80, 0x00], Array(repeating: 0xff, count: 10)] {
            #expect(throws: BinaryCodingError.self) { try BinaryDecoder().decode(UInt64.self, from: bytes) }
        }
        #expect(throws: BinaryCodingError.self) { try BinaryDecoder().decode(Bool.self, from: [2]) }
        #expect(throws: BinaryCodingError.self) { try BinaryDecoder().decode(UInt16.self, from: [0x80, 0x80, 0x04]) }
        #expect(throws: BinaryCodingError.self) { try BinaryDecoder().decode(String.self, from: [1, 0xff]) }
        #expect(throws: BinaryCodingError.self) { try BinaryDecoder().decode(Identifier.self, from: [1, 0x20]) }
    }

    @Test("Sets and dictionaries are written in one order")
    func order() throws {
        let forwards = Dictionary(uniqueKeysWithValues: (0..<50).map { ("key \($0)", $0) })
        var backwards: [String: Int] = [:]
        for number in (0..<50).reversed() { backwards["key \(number)"] = number }
        #expect(try BinaryEncoder().encode(forwards) == BinaryEncoder().encode(backwards))
        #expect(
            try BinaryEncoder().encode(Set(forwards.keys)) == BinaryEncoder().encode(Set(backwards.keys.reversed())))
    }

    @Test("Few bytes")
    func size() throws {
        #expect(try BinaryEncoder().encode(Instant(nanoseconds: 5)) == [10])
        #expect(try BinaryEncoder().encode(UniqueID(high: 1, low: 2)).count == 16)
        #expect(try BinaryEncoder().encode(Identifier(literal: "ORD-1")) == [5] + Array("ORD-1".utf8))
        #expect(try BinaryEncoder().encode(Wire().record).count < 60)
    }
}
