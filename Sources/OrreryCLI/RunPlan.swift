import Harness
import Reports
import Simulation

/// The runs that a command line asks for, in order: what was found before, then scenario by scenario, seed by seed.
struct RunPlan: Sendable {
    struct Run: Sendable {
        let file: String
        let scenario: Scenario
        let seed: UInt64
        let replay: String
        /// Which part of a session it belongs to; nil when one machine makes all.
        let place: ShardPlace?
    }

    /// What comes first, of what is not a regression.
    enum Order: String, Sendable {
        /// Every seed of a scenario before the next one.
        case scenarios
        /// A seed of every scenario before the next: for those who may not get to the end.
        case seeds
    }

    /// Plans of failures that were repaired. Each is run with its own seed, to which its plan belongs.
    private let regressions: [LoadedScenario]
    private let scenarios: [LoadedScenario]
    private let seeds: Seeds?
    private let overrides: [Override]
    private let program: String
    private let order: Order
    let shard: Shard
    private let fingerprint: String

    /// Without seeds, every scenario is run with its own, or with 1.
    init(
        _ scenarios: [LoadedScenario], seeds: Seeds?, overrides: [Override], program: String,
        order: Order = .scenarios, shard: Shard = .whole
    ) {
        regressions = scenarios.filter(\.isRegression)
        self.scenarios = scenarios.filter { !$0.isRegression }
        self.seeds = seeds
        self.overrides = overrides
        self.program = program
        self.order = order
        self.shard = shard
        fingerprint = shard.isWhole ? "" : Self.fingerprint(of: scenarios, seeds: seeds, order: order)
    }

    /// How many runs there are of each scenario that is no regression.
    private var seedsPerScenario: Int { seeds?.count ?? 1 }
    /// How many runs all shards have.
    var total: Int { regressions.count + scenarios.count * seedsPerScenario }
    /// How many runs this shard has.
    var count: Int { shard.count(of: total) }

    subscript(index: Int) -> Run {
        let position = shard.position(of: index)
        let (loaded, seed) = run(at: position)
        var words = [program, "run", loaded.file, "--seed", "\(seed)"]
        for override in overrides { words += ["--set", "\(override.key)=\(override.value)"] }
        let place = ShardPlace(
            number: shard.number, of: shard.of, run: position + 1, runs: total, plan: fingerprint)
        return Run(
            file: loaded.file, scenario: loaded.scenario, seed: seed,
            replay: words.map(ShellWord.quoted).joined(separator: " "), place: shard.isWhole ? nil : place)
    }

    /// The run at a position among those of all shards.
    private func run(at position: Int) -> (LoadedScenario, seed: UInt64) {
        guard position >= regressions.count else {
            let loaded = regressions[position]
            return (loaded, loaded.scenario.seed ?? 1)
        }
        let rest = position - regressions.count
        let (scenario, seed) =
            switch order {
            case .scenarios: (rest / seedsPerScenario, rest % seedsPerScenario)
            case .seeds: (rest % scenarios.count, rest / scenarios.count)
            }
        return (scenarios[scenario], seeds?[seed] ?? scenarios[scenario].scenario.seed ?? 1)
    }

    /// What two shards have in common that are parts of the same session.
    private static func fingerprint(of scenarios: [LoadedScenario], seeds: Seeds?, order: Order) -> String {
        var hash = TraceHash()
        hash.fold(order.rawValue)
        hash.fold(seeds?.spelling ?? "")
        for loaded in scenarios {
            hash.fold(loaded.file)
            hash.fold(ScenarioFile.write(loaded.scenario))
        }
        return "\(hash)"
    }
}
