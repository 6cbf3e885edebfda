import Harness
import Synchronization

/// Carries a search out on several cores, scenario after scenario.
struct ExploreSession: Sendable {
    /// Why a search has ended.
    enum Ending: String, Sendable {
        /// The time is over.
        case budget
        /// As many failures were found as were asked for.
        case stopAfter = "stop-after"
        /// Nothing was left to try.
        case exhausted
        case interrupted
    }

    /// What the search for the planted defect came to.
    struct Canary: Sendable {
        var wasFound: Bool
        var runs: Int
        var events: Int
    }

    let plan: ExplorePlan
    let board: ExploreBoard
    let isInterrupted: @Sendable () -> Bool
    private let start = ContinuousClock.now

    init(plan: ExplorePlan, board: ExploreBoard, isInterrupted: @escaping @Sendable () -> Bool) {
        self.plan = plan
        self.board = board
        self.isInterrupted = isInterrupted
    }

    /// How long it has gone on.
    var seconds: Double { (ContinuousClock.now - start).inSeconds }

    /// Searches; the findings stand on the board.
    func run() async throws -> (ending: Ending, canary: Canary?) {
        let canary = try searchCanary()
        try runRegressions()
        for (index, scenario) in plan.scenarios.enumerated() {
            guard ending == nil else { break }
            board.begin(scenario)
            // Each scenario gets its share of the time that is left.
            let deadline = plan.seconds.map { all in
                seconds + max(0, all - seconds) / Double(plan.scenarios.count - index)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for job in 0..<plan.jobs { group.addTask { try search(scenario.scenario, job: job, until: deadline) } }
                try await group.waitForAll()
            }
        }
        return (ending ?? .exhausted, canary)
    }

    /// Why the whole search has to end now; nil while it goes on.
    private var ending: Ending? {
        if isInterrupted() { return .interrupted }
        if let wanted = plan.stopAfter, board.findingCount >= wanted { return .stopAfter }
        if let all = plan.seconds, seconds >= all { return .budget }
        return nil
    }

    private func search(_ scenario: Scenario, job: Int, until deadline: Double?) throws {
        var explorer = try plan.explorer(of: scenario, job: job)
        var written = seconds
        while ending == nil, deadline.map({ seconds < $0 }) ?? true {
            let known = explorer.findings.count
            guard try explorer.advance() else { break }
            // Whoever looks at the board does not look more often.
            if explorer.findings.count > known || seconds - written > 0.1 {
                board.write(explorer, job: job)
                written = seconds
            }
        }
        board.write(explorer, job: job)
    }

    // MARK: Before the search

    /// The most runs that the planted defect gets, and the largest part of the time, but never less than so many seconds: a
    /// slow machine proves nothing.
    private static let canaryRuns = 2_000
    private static let canaryShare = 0.1
    private static let canarySeconds = 60.0

    private func searchCanary() throws -> Canary? {
        guard let scenario = plan.scenarios.first?.scenario, var explorer = plan.canary(of: scenario) else {
            return nil
        }
        let limit = max((plan.seconds ?? 0) * Self.canaryShare, Self.canarySeconds)
        try explorer.run { explorer in
            !explorer.findings.isEmpty || explorer.statistics.runs >= Self.canaryRuns || seconds > limit
                || isInterrupted()
        }
        return Canary(
            wasFound: !explorer.findings.isEmpty, runs: explorer.statistics.runs, events: explorer.statistics.events)
    }

    private func runRegressions() throws {
        for loaded in plan.regressions where ending == nil {
            let run = try Testbed.run(loaded.scenario, seed: loaded.scenario.seed ?? 1)
            guard let violation = run.violations.first else { continue }
            let finding = try FindingLedger.unshortened(run, violation, Discovery(strategy: "regressions"))
            board.add(FoundFailure(finding: finding, file: loaded.file))
        }
    }
}
