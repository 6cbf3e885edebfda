import Services
import Simulation

/// Writes JSON as bytes, without blanks, in the order in which it is told.
public struct JSONWriter {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []

    /// Begins an empty text with room for `capacity` bytes.
    public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    // MARK: Structure

    /// Begins an object as the next value.
    public mutating func beginObject() {
        separate()
        bytes.append(UInt8(ascii: "{"))
    }

    /// Ends the object.
    public mutating func endObject() { bytes.append(UInt8(ascii: "}")) }

    /// Begins an array as the next value.
    public mutating func beginArray() {
        separate()
        bytes.append(UInt8(ascii: "["))
    }

    /// Ends the array.
    public mutating func endArray() { bytes.append(UInt8(ascii: "]")) }

    /// Begins a field of the object; its value follows.
    public mutating func field(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(name))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    /// A comma, unless this is the first thing in its object or array, or the value of a field.
    private mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): break
        default: bytes.append(UInt8(ascii: ","))
        }
    }

    // MARK: Values

    /// `null`.
    public mutating func null() {
        separate()
        bytes.append(contentsOf: UnsafeBufferPointer("null"))
    }

    /// A string of the program's own, in which nothing needs an escape.
    public mutating func value(_ literal: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(literal))
        bytes.append(UInt8(ascii: "\""))
    }

    /// Any string.
    public mutating func value(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 { escaped(byte) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// An identifier, as a string.
    public mutating func value(_ identifier: Identifier) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for index in 0..<identifier.count { escaped(identifier[index]) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A UUID, as a string.
    public mutating func value(_ id: UniqueID) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        id.write(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A moment, as RFC 3339 writes it.
    public mutating func value(_ instant: Instant) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        instant.writeRFC3339(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A currency, as a string.
    public mutating func value(_ currency: Currency) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for index in 0..<3 { bytes.append(currency[index]) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A whole number.
    public mutating func value(_ number: some FixedWidthInteger & SignedInteger) {
        separate()
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        digits(UInt64(number.magnitude), atLeast: 1)
    }

    /// An amount of money as a decimal number with all decimals of its currency: `79.90`.
    public mutating func value(_ money: Money) {
        separate()
        if money.minorUnits < 0 { bytes.append(UInt8(ascii: "-")) }
        let decimals = money.currency.decimals
        digits(money.minorUnits.magnitude, atLeast: decimals + 1)
        if decimals > 0 { bytes.insert(UInt8(ascii: "."), at: bytes.count - decimals) }
    }

    private mutating func digits(_ number: UInt64, atLeast count: Int) {
        var length = count
        var bound = UInt64(DecimalNumber.powerOfTen(count))
        while length < 20, number >= bound {
            length += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        let end = bytes.count + length
        var rest = number
        for _ in 0..<length { bytes.append(UInt8(ascii: "0")) }
        var index = end
        while rest > 0 {
            index -= 1
            bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    private mutating func escaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0..<0x20:
            bytes.append(contentsOf: UnsafeBufferPointer("\\u00"))
            let low = byte & 0xf
            bytes.append(UInt8(ascii: "0") + byte >> 4)
            bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        default:
            bytes.append(byte)
        }
    }
}
