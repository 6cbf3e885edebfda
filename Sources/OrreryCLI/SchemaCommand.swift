import ArgumentParser
import Harness
import OrderTestbed

/// `orrery schema`
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema by which editors complete scenario files and blueprints.",
        discussion: """
            scenarios/scenario.schema.json, docs/scenario-files.md, scenarios/blueprint.schema.json and docs/blueprints.md \
            are made by this command.
            """)

    /// What has a schema.
    enum Subject: String, CaseIterable, ExpressibleByArgument {
        case scenario
        case blueprint
    }

    @Argument(help: "What the schema is of.")
    var subject: Subject

    @Flag(help: "Print the reference page instead.")
    var markdown = false

    func run() {
        switch subject {
        case .blueprint:
            let text = markdown ? BlueprintReference.markdown : BlueprintReference.schema
            Console().print(String(text.dropLast()))
        case .scenario:
            let text =
                markdown ? ScenarioReference.markdown(for: Testbed.system) : ScenarioSchema.json(for: Testbed.system)
            // The text ends with a line break of its own.
            Console().print(String(text.dropLast()))
        }
    }
}
