/// Fewer units of work.
extension Shrinker {
    /// Tries workloads of few units with a few seeds each: what breaks often breaks small. The shortest of these runs
    /// tells it best.
    mutating func startSmaller() throws {
        // What is left is for taking away.
        let rest = remaining(after: 3)
        for count in [1, 2, 3, 5, 10, 20] where count < best.unitsOfWork {
            var isFound = false
            for seed in UInt64(1)...20 {
                // At the scenario's own rate they come close together; at the second they meet as many faults as all did.
                for isStretched in [false, true] where !isStretched || canStretch {
                    guard hasLeft(rest), let scenario = original.with(units: count, isStretched: isStretched)
                    else { return }
                    if try attempt(scenario, seed: seed) { isFound = true }
                }
            }
            if isFound { return }
        }
    }

    /// Whether faults strike at moments of their own, so that few units in a short time may meet none.
    private var canStretch: Bool { !original.plan.isEmpty || original.rates.strikesAtMoments }

    /// Leaves out halves of the units of work, then quarters, then single ones, until none can be left out. The last ones
    /// come first: those before them stay as they were.
    mutating func takeAwayUnits() throws {
        var size = best.unitsOfWork / 2
        while size > 0 {
            var end = best.unitsOfWork
            while end > 0, best.unitsOfWork > 1 {
                guard canTry else { return }
                var units = best.scenario.system.units
                units.removeSubrange(max(0, end - size)..<min(end, units.count))
                let isTaken = try attemptWith(units: units)
                end = min(end - size, best.unitsOfWork)
                if isTaken, end <= 0 { end = best.unitsOfWork }
            }
            size /= 2
        }
    }

    private mutating func attemptWith(units: [Int]) throws -> Bool {
        guard !units.isEmpty, let smaller = best.scenario.system.with(units: units) else { return false }
        var scenario = best.replayScenario
        scenario.system = smaller
        return try attempt(scenario, seed: best.seed)
    }
}

extension Scenario {
    /// The same with the first so many units of work; nil for a system that cannot be made smaller.
    fileprivate func with(units count: Int, isStretched: Bool) -> Scenario? {
        guard count > 0, let smaller = system.with(unitsOfWork: count, isStretched: isStretched) else { return nil }
        var scenario = self
        scenario.system = smaller
        return scenario
    }
}
