import Foundation
import Harness
import Simulation

/// What a command line asks a search for.
struct ExplorePlan: Sendable {
    var scenarios: [LoadedScenario]
    /// What was found before: each is run with its own seed before anything else is.
    var regressions: [LoadedScenario]
    var strategies: [String]
    var seed: UInt64
    var jobs: Int
    /// Nil for no end.
    var seconds: Double?
    var stopAfter: Int?
    var orders: Int?
    var pairs = 0
    /// Whether the search is over when the crash points of one seed are.
    var isOneSweep = false
    var hasCanary = true
    var shrinks = true

    /// The search of one of the jobs through a scenario.
    func explorer(of scenario: Scenario, job: Int) throws -> Explorer {
        let space = SearchSpace(scenario, seed: seed, units: orders, share: (job, jobs))
        return Explorer(try strategies.map { try strategy($0, space) }, reducing: reduction)
    }

    private func strategy(_ name: String, _ space: SearchSpace) throws -> any Strategy {
        switch name {
        case "seeds": return SeedSearch(space)
        case "swarm": return SwarmSearch(space)
        case "crash-points":
            var options = CrashPointSweep.Options()
            options.pairs = pairs
            options.seeds = isOneSweep ? 1 : nil
            return try CrashPointSweep(space, options)
        case "branching": return BranchingSearch(space)
        case "schedules": return ScheduleSearch(space)
        default: preconditionFailure("there is no strategy '\(name)'")
        }
    }

    /// What becomes of a failing run.
    var reduction: FindingLedger.Reduction {
        guard shrinks else { return FindingLedger.unshortened }
        return { run, violation, discovery in
            var investigator = Investigator()
            investigator.clock = threadTime
            let finding = try investigator.investigate(run, breaking: violation.checker, discovery: discovery)
            return try finding ?? FindingLedger.unshortened(run, violation, discovery)
        }
    }

    /// The search for the planted defect: in a version of the scenario's system that has it, with every kind of fault.
    func canary(of scenario: Scenario) -> Explorer? {
        guard hasCanary, let system = scenario.system.canary else { return nil }
        var careless = Scenario(system: system)
        careless.name = "canary"
        careless.cluster = scenario.cluster
        careless.instances = scenario.instances
        return Explorer([
            BranchingSearch(SearchSpace(careless, seed: seed)), SwarmSearch(SearchSpace(careless, seed: seed)),
        ])
    }
}

/// The processor time that this thread has used. A search never leaves its thread while it runs.
@Sendable private func threadTime() -> Simulation.Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
}
