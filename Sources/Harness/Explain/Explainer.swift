import Simulation

/// Finds the moment at which the outcome of a failing run was decided.
///
/// A world can be forked at any event and spared everything that is still to come: what is broken is mended at once, and
/// no further fault strikes. Before the decisive event that saves the invariant, after it not. Bisecting finds the event
/// with about fifteen forks.
public struct Explainer {
    private let run: RunResult
    private let checker: String
    /// Worlds of the failing run, some events apart, the first before anything happened.
    private var worlds: [World] = []

    private static let checkpointCount = 32

    /// - Precondition: `run` is simulated, and breaks what `checker` watches.
    public init(_ run: RunResult, breaking checker: String) throws {
        precondition(!run.target.isLive, "a live run has no worlds to fork")
        self.run = run
        self.checker = checker
        var world = try World(run.replayScenario, seed: run.seed)
        let interval = max(1, run.events / Self.checkpointCount)
        repeat {
            if world.eventCount >= worlds.count * interval { worlds.append(world) }
        } while world.step()
    }

    /// The decisive moment, and the world that was spared the rest just before it.
    public func explain() -> Explanation {
        guard !run.faults.isEmpty, let start = worlds.first, spared(start) != nil else {
            return Explanation()
        }
        // The first checkpoint from which nothing helps, if there is one: the event lies before it.
        var (low, high) = (0, worlds.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if spared(worlds[middle]) != nil { low = middle } else { high = middle }
        }
        return narrow(from: worlds[low])
    }

    /// Looks for the decisive event behind a world that can be saved.
    private func narrow(from start: World) -> Explanation {
        var count = 0
        var scout = start
        let bound = max(1, run.events / Self.checkpointCount) + 1
        while count < bound, scout.step() { count += 1 }
        var (low, high) = (0, count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if spared(start.advanced(by: middle)) != nil { low = middle } else { high = middle }
        }
        let last = start.advanced(by: low)
        let next = start.advanced(by: low + 1)
        return Explanation(
            lastSaved: last.now, decided: next.now, decisive: next.entries(from: last.recordedCount), good: spared(last)
        )
    }

    /// What becomes of a world that is spared all further faults; nil if the invariant is broken all the same.
    private func spared(_ world: World) -> RunResult? {
        var branch = world
        branch.spareFaults()
        branch.run()
        let result = Runner.judge(branch, seed: run.seed)
        return result.violation(of: checker) == nil ? result : nil
    }
}

extension World {
    /// The same some events later.
    fileprivate func advanced(by events: Int) -> World {
        var world = self
        for _ in 0..<events { world.step() }
        return world
    }
}
