import ArgumentParser
import Harness
import Reports

/// `orrery scenarios`
struct ScenariosCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenarios", abstract: "List scenarios and what they are for.")

    @Argument(help: "Directories of scenarios, or files.")
    var directories = ["scenarios"]

    @Flag(help: "Print one JSON object a scenario.")
    var json = false

    func run() throws {
        let console = Console()
        let loaded = try console.orExit { () throws(InvalidScenario) in
            try LoadedScenario.load(directories, system: Testbed.system)
        }
        if json {
            for entry in loaded { console.print(entry.json.compact) }
        } else {
            let rows = loaded.map { [$0.scenario.name, $0.file, $0.scenario.purpose] }
            for line in Text.table(rows, right: []) { console.print(line) }
        }
    }
}

extension LoadedScenario {
    fileprivate var json: JSONValue {
        .object([
            ("schemaVersion", .integer(RunSummary.schemaVersion)), ("scenario", .text(scenario.name)),
            ("file", .text(file)), ("purpose", .text(scenario.purpose)),
        ])
    }
}
