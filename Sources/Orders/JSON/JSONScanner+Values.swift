import Services
import Simulation

/// The values that decoders ask for.
extension JSONScanner {
    /// A string, in place.
    public mutating func text() throws(JSONError) -> JSONText {
        guard try next() == UInt8(ascii: "\"") else { throw unexpected("a string") }
        return try string()
    }

    /// A string that is an identifier.
    public mutating func identifier() throws(JSONError) -> Identifier {
        let text = try text()
        guard let identifier = text.hasEscapes ? Identifier(text.unescaped()) : Identifier(text.raw) else {
            throw invalid("1 to \(Identifier.maximumLength) printable ASCII characters without blanks were expected")
        }
        return identifier
    }

    /// An identifier, or `null`.
    public mutating func optionalIdentifier() throws(JSONError) -> Identifier? {
        try skipNull() ? nil : identifier()
    }

    /// A string that is a UUID.
    public mutating func uniqueID() throws(JSONError) -> UniqueID {
        guard let id = UniqueID(uuid: try text().raw) else { throw invalid("a UUID was expected") }
        return id
    }

    /// A UUID, or `null`.
    public mutating func optionalUniqueID() throws(JSONError) -> UniqueID? { try skipNull() ? nil : uniqueID() }

    /// A string that is a moment as RFC 3339 writes it.
    public mutating func instant() throws(JSONError) -> Instant {
        guard let instant = Instant(rfc3339: try text().raw) else {
            throw invalid("a moment like 2025-11-11T14:00:00Z was expected")
        }
        return instant
    }

    /// A string that is a currency.
    public mutating func currency() throws(JSONError) -> Currency {
        guard let currency = Currency(try text().raw) else { throw invalid("three capital letters were expected") }
        return currency
    }

    /// `true` or `false`.
    public mutating func boolean() throws(JSONError) -> Bool {
        switch try next() {
        case UInt8(ascii: "t"):
            try word("true")
            return true
        case UInt8(ascii: "f"):
            try word("false")
            return false
        default: throw unexpected("true or false")
        }
    }

    /// A string that names one of some values.
    mutating func named<Value: WireNamed>(_ type: Value.Type) throws(JSONError) -> Value {
        let text = try text()
        guard let value = type.allCases.first(where: { text.equals($0.name) }) else {
            let names = type.allCases.map { "'\($0.name)'" }.joined(separator: ", ")
            throw invalid("one of \(names) was expected")
        }
        return value
    }

    /// The same, or `null`.
    mutating func optionalNamed<Value: WireNamed>(_ type: Value.Type) throws(JSONError) -> Value? {
        try skipNull() ? nil : named(type)
    }

    /// A number without a fraction.
    public mutating func integer() throws(JSONError) -> Int64 {
        guard let integer = try decimal().scaled(toDecimals: 0) else { throw invalid("a whole number was expected") }
        return integer
    }

    /// A number without a fraction, from 1.
    public mutating func quantity() throws(JSONError) -> Int32 {
        guard let quantity = Int32(exactly: try integer()), quantity >= 1 else {
            throw invalid("a positive quantity was expected")
        }
        return quantity
    }

    /// A number, exactly as it is written.
    public mutating func decimal() throws(JSONError) -> DecimalNumber {
        switch try next() {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
        default: throw unexpected("a number")
        }
        guard let number = try number() else { throw invalid("the number has too many digits") }
        return number
    }

    /// What must be there.
    func require<Value>(_ value: Value?, _ name: StaticString) throws(JSONError) -> Value {
        guard let value else { throw JSONError(.missingField, "there is no '\(name)'") }
        return value
    }

    /// The amount in a currency that is known only when all fields have been read.
    func money(_ number: DecimalNumber?, _ currency: Currency?, _ name: StaticString) throws(JSONError) -> Money {
        let number = try require(number, name)
        let currency = try require(currency, "currency")
        do { return try Money(number, currency) } catch {
            throw JSONError(.invalidValue, "'\(name)': there is no such amount of \(currency) (\(error))")
        }
    }

