import ArgumentParser
import Harness
import OrderTestbed

/// Which order system it is about.
struct SystemOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The name of a blueprint, or its file.", valueName: "name"))
    var blueprint = "standard"

    @Option(help: ArgumentHelp("hardened or as-written, or another of the blueprint's."))
    var profile: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Set a key of scenario files that is about the system: policies.deduplication=memory.",
            valueName: "key=value"),
        transform: { text in try Assignment(parsing: text, example: "policies.poison=skip") })
    var assignments: [Assignment] = []

    /// What scenario files have that means nothing to a system that serves.
    private static let foreign = [
        "workload", "provider", "faults", "plan", "cluster", "timing", "instances", "clients", "seed", "name",
        "purpose",
    ]

    func validate() throws {
        if blueprint.isEmpty { throw ValidationError("--blueprint must name a blueprint, or its file.") }
        for assignment in assignments {
            let first = String(assignment.key.prefix { $0 != "." })
            if Self.foreign.contains(first) {
                throw ValidationError(
                    "--set \(assignment.key): this key is about simulated runs. Those about the system are policies, "
                        + "partitions, saga, reservation, cancellation, shipping, fraud, stock, analytics and replay.")
            }
        }
    }

    /// The system that is meant, or exit code 65 and what is wrong.
    func system() throws -> OrderSystemUnderTest {
        guard let system = try scenario().system as? OrderSystemUnderTest else {
            preconditionFailure("the scenario was read for this system")
        }
        return system
    }

    /// The same, as a scenario file from which it can be made again.
    func text() throws -> String { ScenarioFile.write(try scenario()) }

    private func scenario() throws -> Scenario {
        let short = [("blueprint", blueprint), ("profile", profile)].compactMap { key, value in value.map { (key, $0) }
        }
        do throws(InvalidScenario) {
            return try ScenarioFile.parse(
                text: "purpose: serve\n", file: "command line", system: OrderSystemUnderTest.self,
                overrides: short.map { (key: $0, value: $1) } + assignments.map { (key: $0.key, value: $0.value) })
        } catch {
            for problem in error.errors { Terminal.note(problem.description) }
            throw ExitCode.badInput
        }
    }
}

/// `KEY=VALUE`
struct Assignment: Equatable, Sendable {
    let key: String
    let value: String

    init(parsing text: String, example: String) throws(ValidationError) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw ValidationError("'\(text)' sets nothing: write KEY=VALUE, such as \(example).")
        }
        key = String(text[..<equals])
        value = String(text[text.index(after: equals)...])
    }
}
