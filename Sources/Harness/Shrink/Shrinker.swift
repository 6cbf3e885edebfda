import Simulation

/// Makes a failing run as short as it gets: units of work, faults, instances, brokers, options and times, as long as the
/// same invariant is broken in the same way.
///
/// What is left is 1-minimal unless the budget ended: none of it can be taken away alone. The method is delta debugging
/// (Zeller and Hildebrandt, *Simplifying and Isolating Failure-Inducing Input*, 2002) over the explicit plan; a run without
/// some faults goes on from the last checkpoint before the first of them.
public struct Shrinker {
    /// Where runs come from.
    public typealias Simulate = (Scenario, UInt64) throws -> RunResult

    /// The shortest run so far.
    public private(set) var best: RunResult
    /// What was done.
    public private(set) var record = ShrinkRecord(attempts: 0, fromCheckpoints: 0, events: 0, isMinimal: false)

    let checker: String
    private let shapes: Set<String>
    let original: Scenario
    private var budget: ShrinkBudget
    /// Nil where runs are worlds, of which checkpoints can be kept.
    private let simulate: Simulate?
    private var checkpoints: Checkpoints?
    private var hasChanged = false

    /// - Precondition: `run` breaks the invariant that `checker` watches.
    public init(_ run: RunResult, breaking checker: String, budget: ShrinkBudget = .init()) {
        self.init(run, breaking: checker, budget: budget, simulate: nil)
    }

    /// The same with runs from elsewhere.
    package init(_ run: RunResult, breaking checker: String, budget: ShrinkBudget, simulate: Simulate?) {
        best = run
        original = run.scenario
        self.checker = checker
        self.budget = budget
        self.simulate = simulate
        shapes = Set(run.violations.filter { $0.checker == checker }.map(\.shape))
        precondition(!shapes.isEmpty || run.violations.isEmpty, "the run does not break \(checker)")
    }

    /// Tries everything, until nothing more can be taken away or the budget ends.
    public mutating func run() throws {
        try startSmaller()
        // From here on faults are an explicit list, and leaving one out leaves all others where they are.
        repeat {
            hasChanged = false
            // With fewer units every further run is shorter.
            try takeAwayUnits()
            try takeAwayFaults()
            try simplifySurroundings()
            try simplifyFaults()
        } while hasChanged && canTry
        record.isMinimal = canTry
    }

    /// Whether something may still be tried.
    var canTry: Bool { budget.runs > 0 && budget.events > 0 }

    /// Whether as much is left as `share` of what there was.
    func hasLeft(_ rest: ShrinkBudget) -> Bool { budget.runs > rest.runs && budget.events > rest.events }

    /// What is left of the budget when a share of it is used.
    func remaining(after share: Int) -> ShrinkBudget {
        ShrinkBudget(runs: budget.runs - budget.runs / share, events: budget.events - budget.events / share)
    }

    // MARK: Attempts

    /// Runs a scenario from its start. If that fails in the same way and is no longer than the best run, or shorter where
    /// it has to be, it is the best.
    mutating func attempt(_ scenario: Scenario, seed: UInt64, mustBeShorter: Bool = true) throws -> Bool {
        guard canTry else { return false }
        if let simulate { return accept(try simulate(scenario, seed), mustBeShorter, nil) }
        var world = try World(scenario, seed: seed)
        guard !scenario.rates.canStrike else {
            world.run()
            return accept(Runner.judge(world, seed: seed), mustBeShorter, nil)
        }
        let passed = Checkpoints(running: &world, expecting: best.events)
        return accept(Runner.judge(world, seed: seed), mustBeShorter, passed)
    }

    /// Runs the best run without some of its faults.
    mutating func attempt(without dropped: ArraySlice<FaultAction>) throws -> Bool {
        var scenario = best.replayScenario
        scenario.plan.removeSubrange(dropped.startIndex..<dropped.endIndex)
        // Without any fault the world is healed at once, and its operator may not be there: that is another beginning.
        guard canTry, let checkpoints, !scenario.plan.isEmpty, !dropped.contains(where: \.needsAdministrator),
            var world = checkpoints.last(before: Set(dropped))
        else { return try attempt(scenario, seed: best.seed) }
        let (fork, begun) = (world.now, world.eventCount)
        let kept = Set(scenario.plan)
        world.amend(dropping: world.scenario.plan.filter { !kept.contains($0) })
        let passed = Checkpoints(running: &world, expecting: best.events)
        record.fromCheckpoints += 1
        return accept(
            Runner.judge(world, seed: best.seed), true, checkpoints.followed(by: passed, from: fork), savedEvents: begun
        )
    }

    private mutating func accept(
        _ result: RunResult, _ mustBeShorter: Bool, _ passed: Checkpoints?, savedEvents: Int = 0
    ) -> Bool {
        let events = result.events - savedEvents
        budget.runs -= 1
        budget.events -= events
        record.attempts += 1
        record.events += events
        guard result.violations.contains(where: { $0.checker == checker && shapes.contains($0.shape) }),
            mustBeShorter ? result.length < best.length : isNoLonger(result)
        else { return false }
        best = result
        checkpoints = passed
        hasChanged = true
        return true
    }

    private func isNoLonger(_ result: RunResult) -> Bool {
        (result.unitsOfWork, result.faults.count) <= (best.unitsOfWork, best.faults.count)
    }
}
