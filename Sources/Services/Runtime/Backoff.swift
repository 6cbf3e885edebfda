import Simulation

/// Exponential backoff with jitter: each delay doubles up to a bound, and is drawn from its upper half ("equal jitter").
public struct Backoff: Sendable, Codable {
    public var initial: Duration
    public var maximum: Duration

    public init(initial: Duration, maximum: Duration) {
        self.initial = initial
        self.maximum = maximum
    }

    /// The delay before the next try after `attempt` failed ones, from 1.
    public func delay(after attempt: Int, drawing draws: Draws, _ purpose: Purpose, _ identity: UInt64) -> Duration {
        let longest = longestDelay(after: attempt)
        let range = Duration(nanoseconds: longest.nanoseconds / 2)...longest
        return draws.duration(in: range, purpose, identity, UInt64(attempt))
    }

    /// The delay before the next try after `attempt` failed ones, from 1, without jitter.
    public func longestDelay(after attempt: Int) -> Duration {
        let doublings = min(max(attempt - 1, 0), 20)
        return Duration(nanoseconds: min(maximum.nanoseconds, initial.nanoseconds << Int64(doublings)))
    }
}

/// Stops calling a provider that does not answer, and tries it with single calls until it does (Nygard, *Release It!*).
public struct CircuitBreaker: Sendable {
    /// How many failures in a row open it.
    public var threshold: Int
    /// How long it stays open before one call is let through.
    public var pause: Duration

    private var failures = 0
    private var openUntil: Instant?
    private var isProbing = false

    public init(threshold: Int, pause: Duration) {
        self.threshold = threshold
        self.pause = pause
    }

    /// Nil when a call may be made now; else when to ask again.
    public mutating func blockedUntil(at now: Instant) -> Instant? {
        guard let openUntil else { return nil }
        if now < openUntil { return openUntil }
        if isProbing { return now + pause }
        isProbing = true
        return nil
    }

    /// A call was answered: whatever the answer, the provider is there.
    public mutating func succeeded() {
        failures = 0
        openUntil = nil
        isProbing = false
    }

    /// A call was not answered.
    public mutating func failed(at now: Instant) {
        failures += 1
        isProbing = false
        if failures >= threshold { openUntil = now + pause }
    }
}
