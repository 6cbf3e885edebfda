import Harness
import Simulation

/// A violated run from which as much was taken away as the budget allowed: few orders, few faults.
public struct Counterexample: Sendable {
    /// How much may be tried; counted and not timed, so that every machine finds the same.
    public struct Budget: Hashable, Sendable {
        /// Runs.
        public var runs = 400
        /// Simulated events of all runs together.
        public var events = 2_000_000

        public init() {}

        /// So many runs, and so many events.
        public init(runs: Int, events: Int) {
            self.runs = runs
            self.events = events
        }
    }

    /// The run; its `replayScenario` and seed replay it.
    public var result: RunResult
    /// The invariant that it breaks, as every run did that led to it.
    public var checker: String
    /// What that costs.
    public var cost: Cost

    /// Looks for a shorter run that breaks the same invariant as `start` does, where it shows the cost.
    init(
        from start: RunResult, showing cost: Cost, budget: Budget,
        simulate: (Scenario, UInt64) throws -> RunResult
    ) throws {
        let broken = start.checks.filter { $0.verdict == .violated }.map(\.name)
        // Orders of a run that never comes to rest are counted without a checker that says so.
        let checker = broken.first { cost.checkers.contains($0) } ?? broken.first ?? ""
        result = try Self.shortest(from: start, breaking: checker, budget: budget, simulate: simulate)
        self.checker = checker
        self.cost = cost
    }

    /// A shorter run that breaks an invariant which `start` breaks.
    static func shortest(
        from start: RunResult, breaking checker: String, budget: Budget,
        simulate: (Scenario, UInt64) throws -> RunResult
    ) throws -> RunResult {
        try withoutActuallyEscaping(simulate) { simulate in
            var search = CounterexampleSearch(start: start, checker: checker, budget: budget, simulate: simulate)
            try search.run()
            return search.best
        }
    }
}

/// Takes away orders and faults as long as the same invariant is broken.
private struct CounterexampleSearch {
    private(set) var best: RunResult
    private let checker: String
    private let original: Scenario
    private var budget: Counterexample.Budget
    private let simulate: (Scenario, UInt64) throws -> RunResult

    init(
        start: RunResult, checker: String, budget: Counterexample.Budget,
        simulate: @escaping (Scenario, UInt64) throws -> RunResult
    ) {
        best = start
        original = start.scenario
        self.checker = checker
        self.budget = budget
        self.simulate = simulate
    }

    mutating func run() throws {
        try startSmaller()
        // From here on faults are an explicit list, and leaving one out leaves all others where they are.
        try takeAwayOrders()
        while true {
            let before = best.length
            try takeAwayFaults()
            try takeAwayOrders()
            guard best.length < before else { return }
        }
    }

    /// Tries workloads of few orders with a few seeds each: what breaks often breaks small. The shortest of these seeds
    /// tells it best.
    private mutating func startSmaller() throws {
        // What is left is for taking away.
        let rest = Counterexample.Budget(runs: budget.runs / 3, events: budget.events / 3)
        for orders in [1, 2, 3, 5, 10, 20] where orders < best.unitsOfWork {
            var isFound = false
            for seed in UInt64(1)...20 {
                // At the scenario's own rate they come close together; at the second they meet as many faults as all did.
                for isStretched in [false, true] where !isStretched || canStretch {
                    guard budget.runs > rest.runs, budget.events > rest.events,
                        let scenario = original.with(orders: orders, isStretched: isStretched)
                    else { return }
                    if try attempt(scenario, seed: seed) { isFound = true }
                }
            }
            if isFound { return }
        }
    }

    /// Leaves out the last orders.
    private mutating func takeAwayOrders() throws {
        var step = best.unitsOfWork / 2
        while step > 0 {
            guard let scenario = best.replayScenario.with(orders: best.unitsOfWork - step), canTry else { return }
            if try !attempt(scenario, seed: best.seed) { step /= 2 }
            step = min(step, best.unitsOfWork - 1)
        }
    }

    /// Leaves out halves of the faults, then quarters, then single ones, until none can be left out.
    private mutating func takeAwayFaults() throws {
        var size = best.faults.count
        while size > 0 {
            var begin = 0
            while begin < best.faults.count {
                guard canTry else { return }
                var scenario = best.replayScenario
                scenario.plan.removeSubrange(begin..<min(begin + size, scenario.plan.count))
                if try !attempt(scenario, seed: best.seed) { begin += size }
            }
            size = min(size, best.faults.count) / 2
        }
    }

    /// Whether faults strike at moments of their own, so that few orders in a short time may meet none.
    private var canStretch: Bool { !original.plan.isEmpty || original.rates.strikesAtMoments }

    private var canTry: Bool { budget.runs > 0 && budget.events > 0 }

    /// Whether the run breaks the invariant, too, and is shorter: then it is the best so far.
    private mutating func attempt(_ scenario: Scenario, seed: UInt64) throws -> Bool {
        guard canTry else { return false }
        let result = try simulate(scenario, seed)
        budget.runs -= 1
        budget.events -= result.events
        guard result.length < best.length,
            result.checks.contains(where: { $0.name == checker && $0.verdict == .violated })
        else { return false }
        best = result
        return true
    }
}

/// How long a story is to read: orders count more than faults, and those more than what is seen to happen.
struct StoryLength: Comparable {
    var orders: Int
    var faults: Int
    var entries: Int

    static func < (left: StoryLength, right: StoryLength) -> Bool {
        (left.orders, left.faults, left.entries) < (right.orders, right.faults, right.entries)
    }
}

extension RunResult {
    /// How long its story is.
    var length: StoryLength { StoryLength(orders: unitsOfWork, faults: faults.count, entries: history.entries.count) }
}

extension Scenario {
    /// The same with another number of orders; nil for a system that cannot be made smaller.
    fileprivate func with(orders: Int, isStretched: Bool = false) -> Scenario? {
        guard orders > 0, let smaller = system.with(unitsOfWork: orders, isStretched: isStretched) else { return nil }
        var scenario = self
        scenario.system = smaller
        return scenario
    }
}
