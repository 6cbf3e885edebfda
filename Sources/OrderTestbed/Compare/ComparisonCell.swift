import Harness
import Simulation

/// What became of one design under one fault, over some seeds.
public struct ComparisonCell: Sendable {
    /// What a cell comes to; the worst run decides.
    public enum Standing: String, Sendable {
        /// Every invariant held in every run.
        case held
        /// Something is wrong in the books; no customer noticed.
        case flawed
        /// Customers came to harm.
        case harmful
        /// Nothing was seen from which one could tell.
        case inconclusive
        /// The fault does not apply to the design.
        case notRun = "not-run"
    }

    /// How many of something were counted.
    public struct Amount: Sendable, Equatable {
        public var cost: Cost
        /// Distinct orders (products, records, runs) of each run, summed up over the runs.
        public var count: Int
    }

    public var standing = Standing.held
    /// Why there is no result, as a sentence, when there is none.
    public var reason: String?
    public var runs = 0
    public var violatedRuns = 0
    /// Orders of all runs together.
    public var orders = 0
    /// Those that came to harm, each once.
    public var harmed = 0
    /// What the runs cost, the worst first.
    public var amounts: [Amount] = []
    public var counterexample: Counterexample?
    /// Whether there are faults, and what the counterexample shows happens without any, too.
    public var takesNoFault = false
}

extension ComparisonCell {
    /// Runs a design under a fault with every seed, counts, and looks for the shortest counterexample.
    ///
    /// - Throws: what a run throws that cannot be simulated.
    public init(
        _ scenario: Scenario, seeds: some Sequence<UInt64>, budget: ShrinkBudget = .init(),
        simulate: (Scenario, UInt64) throws -> RunResult = Runner.run
    ) throws {
        var totals = [Int](repeating: 0, count: Cost.allCases.count)
        var (struck, seen) = (false, false)
        /// The shortest violated run of each cost.
        var shortest = [RunResult?](repeating: nil, count: Cost.allCases.count)
        for seed in seeds {
            let result = try simulate(scenario, seed)
            runs += 1
            orders += result.unitsOfWork
            struck = struck || !result.faults.isEmpty
            seen = seen || result.verdict != .inconclusive
            guard result.verdict == .violated else { continue }
            violatedRuns += 1
            let costs = RunCosts(result)
            harmed += costs.harmed.count
            for (index, subjects) in costs.subjects.enumerated() where !subjects.isEmpty {
                totals[index] += subjects.count
                if shortest[index].map({ result.length < $0.length }) ?? true { shortest[index] = result }
            }
        }
        amounts = zip(Cost.allCases, totals).filter { $0.1 > 0 }.map { Amount(cost: $0.0, count: $0.1) }
        let hasFault = !scenario.plan.isEmpty || scenario.rates.canStrike
        settle(hasFault: hasFault, struck: struck, seen: seen)
        for cost in costsToShow {
            guard let index = Cost.allCases.firstIndex(of: cost), let start = shortest[index] else { continue }
            let found = try Counterexample(from: start, showing: cost, budget: budget, simulate: simulate)
            if counterexample == nil { counterexample = found }
            // What happens on any day says nothing about the fault: another cost may.
            guard hasFault, found.result.faults.isEmpty else {
                counterexample = found
                return
            }
        }
        takesNoFault = hasFault && counterexample != nil
    }

    /// A cell that cannot be run.
    public init(notRunBecause reason: String) {
        standing = .notRun
        self.reason = reason
    }

    private mutating func settle(hasFault: Bool, struck: Bool, seen: Bool) {
        if violatedRuns > 0 {
            standing = amounts.contains { $0.cost.isHarm } ? .harmful : .flawed
        } else if hasFault, !struck {
            standing = .notRun
            reason = "Nothing in this design can be struck by this fault: in \(runs) runs it never was."
        } else if !seen {
            standing = .inconclusive
            reason = "Nothing was seen from which one could tell."
        }
    }

    /// What a counterexample may show: what befalls the most comes first.
    private var costsToShow: [Cost] {
        let candidates = standing == .harmful ? amounts.filter(\.cost.isHarm) : amounts
        let ranked = candidates.enumerated().sorted {
            ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
        }
        return ranked.prefix(3).map(\.element.cost)
    }
}
