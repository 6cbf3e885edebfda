/// A string inside the text that is being scanned: a place, not a copy. Valid while the scan lasts.
public struct JSONText {
    /// The bytes between the quotes, as they were written.
    let raw: UnsafeBufferPointer<UInt8>
    /// Whether some of them are escapes, which the scanner has checked.
    let hasEscapes: Bool

    /// Whether the string is this one.
    @inline(__always)
    static func ~= (literal: StaticString, text: JSONText) -> Bool { text.equals(literal) }

    @inline(__always)
    func equals(_ literal: StaticString) -> Bool {
        if hasEscapes { return unescaped().elementsEqual(UnsafeBufferPointer(literal)) }
        guard raw.count == literal.utf8CodeUnitCount else { return false }
        let bytes = UnsafeRawBufferPointer(raw)
        let other = UnsafeRawBufferPointer(UnsafeBufferPointer(literal))
        var index = 0
        while index &+ 8 <= raw.count {
            guard
                bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    == other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            else { return false }
            index &+= 8
        }
        while index < raw.count {
            if raw[index] != other[index] { return false }
            index &+= 1
        }
        return true
    }

    /// Whether the string is this one.
    func equals(text: String) -> Bool {
        hasEscapes ? unescaped().elementsEqual(text.utf8) : raw.elementsEqual(text.utf8)
    }

    /// The bytes that the string stands for.
    func unescaped() -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(raw.count)
        var index = 0
        while index < raw.count {
            guard raw[index] == UInt8(ascii: "\\") else {
                result.append(raw[index])
                index += 1
                continue
            }
            let escape = raw[index + 1]
            index += 2
            switch escape {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0c)
            case UInt8(ascii: "n"): result.append(0x0a)
            case UInt8(ascii: "r"): result.append(0x0d)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"): appendScalar(at: &index, to: &result)
            default: result.append(escape)
            }
        }
        return result
    }

    /// Appends the character whose four digits, or two times four, begin at `index`.
    private func appendScalar(at index: inout Int, to result: inout [UInt8]) {
        var value = Self.codeUnit(raw, at: index) ?? 0
        index += 4
        if (0xd800..<0xdc00).contains(value) {
            let low = Self.codeUnit(raw, at: index + 2) ?? 0
            value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
            index += 6
        }
        guard let scalar = Unicode.Scalar(value) else { return }
        result.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
    }

    /// The four hexadecimal digits at an index, if they are there.
    static func codeUnit(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }
}

extension UnsafeBufferPointer where Element == UInt8 {
    /// The bytes of a literal, which live as long as the program.
    @inline(__always)
    init(_ literal: StaticString) { self.init(start: literal.utf8Start, count: literal.utf8CodeUnitCount) }
}
