import Foundation
import Harness
import Simulation

/// Draws reports again. Of a simulated run, its scenario file and seed are the recording: it is run once more. Of a live
/// one there is `events.jsonl`, which has neither the stores nor who sent what when.
public enum ReportRedraw {
    /// Why a report cannot be drawn.
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// Whether there is a report in a directory.
    public static func isReport(_ directory: String) -> Bool { ReportRecord(directory: directory)?.file != nil }

    /// The reports in a directory of reports, sorted.
    public static func reports(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.sorted().map { ReportWriter.joined(directory, $0) }.filter(isReport)
    }

    /// Draws the report in a directory again, with everything, and returns the path of its `report.md`.
    ///
    /// - Parameter system: what its scenario is of.
    public static func redraw(
        _ directory: String, system: any SystemUnderTest.Type, program: String = "orrery"
    ) throws -> String {
        let directory = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        guard let record = ReportRecord(directory: directory), let file = record.file else {
            throw Failure(description: "there is no report in '\(directory)': it has no result.json that can be read")
        }
        let source: ReportSource
        var replay = record.object["replay"] as? String ?? ""
        if record.target == RunTarget.simulation.rawValue {
            let kept = record.finding.flatMap { FindingRecord($0) }
            replay = kept?.replay ?? replay
            source = try simulated(directory, record, kept, system)
        } else {
            source = try recorded(directory, record, system)
        }
        let report = Report(
            source: source, file: file, replay: replay, program: program,
            wallSeconds: record.object["wallSeconds"] as? Double ?? 0, path: directory, isNamed: true)
        return try report.write(.everything)
    }

    // MARK: Simulated runs

    private static func simulated(
        _ directory: String, _ record: ReportRecord, _ kept: FindingRecord?, _ system: any SystemUnderTest.Type
    ) throws -> ReportSource {
        guard let found = try run("scenario.yaml", in: directory, system) else {
            throw Failure(description: "'\(directory)' has no scenario.yaml to run again")
        }
        let checker = (record.object["told"] as? [String: Any])?["checker"] as? String
        guard let kept else { return try same(ReportSource(found, telling: checker), checker, directory) }
        let minimal = try run("minimal.yaml", in: directory, system) ?? found
        guard let violation = minimal.violations.first(where: { $0.checker == kept.cause.checker }) else {
            throw changed(directory, kept.cause.checker)
        }
        return ReportSource(
            Finding(
                cause: kept.cause, found: found, minimal: minimal, violation: violation, discovery: kept.discovery,
                shrinking: kept.shrinking, explanation: kept.explanation(besides: minimal)))
    }

    private static func same(_ source: ReportSource, _ checker: String?, _ directory: String) throws -> ReportSource {
        if let checker, source.violation?.checker != checker { throw changed(directory, checker) }
        return source
    }

    private static func changed(_ directory: String, _ checker: String) -> Failure {
        Failure(
            description: "the run of '\(directory)' does not break \(checker) any more: what runs has changed since it "
                + "was written")
    }

    private static func run(
        _ name: String, in directory: String, _ system: any SystemUnderTest.Type
    ) throws -> RunResult? {
        let path = ReportWriter.joined(directory, name)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let scenario = try ScenarioFile.load(path: path, system: system)
        return try Runner.run(scenario, seed: scenario.seed ?? 1)
    }

    // MARK: Live runs

    private static func recorded(
        _ directory: String, _ record: ReportRecord, _ system: any SystemUnderTest.Type
    ) throws -> ReportSource {
        let path = ReportWriter.joined(directory, "events.jsonl")
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Failure(description: "'\(directory)' is the report on a live run, and its events.jsonl is missing")
        }
        let scenario = try ScenarioFile.load(
            path: ReportWriter.joined(directory, "scenario.yaml"), system: system)
        let history: History
        do throws(EventsReader.Failure) {
            // A run that became a plan has its faults in the scenario file, in the order in which they struck.
            var plan = scenario.plan[...]
            history = try EventsReader(text) { _ in plan.popFirst() }.history
        } catch {
            throw Failure(description: "\(path): \(error)")
        }
        var result = RunResult(
            live: RunTarget(rawValue: record.target ?? "") ?? .kafka, scenario: scenario, seed: scenario.seed ?? 1,
            checks: checks(record), unmade: [], unmetNeeds: record.object["unmetNeeds"] as? [String] ?? [],
            history: history)
        result.keptStores = record.object["stores"] as? String
        return ReportSource(result, telling: (record.object["told"] as? [String: Any])?["checker"] as? String)
    }

    private static func checks(_ record: ReportRecord) -> [CheckResult] {
        let violations = (record.object["violations"] as? [[String: Any]] ?? []).map { object in
            Violation(
                checker: object["checker"] as? String ?? "",
                at: .zero + .nanoseconds(Int64(((object["at"] as? Double) ?? 0) * 1e9)),
                subject: object["order"] as? String ?? "", message: object["message"] as? String ?? "")
        }
        return (record.object["checks"] as? [[String: Any]] ?? []).map { object in
            let name = object["checker"] as? String ?? ""
            return CheckResult(
                name: name, sentence: object["invariant"] as? String ?? "", samples: object["samples"] as? Int ?? 0,
                violations: violations.filter { $0.checker == name })
        }
    }
}
