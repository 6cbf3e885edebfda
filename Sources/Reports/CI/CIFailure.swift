import Foundation
import Harness

/// What a CI system tells of one broken invariant of one scenario, however many seeds break it.
public struct CIFailure: Hashable, Sendable {
    public var scenario: String
    /// The scenario's file, as it was named.
    public var file: String
    /// Of the file: where its faults stand.
    public var line: Int
    public var checker: String
    /// The seeds that broke it, in the order of the runs.
    public var seeds: [UInt64]
    /// Who it happened to, when, and what, for the first of them.
    public var subject: String
    public var moment: String
    public var message: String
    /// The line to paste that shows the first of them again.
    public var replay: String
    /// Where the report on it is, if one was written.
    public var report: String?
    /// The faults that it takes, a sentence each; empty where nobody has looked for the shortest plan.
    public var faults: [String] = []
}

extension CIFailure {
    /// The failures of many runs: the first violation of each run, those of one checker in one file together.
    public static func collect(_ summaries: some Sequence<RunSummary>) -> [CIFailure] {
        var failures: [CIFailure] = []
        for summary in summaries {
            guard let violation = summary.violations.min(by: { $0.at < $1.at }) else { continue }
            let known = failures.firstIndex { $0.file == summary.file && $0.checker == violation.checker }
            if let known {
                failures[known].seeds.append(summary.seed)
            } else {
                failures.append(
                    CIFailure(
                        scenario: summary.scenario, file: summary.file, line: faultLine(of: summary.file),
                        checker: violation.checker, seeds: [summary.seed], subject: violation.subject,
                        moment: violation.at.brief, message: violation.message, replay: summary.replay,
                        report: summary.report))
            }
        }
        return failures
    }

    /// The failure that a search has found.
    ///
    /// - Parameter replay: the line that replays the shortest run.
    public init(_ finding: Finding, file: String, replay: String, report: String?) {
        let violation = finding.violation
        self.init(
            scenario: finding.found.scenario.name, file: file, line: Self.faultLine(of: file),
            checker: violation.checker, seeds: [finding.found.seed], subject: violation.subject,
            moment: violation.at.brief, message: violation.message, replay: replay, report: report,
            faults: finding.shrinking == nil ? [] : finding.minimal.faults.map(\.sentence))
    }

    /// The line at which a scenario's faults begin; 1 where it has none, or cannot be read.
    static func faultLine(of file: String) -> Int {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return 1 }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let index = lines.firstIndex { $0.hasPrefix("faults:") || $0.hasPrefix("plan:") }
        return (index ?? 0) + 1
    }
}
