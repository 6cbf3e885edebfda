import Harness
import Kafka
import Services
import Simulation

/// A system that does nothing but have options: scenario files can be tested with it.
struct OptionsOnlySystem: SystemUnderTest, Equatable {
    struct Workload: Hashable, Sendable {
        var orders = 100
        var rate = 50.0
        var lines = 1...3
    }

    var deduplication = Deduplication.inbox
    var providerTimeout = ProviderTimeout.idempotentRetry
    var workload = Workload()
    var stockFactor = 1.0

    static let fields: [Field<OptionsOnlySystem>] = [
        .choice("policies.deduplication", \.deduplication, "How a service recognises a repeated event."),
        .choice("policies.provider-timeout", \.providerTimeout, "What happens when a provider is silent."),
        .integer("workload.orders", \.workload.orders, in: 1...1_000_000, "How many orders are placed."),
        .rate("workload.rate", \.workload.rate, "How many orders are placed a second."),
        .integerRange("workload.lines", \.workload.lines, in: 1...8, "Lines of an order."),
        .number("stock.factor", \.stockFactor, in: 0...1000, "Multiplies the stock."),
    ]

    var topics: [(name: String, partitions: Int)] { [("orders", 3), ("orders_dlq", 1)] }
    var callers: [String] { [] }
    func services(topics: TopicTable) -> [any Service] { ["order", "payment"].map(NamedService.init) }
    var policies: RuntimePolicies { RuntimePolicies() }
    func environment(draws: Draws) -> any Environment { EmptyEnvironment() }
    func poison(_ kind: PoisonKind, for topic: String, draws: Draws, number: UInt64) -> Record? { nil }
    func judge(_ history: History) -> [CheckResult] { [] }
    var unitsOfWork: Int { 0 }
}

private struct NamedService: Service {
    let name: String
    var subscriptions: [TopicID] { [] }
    var topics: TopicTable { TopicTable() }
    var tables: [any Row.Type] { [] }
    func deadLetterTopic(for topic: TopicID) -> TopicID { topic }
    func prepare(_ transaction: inout Transaction) {}
    func handle(_ record: ConsumerRecord, in transaction: inout Transaction) {}
    func handle(_ request: Request, in transaction: inout Transaction) -> Response { Response(status: 404, body: []) }
    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) {}
    func handle(_ deadline: Deadline, in transaction: inout Transaction) {}
}

private struct EmptyEnvironment: Environment {
    func start(at now: Instant, into output: inout EnvironmentOutput) {}
    func receive(_ signal: EnvironmentSignal, at now: Instant, into output: inout EnvironmentOutput) {}
    var unfinished: [String] { [] }
}
