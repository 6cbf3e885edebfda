import Foundation
import Harness

/// Writes the report on a run or a finding into a folder of its own.
public enum ReportWriter {
    /// What is written of a report.
    public enum Extent: Sendable {
        /// Text and scenario files; `orrery report` adds the rest.
        case text
        /// With `report.html`, `trace.json` and `events.jsonl`: some megabytes.
        case everything
    }

    /// Writes the report on a run into `DIRECTORY/SCENARIO-SEED/`, or the folder that is named, and returns the path of its
    /// `report.md`. An older report on the same file is replaced; one on another file of that name is left alone.
    ///
    /// - Parameters:
    ///   - file: the scenario's file.
    ///   - replay: the line to paste that replays the run.
    ///   - program: what the user called, for the line that replays the report's own scenario.
    ///   - checker: the invariant whose story is told; the one that broke first unless given.
    public static func write(
        _ result: RunResult, file: String, replay: String, program: String = "orrery", wallSeconds: Double = 0,
        into directory: String, folder name: String? = nil, telling checker: String? = nil,
        extent: Extent = .everything
    ) throws -> String {
        let folder = name ?? ReportFolder.claim(self.name(of: result), for: file, in: directory)
        let report = Report(
            source: ReportSource(result, telling: checker), file: file, replay: replay, program: program,
            wallSeconds: wallSeconds, path: joined(directory, folder), isNamed: name != nil)
        return try report.write(extent)
    }

    /// Writes the report on a finding into `DIRECTORY/SCENARIO-SEED/`, or the folder that is named, and returns the path of
    /// its `report.md`: what was found and how, the shortest run that shows it, and why it fails.
    ///
    /// - Parameters:
    ///   - file: the scenario's file.
    ///   - replay: the line to paste that replays the run in which it was found.
    ///   - line: the line that runs a scenario file, for systems that `program` does not know.
    public static func write(
        _ finding: Finding, file: String, replay: String, program: String = "orrery",
        line: (@Sendable (String) -> String)? = nil, into directory: String, folder name: String? = nil,
        extent: Extent = .everything
    ) throws -> String {
        let folder = name ?? ReportFolder.claim(self.name(of: finding.found), for: file, in: directory)
        var report = Report(
            source: ReportSource(finding.narrated), file: file, replay: replay, program: program, wallSeconds: 0,
            path: joined(directory, folder), isNamed: name != nil)
        report.line = line
        return try report.write(extent)
    }

    /// The checker whose violation a report on this run tells first; nil where nothing was broken.
    public static func toldChecker(of result: RunResult) -> String? { ReportSource(result).violation?.checker }

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

    static func joined(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }
}
