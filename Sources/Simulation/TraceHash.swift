/// A 128-bit hash of everything that happened, in order. Equal hashes mean equal runs.
///
/// Not cryptographic: it tells runs apart, nobody attacks it.
public struct TraceHash: Hashable, Sendable {
    @usableFromInline var high: UInt64 = 0x243f_6a88_85a3_08d3
    @usableFromInline var low: UInt64 = 0x1319_8a2e_0370_7344

    /// The hash of a run in which nothing has happened yet.
    @inlinable
    public init() {}

    /// The upper 64 bits.
    @inlinable public var high64: UInt64 { high }
    /// The lower 64 bits.
    @inlinable public var low64: UInt64 { low }

    /// Folds a number in.
    @inlinable
    public mutating func fold(_ value: UInt64) {
        low = (low ^ value) &* 0x9fb2_1c65_1e98_df25
        low ^= low >> 32
        high = (high &+ value) &* 0xa076_1d64_78bd_642f
        high = (high << 29 | high >> 35) ^ low
    }

    /// Folds a signed number in.
    @inlinable
    public mutating func fold(_ value: Int64) { fold(UInt64(bitPattern: value)) }

    /// Folds a number in.
    @inlinable
    public mutating func fold(_ value: Int) { fold(UInt64(bitPattern: Int64(value))) }

    /// Folds a moment in.
    @inlinable
    public mutating func fold(_ moment: Instant) { fold(moment.nanoseconds) }

    /// Folds bytes in, their count included.
    @inlinable
    public mutating func fold(_ bytes: [UInt8]) { bytes.withUnsafeBytes { fold(contentsOf: $0) } }

    /// Folds a text in, as its UTF-8 bytes.
    @inlinable
    public mutating func fold(_ text: String) {
        var text = text
        text.withUTF8 { fold(contentsOf: UnsafeRawBufferPointer($0)) }
    }

    @inlinable
    mutating func fold(contentsOf bytes: UnsafeRawBufferPointer) {
        fold(bytes.count)
        var index = 0
        while index + 8 <= bytes.count {
            fold(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
            index += 8
        }
        var rest: UInt64 = 0
        while index < bytes.count {
            rest = rest << 8 | UInt64(bytes[index])
            index += 1
        }
        fold(rest)
    }
}

extension TraceHash: LosslessStringConvertible {
    /// Nil unless the text is 32 hexadecimal digits.
    public init?(_ description: String) {
        guard description.utf8.count == 32, let high = UInt64(description.prefix(16), radix: 16),
            let low = UInt64(description.suffix(16), radix: 16)
        else { return nil }
        (self.high, self.low) = (high, low)
    }

    /// 32 hexadecimal digits.
    public var description: String {
        [high, low].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
