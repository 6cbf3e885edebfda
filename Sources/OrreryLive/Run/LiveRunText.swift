import Harness
import Reports
import Simulation

/// What is said of one live run, for people.
struct LiveRunText {
    private let summary: RunSummary
    /// The most violations that are told; the report has all.
    private static let violationLimit = 3

    init(_ summary: RunSummary) { self.summary = summary }

    var lines: [String] {
        var lines = [
            "\(summary.verdict.rawValue)  \(summary.scenario)  seed \(summary.seed)  on \(summary.target.rawValue)"
        ]
        for violation in summary.violations.prefix(Self.violationLimit) {
            lines.append("  \(violation.checker)  at \(violation.at)  \(violation.subject)")
            lines.append("    \(violation.message)")
        }
        let more = summary.violations.count - Self.violationLimit
        if more > 0 { lines.append("  … and \(more) more violations") }
        let word = summary.verdict == .violated ? "but      " : "why      "
        for need in summary.unmetNeeds { lines.append("  \(word) \(need)") }
        if summary.verdict == .inconclusive, summary.unmetNeeds.isEmpty {
            lines.append("  why       nothing was seen from which one could tell")
        }
        lines.append("  orders    \(summary.orders) in \(Self.seconds(summary.virtualTime.seconds))")
        lines.append("  made      \(Self.list(summary.made.map { "\($0.count) \($0.fault)" }, none: "no faults"))")
        for fault in summary.unmade {
            lines.append("  not made  \(fault.count.map { "\($0) " } ?? "")\(fault.fault): \(fault.reason)")
        }
        if let report = summary.report { lines.append("  report    \(report)") }
        if let stores = summary.keptStores { lines.append("  stores    \(stores)") }
        lines.append("  again     \(summary.replay)")
        lines.append("            (no live run is the same twice)")
        return lines
    }

    private static func list(_ parts: [String], none: String) -> String {
        parts.isEmpty ? none : parts.joined(separator: ", ")
    }

    private static func seconds(_ seconds: Double) -> String { "\((seconds * 10).rounded() / 10) s" }
}
