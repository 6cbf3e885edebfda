import Simulation

/// At most one timer that counts: an earlier one replaces a later one, and those replaced are ignored when they fire.
/// So a deadline that moves with every message costs no event per message.
struct Alarm: Sendable {
    private(set) var armed: Instant?

    /// Whether a new event has to be scheduled for this moment.
    mutating func arm(at moment: Instant) -> Bool {
        if let armed, armed <= moment { return false }
        armed = moment
        return true
    }

    /// Whether an event that fires now is the one that counts. It may come late, after its process was frozen.
    mutating func fires(at now: Instant) -> Bool {
        guard let armed, armed <= now else { return false }
        self.armed = nil
        return true
    }
}
