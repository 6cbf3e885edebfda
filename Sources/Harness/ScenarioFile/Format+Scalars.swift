import Services

extension Format where Value == Int {
    /// A whole number in a range.
    public static func integer(in range: ClosedRange<Int>) -> Format {
        scalar(
            "a whole number", schema: Schema.integer(minimum: "\(range.lowerBound)", maximum: "\(range.upperBound)"),
            acceptsText: false
        ) { spelling throws(Mismatch) in
            guard let value = Int(spelling) else { return nil }
            try expect(value, in: range)
            return value
        } write: {
            .plain($0)
        }
    }
}

extension Format where Value == UInt64 {
    /// A whole number from 0 to 2⁶⁴ - 1, such as a seed.
    public static var unsigned: Format {
        scalar(
            "a whole number of at most 64 bits", schema: Schema.integer(minimum: "0", maximum: "\(UInt64.max)"),
            acceptsText: false
        ) { spelling in
            UInt64(spelling)
        } write: {
            .plain($0)
        }
    }
}

extension Format where Value == Double {
    /// A number in a range.
    public static func number(in range: ClosedRange<Double>) -> Format {
        scalar("a number", schema: Schema.number(in: range), acceptsText: false) { spelling throws(Mismatch) in
            guard let value = Double(spelling), value.isFinite else { return nil }
            try expect(value, in: range)
            return value
        } write: {
            .plain(brief($0))
        }
    }

    /// From 0, never, to 1, always.
    public static var probability: Format {
        scalar("a probability from 0 to 1", schema: Schema.number(in: 0...1), acceptsText: false) {
            spelling throws(Mismatch) in
            guard let value = Double(spelling), value.isFinite else { return nil }
            guard (0...1).contains(value) else { throw Mismatch(message: "\(spelling) is no probability: 0 to 1") }
            return value
        } write: {
            .plain(brief($0))
        }
    }

    /// So many a second; `3/min` and `10/h` are understood.
    public static func rate(in range: ClosedRange<Double>) -> Format {
        scalar("a rate, such as 0.2/s or 3/min", schema: Schema.rate(in: range)) { spelling throws(Mismatch) in
            let parts = spelling.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let count = Double(parts[0]), count.isFinite else { return nil }
            let seconds: Double
            switch parts.count == 1 ? "s" : parts[1] {
            case "s": seconds = 1
            case "min": seconds = 60
            case "h": seconds = 3600
            default: return nil
            }
            guard count >= 0 else { throw Mismatch(message: "a rate cannot be negative, found \(spelling)") }
            try expect(count / seconds, in: range, unit: " a second")
            return count / seconds
        } write: {
            .text(brief($0) + "/s")
        }
    }
}

extension Format where Value == Bool {
    /// `true` or `false`.
    public static var flag: Format {
        scalar("true or false", schema: .object([("type", .text("boolean"))]), acceptsText: false) { spelling in
            spelling == "true" ? true : spelling == "false" ? false : nil
        } write: {
            .plain($0)
        }
    }
}

extension Format where Value == String {
    /// Any text.
    public static var text: Format { text("a text") }

    /// Text of a certain kind.
    static func text(_ expectation: String) -> Format {
        scalar(expectation, schema: .object([("type", .text("string"))])) {
            $0
        } write: {
            .text($0)
        }
    }
}

extension Format where Value == Identifier {
    /// The id of an order, a customer, a product.
    static var identifier: Format {
        let schema: JSONValue = .object([("type", .text("string")), ("pattern", .text("^[!-~]{1,15}$"))])
        return scalar("an id of up to 15 ASCII characters", schema: schema) {
            Identifier($0)
        } write: {
            .text($0.description)
        }
    }
}

extension Format where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    /// One of the cases of an enum.
    public static var choice: Format {
        let names = Value.allCases.map(\.rawValue)
        return scalar(
            "one of \(names.joined(separator: ", "))", schema: .object([("enum", .array(names.map(JSONValue.text)))])
        ) { spelling throws(Mismatch) in
            if let value = Value(rawValue: spelling) { return value }
            guard let nearest = Suggestion.nearest(to: spelling, among: names) else { return nil }
            throw Mismatch(
                message: "expected one of \(names.joined(separator: ", ")), found '\(YAMLValue.shortened(spelling))'"
                    + " – did you mean '\(nearest)'?")
        } write: {
            .text($0.rawValue)
        }
    }
}

/// Throws unless the value lies in the range.
func expect<Value: Comparable>(
    _ value: Value, in range: ClosedRange<Value>, unit: String = ""
) throws(Mismatch) {
    guard !range.contains(value) else { return }
    throw Mismatch(
        message: "\(value)\(unit) is out of range: \(range.lowerBound) to \(range.upperBound)\(unit) is possible")
}

/// `1` for 1.0: the shortest spelling from which the same number is read.
func brief(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
