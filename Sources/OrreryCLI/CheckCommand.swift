import ArgumentParser
import Harness
import Reports

/// `orrery check`
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Validate scenario files without running them.",
        discussion: "All errors of all files are told, each with its line and what was probably meant.")

    @Argument(help: "Scenario files, or directories of them.", completion: .file(extensions: ["yaml"]))
    var scenarios: [String]

    @Flag(help: "Print one JSON object a file.")
    var json = false

    func run() throws {
        let console = Console()
        let files = try console.orExit { () throws(InvalidScenario) in try ScenarioPaths.expand(scenarios) }
        var isEveryFileValid = true
        for file in files {
            var errors: [ScenarioError] = []
            do throws(InvalidScenario) {
                _ = try ScenarioFile.load(path: file, system: Testbed.system)
            } catch {
                errors = error.told(of: file).errors
                isEveryFileValid = false
            }
            if json {
                console.print(Self.object(file, errors).compact)
            } else if errors.isEmpty {
                console.print("\(file): valid")
            } else {
                for error in errors { console.note(error.description) }
            }
        }
        if !isEveryFileValid { throw ExitCode.badScenario }
    }

    private static func object(_ file: String, _ errors: [ScenarioError]) -> JSONValue {
        let list = errors.map { error in
            JSONValue.object([
                ("line", error.line.map { .integer($0) } ?? .null),
                ("column", error.column.map { .integer($0) } ?? .null), ("message", .text(error.message)),
                ("suggestion", error.suggestion.map { .text($0) } ?? .null),
            ])
        }
        return .object([
            ("schemaVersion", .integer(RunSummary.schemaVersion)), ("file", .text(file)),
            ("valid", .flag(errors.isEmpty)), ("errors", .array(list)),
        ])
    }
}
