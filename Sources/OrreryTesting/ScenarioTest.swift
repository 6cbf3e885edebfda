import Foundation
import Harness
import Reports
import Testing

/// Runs the scenario of one test and says what is wrong.
struct ScenarioTest: Sendable {
    private let test: Test
    private let settings: ScenarioSettings
    private let scenario: Scenario
    private let file: String
    private let seeds: Seeds

    init(
        _ source: ScenarioSource, of test: Test, seeds: Seeds? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        self.test = test
        var settings = try ScenarioSettings(test, environment: environment)
        // The environment has the last word.
        if let seeds, environment["ORRERY_SEED"] == nil, settings.otherFile == nil { settings.seeds = seeds }
        self.settings = settings
        (scenario, file) = try settings.load(source)
        self.seeds = settings.seeds ?? Seeds(scenario.seed ?? 1)
    }

    /// Runs all seeds and records issues. The closure looks at each run, in the order of the seeds.
    func run(
        at location: SourceLocation? = nil, _ inspect: (RunResult) throws -> Void = { _ in }
    ) async throws -> ScenarioRuns {
        let location = location ?? test.sourceLocation
        var runs = ScenarioRuns(scenario: scenario)
        let runner = SeedRunner(
            scenario: scenario, seeds: seeds, progress: SeedProgress(test: settings.filter, total: seeds.count))
        try await runner.run { result, wallSeconds in
            runs.add(result, file: file, replay: replay(result.seed), wallSeconds: wallSeconds)
            try inspect(result)
            return settings.broken.map { checker in !result.violations.contains { $0.checker == checker } } ?? true
        }
        if let broken = settings.broken {
            tellWhetherBroken(broken, runs, at: location)
        } else {
            runs.findings = try runs.findings.enumerated().map { number, finding in
                number < Self.findingLimit ? try investigated(finding) : finding
            }
            tellFindings(of: runs, at: location)
            tellInconclusive(runs, at: location)
        }
        return runs
    }

    /// The finding as short as it gets, and the moment that decided it.
    private func investigated(_ finding: Finding) throws -> Finding {
        guard settings.shrinks else { return finding }
        let investigator = Investigator(budget: ShrinkBudget(runs: 200, events: 500_000))
        return try investigator.investigate(
            finding.found, breaking: finding.violation.checker, discovery: finding.discovery) ?? finding
    }

    /// The line that makes the run of a seed again.
    private func replay(_ seed: UInt64) -> String {
        let other = settings.otherFile.map { "ORRERY_SCENARIO=\(ShellWord.quoted($0)) " } ?? ""
        return "\(other)ORRERY_SEED=\(seed) swift test --filter \(ShellWord.quoted(settings.filter))"
    }

    // MARK: Issues

    /// The most invariants that are told one by one.
    private static let findingLimit = 10

    private func tellFindings(of runs: ScenarioRuns, at location: SourceLocation) {
        for finding in runs.findings.prefix(Self.findingLimit) {
            let text = FindingText(finding, in: runs, replay: replays(of: finding.found)).text
            let report = attachReport(on: finding, at: location)
            Issue.record(Comment(rawValue: text + (report.map { "\nReport: \($0)" } ?? "")), sourceLocation: location)
        }
        let more = runs.findings.count - Self.findingLimit
        if more > 0 { Issue.record("… and \(more) more invariants are broken", sourceLocation: location) }
    }

    private func tellWhetherBroken(_ checker: String, _ runs: ScenarioRuns, at location: SourceLocation) {
        let broken = runs.broken
        guard !broken.contains(checker) else { return }
        let instead = broken.isEmpty ? "" : " What broke is \(broken.joined(separator: ", "))."
        Issue.record(
            """
            '\(checker)' should be broken, and none of \(runs.count) seeds of \(scenario.name) breaks it.\(instead)
            Either the defect is no longer there, or nothing looks for it, or these seeds do not reach it.
            """, sourceLocation: location)
    }

    private func tellInconclusive(_ runs: ScenarioRuns, at location: SourceLocation) {
        guard !settings.mayBeInconclusive else { return }
        let blind = runs.summaries.filter { $0.verdict == .inconclusive }
        guard let first = blind.first else { return }
        let needs = first.unmetNeeds.map { "\n\($0)" }.joined()
        Issue.record(
            """
            \(blind.count) of \(runs.count) runs of \(scenario.name) are inconclusive, the first with seed \(first.seed): \
            no checker saw anything from which it could tell. Does the workload do what they look for?\(needs)
            Replay: \(first.replay)
            """, sourceLocation: location)
    }

    private func replays(of result: RunResult) -> [String] {
        guard let program = type(of: scenario.system).program, settings.otherFile == nil, file.hasSuffix(".yaml") else {
            return [replay(result.seed)]
        }
        var words = [program, "run", file, "--seed", "\(result.seed)"]
        for (key, value) in settings.overrides { words += ["--set", "\(key)=\(value)"] }
        return [replay(result.seed), words.map(ShellWord.quoted).joined(separator: " ")]
    }

    // MARK: Reports

    /// Writes the report, attaches its files to the test, and says where it stays, if it does.
    private func attachReport(on finding: Finding, at location: SourceLocation) -> String? {
        let temporary = FileManager.default.temporaryDirectory.appending(component: "orrery-\(UUID().uuidString)")
        let directory = settings.reports.map(settings.root.resolve) ?? temporary.path
        defer { try? FileManager.default.removeItem(at: temporary) }
        do {
            let page = try ReportWriter.write(
                finding, file: file, replay: replay(finding.found.seed),
                line: { [settings] in settings.line(running: settings.nameOfReportFile($0)) }, into: directory)
            let folder = URL(filePath: page).deletingLastPathComponent()
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
                let bytes = [UInt8](try Data(contentsOf: folder.appending(component: name)))
                Attachment.record(bytes, named: "\(folder.lastPathComponent)-\(name)", sourceLocation: location)
            }
            guard settings.reports != nil else { return nil }
            let minimal = settings.root.shortened(folder.appending(component: "minimal.yaml").path)
            let shortest = finding.shrinking == nil ? "" : "\nThe shortest run: \(settings.line(running: minimal))"
            return settings.root.shortened(page) + shortest
        } catch {
            return "could not be written: \(error.localizedDescription)"
        }
    }
}

extension ScenarioRuns {
    init(scenario: Scenario) { self.scenario = scenario }

    /// Takes a run in. Of those that break an invariant for the same cause, the first is kept with its history.
    fileprivate mutating func add(_ result: RunResult, file: String, replay: String, wallSeconds: Double) {
        summaries.append(RunSummary(result, file: file, replay: replay, wallSeconds: wallSeconds))
        // What follows the first violation may only be its consequence.
        guard let violation = result.violations.min(by: { $0.at < $1.at }) else { return }
        if let known = findings.firstIndex(where: { $0.violation.checker == violation.checker }) {
            findings[known].discovery.occurrences += 1
        } else {
            findings.append(
                Finding(
                    cause: Cause(of: violation, in: result), found: result, minimal: result, violation: violation,
                    discovery: Discovery(strategy: "seeds", runs: summaries.count)))
        }
    }

    /// The invariants that some run broke, each once, in the order in which they broke.
    fileprivate var broken: [String] {
        summaries.flatMap(\.violations).map(\.checker).reduce(into: []) { names, name in
            if !names.contains(name) { names.append(name) }
        }
    }
}
