import Harness
import Reports

/// What is said of one run, for people.
struct RunText {
    let summary: RunSummary
    let stream: Console.Stream

    /// The most violations that are told of one run; the report has all.
    static let violationLimit = 3

    /// `held      calm  seed 7  3f0c…  orrery run scenarios/calm.yaml --seed 7`
    var line: String {
        "\(verdict)  \(summary.scenario)  seed \(summary.seed)  \(trace)  \(summary.replay)"
    }

    /// Several lines, for a run that stands alone or did not hold.
    var block: [String] {
        var lines = ["\(verdict)  \(summary.scenario)  seed \(summary.seed)"] + violations
        if summary.verdict == .inconclusive { lines.append("  why     nothing was seen from which one could tell") }
        let rate = summary.wallSeconds > 0 ? Double(summary.orders) / summary.wallSeconds : 0
        lines.append(
            "  orders  \(Text.count(summary.orders)) in \(Text.time(summary.virtualTime.seconds)) of virtual time, "
                + "\(Text.count(summary.events)) events")
        lines.append("  took    \(Text.time(summary.wallSeconds)), \(Text.count(Int(rate))) orders/s")
        lines.append("  trace   \(trace)")
        return lines + pointers
    }

    /// What a reader of the line before needs beside it.
    var explanation: [String] { ["\(verdict)  \(summary.scenario)  seed \(summary.seed)"] + violations + pointers }

    private var trace: String { summary.traceHash.map { "\($0)" } ?? "" }

    private var pointers: [String] {
        (summary.report.map { ["  report  \($0)"] } ?? []) + ["  replay  \(summary.replay)"]
    }

    private var violations: [String] {
        var lines: [String] = []
        for violation in summary.violations.prefix(Self.violationLimit) {
            lines.append("  \(violation.checker)  at \(violation.at)  \(violation.subject)")
            lines.append("    \(violation.message)")
        }
        let more = summary.violations.count - Self.violationLimit
        if more > 0 { lines.append("  … and \(Text.count(more)) more \(more == 1 ? "violation" : "violations")") }
        return lines
    }

    /// As wide as the longest.
    private var verdict: String {
        let word = summary.verdict.rawValue
        let padding = String(repeating: " ", count: "inconclusive".count - word.count)
        return summary.verdict.colour.paint(word, on: stream) + padding
    }
}

extension Verdict {
    /// Green is held, red violated.
    var colour: Colour {
        switch self {
        case .held: .green
        case .violated: .red
        case .inconclusive: .yellow
        }
    }
}
