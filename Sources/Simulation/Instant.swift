/// A moment of the run: nanoseconds since its beginning.
///
/// In the simulator the beginning is the start of the run; in the real driver it is the Unix epoch. Nothing
/// compares moments of different clocks.
public struct Instant: Comparable, Hashable, Sendable, Codable {
    /// Nanoseconds since the beginning of the clock.
    public var nanoseconds: Int64

    /// A moment by its distance from the beginning.
    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The beginning of the clock.
    public static let zero = Instant(nanoseconds: 0)
    /// Later than every moment of a run.
    public static let distantFuture = Instant(nanoseconds: .max)

    /// Whole milliseconds since the beginning, as Kafka's record timestamps count them.
    @inlinable public var milliseconds: Int64 { nanoseconds / 1_000_000 }
    /// Whole microseconds since the beginning.
    @inlinable public var microseconds: Int64 { nanoseconds / 1_000 }

    @inlinable
    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
    @inlinable
    public static func + (left: Instant, right: Duration) -> Instant {
        Instant(nanoseconds: left.nanoseconds + right.nanoseconds)
    }
    @inlinable
    public static func - (left: Instant, right: Duration) -> Instant {
        Instant(nanoseconds: left.nanoseconds - right.nanoseconds)
    }
    @inlinable
    public static func - (left: Instant, right: Instant) -> Duration {
        Duration(nanoseconds: left.nanoseconds - right.nanoseconds)
    }
}

/// A length of time: a signed count of nanoseconds.
///
/// The standard library's `Duration` counts attoseconds in 128 bits; the simulator adds and compares lengths
/// for every event, and needs no more than nanoseconds.
public struct Duration: Comparable, Hashable, Sendable, Codable {
    /// The length in nanoseconds; negative lengths point backwards.
    public var nanoseconds: Int64

    /// A length by its count of nanoseconds.
    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// No time at all.
    public static let zero = Duration(nanoseconds: 0)

    /// A length in nanoseconds.
    @inlinable
    public static func nanoseconds(_ count: Int64) -> Duration { Duration(nanoseconds: count) }
    /// A length in microseconds.
    @inlinable
    public static func microseconds(_ count: Int64) -> Duration { Duration(nanoseconds: count * 1_000) }
    /// A length in milliseconds.
    @inlinable
    public static func milliseconds(_ count: Int64) -> Duration { Duration(nanoseconds: count * 1_000_000) }
    /// A length in seconds.
    @inlinable
    public static func seconds(_ count: Int64) -> Duration { Duration(nanoseconds: count * 1_000_000_000) }

    /// The length in seconds, for people to read; never fed back into a run.
    @inlinable public var seconds: Double { Double(nanoseconds) / 1e9 }
    /// Whole milliseconds, rounded towards zero.
    @inlinable public var milliseconds: Int64 { nanoseconds / 1_000_000 }

    @inlinable
    public static func < (left: Duration, right: Duration) -> Bool { left.nanoseconds < right.nanoseconds }
    @inlinable
    public static func + (left: Duration, right: Duration) -> Duration {
        Duration(nanoseconds: left.nanoseconds + right.nanoseconds)
    }
    @inlinable
    public static func - (left: Duration, right: Duration) -> Duration {
        Duration(nanoseconds: left.nanoseconds - right.nanoseconds)
    }
    @inlinable
    public static func * (left: Duration, right: Int64) -> Duration {
        Duration(nanoseconds: left.nanoseconds * right)
    }
    @inlinable
    public static func / (left: Duration, right: Int64) -> Duration {
        Duration(nanoseconds: left.nanoseconds / right)
    }
}

extension Instant: CustomStringConvertible {
    /// Seconds with three decimals, or nine where three do not say it exactly: `2.400s`.
    public var description: String {
        let (seconds, fraction) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        let exact = fraction % 1_000_000 == 0
        let decimals = exact ? padded(fraction / 1_000_000, to: 3) : padded(fraction, to: 9)
        return "\(nanoseconds < 0 ? "-" : "")\(seconds).\(decimals)s"
    }
}

extension Duration: CustomStringConvertible {
    /// The exact spelling that scenario files accept, in the largest unit that fits: `2.4s`, `800ms`, `15us`, `7ns`.
    public var description: String {
        if nanoseconds == 0 { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let magnitude = nanoseconds.magnitude
        if magnitude >= 1_000_000_000 {
            let (seconds, fraction) = magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
            var decimals = Substring(padded(fraction, to: 9))
            while decimals.last == "0" { decimals.removeLast() }
            return "\(sign)\(seconds)\(decimals.isEmpty ? "" : ".")\(decimals)s"
        }
        if magnitude % 1_000_000 == 0 { return "\(sign)\(magnitude / 1_000_000)ms" }
        if magnitude % 1_000 == 0 { return "\(sign)\(magnitude / 1_000)us" }
        return "\(sign)\(magnitude)ns"
    }
}

/// A number in decimal, with zeros in front up to a width.
private func padded(_ number: UInt64, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
