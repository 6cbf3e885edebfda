import Harness
import Reports

/// Carries out a plan of runs on several cores, and hands the results over in the plan's order.
struct RunSession: Sendable {
    /// What became of one run.
    struct Outcome: Sendable {
        var summary: RunSummary
        /// Why no report could be written.
        var failure: String?
        /// Of a violated run, for its picture.
        fileprivate var drawing: (@Sendable () throws -> Void)?
    }

    let plan: RunPlan
    let jobs: Int
    /// Where reports on violated runs go.
    let reports: String
    let program: String
    /// How many violated runs get reports with everything; the others can be drawn later.
    var drawings = 0
    /// How much is tried to make such a run shorter; nil to leave it as it was found.
    var shrinking: ShrinkBudget?
    let simulate: @Sendable (Scenario, UInt64) throws -> RunResult

    /// Runs until everything is done, or nobody wants more. `finished` hears of each run as it ends, `report` gets the
    /// outcomes in the plan's order, whatever the number of jobs.
    func run(
        isInterrupted: @escaping @Sendable () -> Bool, finished: @escaping @Sendable (Verdict) -> Void,
        report: (Outcome) -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (index: Int, outcome: Outcome).self) { group in
            var started = 0
            func startNext() {
                guard started < plan.count, !isInterrupted() else { return }
                let index = started
                started += 1
                group.addTask { (index, try outcome(of: plan[index])) }
            }
            for _ in 0..<jobs { startNext() }
            var waiting: [Int: Outcome] = [:]
            var reported = 0
            // In the plan's order: which runs are drawn does not depend on the number of jobs.
            var drawn = 0
            for try await (index, outcome) in group {
                finished(outcome.summary.verdict)
                startNext()
                waiting[index] = outcome
                while var next = waiting.removeValue(forKey: reported) {
                    if drawn < drawings, let drawing = next.drawing {
                        drawn += 1
                        do { try drawing() } catch { next.failure = Self.failure(next.summary, in: reports, error) }
                    }
                    report(next)
                    reported += 1
                }
            }
        }
    }

    private func outcome(of run: RunPlan.Run) throws -> Outcome {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try simulate(run.scenario, run.seed)
        let seconds = (clock.now - start).inSeconds
        var summary = RunSummary(result, file: run.file, replay: run.replay, wallSeconds: seconds)
        summary.shard = run.place
        guard result.verdict == .violated else { return Outcome(summary: summary) }
        @Sendable func write(_ extent: ReportWriter.Extent) throws -> String {
            try ReportWriter.write(
                result, file: run.file, replay: run.replay, program: program, wallSeconds: seconds, into: reports,
                extent: extent)
        }
        do {
            summary.report = try write(.text)
            return Outcome(summary: summary) {
                guard let finding = try investigate(result) else {
                    _ = try write(.everything)
                    return
                }
                _ = try ReportWriter.write(
                    finding, file: run.file, replay: run.replay, program: program, into: reports)
            }
        } catch {
            return Outcome(summary: summary, failure: Self.failure(summary, in: reports, error))
        }
    }

    /// What the run comes to when it is as short as it gets; nil where nobody wants to know.
    private func investigate(_ result: RunResult) throws -> Finding? {
        guard let shrinking else { return nil }
        return try Investigator(budget: shrinking).investigate(
            result, breaking: ReportWriter.toldChecker(of: result),
            discovery: Discovery(strategy: "seeds", events: result.events))
    }

    private static func failure(_ summary: RunSummary, in reports: String, _ error: any Error) -> String {
        "cannot write the report on \(summary.scenario), seed \(summary.seed), to \(reports): "
            + error.localizedDescription
    }
}
