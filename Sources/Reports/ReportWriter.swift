import Foundation
import Harness

/// Writes the report on a run into a folder of its own: `report.md`, `result.json` and `scenario.yaml`.
public enum ReportWriter {
    /// Writes `DIRECTORY/SCENARIO-SEED/`, or the folder that is named, and returns the path of its `report.md`. An older
    /// report is replaced.
    ///
    /// - Parameters:
    ///   - file: the scenario's file.
    ///   - replay: the line to paste that replays the run.
    ///   - program: what the user called, for the line that replays the report's own scenario.
    ///   - checker: the invariant whose story is told; the one that broke first unless given.
    public static func write(
        _ result: RunResult, file: String, replay: String, program: String = "orrery", wallSeconds: Double = 0,
        into directory: String, folder name: String? = nil, telling checker: String? = nil
    ) throws -> String {
        let name = name ?? self.name(of: result)
        let folder = URL(filePath: directory, directoryHint: .isDirectory)
            .appending(component: name, directoryHint: .isDirectory)
        // Nobody finds half a report: it is written beside, and moved.
        let draft = folder.deletingLastPathComponent()
            .appending(component: ".\(folder.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)")
        let path = joined(directory, name)
        let explicit = joined(path, "scenario.yaml")
        let page = ReportPage(
            result: result, file: file, replay: replay, explicitReplay: "\(program) run \(ShellWord.quoted(explicit))",
            telling: checker)
        var summary = RunSummary(result, file: file, replay: replay, wallSeconds: wallSeconds)
        summary.report = joined(path, "report.md")

        let files = FileManager.default
        try files.createDirectory(at: draft, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: draft) }
        try Data(page.text.utf8).write(to: draft.appending(component: "report.md"))
        try Data(details(of: result, summary).pretty.utf8).write(to: draft.appending(component: "result.json"))
        try Data(scenario(of: result, explicit: page.explicitReplay).utf8)
            .write(to: draft.appending(component: "scenario.yaml"))
        if files.fileExists(atPath: folder.path) { try files.removeItem(at: folder) }
        try files.moveItem(at: draft, to: folder)
        return joined(path, "report.md")
    }

    /// The object of `--json`, with every check and every fault.
    private static func details(of result: RunResult, _ summary: RunSummary) -> JSONValue {
        let checks = result.checks.map { check in
            JSONValue.object([
                ("checker", .text(check.name)), ("invariant", .text(check.sentence)),
                ("verdict", .text(check.verdict.rawValue)), ("samples", .integer(check.samples)),
                ("violations", .integer(check.violations.count)),
            ])
        }
        return summary.json.adding([
            ("checks", .array(checks)), ("faults", .array(result.faults.map(\.json))),
        ])
    }

    private static func scenario(of result: RunResult, explicit: String) -> String {
        """
        # Seed \(result.seed) of a run that was \(result.verdict.rawValue), with every fault that struck as an explicit action.
        # Replay: \(explicit)
        # Kept under scenarios/regressions/, it is a regression test.
        \(ScenarioFile.write(result.replayScenario, seed: result.seed))
        """
    }

    /// `broker-loss-7`; what no file system takes, or would lead out of the directory, becomes a dash.
    package static func name(of result: RunResult) -> String {
        let allowed = result.scenario.name.unicodeScalars.map { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "._".unicodeScalars.contains(scalar))
                ? Character(scalar) : "-"
        }
        let name = String(allowed.prefix(100).drop { $0 == "." })
        return "\(name.isEmpty ? "scenario" : name)-\(result.seed)"
    }

    private static func joined(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }
}