    // MARK: Tokens

    /// The string that begins at the position.
    mutating func string() throws(JSONError) -> JSONText {
        position += 1
        let start = position
        var hasEscapes = false
        while true {
            position &+= plainBytes(from: position)
            guard position < bytes.count else { throw malformed("a string has no end") }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let raw = UnsafeBufferPointer(rebasing: bytes[start..<position])
                position += 1
                return JSONText(raw: raw, hasEscapes: hasEscapes)
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try escape()
            } else if byte < 0x20 {
                throw malformed("a control character stands in a string")
            } else {
                position &+= 1
            }
        }
    }

    /// How many bytes from here on are neither quote nor backslash nor control character, as far as eight at a time can
    /// tell: at least none.
    @inline(__always)
    private func plainBytes(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let raw = UnsafeRawBufferPointer(bytes)
        var index = start
        while index &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            // A byte's highest bit is set where subtracting borrows: at zeros, and at bytes below 0x20.
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5c)
            let hits =
                ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) & ~word)
                & (ones &* 0x80)
            if hits != 0 { return index &- start &+ hits.trailingZeroBitCount / 8 }
            index &+= 8
        }
        return index &- start
    }

    private mutating func escape() throws(JSONError) {
        guard position + 1 < bytes.count else { throw malformed("a string has no end") }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard let unit = JSONText.codeUnit(bytes, at: position + 2) else {
                throw malformed("four digits follow \\u")
            }
            position += 6
            if (0xd800..<0xe000).contains(unit) { try lowSurrogate(after: unit) }
        default:
            throw malformed("there is no such escape")
        }
    }

    /// Half a character is no text: a high surrogate needs its low one.
    private mutating func lowSurrogate(after high: UInt32) throws(JSONError) {
        guard high < 0xdc00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u"), let low = JSONText.codeUnit(bytes, at: position + 2),
            (0xdc00..<0xe000).contains(low)
        else { throw malformed("a surrogate stands alone") }
        position += 6
    }

    /// The number that begins at the position; nil when it is well written and too long to be held exactly.
    mutating func number() throws(JSONError) -> DecimalNumber? {
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var digits = Digits()
        let start = position
        try self.digits { digits.append($0) }
        if bytes[start] == UInt8(ascii: "0"), position > start + 1 { throw malformed("a number begins with a zero") }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            let start = position
            try self.digits { digits.append($0) }
            digits.exponent = start - position
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            digits.exponent += try exponent()
        }
        return digits.number(isNegative: isNegative)
    }

    private mutating func exponent() throws(JSONError) -> Int {
        var isNegative = false
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            isNegative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        var exponent = 0
        // Far beyond what any amount can have; no need to count further.
        try digits { exponent = min(exponent * 10 + Int($0), 1_000_000) }
        return isNegative ? -exponent : exponent
    }

    @inline(__always)
    private mutating func digits(_ body: (UInt64) -> Void) throws(JSONError) {
        let start = position
        while position < bytes.count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            body(UInt64(digit))
            position &+= 1
        }
        guard position > start else {
            throw malformed(start < bytes.count ? "a digit was expected" : "the text ends too soon")
        }
    }
}

/// The digits of a number, without those zeros at its end that only shift it.
private struct Digits {
    var exponent = 0
    private var magnitude: UInt64 = 0
    private var zeros = 0
    private var isTooLong = false

    mutating func append(_ digit: UInt64) {
        if digit == 0 {
            zeros += 1
            return
        }
        if magnitude == 0 { zeros = 0 }
        for _ in 0...zeros where !isTooLong {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            magnitude = product
            isTooLong = overflow
        }
        let (sum, overflow) = magnitude.addingReportingOverflow(digit)
        magnitude = sum
        isTooLong = isTooLong || overflow
        zeros = 0
    }

    func number(isNegative: Bool) -> DecimalNumber? {
        guard !isTooLong, let mantissa = Int64(exactly: magnitude) else { return nil }
        return DecimalNumber(mantissa: isNegative ? -mantissa : mantissa, exponent: exponent + zeros)
    }
}
