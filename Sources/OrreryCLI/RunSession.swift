import Harness
import Reports

/// Carries out a plan of runs on several cores, and hands the results over in the plan's order.
struct RunSession: Sendable {
    /// What became of one run.
    struct Outcome: Sendable {
        var summary: RunSummary
        /// Why no report could be written.
        var failure: String?
    }

    let plan: RunPlan
    let jobs: Int
    /// Where reports on violated runs go.
    let reports: String
    let program: String
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
            for try await (index, outcome) in group {
                finished(outcome.summary.verdict)
                startNext()
                waiting[index] = outcome
                while let next = waiting.removeValue(forKey: reported) {
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
        do {
            summary.report = try ReportWriter.write(
                result, file: run.file, replay: run.replay, program: program, wallSeconds: seconds, into: reports)
            return Outcome(summary: summary)
        } catch {
            return Outcome(
                summary: summary,
                failure: "cannot write the report on \(run.scenario.name), seed \(run.seed), to \(reports): "
                    + error.localizedDescription)
        }
    }
}
