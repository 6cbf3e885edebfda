import Harness
import Kafka
import Services
import Simulation

/// The smallest system that has everything: clients hand parcels in at a counter, and a depot stamps each of them once.
///
/// It is here to show that the harness knows nothing of orders.
struct Courier: SystemUnderTest {
    var parcels = 40
    var interval = Duration.milliseconds(50)
    var policies = RuntimePolicies()

    static let fields: [Field<Courier>] = []

    var topics: [(name: String, partitions: Int)] {
        [("parcels", 3), ("parcels.dlq", 1)] + policies.retryTopics(for: [("parcels", 3)])
    }
    var callers: [String] { ["depot"] }
    var unitsOfWork: Int { parcels }

    func with(unitsOfWork count: Int, isStretched: Bool) -> Courier? {
        var smaller = self
        smaller.parcels = count
        return smaller
    }

    func services(topics: TopicTable) -> [any Service] {
        [CourierService(role: .counter, topics: topics), CourierService(role: .depot, topics: topics)]
    }

    func environment(draws: Draws) -> any Environment { CourierClients(parcels: parcels, interval: interval) }

    func poison(_ kind: PoisonKind, for topic: String, draws: Draws, number: UInt64) -> Record? {
        topic.hasPrefix("parcels") ? Record(key: nil, value: Array("poison \(kind.rawValue)".utf8)) : nil
    }

    func judge(_ history: History) -> [CheckResult] {
        var violations: [Violation] = []
        var stamped = 0
        history.store(of: "depot")?.forEach(StampRow.self) { row in
            stamped += 1
            if row.stamps != 1 {
                violations.append(
                    Violation(
                        checker: "stamped-once", at: history.end, subject: "\(row.key)",
                        message: "was stamped \(row.stamps) times"))
            }
        }
        let settled = history.unsettled.map {
            Violation(checker: "quiescent", at: history.end, subject: "world", message: $0)
        }
        let broken = history.brokenInvariants.map {
            Violation(checker: "cluster", at: $0.at, subject: "cluster", message: $0.sentence)
        }
        return [
            CheckResult(
                name: "stamped-once", sentence: "A parcel is stamped once.", samples: stamped, violations: violations),
            CheckResult(
                name: "all-stamped", sentence: "Every parcel is stamped.", samples: 1,
                violations: stamped >= parcels
                    ? []
                    : [
                        Violation(
                            checker: "all-stamped", at: history.end, subject: "depot",
                            message: "\(stamped) of \(parcels) parcels were stamped")
                    ]),
            CheckResult(name: "quiescent", sentence: "All comes to rest.", samples: 1, violations: settled),
            CheckResult(name: "cluster", sentence: "The cluster is sound.", samples: 1, violations: broken),
        ]
    }
}

/// A parcel, and how often it was stamped.
struct StampRow: Row {
    static let table = "stamps"
    var key: Identifier
    var stamps: Int
}

/// What the depot is given before it starts.
struct InkRow: Row {
    static let table = "ink"
    var key: Identifier
}

struct CourierService: Service {
    enum Role: String { case counter, depot }
    let role: Role
    let topics: TopicTable

    var name: String { role.rawValue }
    var group: String { role == .depot ? "stampers" : name }
    var subscriptions: [TopicID] { role == .depot ? [TopicID(rawValue: 0)] : [] }
    var tables: [any Row.Type] { [StampRow.self, InkRow.self] }
    func deadLetterTopic(for topic: TopicID) -> TopicID { TopicID(rawValue: 1) }
    func prepare(_ transaction: inout Transaction) throws {
        if role == .depot { try transaction.put(InkRow(key: Identifier(literal: "ink"))) }
    }

    /// At the counter: the parcel goes to the depot.
    func handle(_ request: Request, in transaction: inout Transaction) throws -> Response {
        guard let parcel = Identifier(request.body) else { return .problem(400, "No parcel", "Send a parcel.") }
        let id = transaction.newID()
        let header = Header("id", id.description)
        let record = Record(key: parcel.bytes, value: request.body, headers: [header])
        try transaction.publish(record, to: TopicID(rawValue: 0), inOrderOf: parcel)
        return Response(status: 201, body: request.body)
    }

