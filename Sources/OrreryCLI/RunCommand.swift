import ArgumentParser
import Foundation
import Harness
import Reports

/// `orrery run`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run scenarios and check every invariant.",
        discussion: """
            A directory stands for every scenario in it; those in regressions/ come first, each with its own seed. For \
            each violated run a report is written, with a scenario file that replays exactly what happened.

              orrery run scenarios --seeds 1..200 --budget 5m
              orrery run scenarios --seeds 1..200 --shard 2/5 --json > shard-2.jsonl

            In a step of GitHub Actions, violations become annotations, and the table goes to the summary of the step.
            """)

    @Argument(help: "Scenario files, or directories of them.", completion: .file(extensions: ["yaml"]))
    var scenarios: [String]

    @Option(help: "The seed of one run; the scenario's own, or 1, unless given.")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp("Many seeds: 1..50, or 1,5,9.", valueName: "a..b"),
        transform: { text in try Seeds(parsing: text) })
    var seeds: Seeds?

    @Option(help: "How many runs go on at once; as many as there are cores, unless given.")
    var jobs: Int?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Override a key of the scenario: policies.deduplication=none.", valueName: "key=value"),
        transform: { text in try Override(parsing: text) })
    var overrides: [Override] = []

    @Option(
        help: ArgumentHelp("Run another blueprint: its name, or its file; as --set blueprint=X.", valueName: "name"))
    var blueprint: String?

    @Option(help: ArgumentHelp("hardened or as-written, or another of the blueprint's; as --set profile=X."))
    var profile: String?

    @Option(
        help: "simulation, or a real cluster: embedded or kafka ('orrery run --target kafka --help' has more options).")
    var target = RunTarget.simulation

    @Option(
        help: ArgumentHelp(
            "Start no run after so long: 90s, 5m, 2h. Then seeds come before scenarios.", valueName: "time"),
        transform: { text in try TimeBudget(parsing: text) })
    var budget: TimeBudget?

    @Option(
        help: ArgumentHelp(
            "Run this part of all runs; 'orrery merge' puts the --json of all parts together.", valueName: "k/n"),
        transform: { text in try Shard(parsing: text) })
    var shard = Shard.whole

    @Option(help: "Which verdicts fail the command: violated, inconclusive (and violated), or never.")
    var failOn = FailOn.inconclusive

    @Option(help: ArgumentHelp("Where reports on violated runs go.", valueName: "dir"))
    var reports = "reports"

    @Option(
        help: ArgumentHelp("How many violated runs are shrunk and get report.html and the like.", valueName: "count"))
    var draw = 5

    @Flag(
        inversion: .prefixedNo,
        help: "Make those runs as short as they get, and find the moment that decided them, for their reports.")
    var shrink = true

    @Option(help: ArgumentHelp("Write all runs to a JUnit file, as Jenkins reads them.", valueName: "file"))
    var junit: String?

    @Flag(help: "Print one JSON object a run (docs/schemas/run-result.schema.json).")
    var json = false

    func validate() throws {
        if scenarios.isEmpty { throw ValidationError("Name a scenario file or a directory of them.") }
        if blueprint?.isEmpty == true { throw ValidationError("--blueprint must name a blueprint, or its file.") }
        if profile?.isEmpty == true { throw ValidationError("--profile must name a profile of the blueprint.") }
        if seed != nil, seeds != nil { throw ValidationError("Give either --seed or --seeds.") }
        if draw < 0 { throw ValidationError("--draw must not be negative.") }
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs must be from 1 to 1024.") }
    }

    /// The short options for two keys come first, so that `--set` has the last word.
    private var allOverrides: [Override] {
        let short = [("blueprint", blueprint), ("profile", profile)]
        return short.compactMap { key, value in value.map { Override(key: key, value: $0) } } + overrides
    }

    func run() async throws {
        let console = Console()
        let overrides = allOverrides
        let loaded = try console.orExit { () throws(InvalidScenario) in
            try LoadedScenario.load(scenarios, system: Testbed.system, overrides: overrides)
        }
        let program = Program.name
        let plan = RunPlan(
            loaded, seeds: seed.map { Seeds($0) } ?? seeds, overrides: overrides, program: program,
            order: budget == nil ? .scenarios : .seeds, shard: shard)
        let session = RunSession(
            plan: plan, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount, reports: reports, program: program,
            drawings: draw, shrinking: shrink ? ShrinkBudget() : nil, simulate: Testbed.run)
        let code = await RunOutput(
            console: console, isJSON: json, junit: junit, failOn: failOn, budget: budget, actions: GitHubActions()
        ).run(session)
        throw code
    }
}

/// How this program was called, so that lines to paste work where it is not in the path.
enum Program {
    static var name: String {
        guard let called = CommandLine.arguments.first, called.contains("/") else { return "orrery" }
        let here = FileManager.default.currentDirectoryPath + "/"
        return called.hasPrefix(here) ? String(called.dropFirst(here.count)) : called
    }
}

extension Console {
    /// The result, or the errors of bad scenarios on standard error and exit code 65.
    func orExit<Result>(_ body: () throws(InvalidScenario) -> Result) throws -> Result {
        do throws(InvalidScenario) {
            return try body()
        } catch {
            for problem in error.errors { note(problem.description) }
            throw ExitCode.badScenario
        }
    }
}
