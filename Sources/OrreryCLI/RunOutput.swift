import ArgumentParser
import Foundation
import Harness
import Reports

/// What `orrery run` prints while and after a session runs.
struct RunOutput {
    let console: Console
    let isJSON: Bool
    /// Where all runs go as JUnit XML.
    var junit: String?
    var failOn = FailOn.inconclusive
    var budget: TimeBudget?
    /// Where annotations and a summary go, in a step of GitHub Actions.
    var actions: GitHubActions?

    /// What there is to say in the end.
    private struct Results {
        var table = VerdictTable()
        var explained: [RunSummary] = []
        var suites = JUnitReport()
        var hasFailed = false
    }

    /// Carries the session out; the answer is the exit code.
    func run(_ session: RunSession) async -> ExitCode {
        let interruption = Interruption { [console] in
            console.note("interrupted: the runs under way are finished; press Ctrl-C again to stop at once")
        }
        let progress = Progress(total: session.plan.count, console: console)
        let start = ContinuousClock.now
        let limit = budget?.seconds ?? .infinity
        var results = Results()
        do {
            try await session.run(
                isInterrupted: { interruption.isRequested || (ContinuousClock.now - start).inSeconds >= limit },
                finished: { progress.finished($0) },
                report: { take($0, isAlone: session.plan.count == 1, into: &results) })
        } catch {
            results.hasFailed = true
            console.note("error: a run could not be simulated: \(error)")
        }
        progress.end()
        if !isJSON, session.plan.count != 1 { summarise(results.table, results.explained) }
        let remarks = remarks(
            on: session.plan, done: results.table.tally.count, isInterrupted: interruption.isRequested)
        for remark in remarks { console.note(remark) }
        do { try write(results, remarks, reports: session.reports) } catch {
            results.hasFailed = true
            console.note("error: \(error.localizedDescription)")
        }
        if interruption.isRequested { return .interrupted }
        return results.hasFailed ? .internalError : ExitCode(results.table.tally, failingOn: failOn)
    }

    /// Prints what a run came to, and keeps what is needed of it later.
    private func take(_ outcome: RunSession.Outcome, isAlone: Bool, into results: inout Results) {
        let text = RunText(summary: outcome.summary, stream: console.output)
        results.table.add(outcome.summary)
        if junit != nil { results.suites.add(outcome.summary) }
        if outcome.summary.verdict != .held { results.explained.append(outcome.summary) }
        if isJSON {
            console.print(outcome.summary.json.compact)
        } else if isAlone {
            for line in text.block { console.print(line) }
        } else {
            console.print(text.line)
        }
        if let failure = outcome.failure {
            results.hasFailed = true
            console.note("error: \(failure)")
        }
    }

    /// The files on the whole session.
    private func write(_ results: Results, _ remarks: [String], reports: String) throws {
        if let junit { try results.suites.write(to: junit) }
        if results.table.tally.violated > 0 { try ReportIndex.write(in: reports) }
        guard let actions else { return }
        // Standard error: standard output may be JSON.
        try actions.tell(results.table, CIFailure.collect(results.explained), remarks) { console.note($0) }
    }

    /// What was not run, and why.
    private func remarks(on plan: RunPlan, done: Int, isInterrupted: Bool) -> [String] {
        var remarks: [String] = []
        if !plan.shard.isWhole {
            remarks.append("shard \(plan.shard.number) of \(plan.shard.of): \(plan.count) of all \(plan.total) runs")
        }
        if done == plan.count {
            if done == 0 { remarks.append("nothing was run: nothing is known") }
        } else if isInterrupted {
            remarks.append("\(done) of \(plan.count) runs are done")
        } else if let budget {
            remarks.append(
                "the budget of \(budget.spelling) is over: \(done) of \(plan.count) runs are done"
                    + (done == 0 ? ", so that nothing is known" : ""))
        }
        return remarks
    }

    /// The most runs that are explained below the table; each has its line and its report.
    private static let explanationLimit = 10

    private func summarise(_ table: VerdictTable, _ explained: [RunSummary]) {
        console.print("")
        for line in table.lines { console.print(line) }
        for summary in explained.prefix(Self.explanationLimit) {
            console.print("")
            for line in RunText(summary: summary, stream: console.output).explanation { console.print(line) }
        }
        let more = explained.count - Self.explanationLimit
        if more > 0 { console.print("\n… and \(Text.count(more)) more that did not hold, each with its line above") }
    }
}

extension GitHubActions {
    /// Annotates what broke, and puts the table into the summary of the step.
    func tell(
        _ table: VerdictTable, _ failures: [CIFailure], _ remarks: [String], printing print: (String) -> Void
    ) throws {
        for line in annotations(failures) { print(line) }
        try summarise(StepSummary(table, failures, remarks).text)
    }
}

extension StepSummary {
    /// The page on a session of runs.
    init(_ table: VerdictTable, _ failures: [CIFailure], _ remarks: [String]) {
        let tally = table.tally
        self.init(
            title: "Orrery: \(tally.held) held, \(tally.violated) violated, \(tally.inconclusive) inconclusive")
        self.remarks = remarks
        self.table = table.cells
        self.failures = failures
    }
}
