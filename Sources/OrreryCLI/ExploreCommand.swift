import ArgumentParser
import Foundation
import Harness
import Reports
import Simulation

/// `orrery explore`
struct ExploreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore", abstract: "Search for failures: shrink what is found, and group it by cause.",
        discussion: """
            Five strategies take turns, unless --strategy names some of them:

              swarm         every seed draws which faults of the scenario are on, and how strong
              crash-points  a short run is forked before every effect, and the instance crashes there
              branching     worlds that reach a new state are kept; runs branch off from them with one more fault
              schedules     a few messages and transactions are held up, so that others come first
              seeds         the scenario as it is, seed after seed

            Faults are those of the scenario; one that has none is tried with every kind.

              orrery explore scenarios/everything.yaml --for 5m
              orrery explore all --for 30m --stop-after 3
              orrery explore scenarios/calm.yaml --strategy crash-points

            Ctrl-C ends the search; what it has found is written.
            """)

    @Argument(
        help: "Scenario files, or directories of them; 'all' for scenarios/, what was found before first.",
        completion: .file(extensions: ["yaml"]))
    var scenarios: [String]

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long to search: 90s, 5m, 2h. Without end, unless given.", valueName: "time"),
        transform: { text in try TimeBudget(parsing: text) })
    var time: TimeBudget?

    @Option(
        name: .customLong("strategy"), help: ArgumentHelp("Which strategies.", valueName: "a,b"),
        transform: { text in try StrategyList(parsing: text) })
    var strategies: StrategyList?

    @Option(help: ArgumentHelp("Stop when so many different failures are found.", valueName: "n"))
    var stopAfter: Int?

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Orders of each run; what each strategy thinks best, unless given.", valueName: "k"))
    var orders: Int?

    @Option(help: "How many searches go on at once; as many as there are cores, unless given.")
    var jobs: Int?

    @Option(help: ArgumentHelp("After all crash points of a seed, try so many pairs of crashes.", valueName: "n"))
    var pairs: Int?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Override a key of the scenario: policies.deduplication=none.", valueName: "key=value"),
        transform: { text in try Override(parsing: text) })
    var overrides: [Override] = []

    @Option(help: ArgumentHelp("Where reports on findings go.", valueName: "dir"))
    var reports = "reports"

    @Option(help: ArgumentHelp("Write all findings to a JUnit file, as Jenkins reads them.", valueName: "file"))
    var junit: String?

    @Option(help: "Which verdicts fail the command: violated, inconclusive (and violated), or never.")
    var failOn = FailOn.inconclusive

    @Flag(name: .customLong("no-shrink"), help: "Keep failing runs as they are found.")
    var keepsLong = false

    @Flag(name: .customLong("no-canary"), help: "Do not search for the planted defect that must be found.")
    var skipsCanary = false

    @Flag(help: "Print one JSON object (docs/schemas/explore-result.schema.json).")
    var json = false

    func validate() throws {
        if scenarios.isEmpty { throw ValidationError("Name a scenario file, a directory of them, or 'all'.") }
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs must be from 1 to 1024.") }
        if let orders, orders < 1 { throw ValidationError("--orders must be 1 or more.") }
        if let stopAfter, stopAfter < 1 { throw ValidationError("--stop-after must be 1 or more.") }
        if let pairs, pairs < 0 { throw ValidationError("--pairs must be 0 or more.") }
    }

    func run() async throws {
        let console = Console()
        let (loaded, regressions) = try console.orExit { () throws(InvalidScenario) in try load() }
        let chosen = strategies ?? .all
        var plan = ExplorePlan(
            scenarios: loaded, regressions: regressions, strategies: chosen.names, seed: seed,
            jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount)
        plan.seconds = time?.seconds
        plan.stopAfter = stopAfter
        plan.orders = orders
        plan.pairs = pairs ?? 0
        plan.isOneSweep = time == nil && chosen.names == ["crash-points"]
        plan.hasCanary = !skipsCanary
        plan.shrinks = !keepsLong
        let output = ExploreOutput(
            console: console, isJSON: json, reports: reports, program: Program.name, junit: junit, failOn: failOn,
            actions: GitHubActions())
        throw await output.run(plan)
    }

    /// The scenarios, and what was found before. Who names nothing but what was found before wants it searched.
    private func load() throws(InvalidScenario) -> ([LoadedScenario], [LoadedScenario]) {
        let names = scenarios == ["all"] ? ["scenarios"] : scenarios
        let all = try LoadedScenario.load(names, system: Testbed.system, overrides: overrides)
        let others = all.filter { !$0.isRegression }
        return others.isEmpty ? (all, []) : (others, all.filter(\.isRegression))
    }
}

/// `swarm,branching`: strategies by name, each once.
struct StrategyList: Equatable, Sendable {
    let names: [String]

    /// All of them.
    static let all = StrategyList(names: ["branching", "crash-points", "swarm", "schedules", "seeds"])

    private init(names: [String]) { self.names = names }

    init(parsing text: String) throws(ValidationError) {
        names = try NameList(parsing: text).names
        let known = Self.all.names
        if let stranger = names.first(where: { !known.contains($0) }) {
            throw ValidationError(
                "There is no strategy '\(stranger.prefix(40))'. There are \(known.joined(separator: ", ")).")
        }
    }
}
