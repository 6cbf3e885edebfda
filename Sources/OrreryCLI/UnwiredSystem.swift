import Harness
import Kafka
import Services
import Simulation

/// A system without services, in place of the order system until both are in one tree. It is deleted then.
struct UnwiredSystem: SystemUnderTest {
    static let fields: [Field<UnwiredSystem>] = []

    var topics: [(name: String, partitions: Int)] { [] }
    func services(topics: TopicTable) -> [any Service] { [] }
    var policies: RuntimePolicies { RuntimePolicies() }
    func environment(draws: Draws) -> any Environment { Nobody() }
    func poison(_ kind: PoisonKind, for topic: String, draws: Draws, number: UInt64) -> Record? { nil }
    func judge(_ history: History) -> [CheckResult] { [] }
    var unitsOfWork: Int { 1 }

    static func run(_ scenario: Scenario, seed: UInt64) -> RunResult {
        var hash = TraceHash()
        hash.fold(seed)
        let check = CheckResult(name: "folded", sentence: "The seed is folded.", samples: 1, violations: [])
        return RunResult(
            scenario: scenario, seed: seed, checks: [check], traceHash: hash, unitsOfWork: 1, events: 1,
            virtualTime: .seconds(1), faults: scenario.plan, history: History())
    }

    private struct Nobody: Environment {
        func start(at now: Instant, into output: inout EnvironmentOutput) {}
        func receive(_ signal: EnvironmentSignal, at now: Instant, into output: inout EnvironmentOutput) {}
        var unfinished: [String] { [] }
    }
}
