import Harness
import Reports

/// What is said of a search, for people.
struct ExploreText {
    let summary: ExploreSummary
    let stream: Console.Stream

    var lines: [String] {
        let statistics = summary.state.statistics
        var lines = Self.parts(statistics)
        lines.append("")
        lines += sweeps
        for (number, failure) in summary.state.findings.enumerated() {
            lines += describe(failure, number: number + 1) + [""]
        }
        if let canary = summary.canary, !canary.wasFound {
            lines.append(
                "the planted defect was not found in \(Text.count(canary.runs)) runs: this search proves nothing")
        }
        lines.append(
            "\(summary.verdict.colour.paint(summary.verdict.rawValue, on: stream))  "
                + "\(Text.count(statistics.runs)) runs, \(Text.count(statistics.events)) events in "
                + "\(Text.time(summary.seconds)); \(findings)\(ending)")
        return lines
    }

    private var findings: String {
        let count = summary.state.findings.count
        let violated = summary.state.statistics.violatedRuns
        guard count > 0 else { return "no violation" }
        return "\(count) \(count == 1 ? "failure" : "different failures") in \(Text.count(violated)) violated runs"
    }

    private var ending: String {
        switch summary.ending {
        case .budget: ""
        case .stopAfter: "; as many as were asked for"
        case .exhausted: "; nothing is left to try"
        case .interrupted: "; interrupted"
        }
    }

    /// A row for each strategy.
    static func parts(_ statistics: SearchStatistics) -> [String] {
        let rows = statistics.parts.map { part in
            [
                part.strategy, Text.count(part.runs), Text.count(part.events),
                part.states > 0 ? Text.count(part.states) : "", Text.count(part.violatedRuns),
                Text.count(part.findings),
                part.progress,
            ]
        }
        return Text.table(
            [["strategy", "runs", "events", "states", "violated", "findings", ""]] + rows, right: [1, 2, 3, 4, 5])
    }

    private func describe(_ failure: FoundFailure, number: Int) -> [String] {
        let finding = failure.finding
        let faults = finding.minimal.faults
        var lines = [
            "\(number). \(finding.cause.checker)  \(finding.minimal.scenario.name)  seed \(finding.minimal.seed)",
            "   \(finding.violation.message)",
        ]
        let units = finding.minimal.unitsOfWork
        let orders = units == 1 ? "1 order" : "\(Text.count(units)) orders"
        lines.append("   takes   \(orders), \(faults.isEmpty ? "no fault" : "\(Text.count(faults.count)) faults:")")
        for fault in faults.prefix(Self.faultLimit) { lines.append("             \(fault.spelling)") }
        if faults.count > Self.faultLimit { lines.append("             …") }
        let discovery = finding.discovery
        lines.append(
            "   found   by \(discovery.strategy) after \(Text.count(discovery.runs)) runs; "
                + "\(Text.count(discovery.occurrences)) times in all")
        if let report = failure.report { lines.append("   report  \(report)") }
        lines.append("   replay  \(failure.replay)")
        return lines
    }

    private static let faultLimit = 5

    // MARK: Crash points

    /// The most crash points of a sweep that are told one by one.
    private static let pointLimit = 12

    private var sweeps: [String] {
        summary.state.sweeps.flatMap { sweep in
            let count = "\(Text.count(sweep.tried)) crash points, \(Text.count(sweep.failingCount)) violations"
            let pairs =
                sweep.triedPairs > 0
                ? "; \(Text.count(sweep.triedPairs)) of \(Text.count(sweep.pairs)) pairs, "
                    + "\(Text.count(sweep.failingPairs)) violations" : ""
            let seed = sweep.seeds == 1 ? "seed \(sweep.firstSeed)" : "seeds \(sweep.firstSeed)…"
            var lines = ["\(sweep.scenario), \(seed): \(count)\(pairs)"]
            for (point, violation) in sweep.failing.prefix(Self.pointLimit) {
                lines.append("  \(violation.checker)  \(point)")
            }
            if sweep.failingCount > Self.pointLimit { lines.append("  …") }
            return lines + [""]
        }
    }
}
