import Harness
import Kafka
import Simulation

@testable import OrderTestbed
@testable import Orders
@testable import Services

/// The order system with defects in its services; everything else is the real one's.
struct DefectiveSystem: SystemUnderTest {
    var real = OrderSystemUnderTest()
    var defects: [ServiceDefect] = []

    init() {}

    static var fields: [Field<DefectiveSystem>] { [] }
    var topics: [(name: String, partitions: Int)] { real.topics }
    var callers: [String] { real.callers }
    var policies: RuntimePolicies { real.policies }
    var unitsOfWork: Int { real.unitsOfWork }

    func with(unitsOfWork count: Int, isStretched: Bool) -> DefectiveSystem? {
        guard let smaller = real.with(unitsOfWork: count, isStretched: isStretched) else { return nil }
        var system = self
        system.real = smaller
        return system
    }

    func services(topics: TopicTable) -> [any Service] {
        real.services(topics: topics).map { service in
            defects.filter { $0.service == service.name }.reduce(service) { DefectiveService(real: $0, defect: $1) }
        }
    }

    func environment(draws: Draws) -> any Environment { real.environment(draws: draws) }

    func poison(_ kind: PoisonKind, for topic: String, draws: Draws, number: UInt64) -> Record? {
        real.poison(kind, for: topic, draws: draws, number: number)
    }

    func judge(_ history: History) -> [CheckResult] { real.judge(history) }
}

/// What one service does wrong: instead of the real one, this is called, and may call the real one.
struct ServiceDefect: Sendable {
    enum Place: Sendable {
        case record(@Sendable (ConsumerRecord, any Service, inout Transaction) throws -> Void)
        /// A record that is an event of these kinds.
        case event([EventType], @Sendable (Event, ConsumerRecord, any Service, inout Transaction) throws -> Void)
        case request(@Sendable (Request, any Service, inout Transaction) throws -> Response)
        case deadline(@Sendable (Deadline, any Service, inout Transaction) throws -> Void)
    }

    let service: String
    let place: Place

    init(of service: String, _ place: Place) {
        self.service = service
        self.place = place
    }
}

/// A service with a defect in one place, and the real one in all others.
struct DefectiveService: Service {
    let real: any Service
    let defect: ServiceDefect

    var name: String { real.name }
    var group: String { real.group }
    var subscriptions: [TopicID] { real.subscriptions }
    var topics: TopicTable { real.topics }
    var tables: [any Row.Type] { real.tables }
    var codec: EventCodec { real.codec }
    func deadLetterTopic(for topic: TopicID) -> TopicID { real.deadLetterTopic(for: topic) }

    func prepare(_ transaction: inout Transaction) throws { try real.prepare(&transaction) }

    func handle(_ record: ConsumerRecord, in transaction: inout Transaction) throws {
        switch defect.place {
        case .record(let handle): return try handle(record, real, &transaction)
        case .event(let types, let handle):
            if let event = try? codec.decode(record.record), types.contains(event.type) {
                return try handle(event, record, real, &transaction)
            }
        case .request, .deadline: break
        }
        try real.handle(record, in: &transaction)
    }

    func handle(_ request: Request, in transaction: inout Transaction) throws -> Response {
        guard case .request(let handle) = defect.place else { return try real.handle(request, in: &transaction) }
        return try handle(request, real, &transaction)
    }

    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {
        try real.handle(answer, to: call, in: &transaction)
    }

    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {
        guard case .deadline(let handle) = defect.place else { return try real.handle(deadline, in: &transaction) }
        try handle(deadline, real, &transaction)
    }
}

/// What defects are made of.
extension Transaction {
    /// Changes a row, if it is there.
    mutating func change<R: Row>(_ type: R.Type, _ key: R.Key, _ body: (inout R) -> Void) throws {
        guard var row = try get(type, key) else { return }
        body(&row)
        try put(row)
    }

    /// Notes that the service has processed an event, and nothing else.
    mutating func pass(over event: Event) throws {
        _ = try accept(event: event.id, correlation: event.correlation)
    }

    /// Publishes an event of the story that is being told.
    mutating func publish(_ payload: Event.Payload, by service: any Service, to topic: String) throws {
        let event = Event(id: newID(), correlation: correlation, causation: causation, at: now, payload: payload)
        guard let topic = service.topics.id(of: topic) else { preconditionFailure("there is no topic '\(topic)'") }
        try publish(service.codec.record(event), to: topic, inOrderOf: event.order)
    }

    /// Changes the records of messages that were published after a savepoint.
    mutating func changeMessages(since savepoint: Savepoint, _ body: (inout Record) -> Void) throws {
        for index in savepoint.messages..<outcome.messages.count {
            body(&outcome.messages[index].message.record)
            if outcome.messages[index].isDurable { try put(outcome.messages[index].message) }
        }
    }
}

extension Service {
    /// How a service of the order system, or one with defects, reads and writes events.
    var codec: EventCodec {
        if let service = self as? any EventDriven { return service.wiring.codec }
        if let service = self as? DefectiveService { return service.real.codec }
        preconditionFailure("\(name) is no service of the order system")
    }
}
