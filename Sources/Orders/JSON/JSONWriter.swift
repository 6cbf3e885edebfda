import Services
import Simulation

/// Writes JSON as bytes, without blanks, in the order in which it is told.
public struct JSONWriter {
    /// What has been written so far, and room for more.
    private var storage: [UInt8]
    private var count = 0

    /// Begins an empty text with room for `capacity` bytes.
    public init(capacity: Int = 256) { storage = [UInt8](repeating: 0, count: capacity) }

    /// What has been written.
    public var bytes: [UInt8] { Array(storage[..<count]) }

    /// The text; nothing can be written any more.
    public consuming func finish() -> [UInt8] {
        storage.removeLast(storage.count - count)
        return storage
    }

    // MARK: Structure

    /// Begins an object as the next value.
    public mutating func beginObject() { value(of: 1) { $0[0] = UInt8(ascii: "{") } }

    /// Ends the object.
    public mutating func endObject() { write(1) { $0[0] = UInt8(ascii: "}") } }

    /// Begins an array as the next value.
    public mutating func beginArray() { value(of: 1) { $0[0] = UInt8(ascii: "[") } }

    /// Ends the array.
    public mutating func endArray() { write(1) { $0[0] = UInt8(ascii: "]") } }

    /// Begins a field of the object; its value follows.
    public mutating func field(_ name: StaticString) {
        let length = name.utf8CodeUnitCount
        value(of: length + 3) { bytes in
            bytes[0] = UInt8(ascii: "\"")
            (bytes + 1).update(from: name.utf8Start, count: length)
            bytes[length + 1] = UInt8(ascii: "\"")
            bytes[length + 2] = UInt8(ascii: ":")
        }
    }

    // MARK: Values

    /// `null`.
    public mutating func null() {
        value(of: 4) { $0.update(from: ("null" as StaticString).utf8Start, count: 4) }
    }

    /// A string of the program's own, in which nothing needs an escape.
    public mutating func value(_ literal: StaticString) {
        quoted(literal.utf8CodeUnitCount) { $0.update(from: literal.utf8Start, count: literal.utf8CodeUnitCount) }
    }

    /// A string as bytes, in which nothing needs an escape.
    mutating func value(utf8 text: [UInt8]) {
        quoted(text.count) { bytes in
            for index in text.indices { bytes[index] = text[index] }
        }
    }

    /// `true` or `false`.
    public mutating func value(_ flag: Bool) {
        let word: StaticString = flag ? "true" : "false"
        value(of: word.utf8CodeUnitCount) { $0.update(from: word.utf8Start, count: word.utf8CodeUnitCount) }
    }

    /// Any string.
    public mutating func value(_ text: String) {
        var text = text
        text.withUTF8 { bytes in escaped(bytes.count) { bytes[$0] } }
    }

    /// An identifier, as a string.
    public mutating func value(_ identifier: Identifier) { escaped(identifier.count) { identifier[$0] } }

    /// A UUID, as a string.
    public mutating func value(_ id: UniqueID) { quoted(UniqueID.uuidLength) { id.writeUUID(to: $0) } }

    /// A moment, as RFC 3339 writes it.
    public mutating func value(_ instant: Instant) { quoted(Instant.rfc3339Length) { instant.writeRFC3339(to: $0) } }

    /// A currency, as a string.
    public mutating func value(_ currency: Currency) {
        quoted(3) { bytes in
            for index in 0..<3 { bytes[index] = currency[index] }
        }
    }

    /// A whole number.
    public mutating func value(_ number: some FixedWidthInteger & SignedInteger) {
        let digits = Digits(UInt64(number.magnitude), atLeast: 1)
        let sign = number < 0 ? 1 : 0
        value(of: sign + digits.count) { bytes in
            bytes[0] = UInt8(ascii: "-")
            digits.write(to: bytes + sign)
        }
    }

    /// An amount of money as a decimal number with all decimals of its currency: `79.90`.
    public mutating func value(_ money: Money) { value(money.minorUnits, decimals: money.currency.decimals) }

    /// A decimal number, by how many units of its last decimal it is: `value(1_250, decimals: 4)` is `0.1250`.
    public mutating func value(_ units: Int64, decimals: Int) {
        let digits = Digits(units.magnitude, atLeast: decimals + 1)
        let sign = units < 0 ? 1 : 0
        let point = decimals > 0 ? 1 : 0
        value(of: sign + digits.count + point) { bytes in
            bytes[0] = UInt8(ascii: "-")
            digits.write(to: bytes + sign)
            guard decimals > 0 else { return }
            let whole = sign + digits.count - decimals
            (bytes + whole + 1).update(from: bytes + whole, count: decimals)
            bytes[whole] = UInt8(ascii: ".")
        }
    }

    /// A value that is JSON already.
    mutating func value(json text: [UInt8]) {
        value(of: text.count) { bytes in
            for index in text.indices { bytes[index] = text[index] }
        }
    }

    // MARK: Bytes

    /// Appends `length` bytes that the closure must fill.
    @inline(__always)
    private mutating func write(_ length: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        if storage.count - count < length + 1 {
            storage.append(contentsOf: repeatElement(0, count: max(storage.count, length + 1)))
        }
        storage.withUnsafeMutableBufferPointer { buffer in
            // There is a first byte: room was made for one more than asked for.
            if let base = buffer.baseAddress { fill(base + count) }
        }
        count += length
    }

    /// Appends a value or a field's name, after a comma unless it is the first thing in its object or array, or the
    /// value of a field.
    @inline(__always)
    private mutating func value(of length: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        switch count == 0 ? UInt8(ascii: ":") : storage[count - 1] {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"):
            write(length, fill)
        default:
            write(length + 1) { bytes in
                bytes[0] = UInt8(ascii: ",")
                fill(bytes + 1)
            }
        }
    }

    @inline(__always)
    private mutating func quoted(_ length: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        value(of: length + 2) { bytes in
            bytes[0] = UInt8(ascii: "\"")
            fill(bytes + 1)
            bytes[length + 1] = UInt8(ascii: "\"")
        }
    }

    /// A string whose bytes may need escapes; most need none.
    @inline(__always)
    private mutating func escaped(_ length: Int, _ byte: (Int) -> UInt8) {
        var isPlain = true
        quoted(length) { bytes in
            for index in 0..<length {
                let byte = byte(index)
                bytes[index] = byte
                if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { isPlain = false }
            }
        }
        guard !isPlain else { return }
        count -= length + 1
        for index in 0..<length { escape(byte(index)) }
        write(1) { $0[0] = UInt8(ascii: "\"") }
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            write(2) { bytes in
                bytes[0] = UInt8(ascii: "\\")
                bytes[1] = byte
            }
        case 0..<0x20:
            write(6) { bytes in
                bytes.update(from: ("\\u00" as StaticString).utf8Start, count: 4)
                let low = byte & 0xf
                bytes[4] = UInt8(ascii: "0") + byte >> 4
                bytes[5] = low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10
            }
        default:
            write(1) { $0[0] = byte }
        }
    }
}

/// The digits of a number, with leading zeros if there are to be more of them.
private struct Digits {
    let number: UInt64
    let count: Int

    init(_ number: UInt64, atLeast minimum: Int) {
        self.number = number
        var count = 1
        var rest = number / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        self.count = max(count, minimum)
    }

    func write(to bytes: UnsafeMutablePointer<UInt8>) {
        var rest = number
        var index = count
        while index > 0 {
            index -= 1
            bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}
