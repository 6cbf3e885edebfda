import Simulation

/// What one run of a scenario with one seed came to.
public struct RunResult: Sendable {
    public var scenario: Scenario
    public var seed: UInt64
    public var checks: [CheckResult]
    public var traceHash: TraceHash
    /// Orders, for example.
    public var unitsOfWork: Int
    /// Simulated events.
    public var events: Int
    /// How much virtual time passed.
    public var virtualTime: Duration
    /// Every fault that struck, whether by a rate or by the plan, in order; as a plan, they make the same run again.
    public var faults: [FaultAction]
    public var history: History

    /// Everything that any check found.
    public var violations: [Violation] { checks.flatMap(\.violations) }

    /// Violated when any check is; inconclusive when nothing was seen at all.
    public var verdict: Verdict {
        if checks.contains(where: { $0.verdict == .violated }) { return .violated }
        return checks.contains { $0.verdict == .held } ? .held : .inconclusive
    }

    /// The same run as explicit actions, without rates: replaying it with the same seed gives the same trace hash.
    public var replayScenario: Scenario {
        var replay = scenario
        replay.rates = FaultRates()
        replay.rates.from = scenario.rates.from
        replay.rates.until = scenario.rates.until
        replay.plan = faults
        return replay
    }
}

/// Runs scenarios.
public enum Runner {
    /// Runs a scenario with a seed to its end and judges it.
    ///
    /// - Throws: `PropertyError` when the scenario's client properties are none.
    public static func run(_ scenario: Scenario, seed: UInt64) throws -> RunResult {
        var world = try World(scenario, seed: seed)
        world.run()
        return judge(world, seed: seed)
    }

    /// Judges a world as it stands.
    public static func judge(_ world: World, seed: UInt64) -> RunResult {
        let history = world.history()
        return RunResult(
            scenario: world.scenario, seed: seed, checks: world.scenario.system.judge(history),
            traceHash: world.trace, unitsOfWork: world.scenario.system.unitsOfWork, events: world.eventCount,
            virtualTime: world.now - .zero, faults: world.faultsSoFar, history: history)
    }
}
