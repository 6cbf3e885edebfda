import Harness
import Reports

/// What the runs of a scenario came to.
public struct ScenarioRuns: Sendable {
    /// Those of the test that is being run; nil in a test without a scenario.
    @TaskLocal public static var current: ScenarioRuns?

    public let scenario: Scenario
    /// Every run, in the order of the seeds.
    public internal(set) var summaries: [RunSummary] = []
    /// What was broken: one finding for each cause, with the first run that broke it.
    public internal(set) var findings: [Finding] = []

    /// How many runs were made.
    public var count: Int { summaries.count }

    /// How many runs broke an invariant.
    public var violated: Int { summaries.count { $0.verdict == .violated } }

    /// The worst of all; inconclusive when nothing was run.
    public var verdict: Verdict {
        if violated > 0 { return .violated }
        return summaries.isEmpty || summaries.contains { $0.verdict == .inconclusive } ? .inconclusive : .held
    }
}
