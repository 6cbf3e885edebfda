import ArgumentParser
import Foundation
import Harness
import Reports

/// `orrery report`
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Draw reports again, and the page over all of them.",
        discussion: """
            A simulated run is run once more from the scenario file of its report, which is \
            its recording; of a live run there is events.jsonl. A directory of reports \
            stands for every report in it, and gets index.html.
            """)

    @Argument(help: "A report's directory, or a directory of reports.", completion: .directory)
    var directory: String

    @Flag(help: "Make the page over all reports only; draw nothing again.")
    var indexOnly = false

    func run() throws {
        let console = Console()
        let isOne = ReportRedraw.isReport(directory)
        let reports = isOne ? [directory] : ReportRedraw.reports(in: directory)
        guard !reports.isEmpty else {
            console.note("error: there is no report in '\(directory)'")
            throw ExitCode.badScenario
        }
        var hasFailed = false
        for report in reports where !indexOnly {
            do {
                let page = try ReportRedraw.redraw(report, system: Testbed.system, program: Program.name)
                console.print(page.replacing(/report\.md$/, with: "report.html"))
            } catch {
                hasFailed = true
                console.note("error: \(error)")
            }
        }
        if !isOne, let index = try ReportIndex.write(in: directory) { console.print(index) }
        if hasFailed { throw ExitCode.badScenario }
    }
}
