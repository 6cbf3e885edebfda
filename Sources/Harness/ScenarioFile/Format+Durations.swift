import Simulation

extension Format where Value == Duration {
    /// A length of time: a number and a unit.
    public static func duration(in range: ClosedRange<Duration>) -> Format {
        scalar(durationExpectation, schema: Schema.duration) { spelling throws(Mismatch) in
            guard let value = try parseDuration(spelling) else { return nil }
            try expect(value, in: range)
            return value
        } write: {
            .text($0.description)
        }
    }
}

extension Format where Value == Instant {
    /// A moment, as the time since the beginning of the run.
    static var instant: Format {
        Format<Duration>.duration(in: .zero...longestDuration)
            .map(to: { Instant.zero + $0 }, from: { $0 - .zero })
    }
}

extension Format where Value == ClosedRange<Duration> {
    /// The shortest and the longest length of time: `50ms..1s`, `[50ms, 1s]`, or one length for both.
    public static func durationRange(in limits: ClosedRange<Duration>) -> Format {
        range(
            of: .duration(in: limits), expectation: "a range of time, such as 50ms..1s", schema: Schema.durationRange)
    }
}

extension Format where Value == ClosedRange<Int> {
    /// The least and the most: `1..4`, `[1, 4]`, or one number for both.
    public static func integerRange(in limits: ClosedRange<Int>) -> Format {
        range(
            of: .integer(in: limits), expectation: "a range of whole numbers, such as 1..4",
            schema: Schema.integerRange(in: limits))
    }
}

extension Format {
    /// `low..high`, `[low, high]`, or one value for both.
    private static func range<Bound: Comparable & Sendable>(
        of bound: Format<Bound>, expectation: String, schema: JSONValue
    ) -> Format where Value == ClosedRange<Bound> {
        Format(expectation: expectation, schema: schema, isScalar: true) { value, reading in
            let parts: [YAMLValue]
            switch value.content {
            case .sequence(let elements): parts = elements
            case .mapping: parts = []
            case .plain(let spelling), .text(let spelling):
                parts = split(spelling).map { YAMLValue(.plain($0), at: value.place) }
            }
            guard let first = parts.first, let last = parts.last, parts.count <= 2, !value.isNull else {
                reading.report("expected \(expectation), found \(value.summary)", at: value.place)
                return nil
            }
            guard let low = bound.read(first, &reading) else { return nil }
            guard let high = parts.count == 1 ? low : bound.read(last, &reading) else { return nil }
            guard low <= high else {
                reading.report(
                    "the range ends before it begins", at: value.place,
                    suggestion: "did you mean \(high)..\(low)?")
                return nil
            }
            return low...high
        } write: { range in
            let low = bound.write(range.lowerBound)
            guard range.lowerBound < range.upperBound else { return low }
            return .text("\(low.scalar ?? "")..\(bound.write(range.upperBound).scalar ?? "")")
        }
    }

    /// The parts before and after the first two dots.
    private static func split(_ spelling: String) -> [String] {
        let bytes = Array(spelling.utf8)
        let dot = UInt8(ascii: ".")
        guard let index = bytes.indices.dropLast().first(where: { bytes[$0] == dot && bytes[$0 + 1] == dot }) else {
            return [spelling]
        }
        return [bytes[..<index], bytes[(index + 2)...]].map { part in
            String(decoding: part.drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
        }
    }
}

private let durationExpectation = "a length of time, such as 800ms or 2.4s"

/// Far beyond any run, and small enough that sums of many do not overflow.
let longestDuration = Duration.seconds(100_000_000)

/// The units, longest name first so that `ms` is not taken for `s`.
private let durationUnits: [(name: String, nanoseconds: Int64)] = [
    ("min", 60_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("µs", 1_000), ("ns", 1), ("s", 1_000_000_000),
    ("h", 3_600_000_000_000),
]

/// Exact: nil when the text is no number with a unit.
private func parseDuration(_ spelling: String) throws(Mismatch) -> Duration? {
    guard let unit = durationUnits.first(where: { spelling.hasSuffix($0.name) }) else {
        guard Double(spelling) != nil else { return nil }
        throw Mismatch(message: "\(spelling) needs a unit: \(spelling)ms or \(spelling)s")
    }
    var number = spelling.dropLast(unit.name.count)
    while number.last == " " { number.removeLast() }
    if number.first == "-" { throw Mismatch(message: "a length of time cannot be negative, found \(spelling)") }
    let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else { return nil }
    let tooLong = Mismatch(message: "\(YAMLValue.shortened(spelling)) is too long: \(longestDuration) is the most")
    guard let whole = Int64(parts[0]) else { throw tooLong }
    var (nanoseconds, overflow) = whole.multipliedReportingOverflow(by: unit.nanoseconds)
    if overflow { throw tooLong }
    if parts.count == 2 {
        // A fraction must come out in whole nanoseconds: every length is exact.
        var scale = unit.nanoseconds
        for digit in parts[1].utf8 {
            guard digit == 0x30 || (scale > 0 && scale % 10 == 0) else {
                throw Mismatch(message: "\(YAMLValue.shortened(spelling)) is finer than a nanosecond")
            }
            scale /= 10
            (nanoseconds, overflow) = nanoseconds.addingReportingOverflow(Int64(digit - 0x30) * scale)
            if overflow { throw tooLong }
        }
    }
    return Duration(nanoseconds: nanoseconds)
}

extension Duration {
    /// A length of time as scenario files spell it: `800ms`, `2.4s`. Nil for anything else.
    public init?(spelled text: String) {
        guard let duration = try? parseDuration(text) else { return nil }
        self = duration
    }
}
