import ArgumentParser
import Conformance
import Foundation

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the suite and print what came of every case.")

    @Option(help: ArgumentHelp("Only this area (repeatable).", valueName: "area"))
    var area: [Area] = []

    @Option(
        name: .customLong("case"),
        help: ArgumentHelp("Only cases with these words in area/name (repeatable).", valueName: "words"))
    var words: [String] = []

    @Option(help: ArgumentHelp("Only this target (repeatable).", valueName: "target"))
    var target: [TargetName] = []

    @Option(help: "How many cases run at the same time.")
    var jobs = 12

    @Option(help: "What the latencies and random choices of the virtual cluster are drawn from.")
    var seed: UInt64 = 1

    @Flag(help: "Print one JSON object (docs/schemas/conformance-result.schema.json).")
    var json = false

    func validate() throws {
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 256.") }
        guard !selected.isEmpty else { throw ValidationError("No case has these words in its name.") }
    }

    private var selected: [ConformanceCase] {
        Suite.cases.filter { candidate in
            (area.isEmpty || area.contains(candidate.area))
                && (words.isEmpty || words.contains { candidate.id.contains($0) })
        }
    }

    func run() throws {
        let targets = (target.isEmpty ? TargetName.allCases : target).map { Target(name: $0, seed: seed) }
        let results = SuiteRun(cases: selected, targets: targets, jobs: jobs).results()
        if json { print(try results.json()) } else { for line in results.table() { print(line) } }
        if results.hasFailure { throw ExitCode(1) }
    }
}

extension Area: ExpressibleByArgument {}
extension TargetName: ExpressibleByArgument {}
