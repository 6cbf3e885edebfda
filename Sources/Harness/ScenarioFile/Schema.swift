/// The pieces of which the JSON Schema (draft 2020-12) is made.
enum Schema {
    static func integer(minimum: String, maximum: String) -> JSONValue {
        .object([("type", .text("integer")), ("minimum", .number(minimum)), ("maximum", .number(maximum))])
    }

    static func number(in range: ClosedRange<Double>) -> JSONValue {
        .object([
            ("type", .text("number")), ("minimum", .number(brief(range.lowerBound))),
            ("maximum", .number(brief(range.upperBound))),
        ])
    }

    static func rate(in range: ClosedRange<Double>) -> JSONValue {
        .object([
            ("anyOf", .array([number(in: range), pattern(#"[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?(/(s|min|h))?"#)]))
        ])
    }

    static var duration: JSONValue { pattern(durationPattern) }

    static var durationRange: JSONValue {
        .object([
            ("anyOf", .array([pattern("\(durationPattern)( ?\\.\\. ?\(durationPattern))?"), pair(of: duration)]))
        ])
    }

    static func integerRange(in limits: ClosedRange<Int>) -> JSONValue {
        let bound = integer(minimum: "\(limits.lowerBound)", maximum: "\(limits.upperBound)")
        return .object([("anyOf", .array([bound, pattern("[0-9]+\\.\\.[0-9]+"), pair(of: bound)]))])
    }

    /// Text that matches a pattern as a whole.
    private static func pattern(_ pattern: String) -> JSONValue {
        .object([("type", .text("string")), ("pattern", .text("^\(pattern)$"))])
    }

    private static func pair(of element: JSONValue) -> JSONValue {
        .object([
            ("type", .text("array")), ("items", element), ("minItems", .number("2")), ("maxItems", .number("2")),
        ])
    }

    private static let durationPattern = #"[0-9]+(\.[0-9]+)? ?(ns|us|µs|ms|s|min|h)"#
}
