import ArgumentParser
import Harness
import OrderTestbed

/// `orrery schema`
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schemas of scenario files, blueprints and events, and AsyncAPI documents.",
        discussion: """
            scenario   the JSON Schema by which editors complete scenario files
            blueprint  the same for files of blueprints
            events     the JSON Schemas of all events, or of those of a blueprint, under its names for them
            asyncapi   a blueprint's topics, services and events as an AsyncAPI 3.0 document

            scenarios/scenario.schema.json, docs/scenario-files.md, scenarios/blueprint.schema.json, docs/blueprints.md, \
            docs/schemas/events.json, docs/schemas/asyncapi.json and docs/events.md are made by this command.
            """)

    /// What has a schema.
    enum Subject: String, CaseIterable, ExpressibleByArgument {
        case scenario
        case blueprint
        case events
        case asyncapi
    }

    @Argument(help: "What the schema is of.")
    var subject: Subject

    @Option(help: "The blueprint that is meant: its name, or a file. For asyncapi, standard unless given.")
    var blueprint: String?

    @Flag(help: "Print the reference page instead.")
    var markdown = false

    func validate() throws {
        if markdown, subject == .asyncapi { throw ValidationError("There is no reference page of AsyncAPI documents.") }
        if blueprint != nil, markdown || subject == .scenario || subject == .blueprint {
            throw ValidationError("Only schemas of events and AsyncAPI documents are of one blueprint.")
        }
    }

    func run() throws {
        let console = Console()
        // The text ends with a line break of its own.
        console.print(String(try console.orExit { () throws(InvalidScenario) in try text }.dropLast()))
    }

    private var text: String {
        get throws(InvalidScenario) {
            switch subject {
            case .scenario:
                markdown ? ScenarioReference.markdown(for: Testbed.system) : ScenarioSchema.json(for: Testbed.system)
            case .blueprint: markdown ? BlueprintReference.markdown : BlueprintReference.schema
            case .events: markdown ? OrderContracts.reference() : try OrderContracts.schemas(blueprint: blueprint)
            case .asyncapi: try OrderContracts.asyncAPI(blueprint: blueprint ?? "standard")
            }
        }
    }
}