    /// At the depot: the parcel is weighed by somebody else, then stamped.
    func handle(_ record: ConsumerRecord, in transaction: inout Transaction) throws {
        guard let header = record.record.header("id"), let id = UniqueID(uuid: header),
            let parcel = record.record.key.flatMap({ Identifier($0) })
        else { throw Poison("NoParcel", "this is no parcel") }
        guard try transaction.accept(event: id, correlation: id) else { return }
        try transaction.call(subject: parcel, payload: Array("weigh".utf8))
    }

    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {
        let before = try transaction.get(StampRow.self, call.key)?.stamps ?? 0
        try transaction.put(StampRow(key: call.key, stamps: before + 1))
    }

    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {}
}

/// Clients that hand in a parcel each, and try again until it is taken; and the scales.
struct CourierClients: Environment {
    let parcels: Int
    let interval: Duration
    var waiting: [Bool] = []

    var unfinished: [String] { waiting.contains(true) || waiting.isEmpty ? ["a parcel is not handed in"] : [] }

    init(parcels: Int, interval: Duration) {
        self.parcels = parcels
        self.interval = interval
    }

    mutating func start(at now: Instant, into output: inout EnvironmentOutput) {
        waiting = Array(repeating: true, count: parcels)
        for parcel in 0..<parcels { output.timers.append((now + interval * Int64(parcel), UInt64(parcel))) }
    }

    mutating func receive(_ signal: EnvironmentSignal, at now: Instant, into output: inout EnvironmentOutput) {
        switch signal {
        case .timer(let parcel):
            guard waiting[Int(parcel)] else { return }
            let body = Array("PARCEL-\(parcel)".utf8)
            output.requests.append(
                (
                    "counter",
                    Request(id: parcel, method: .post, path: "/", idempotencyKey: "parcel-\(parcel)", body: body)
                ))
            output.timers.append((now + .seconds(2), parcel))
        case .response(let request, let response):
            if response.status < 500 { waiting[Int(request)] = false }
        case .refused: break
        case .call(_, _, let token, let fate):
            switch fate {
            case .unavailable, .declined: output.answers.append((token, .milliseconds(1), nil))
            case .answerLost, .lost: break
            case .late(let delay): output.answers.append((token, delay, [1]))
            case .answersTwice:
                output.answers.append((token, .milliseconds(1), [1]))
                output.answers.append((token, .milliseconds(5), [1]))
            case nil: output.answers.append((token, .milliseconds(1), [1]))
            }
        }
    }
}

extension Scenario {
    /// The courier with every fault at a moderate rate.
    static func troubledCourier() -> Scenario {
        var scenario = Scenario(system: Courier())
        scenario.name = "courier"
        scenario.rates.until = .seconds(6)
        scenario.rates.duplicateRecords = 0.1
        scenario.rates.reorderedRecords = 0.05
        scenario.rates.delayedRecords = 0.05
        scenario.rates.poisonRate = 0.5
        scenario.rates.lostRequests = 0.002
        scenario.rates.lostResponses = 0.002
        scenario.rates.latencySpikes = 0.01
        scenario.rates.partitionRate = 0.2
        scenario.rates.brokerCrashRate = 0.2
        scenario.rates.wipedDisks = 0.1
        scenario.rates.slowDiskRate = 0.1
        scenario.rates.leaderMoveRate = 0.3
        scenario.rates.coordinatorMoveRate = 0.2
        scenario.rates.freezeRate = 0.1
        scenario.rates.stallRate = 0.1
        scenario.rates.rebalanceStormRate = 0.1
        scenario.rates.controllerCrashRate = 0.1
        scenario.rates.serviceCrashes = 0.002
        scenario.rates.handlerFailures = 0.05
        scenario.rates.storeFailuresBeforeCommit = 0.01
        scenario.rates.storeFailuresAfterCommit = 0.01
        scenario.rates.slowTransactions = 0.01
        scenario.rates.providerUnavailable = 0.05
        scenario.rates.providerLosesCalls = 0.05
        scenario.rates.providerLosesAnswers = 0.05
        scenario.rates.providerAnswersLate = 0.05
        scenario.rates.providerAnswersTwice = 0.05
        scenario.rates.providerOutageRate = 0.1
        scenario.rates.droppedRecords = 0.03
        scenario.rates.duplicatedRequests = 0.02
        scenario.rates.slowLinkRate = 0.1
        scenario.rates.brokerPauseRate = 0.1
        scenario.rates.scalingRate = 0.1
        scenario.rates.clockSkewRate = 0.1
        scenario.rates.storeConflicts = 0.02
        scenario.rates.fullDiskRate = 0.1
        return scenario
    }
}
