import Defects
import Foundation
import Harness
import OrderTestbed

/// What it took to find each planted defect.
struct FindingsTable {
    struct Line {
        let defect: Defect
        let outcome: PlainSeeds.Outcome
        /// The shortest run that shows it.
        var shortest: RunResult?
        /// Whether nothing of it can be left out.
        var isMinimal = false
        var shrinkSeconds = 0.0

        init(defect: Defect, outcome: PlainSeeds.Outcome) {
            self.defect = defect
            self.outcome = outcome
        }
    }

    let budget: Double
    var lines: [Line] = []

    var markdown: String {
        var text = """
            # Planted defects that take a fault

            Each line is a mistake that was planted on purpose, the scenario that it is looked for in, and what it took \
            plain seeds, from 1, to show it: runs, simulated events, seconds of processor time. Made by `make findings`.


            """
        let found = lines.filter { $0.outcome.result != nil }
        let seconds = found.map(\.outcome.seconds).sorted()
        let median = seconds.isEmpty ? 0 : seconds[seconds.count / 2]
        text += "Plain seeds find \(found.count) of \(lines.count) within \(Int(budget)) s each, "
        text += "in the median after \(String(format: "%.2f", median)) s.\n\n"
        text += "| defect | what is wrong | class | scenario | caught by | runs | events | seconds | smallest plan |\n"
        text += "|---|---|---|---|---|--:|--:|--:|---|\n"
        for line in lines { text += "| \(line.cells.joined(separator: " | ")) |\n" }
        return text
    }
}

extension FindingsTable.Line {
    /// For those who wait.
    var summary: String {
        let verdict = outcome.result.flatMap { defect.violation(in: $0)?.checker } ?? "NOT FOUND"
        let seconds = String(format: "%7.2f", outcome.seconds)
        let shrinking = String(format: "%.2f", shrinkSeconds) + (isMinimal ? " s" : " s, not minimal")
        return "\(seconds) s \(outcome.runs) runs  \(defect.name)  \(verdict)  \(plan)  (\(shrinking))"
    }

    fileprivate var cells: [String] {
        [
            "`\(defect.name)`", defect.sentence, defect.kind.rawValue, defect.scenario.rawValue,
            outcome.result.flatMap { defect.violation(in: $0) }.map { "`\($0.checker)`" } ?? "–",
            "\(outcome.runs)", "\(outcome.events)", String(format: "%.2f", outcome.seconds), plan,
        ]
    }

    /// `1 order; orders of ORD-1 was sent again after 20 ms`.
    private var plan: String {
        guard let shortest else { return "–" }
        let orders = shortest.unitsOfWork == 1 ? "1 order" : "\(shortest.unitsOfWork) orders"
        return "\(orders), \(shortest.faults.count) faults: " + shortest.faults.map(\.kind).joined(separator: ", ")
    }
}
