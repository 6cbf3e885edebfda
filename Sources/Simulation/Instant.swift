/// A moment of the run: nanoseconds since its beginning.
///
/// In the simulator the beginning is the start of the run; in the real driver it is the Unix epoch. Nothing
/// compares moments of different clocks.
public struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since the beginning of the clock.
    public var nanoseconds: Int64

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
public struct Duration: Comparable, Hashable, Sendable {
    /// The length in nanoseconds; negative lengths point backwards.
    public var nanoseconds: Int64

    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    public static let zero = Duration(nanoseconds: 0)

    @inlinable public static func nanoseconds(_ count: Int64) -> Duration { Duration(nanoseconds: count) }
    @inlinable public static func microseconds(_ count: Int64) -> Duration { Duration(nanoseconds: count * 1_000) }
    @inlinable public static func milliseconds(_ count: Int64) -> Duration {
        Duration(nanoseconds: count * 1_000_000)
    }
    @inlinable public static func seconds(_ count: Int64) -> Duration { Duration(nanoseconds: count * 1_000_000_000) }

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
    /// Seconds with as many decimals as it takes, at least three: `2.400s`.
    public var description: String { Duration(nanoseconds: nanoseconds).decimalSeconds }
}

extension Duration: CustomStringConvertible {
    /// The shortest exact spelling that scenario files accept: `800ms`, `2.4s`, `15us`, `7ns`.
    public var description: String {
        for (unit, name) in [(Int64(1_000_000_000), "s"), (1_000_000, "ms"), (1_000, "us")]
        where nanoseconds != 0 && nanoseconds % unit == 0 {
            return "\(nanoseconds / unit)\(name)"
        }
        if nanoseconds == 0 { return "0s" }
        if nanoseconds % 1_000_000_000 != 0, abs(nanoseconds) > 1_000_000_000 { return "\(decimalSeconds)" }
        return "\(nanoseconds)ns"
    }

    /// Seconds with three decimals, or all nine when three do not say it exactly.
    var decimalSeconds: String {
        let sign = nanoseconds < 0 ? "-" : ""
        let magnitude = nanoseconds.magnitude
        var fraction = String(magnitude % 1_000_000_000)
        fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
        if fraction.hasSuffix("000000") { fraction.removeLast(6) }
        return "\(sign)\(magnitude / 1_000_000_000).\(fraction)s"
    }
}
