import Harness
import Kafka
import Services
import Simulation

/// A system that does nothing.
struct Idle: SystemUnderTest {
    var policies = RuntimePolicies()

    static let fields: [Field<Idle>] = []
    var presets: [Preset] { [] }
    var findings: [Objection] { [] }
    var topics: [(name: String, partitions: Int)] { [("a", 1)] }
    var callers: [String] { [] }
    var unitsOfWork: Int { 0 }

    func services(topics: TopicTable) -> [any Service] { [] }
    func environment(draws: Draws) -> any Environment { Nobody() }
    func poison(_ kind: PoisonKind, for topic: String, draws: Draws, number: UInt64) -> Record? { nil }
    func judge(_ history: History) -> [CheckResult] { [] }

    private struct Nobody: Environment {
        func start(at now: Instant, into output: inout EnvironmentOutput) {}
        func receive(_ signal: EnvironmentSignal, at now: Instant, into output: inout EnvironmentOutput) {}
        var unfinished: [String] { [] }
    }
}
