import ArgumentParser
import Foundation
import Harness
import LiveHarness
import OrderTestbed
import Reports

/// `orrery-live run`: scenarios on real brokers, with real processes.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a scenario on a live target and check every invariant.",
        discussion: """
            Every service instance is a process of its own; those of the scenario's faults that the target can make are \
            made, the others are listed. No live run is the same twice: a seed decides clients and faults, and not what \
            real processes make of them.

            The embedded broker is librdkafka's mock cluster, in this process. It keeps nothing beyond the run and at most \
            5 MiB of a partition, knows no transactions, and is for development. Kafka (--target kafka) is for the rest.
            """)

    @Argument(help: "A scenario file.", completion: .file(extensions: ["yaml"]))
    var scenario: String

    @Option(help: "What to run on: embedded or kafka.")
    var target = "embedded"

    @Option(
        help: ArgumentHelp("Kafka's brokers; ORRERY_KAFKA_BROKERS unless given.", valueName: "host:port,…"))
    var brokers: String?

    @Option(
        help: ArgumentHelp(
            "Where services keep what they know: sqlite:DIR or postgres://USER@HOST/DATABASE; a temporary directory unless "
                + "given.", valueName: "place"))
    var store: String?

    @Option(help: "The seed; the scenario's own, or 1, unless given.")
    var seed: UInt64?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Override a key of the scenario: policies.deduplication=none.", valueName: "key=value"),
        transform: { text in try Assignment(parsing: text, example: "policies.deduplication=none") })
    var overrides: [Assignment] = []

    @Option(
        help: ArgumentHelp("Run another blueprint: its name, or its file; as --set blueprint=X.", valueName: "name"))
    var blueprint: String?

    @Option(help: ArgumentHelp("hardened or as-written, or another of the blueprint's; as --set profile=X."))
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "Record every instance here, to be played back with 'orrery replay DIR'.", valueName: "dir"))
    var record: String?

    @Option(help: ArgumentHelp("Where reports on violated runs go.", valueName: "dir"))
    var reports = "reports"

    @Flag(help: "Print one JSON object (docs/schemas/run-result.schema.json).")
    var json = false

    func validate() throws {
        guard let target = RunTarget(rawValue: target), target.isLive else {
            throw ValidationError("--target must be embedded or kafka; a simulation is run with 'orrery run'.")
        }
        if target == .kafka, allBrokers == nil {
            throw ValidationError("Name Kafka's brokers: --brokers HOST:PORT, or ORRERY_KAFKA_BROKERS.")
        }
        if target == .embedded, brokers != nil {
            throw ValidationError("--brokers is for --target kafka; the embedded broker needs none.")
        }
        if blueprint?.isEmpty == true { throw ValidationError("--blueprint must name a blueprint, or its file.") }
        if profile?.isEmpty == true { throw ValidationError("--profile must name a profile of the blueprint.") }
        if record?.isEmpty == true { throw ValidationError("--record must name a directory.") }
        if store == "memory:" {
            throw ValidationError("--store memory: does not outlive a process that is killed; use sqlite:DIR.")
        }
    }

    private var allBrokers: String? { brokers ?? ProcessInfo.processInfo.environment["ORRERY_KAFKA_BROKERS"] }

    /// The keys that are overridden; the short options for two of them come first, so that `--set` has the last word.
    var settings: [(key: String, value: String)] {
        let short = [("blueprint", blueprint), ("profile", profile)].compactMap { key, value in value.map { (key, $0) }
        }
        return short + overrides.map { ($0.key, $0.value) }
    }

    func run() throws {
        let scenario: Scenario
        do throws(InvalidScenario) {
            scenario = try ScenarioFile.load(
                path: self.scenario, system: OrderSystemUnderTest.self, overrides: settings)
        } catch {
            for problem in error.errors { Terminal.note(problem.description) }
            throw ExitCode.badInput
        }
        throw try LiveSession(command: self, scenario: scenario, brokers: allBrokers ?? "").run()
    }
}
