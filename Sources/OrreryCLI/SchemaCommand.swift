import ArgumentParser
import Harness

/// `orrery schema`
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema by which editors complete scenario files.",
        discussion: "scenarios/scenario.schema.json and docs/scenario-files.md are made by this command.")

    /// What has a schema.
    enum Subject: String, CaseIterable, ExpressibleByArgument {
        case scenario
    }

    @Argument(help: "What the schema is of.")
    var subject: Subject

    @Flag(help: "Print the reference page instead.")
    var markdown = false

    func run() {
        switch subject {
        case .scenario:
            let text =
                markdown ? ScenarioReference.markdown(for: Testbed.system) : ScenarioSchema.json(for: Testbed.system)
            // The text ends with a line break of its own.
            Console().print(String(text.dropLast()))
        }
    }
}
