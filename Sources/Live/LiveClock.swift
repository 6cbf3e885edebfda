import Foundation
import Simulation

/// The wall clock, counted from some moment: the Unix epoch when a system serves, the beginning of a run when one is
/// tested, so that a history reads like a simulated one.
public struct LiveClock: Hashable, Sendable, Codable {
    /// The moment from which it counts, in nanoseconds since the Unix epoch.
    public let origin: Int64

    public init(origin: Int64 = 0) { self.origin = origin }

    /// A clock that begins now.
    public static var startingNow: LiveClock { LiveClock(origin: nanosecondsSinceEpoch) }

    /// The present moment.
    public var now: Instant { Instant(nanoseconds: Self.nanosecondsSinceEpoch - origin) }

    /// A time of this clock, as Kafka's records carry it.
    package func timestamp(fromMilliseconds milliseconds: Int64) -> Int64 { milliseconds + origin / 1_000_000 }

    /// A record's timestamp, on this clock.
    package func milliseconds(fromTimestamp timestamp: Int64) -> Int64 { timestamp - origin / 1_000_000 }

    private static var nanosecondsSinceEpoch: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
