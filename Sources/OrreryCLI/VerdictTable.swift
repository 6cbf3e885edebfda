import Harness
import Reports

/// Verdicts and amounts by scenario, at the end of many runs.
struct VerdictTable {
    private struct Row {
        let scenario: String
        let file: String
        var tally = Tally()
        var orders = 0
        var events = 0
        var virtualSeconds = 0.0
        var wallSeconds = 0.0

        mutating func add(_ summary: RunSummary) {
            tally.add(summary.verdict)
            orders += summary.orders
            events += summary.events
            virtualSeconds += summary.virtualTime.seconds
            wallSeconds += summary.wallSeconds
        }
    }

    private var rows: [Row] = []
    private(set) var tally = Tally()

    mutating func add(_ summary: RunSummary) {
        tally.add(summary.verdict)
        if let row = rows.lastIndex(where: { $0.file == summary.file }) {
            rows[row].add(summary)
        } else {
            var row = Row(scenario: summary.scenario, file: summary.file)
            row.add(summary)
            rows.append(row)
        }
    }

    /// The table, and below it the sum.
    var lines: [String] { Text.table(cells, right: Set(1...9)) }

    /// The same by cells.
    var cells: [[String]] {
        var cells = [
            [
                "scenario", "seeds", "held", "violated", "inconclusive", "orders", "events", "virtual", "wall",
                "orders/s",
            ]
        ]
        for row in rows { cells.append([row.scenario] + numbers(row)) }
        if rows.count > 1 {
            var sum = Row(scenario: "", file: "")
            sum.tally = tally
            for row in rows {
                sum.orders += row.orders
                sum.events += row.events
                sum.virtualSeconds += row.virtualSeconds
                sum.wallSeconds += row.wallSeconds
            }
            cells.append(["all"] + numbers(sum))
        }
        return cells
    }

    private func numbers(_ row: Row) -> [String] {
        let rate = row.wallSeconds > 0 ? Int(Double(row.orders) / row.wallSeconds) : 0
        return [row.tally.count, row.tally.held, row.tally.violated, row.tally.inconclusive, row.orders, row.events]
            .map(Text.count) + [Text.time(row.virtualSeconds), Text.time(row.wallSeconds), Text.count(rate)]
    }
}
