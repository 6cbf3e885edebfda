import ArgumentParser
import Foundation
import Harness
import Reports

/// What `orrery explore` shows and prints.
struct ExploreOutput {
    let console: Console
    let isJSON: Bool
    let reports: String
    let program: String
    /// Where all findings go as JUnit XML.
    var junit: String?
    var failOn = FailOn.inconclusive
    /// Where annotations and a summary go, in a step of GitHub Actions.
    var actions: GitHubActions?

    /// Carries the search out; the answer is the exit code.
    func run(_ plan: ExplorePlan) async -> ExitCode {
        let interruption = Interruption { [console] in
            console.note("interrupted: what was found is written; press Ctrl-C again to stop at once")
        }
        let board = ExploreBoard(strategies: plan.strategies, jobs: plan.jobs)
        let session = ExploreSession(plan: plan, board: board) { interruption.isRequested }
        let screen = ExploreScreen(board: board, budget: plan.seconds, console: console)
        let result: (ending: ExploreSession.Ending, canary: ExploreSession.Canary?)
        do { result = try await session.run() } catch {
            screen.end()
            console.note("error: the search could not go on: \(error)")
            return .internalError
        }
        screen.end()
        var summary = ExploreSummary(plan: plan, state: board.state, ending: result.ending, canary: result.canary)
        summary.seconds = session.seconds
        var failures = writeReports(&summary)
        do { try tell(summary) } catch { failures.append(error.localizedDescription) }
        for failure in failures { console.note("error: \(failure)") }
        if isJSON {
            console.print(summary.json.compact)
        } else {
            for line in ExploreText(summary: summary, stream: console.output).lines { console.print(line) }
        }
        if result.ending == .interrupted { return .interrupted }
        if !failures.isEmpty || summary.state.unconfirmed > 0 { return .internalError }
        return ExitCode(Tally(summary.verdict), failingOn: failOn)
    }

    /// What CI systems read.
    private func tell(_ summary: ExploreSummary) throws {
        if let junit {
            var suites = JUnitReport()
            for found in summary.state.findings {
                suites.add(found.finding, replay: found.replay, report: found.report)
            }
            try suites.write(to: junit)
        }
        guard let actions else { return }
        let failures = summary.state.findings.map { found in
            CIFailure(found.finding, file: found.file, replay: found.replay, report: found.report)
        }
        for line in actions.annotations(failures) { console.note(line) }
        let statistics = summary.state.statistics
        var page = StepSummary(title: "Orrery: \(summary.verdict.rawValue), \(failures.count) findings of a search")
        page.remarks = ["\(Text.count(statistics.runs)) runs in \(Text.time(summary.seconds))"]
        if summary.canary?.wasFound == false {
            page.remarks.append("The planted defect was not found: this search proves nothing.")
        }
        page.failures = failures
        try actions.summarise(page.text)
    }

    /// Writes a report on each finding, and the page over all of them; what could not be written is said in a sentence
    /// each.
    private func writeReports(_ summary: inout ExploreSummary) -> [String] {
        var failures: [String] = []
        var folders: Set<String> = []
        for index in summary.state.findings.indices {
            let found = summary.state.findings[index]
            var folder = ReportWriter.name(of: found.finding.found)
            // One run can have shown several failures.
            if folders.contains(folder) { folder += "-\(found.finding.cause.checker)" }
            while !folders.insert(folder).inserted { folder += "+" }
            let path = "\(reports.hasSuffix("/") ? String(reports.dropLast()) : reports)/\(folder)"
            let original = "\(program) run \(ShellWord.quoted("\(path)/scenario.yaml"))"
            let isShrunk = found.finding.shrinking != nil
            summary.state.findings[index].replay =
                isShrunk ? "\(program) run \(ShellWord.quoted("\(path)/minimal.yaml"))" : original
            do {
                summary.state.findings[index].report = try ReportWriter.write(
                    found.finding, file: found.file, replay: original, program: program, into: reports, folder: folder)
            } catch {
                failures.append("cannot write the report \(folder) to \(reports): \(error.localizedDescription)")
            }
        }
        do { try ReportIndex.write(in: reports) } catch {
            failures.append("cannot write the index of \(reports): \(error.localizedDescription)")
        }
        return failures
    }
}

/// What a search has come to.
struct ExploreSummary: Sendable {
    let plan: ExplorePlan
    var state: ExploreBoard.State
    let ending: ExploreSession.Ending
    let canary: ExploreSession.Canary?
    var seconds = 0.0

    /// Violated when anything was found. A search that finds nothing has to have found what was planted, and to have seen
    /// something from which one could tell.
    var verdict: Verdict {
        if !state.findings.isEmpty { return .violated }
        if canary?.wasFound == false || state.statistics.conclusiveRuns == 0 { return .inconclusive }
        return .held
    }
}
