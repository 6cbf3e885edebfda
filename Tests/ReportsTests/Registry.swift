import Harness
import Kafka
import Services
import Simulation

/// A very small system, so that reports of simulated runs cost next to nothing: clients register names, and a clerk writes
/// them into a book. Whoever is registered twice breaks the rule.
struct Registry: SystemUnderTest {
    var names = 3
    static let fields: [Field<Registry>] = []

    var topics: [(name: String, partitions: Int)] { [("names", 2), ("names.dlq", 1)] }
    var callers: [String] { [] }
    var policies: RuntimePolicies {
        var policies = RuntimePolicies()
        policies.deduplication = .none
        return policies
    }
    var unitsOfWork: Int { names }

    func services(topics: TopicTable) -> [any Service] { [Clerk(name: "counter"), Clerk(name: "clerk")] }
    func environment(draws: Draws) -> any Environment { Applicants(count: names) }
    func poison(_ kind: PoisonKind, for topic: String, draws: Draws, number: UInt64) -> Record? { nil }

    func judge(_ history: History) -> [CheckResult] {
        var violations: [Violation] = []
        var samples = 0
        history.store(of: "clerk")?.forEach(NameRow.self) { row in
            samples += 1
            guard row.times > 1 else { return }
            violations.append(
                Violation(
                    checker: "registered-once", at: history.end, subject: "\(row.key)",
                    message: "It was registered \(row.times) times."))
        }
        return [
            CheckResult(
                name: "registered-once", sentence: "Nobody is registered twice.", samples: samples,
                violations: violations)
        ]
    }

    /// A run in which a record of the second name comes twice.
    static func scenario(faults: [FaultAction] = Self.faults) -> Scenario {
        var scenario = Scenario(system: Registry())
        scenario.name = "registry"
        scenario.purpose = "A name comes twice."
        scenario.rates.until = .seconds(2)
        scenario.plan = faults
        return scenario
    }

    static let faults: [FaultAction] = [
        .duplicateRecord(RecordPlace(topic: "names", key: "NAME-2", number: 1), after: .milliseconds(800)),
        .killInstance("counter/1", at: .zero + .milliseconds(500), restartAfter: .milliseconds(200)),
    ]
}

struct NameRow: Row {
    static let table = "names"
    var key: Identifier
    var times: Int
}

struct Clerk: Service {
    let name: String
    var topics: TopicTable {
        var table = TopicTable()
        for topic in Registry().topics { _ = table.intern(topic.name) }
        return table
    }
    var subscriptions: [TopicID] { name == "clerk" ? [TopicID(rawValue: 0)] : [] }
    var tables: [any Row.Type] { [NameRow.self] }

    func deadLetterTopic(for topic: TopicID) -> TopicID { TopicID(rawValue: 1) }
    func prepare(_ transaction: inout Transaction) throws {}

    func handle(_ request: Request, in transaction: inout Transaction) throws -> Response {
        guard let name = Identifier(request.body) else { return .problem(400, "No name", "Send a name.") }
        let record = Record(key: name.bytes, value: request.body, headers: [Header("ce_type", "NameGiven")])
        try transaction.publish(record, to: TopicID(rawValue: 0), inOrderOf: name)
        return Response(status: 201, body: request.body)
    }

    func handle(_ record: ConsumerRecord, in transaction: inout Transaction) throws {
        guard let name = record.record.key.flatMap({ Identifier($0) }) else { throw Poison("NoName", "no name") }
        let times = try transaction.get(NameRow.self, name)?.times ?? 0
        try transaction.put(NameRow(key: name, times: times + 1))
    }

    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {}
    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {}
}

struct Applicants: Environment {
    let count: Int
    var waiting: Set<UInt64> = []
    var unfinished: [String] { waiting.isEmpty ? [] : ["somebody waits"] }

    init(count: Int) { self.count = count }

    mutating func start(at now: Instant, into output: inout EnvironmentOutput) {
        for number in 1...UInt64(count) {
            waiting.insert(number)
            output.timers.append((now + .milliseconds(Int64(number) * 20), number))
        }
    }

    mutating func receive(_ signal: EnvironmentSignal, at now: Instant, into output: inout EnvironmentOutput) {
        switch signal {
        case .timer(let number):
            let body = Array("NAME-\(number)".utf8)
            output.requests.append(("counter", Request(id: number, method: .post, path: "/names", body: body)))
        case .response(let number, _): waiting.remove(number)
        case .refused(let number): output.timers.append((now + .milliseconds(100), number))
        case .call: break
        }
    }
}
