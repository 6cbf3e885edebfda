import Simulation

/// What a scenario is run on.
public enum RunTarget: String, Sendable, CaseIterable {
    /// The virtual cluster, in virtual time.
    case simulation
    /// librdkafka's mock cluster, in the process that runs the scenario; services are processes.
    case embedded
    /// A Kafka cluster that was there before.
    case kafka

    /// Whether the run takes place in real time, so that no two runs are the same.
    public var isLive: Bool { self != .simulation }
}

/// Faults of one kind that a scenario has and a run did not make.
public struct UnmadeFault: Hashable, Sendable {
    /// As scenario files spell it: `partition`, or the rate `faults.lost-requests`.
    public var fault: String
    /// How many; nil where only their rate is known.
    public var count: Int?
    /// Why, in a sentence.
    public var reason: String

    public init(fault: String, count: Int?, reason: String) {
        self.fault = fault
        self.count = count
        self.reason = reason
    }
}

/// What one run of a scenario with one seed came to.
public struct RunResult: Sendable {
    public var scenario: Scenario
    public var seed: UInt64
    public var checks: [CheckResult]
    public var traceHash: TraceHash
    /// Orders, for example.
    public var unitsOfWork: Int
    /// Simulated events; on a live target, what its history holds.
    public var events: Int
    /// How much time passed, virtual unless the target is live.
    public var virtualTime: Duration
    /// Every fault that struck, whether by a rate or by the plan, in order. As a plan, they make the same simulated run
    /// again; no live run is the same twice.
    public var faults: [FaultAction]
    public var history: History
    public var target = RunTarget.simulation
    /// What the scenario asks for and the run did not make.
    public var unmade: [UnmadeFault] = []
    /// What the scenario needs and the target does not have, or what could not be read back, a sentence each: such a run
    /// may be violated, and does not hold.
    public var unmetNeeds: [String] = []
    /// Where the stores of a live run were left, for somebody to look at.
    public var keptStores: String?

    /// Everything that any check found.
    public var violations: [Violation] { checks.flatMap(\.violations) }

    /// Violated when any check is; inconclusive when nothing was seen at all, or too little for a run that broke nothing.
    public var verdict: Verdict {
        if checks.contains(where: { $0.verdict == .violated }) { return .violated }
        guard unmetNeeds.isEmpty else { return .inconclusive }
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

extension RunResult {
    /// The result of a run on a live target.
    package init(
        live target: RunTarget, scenario: Scenario, seed: UInt64, checks: [CheckResult], unmade: [UnmadeFault],
        unmetNeeds: [String], history: History
    ) {
        let faults = history.entries.compactMap { entry in
            if case .fault(let action) = entry.event { action } else { nil }
        }
        self.init(
            scenario: scenario, seed: seed, checks: checks, traceHash: TraceHash(),
            unitsOfWork: scenario.system.unitsOfWork, events: history.entries.count,
            virtualTime: history.end - .zero, faults: faults, history: history, target: target, unmade: unmade,
            unmetNeeds: unmetNeeds)
    }
}
