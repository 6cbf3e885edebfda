import Foundation
import Harness
import Simulation

/// One report, and how its files are made.
struct Report {
    let source: ReportSource
    let file: String
    /// The line that replays the run as it was found.
    let replay: String
    let program: String
    /// The line that runs a scenario file, where it is not that of the program.
    var line: (@Sendable (String) -> String)?
    let wallSeconds: Double
    /// Of its folder.
    let path: String
    /// Whether somebody else has named the folder, who then knows the run by its explicit faults.
    let isNamed: Bool

    private var explicitReplay: String { line(for: "scenario.yaml") }
    private var minimalReplay: String { line(for: "minimal.yaml") }
    /// The line that a reader wants first.
    private var shortestReplay: String { source.isShrunk ? minimalReplay : replay }

    /// The line that runs a scenario of the folder.
    private func line(for name: String) -> String {
        line?(within(name)) ?? "\(program) run \(ShellWord.quoted(within(name)))"
    }

    private func within(_ name: String) -> String { ReportWriter.joined(path, name) }

    /// Writes the folder, and returns the path of `report.md`.
    func write(_ extent: ReportWriter.Extent) throws -> String {
        var summary = RunSummary(source.told, file: file, replay: shortestReplay, wallSeconds: wallSeconds)
        summary.report = within("report.md")
        var files: [(name: String, text: String)] = []
        var cuts: [String] = []
        if extent == .everything { files += drawings(&cuts) }
        var junit = JUnitReport()
        junit.add(summary, telling: source)
        files += [
            ("report.md", page(cuts)), ("result.json", details(summary).pretty), ("junit.xml", junit.text),
            ("scenario.yaml", scenario(source.found, "run that was \(source.found.verdict.rawValue)", explicitReplay)),
        ]
        if source.isShrunk {
            files.append(
                ("minimal.yaml", scenario(source.told, "shortest run that fails for this cause", minimalReplay)))
        }
        try install(files)
        return within("report.md")
    }

    private func page(_ cuts: [String]) -> String {
        ReportPage(
            source: source, file: file, replay: replay, explicitReplay: explicitReplay,
            minimalReplay: source.isShrunk ? minimalReplay : nil, cuts: cuts
        ).text
    }

    /// What is made of the recording.
    private func drawings(_ cuts: inout [String]) -> [(name: String, text: String)] {
        let recording = Recording(of: source.told)
        let good = spared.map { Recording(of: $0, besides: source.told) }
        var lines: [(what: String, line: String)] = [(source.isShrunk ? "as found" : "the run", replay)]
        if replay != explicitReplay { lines.append(("its faults", explicitReplay)) }
        if source.isShrunk { lines.insert(("shortest", minimalReplay), at: 0) }
        if line == nil { lines.append(("draw again", "\(program) report \(ShellWord.quoted(path))")) }
        let page = HTMLReport(source, recording: recording, good: good, file: file, replays: lines)
        let trace = TraceFile(recording: recording, title: "\(source.told.scenario.name), seed \(source.told.seed)")
        let events = EventsFile(result: source.told)
        cuts =
            page.cuts.map { "`report.html`: \($0)" } + trace.cuts.map { "`trace.json`: \($0)" }
            + events.cuts.map { "`events.jsonl`: \($0)" }
        return [("report.html", page.text), ("trace.json", trace.text), ("events.jsonl", events.text)]
    }

    private var spared: SparedWorld? {
        guard let explanation = source.explanation, let moment = explanation.lastSaved, let violation = source.violation
        else { return nil }
        return SparedWorld(
            besides: source.told, savedAt: moment, breaking: violation.checker, known: explanation.good)
    }

    private func scenario(_ result: RunResult, _ what: String, _ line: String) -> String {
        """
        # Seed \(result.seed) of a \(what), with every fault that struck as an explicit action.
        # Replay: \(line)
        # Kept under scenarios/regressions/, it is a regression test.
        \(ScenarioFile.write(result.replayScenario, seed: result.seed))
        """
    }

    /// The object of `--json`, with every check, every fault, and what is known of the finding.
    private func details(_ summary: RunSummary) -> JSONValue {
        let checks = source.told.checks.map { check in
            JSONValue.object([
                ("checker", .text(check.name)), ("invariant", .text(check.sentence)),
                ("verdict", .text(check.verdict.rawValue)), ("samples", .integer(check.samples)),
                ("violations", .integer(check.violations.count)),
            ])
        }
        return summary.json.adding([
            ("checks", .array(checks)), ("faults", .array(source.told.faults.map(\.json))),
            ("told", source.violation.map(\.json)), ("story", .array(source.sentences.map(JSONValue.text))),
            ("difference", .text(source.difference)), ("finding", FindingRecord(source, replay: replay)?.json),
        ])
    }

    /// Nobody finds half a report: it is written beside, and moved.
    private func install(_ files: [(name: String, text: String)]) throws {
        let folder = URL(filePath: path, directoryHint: .isDirectory)
        let draft = folder.deletingLastPathComponent()
            .appending(component: ".\(folder.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)")
        let manager = FileManager.default
        try manager.createDirectory(at: draft, withIntermediateDirectories: true)
        defer { try? manager.removeItem(at: draft) }
        for (name, text) in files { try Data(text.utf8).write(to: draft.appending(component: name)) }
        if manager.fileExists(atPath: folder.path) { try manager.removeItem(at: folder) }
        try manager.moveItem(at: draft, to: folder)
    }
}
