import ArgumentParser
import Defects
import Foundation
import Harness
import OrderTestbed

/// `orrery-findings table`
struct TableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table", abstract: "Find every planted defect, and write down what it took.")

    @Option(help: "Seconds of processor time for each defect.")
    var budget = 60.0

    @Option(help: "The defects to be found, by name, with commas; all of them unless given.")
    var only: String?

    @Option(help: "The file to be written, in Markdown; standard output unless given.")
    var output: String?

    func validate() throws {
        guard budget > 0 else { throw ValidationError("--budget must be positive") }
        for name in names where Defect.named(name) == nil {
            throw ValidationError("there is no defect '\(name)': see 'orrery-findings list'")
        }
    }

    private var names: [String] {
        only.map { $0.split(separator: ",").map(String.init) } ?? Defect.all.map(\.name)
    }

    func run() throws {
        var table = FindingsTable(budget: budget)
        for defect in names.compactMap(Defect.named) {
            let outcome = try PlainSeeds(budget: budget).find(defect)
            var line = FindingsTable.Line(defect: defect, outcome: outcome)
            if let result = outcome.result, let violation = defect.violation(in: result) {
                var shrinker = Shrinker(result, breaking: violation.checker)
                let time = ProcessorTime()
                try shrinker.run()
                line.shortest = shrinker.best
                line.isMinimal = shrinker.record.isMinimal
                line.shrinkSeconds = time.seconds
            }
            table.lines.append(line)
            note(line.summary + "\n")
        }
        guard let output else { return print(table.markdown) }
        try table.markdown.write(toFile: output, atomically: true, encoding: .utf8)
    }
}
