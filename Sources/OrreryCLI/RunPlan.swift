import Harness
import Reports

/// The runs that a command line asks for, in order: scenario by scenario, seed by seed.
struct RunPlan: Sendable {
    struct Run: Sendable {
        let file: String
        let scenario: Scenario
        let seed: UInt64
        let replay: String
    }

    private let scenarios: [LoadedScenario]
    private let seeds: Seeds?
    private let overrides: [Override]
    private let program: String

    /// Without seeds, every scenario is run with its own, or with 1.
    init(_ scenarios: [LoadedScenario], seeds: Seeds?, overrides: [Override], program: String) {
        self.scenarios = scenarios
        self.seeds = seeds
        self.overrides = overrides
        self.program = program
    }

    /// How many runs there are of each scenario.
    var seedsPerScenario: Int { seeds?.count ?? 1 }
    var count: Int { scenarios.count * seedsPerScenario }

    subscript(index: Int) -> Run {
        let loaded = scenarios[index / seedsPerScenario]
        let seed = seeds?[index % seedsPerScenario] ?? loaded.scenario.seed ?? 1
        var words = [program, "run", loaded.file, "--seed", "\(seed)"]
        for override in overrides { words += ["--set", "\(override.key)=\(override.value)"] }
        return Run(
            file: loaded.file, scenario: loaded.scenario, seed: seed,
            replay: words.map(ShellWord.quoted).joined(separator: " "))
    }
}
