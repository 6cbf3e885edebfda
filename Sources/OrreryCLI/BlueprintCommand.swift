import ArgumentParser
import Harness
import OrderTestbed

/// `orrery blueprint`
struct BlueprintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blueprint", abstract: "Draw a blueprint: topics, services, the way forward and back.",
        discussion:
            """
            Without a name, the blueprints that come with the program are listed. A file of one's own is checked, too.

              orrery blueprint parallel
              orrery blueprint mine.yaml --format mermaid

            docs/blueprints.md shows those of the program, and says how to write one.
            """)

    /// How it is drawn.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case text, mermaid, json
    }

    @Argument(help: "The name of a blueprint, or its file.", completion: .file(extensions: ["yaml"]))
    var blueprint: String?

    @Option(help: "text, mermaid or json.")
    var format = Form.text

    func validate() throws {
        if blueprint?.isEmpty == true {
            throw ValidationError("Name a blueprint, or its file; without any name, all are listed.")
        }
    }

    func run() throws {
        let console = Console()
        guard let blueprint else { return list(on: console) }
        let file = try console.orExit { () throws(InvalidScenario) in try BlueprintLibrary.find(blueprint) }
        let drawing = BlueprintDrawing(file)
        switch format {
        case .text: console.print(String(drawing.text.dropLast()))
        case .mermaid: console.print(String(drawing.mermaid.dropLast()))
        case .json: console.print(drawing.json.compact)
        }
    }

    private func list(on console: Console) {
        switch format {
        case .json: for file in BlueprintLibrary.all { console.print(BlueprintDrawing(file).json.compact) }
        case .text, .mermaid:
            let rows = BlueprintLibrary.all.map { [$0.blueprint.name, $0.blueprint.summary] }
            for line in Text.table(rows, right: []) { console.print(line) }
        }
    }
}
