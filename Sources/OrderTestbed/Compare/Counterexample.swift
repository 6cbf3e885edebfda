import Harness
import Simulation

/// A violated run from which as much was taken away as the budget allowed: few orders, few faults.
public struct Counterexample: Sendable {
    /// The run; its `replayScenario` and seed replay it.
    public var result: RunResult
    /// The invariant that it breaks, as every run did that led to it.
    public var checker: String
    /// What that costs.
    public var cost: Cost

    /// Looks for a shorter run that breaks the same invariant as `start` does, where it shows the cost.
    init(
        from start: RunResult, showing cost: Cost, budget: ShrinkBudget,
        simulate: (Scenario, UInt64) throws -> RunResult
    ) throws {
        let broken = start.checks.filter { $0.verdict == .violated }.map(\.name)
        // Orders of a run that never comes to rest are counted without a checker that says so.
        let checker = broken.first { cost.checkers.contains($0) } ?? broken.first ?? ""
        result = try withoutActuallyEscaping(simulate) { simulate in
            var shrinker = Shrinker(start, breaking: checker, budget: budget, simulate: simulate)
            try shrinker.run()
            return shrinker.best
        }
        self.checker = checker
        self.cost = cost
    }
}
