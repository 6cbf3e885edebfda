import Simulation

/// Worlds on the way of a run, from which it can go on with a smaller plan without being begun again.
struct Checkpoints: Sendable {
    /// The most that are kept of one run.
    private static let limit = 16
    /// Shorter runs are begun again: that takes no longer than keeping them.
    private static let shortestInterval = 500

    private var worlds: [World] = []

    /// Runs a world to its end, and keeps some of those on the way. `expected` is about how many events the run has.
    init(running world: inout World, expecting expected: Int) {
        let interval = max(Self.shortestInterval, expected / Self.limit)
        var next = world.eventCount + interval
        while world.step() {
            guard world.eventCount >= next else { continue }
            if worlds.count < 2 * Self.limit { worlds.append(world) }
            next += interval
        }
    }

    /// The last one in which none of these faults has struck.
    func last(before faults: Set<FaultAction>) -> World? {
        worlds.last { world in !world.faultsSoFar.contains(where: faults.contains) }
    }

    /// Those before a moment, followed by those of a run that went on from there.
    func followed(by later: Checkpoints, from moment: Instant) -> Checkpoints {
        var joined = self
        joined.worlds.removeAll { $0.now >= moment }
        joined.worlds += later.worlds
        return joined
    }
}
