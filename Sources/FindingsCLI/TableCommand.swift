import ArgumentParser
import Defects
import Foundation
import Harness

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

    @Option(help: "A directory that gets the shortest run of each defect as a scenario file.")
    var witnesses: String?

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
            let line = try line(for: defect)
            table.lines.append(line)
            note(line.summary + "\n")
            try writeWitness(of: line)
        }
        guard let output else { return print(table.markdown) }
        try table.markdown.write(toFile: output, atomically: true, encoding: .utf8)
    }

    private func line(for defect: Defect) throws -> FindingsTable.Line {
        var line = FindingsTable.Line(defect: defect, outcome: try PlainSeeds(budget: budget).find(defect))
        var (found, boost) = (line.outcome.result, 1.0)
        // What plain seeds do not find in this time is shown in a rougher world, to show that it is there.
        for rougher in [3.0, 8.0] where found == nil {
            boost = rougher
            found = try PlainSeeds(budget: budget, boost: boost).find(defect).result
        }
        for _ in 0..<Self.tries {
            guard let run = found else { break }
            try shrink(run, for: &line)
            if let shortest = line.shortest, shortest.unitsOfWork <= 2, shortest.faults.count <= 3 { break }
            found = try PlainSeeds(budget: budget, boost: boost).find(defect, from: run.seed + 1).result
        }
        return line
    }

    /// How many runs are shrunk as long as none of them gets short.
    private static let tries = 3

    private func shrink(_ run: RunResult, for line: inout FindingsTable.Line) throws {
        guard let violation = line.defect.violation(in: run) else { return }
        let time = ProcessorTime()
        var shrinker = Shrinker(run, breaking: violation.checker)
        try shrinker.run()
        if let known = line.shortest, known.length <= shrinker.best.length { return }
        line.shortest = shrinker.best
        line.isMinimal = shrinker.record.isMinimal
        line.shrinkSeconds = time.seconds
    }

    private func writeWitness(of line: FindingsTable.Line) throws {
        guard let witnesses, let shortest = line.shortest else { return }
        try FileManager.default.createDirectory(atPath: witnesses, withIntermediateDirectories: true)
        let text = ScenarioFile.write(shortest.replayScenario, seed: shortest.seed)
        try text.write(toFile: "\(witnesses)/\(line.defect.name).yaml", atomically: true, encoding: .utf8)
    }
}
