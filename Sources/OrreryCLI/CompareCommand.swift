import ArgumentParser
import Foundation
import Harness
import OrderTestbed
import Reports

/// `orrery compare`
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare designs: which fault costs which design what.",
        discussion: """
            Every design runs under every fault with every seed. The table says how many orders came to harm, and how, \
            and leads to the shortest run that shows it: as index.html and README.md in the output directory.

            A fault is a scenario file; its purpose explains it. A design is a set of overrides:

              orrery compare
              orrery compare --designs standard,dual-write --faults dying-brokers
              orrery compare --design 'careless:policies.deduplication=none'

            A comparison is no verdict: the exit code is 0 whatever the designs lose.
            """)

    @Argument(help: "Faults: scenario files, or directories of them.", completion: .file(extensions: ["yaml"]))
    var scenarios = ["scenarios/compare"]

    @Option(
        help: ArgumentHelp("The designs to compare, by name.", valueName: "a,b"),
        transform: { text in try NameList(parsing: text) })
    var designs: NameList?

    @Option(
        name: .customLong("design"), parsing: .singleValue,
        help: ArgumentHelp(
            "A design of your own beside those of --designs, or else beside standard.",
            valueName: "name:key=value,key=value"),
        transform: { text in try Design(parsing: text) })
    var ownDesigns: [Design] = []

    @Option(
        help: ArgumentHelp("The faults to compare under, by the names of their files.", valueName: "a,b"),
        transform: { text in try NameList(parsing: text) })
    var faults: NameList?

    @Option(
        help: ArgumentHelp("The seeds that every cell is run with: 1..40 unless given.", valueName: "a..b"),
        transform: { text in try Seeds(parsing: text) })
    var seeds: Seeds?

    @Option(help: "How many cells are run at once; as many as there are cores, unless given.")
    var jobs: Int?

    @Option(help: ArgumentHelp("Where the pages and the reports go.", valueName: "dir"))
    var output = "reports/compare"

    @Flag(help: "Print one JSON object (docs/schemas/compare-result.schema.json).")
    var json = false

    func validate() throws {
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs must be from 1 to 1024.") }
        _ = try chosenDesigns()
    }

    func run() async throws {
        let console = Console()
        let rows = try chosen(
            from: console.orExit { () throws(InvalidScenario) in
                try LoadedScenario.load(scenarios, system: Testbed.system)
            })
        let designs = try chosenDesigns()
        let session = try console.orExit { () throws(InvalidScenario) in
            try CompareSession(
                rows: rows, designs: designs, seeds: seeds ?? CompareSession.defaultSeeds,
                output: output, program: Program.name)
        }
        let cells = jobs ?? ProcessInfo.processInfo.activeProcessorCount
        throw await CompareOutput(console: console, isJSON: json, line: line).run(session, jobs: cells)
    }

    /// The columns; a mistake is a wrong command line.
    private func chosenDesigns() throws(ValidationError) -> [Design] {
        let known = Design.all
        var chosen = ownDesigns.isEmpty ? Design.compared : [Design.standard]
        if let designs {
            chosen = []
            for name in designs.names {
                guard let design = known.first(where: { $0.name == name }) else {
                    throw .unknown("design", name, among: known.map(\.name))
                }
                chosen.append(design)
            }
        }
        let all = chosen + ownDesigns
        for (index, design) in all.enumerated() where all[..<index].contains(where: { $0.name == design.name }) {
            throw ValidationError("There are two designs '\(design.name)': give yours another name.")
        }
        return all
    }

    /// The rows.
    private func chosen(from loaded: [LoadedScenario]) throws -> [LoadedScenario] {
        guard let faults else { return loaded }
        return try faults.names.map { name in
            guard let row = loaded.first(where: { $0.scenario.name == name }) else {
                throw ValidationError.unknown("fault", name, among: loaded.map(\.scenario.name))
            }
            return row
        }
    }

    /// The line that makes the same pages again.
    private var line: String {
        var words = [Program.name, "compare"]
        if scenarios != ["scenarios/compare"] { words += scenarios }
        if let designs { words += ["--designs", designs.names.joined(separator: ",")] }
        for design in ownDesigns { words += ["--design", design.spelling] }
        if let faults { words += ["--faults", faults.names.joined(separator: ",")] }
        if let seeds { words += ["--seeds", seeds.spelling] }
        if output != "reports/compare" { words += ["--output", output] }
        return words.map(ShellWord.quoted).joined(separator: " ")
    }
}

/// `a,b`: names, each once.
struct NameList: Equatable, Sendable {
    let names: [String]

    init(parsing text: String) throws(ValidationError) {
        var names: [String] = []
        for name in text.split(separator: ",") where !names.contains(String(name)) { names.append(String(name)) }
        guard !names.isEmpty else { throw ValidationError("write at least one name, and commas between several") }
        self.names = names
    }
}

extension ValidationError {
    fileprivate static func unknown(_ kind: String, _ name: String, among known: [String]) -> ValidationError {
        ValidationError("There is no \(kind) '\(name.prefix(60))'. There are \(known.joined(separator: ", ")).")
    }
}
