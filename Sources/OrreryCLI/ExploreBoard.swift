import Harness
import Synchronization

/// Where the jobs of a search write down how far they are, and everybody reads it.
final class ExploreBoard: Sendable {
    /// One look at the board.
    struct State: Sendable {
        /// `everything`
        var scenario = ""
        var statistics = SearchStatistics(strategies: [])
        var findings: [FoundFailure] = []
        var unconfirmed = 0
        /// Of each scenario whose crash points are swept.
        var sweeps: [SweepResult] = []
    }

    private struct Job: Sendable {
        var statistics: SearchStatistics
        var ledger: FindingLedger
        var sweep: SweepResult?
    }

    private struct Content: Sendable {
        var scenario: LoadedScenario?
        /// What scenarios that are done have come to.
        var done: State
        var jobs: [Job?]
    }

    private let content: Mutex<Content>

    init(strategies: [String], jobs: Int) {
        var state = State()
        state.statistics = SearchStatistics(strategies: strategies)
        content = Mutex(Content(done: state, jobs: Array(repeating: nil, count: jobs)))
    }

    /// A scenario is searched from now on; what was written about the one before is final.
    func begin(_ scenario: LoadedScenario) {
        content.withLock { content in
            content.done = Self.state(of: content)
            content.jobs = content.jobs.map { _ in nil }
            content.scenario = scenario
        }
    }

    /// How far a job is.
    func write(_ explorer: Explorer, job: Int) {
        content.withLock { content in
            content.jobs[job] = Job(
                statistics: explorer.statistics, ledger: explorer.ledger, sweep: explorer.sweep)
        }
    }

    /// A failure that was found by running what was found before.
    func add(_ failure: FoundFailure) { content.withLock { $0.done.findings.append(failure) } }

    /// All of it together.
    var state: State { content.withLock { Self.state(of: $0) } }

    /// How many different failures there are.
    var findingCount: Int { content.withLock { Self.state(of: $0).findings.count } }

    private static func state(of content: Content) -> State {
        var state = content.done
        guard let scenario = content.scenario else { return state }
        state.scenario = scenario.scenario.name
        var ledger = FindingLedger()
        var sweep: SweepResult?
        for job in content.jobs.compactMap(\.self) {
            state.statistics.merge(job.statistics)
            ledger.merge(job.ledger)
            guard let share = job.sweep else { continue }
            if sweep?.merge(share) == nil { sweep = share }
        }
        if let sweep { state.sweeps.append(sweep) }
        state.unconfirmed += ledger.unconfirmed
        for finding in ledger.findings {
            // The same cause in another scenario is the same finding.
            if let known = state.findings.firstIndex(where: { $0.finding.cause == finding.cause }) {
                state.findings[known].finding.discovery.occurrences += finding.discovery.occurrences
            } else {
                state.findings.append(FoundFailure(finding: finding, file: scenario.file))
            }
        }
        return state
    }
}

/// A finding, and the file whose search has found it.
struct FoundFailure: Sendable {
    var finding: Finding
    var file: String
    /// Where its report is, once that is written.
    var report: String?
    /// The line that runs it again.
    var replay = ""
}
