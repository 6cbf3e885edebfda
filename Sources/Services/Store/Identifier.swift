import Simulation

/// A short text used as a key: an order, a customer, a product. At most 15 bytes of printable ASCII, held inline.
///
/// Hot rows hold identifiers instead of strings: nothing counts references, and a fork copies them as plain memory.
public struct Identifier: Hashable, Sendable {
    /// The first eight bytes, most significant first, and the other seven above the length.
    @usableFromInline let high: UInt64
    @usableFromInline let low: UInt64

    /// The longest text that fits, in bytes.
    public static let maximumLength = 15

    /// Nil when the text is empty, longer than 15 bytes or holds anything but printable ASCII without blanks.
    @inlinable
    public init?(_ bytes: some Collection<UInt8>) {
        guard (1...Self.maximumLength).contains(bytes.count) else { return nil }
        var high: UInt64 = 0
        var low = UInt64(bytes.count)
        var shift: UInt64 = 56
        for (index, byte) in bytes.enumerated() {
            guard (0x21...0x7e).contains(byte) else { return nil }
            if index == 8 { shift = 56 }
            if index < 8 { high |= UInt64(byte) << shift } else { low |= UInt64(byte) << shift }
            shift &-= 8
        }
        self.high = high
        self.low = low
    }

    /// Nil on the same grounds as for bytes.
    public init?(_ text: String) { self.init(text.utf8) }

    /// A fixed identifier of the program's own.
    public init(literal text: StaticString) {
        guard let identifier = Identifier(String(describing: text)) else {
            preconditionFailure("'\(text)' is no identifier")
        }
        self = identifier
    }

    /// `prefix` and the number, padded with zeros to `digits`: `ORD-00000042`.
    public init(prefix: StaticString, number: UInt64, digits: Int) {
        let text = String(number)
        let padding = String(repeating: "0", count: max(0, digits - text.count))
        guard let identifier = Identifier("\(prefix)\(padding)\(text)") else {
            preconditionFailure("'\(prefix)\(text)' is too long for an identifier")
        }
        self = identifier
    }

    /// How many bytes the text has.
    @inlinable public var count: Int { Int(low & 0xff) }

    /// The byte at an index below `count`.
    @inlinable
    public subscript(index: Int) -> UInt8 {
        let half = index < 8 ? high : low
        return UInt8(truncatingIfNeeded: half >> UInt64(56 - (index & 7) * 8))
    }

    /// The text's bytes, as a record key for example.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count { buffer[index] = self[index] }
            initialized = count
        }
    }

    /// A hash that is the same in every process, for draws and shards.
    @inlinable public var stableHash: UInt64 { mixed(high ^ mixed(low)) }

    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(high ^ (low &* 0x9e37_79b9_7f4a_7c15)) }
}

extension Identifier: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension Identifier: Comparable {
    public static func < (left: Identifier, right: Identifier) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

/// A 128-bit number that names one event, call or stored answer; written as a UUID (RFC 9562, version 8).
public struct UniqueID: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id for 128 drawn bits, with the version and variant bits of RFC 9562 set.
    @inlinable
    public init(drawn high: UInt64, _ low: UInt64) {
        self.high = high & 0xffff_ffff_ffff_0fff | 0x8000
        self.low = low & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
    }

    /// An id for a text: the same text gives the same id in every process.
    public init(hashing text: some Collection<UInt8>) {
        var hash = TraceHash()
        hash.fold(Array(text))
        self.init(high: hash.high64, low: hash.low64)
    }

    /// A hash that is the same in every process, for draws and shards.
    @inlinable public var stableHash: UInt64 { mixed(high ^ mixed(low)) }

    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(high ^ low) }

    /// Where the dashes stand in the 36 characters of a UUID.
    @usableFromInline static func isDash(_ index: Int) -> Bool {
        index == 8 || index == 13 || index == 18 || index == 23
    }

    /// Appends the 36 characters.
    public func write(to bytes: inout [UInt8]) {
        var half = high
        var shift: UInt64 = 60
        for index in 0..<36 {
            if Self.isDash(index) {
                bytes.append(UInt8(ascii: "-"))
                continue
            }
            let digit = UInt8(truncatingIfNeeded: (half >> shift) & 0xf)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            if shift == 0 {
                half = low
                shift = 60
            } else {
                shift -= 4
            }
        }
    }

    /// Nil unless the bytes are the 36 characters of a UUID.
    @inlinable
    public init?(uuid bytes: some RandomAccessCollection<UInt8>) {
        guard bytes.count == 36 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        var index = 0
        // No branch depends on a digit: an event holds three ids, and every hop reads them all.
        var wrong: UInt8 = 0
        for byte in bytes {
            defer { index += 1 }
            if Self.isDash(index) {
                wrong |= byte ^ UInt8(ascii: "-")
                continue
            }
            let decimal = byte &- UInt8(ascii: "0")
            let letter = (byte | 0x20) &- UInt8(ascii: "a")
            wrong |= decimal < 10 || letter < 6 ? 0 : 1
            let digit = UInt64(decimal < 10 ? decimal : letter &+ 10)
            halves.0 = halves.0 << 4 | halves.1 >> 60
            halves.1 = halves.1 << 4 | digit
        }
        guard wrong == 0 else { return nil }
        self.init(high: halves.0, low: halves.1)
    }
}

extension UniqueID: CustomStringConvertible {
    public var description: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
