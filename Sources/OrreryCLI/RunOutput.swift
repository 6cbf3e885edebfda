import ArgumentParser
import Reports

/// What `orrery run` prints while and after a session runs.
struct RunOutput {
    let console: Console
    let isJSON: Bool
    /// Where all runs go as JUnit XML.
    var junit: String?

    /// Carries the session out; the answer is the exit code.
    func run(_ session: RunSession) async -> ExitCode {
        let interruption = Interruption { [console] in
            console.note("interrupted: the runs under way are finished; press Ctrl-C again to stop at once")
        }
        let progress = Progress(total: session.plan.count, console: console)
        let isAlone = session.plan.count == 1
        var table = VerdictTable()
        var explained: [RunSummary] = []
        var suites = JUnitReport()
        var hasFailed = false
        func tell(_ outcome: RunSession.Outcome) {
            let text = RunText(summary: outcome.summary, stream: console.output)
            table.add(outcome.summary)
            if junit != nil { suites.add(outcome.summary) }
            if isJSON {
                console.print(outcome.summary.json.compact)
            } else if isAlone {
                for line in text.block { console.print(line) }
            } else {
                console.print(text.line)
                if outcome.summary.verdict != .held { explained.append(outcome.summary) }
            }
            if let failure = outcome.failure {
                hasFailed = true
                console.note("error: \(failure)")
            }
        }
        do {
            try await session.run(
                isInterrupted: { interruption.isRequested }, finished: { progress.finished($0) }, report: tell)
        } catch {
            hasFailed = true
            console.note("error: a run could not be simulated: \(error)")
        }
        progress.end()
        do {
            if let junit { try suites.write(to: junit) }
            if table.tally.violated > 0 { try ReportIndex.write(in: session.reports) }
        } catch {
            hasFailed = true
            console.note("error: \(error.localizedDescription)")
        }
        if !isJSON, !isAlone { summarise(table, explained) }
        if interruption.isRequested {
            console.note("\(table.tally.count) of \(session.plan.count) runs are done")
            return .interrupted
        }
        return hasFailed ? .internalError : ExitCode(table.tally)
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
