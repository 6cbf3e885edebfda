import ArgumentParser
import Foundation
import Harness
import Reports

/// What `orrery compare` prints while and after it runs.
struct CompareOutput {
    let console: Console
    let isJSON: Bool
    /// The line that makes the same pages again.
    let line: String

    /// Carries the session out; the answer is the exit code.
    func run(_ session: CompareSession, jobs: Int) async -> ExitCode {
        let interruption = Interruption { [console] in
            console.note("interrupted: the cells under way are finished; press Ctrl-C again to stop at once")
        }
        let progress = Progress(total: session.count, of: "cells", console: console)
        defer { progress.end() }
        do {
            let table = try await session.run(
                jobs: jobs, line: line, isInterrupted: { interruption.isRequested },
                finished: { progress.finished($0.verdict) })
            progress.end()
            guard let table else {
                console.note("not all cells were run: no page was written")
                return .interrupted
            }
            let page = try ComparisonWriter.write(table, into: session.output)
            tell(table, page: page)
            return .success
        } catch {
            progress.end()
            // What the file system has to say is made for people; what a run throws has only its own words.
            let why = error is CocoaError ? error.localizedDescription : "\(error)"
            console.note("error: the comparison failed: \(why)")
            return .internalError
        }
    }

    private func tell(_ table: ComparisonTable, page: String) {
        guard !isJSON else { return console.print(table.json.compact) }
        // Designs have long names, and a terminal is wider than high: here they are the rows.
        var lines = [["design"] + table.rows.map(\.name)]
        for (column, design) in table.columns.enumerated() {
            lines.append([design.name] + table.cells.map { $0[column].word })
        }
        for line in Text.table(lines, right: []) { console.print(line) }
        console.print("\n\(page)")
    }
}

extension ComparisonTable.Standing {
    /// As far as progress tells.
    fileprivate var verdict: Verdict {
        switch self {
        case .held, .notRun: .held
        case .flawed, .harmful: .violated
        case .inconclusive: .inconclusive
        }
    }
}

extension ComparisonTable.Cell {
    /// The cell on a terminal.
    fileprivate var word: String {
        switch standing {
        case .harmful, .held: headline
        case .flawed: "books"
        case .inconclusive, .notRun: "-"
        }
    }
}
