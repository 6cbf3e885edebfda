import Kafka
import Orders
import Services

/// What one service does wrong: instead of the real one, this is called, and may call the real one.
package struct ServiceDefect: Sendable {
    /// Where it does so.
    package enum Place: Sendable {
        /// Whenever a process of the service starts.
        case preparation(@Sendable (any Service, inout Transaction) throws -> Void)
        case record(@Sendable (ConsumerRecord, any Service, inout Transaction) throws -> Void)
        /// A record that is an event of these kinds.
        case event([EventType], @Sendable (Event, ConsumerRecord, any Service, inout Transaction) throws -> Void)
        case request(@Sendable (Request, any Service, inout Transaction) throws -> Response)
        case answer(@Sendable (ProviderAnswer, ProviderCall, any Service, inout Transaction) throws -> Void)
        case deadline(@Sendable (Deadline, any Service, inout Transaction) throws -> Void)
    }

    let service: String
    let place: Place

    package init(of service: String, _ place: Place) {
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
    func deadLetterTopic(for topic: TopicID) -> TopicID { real.deadLetterTopic(for: topic) }
    func retryTopic(for topic: TopicID, attempt: Int) -> TopicID? { real.retryTopic(for: topic, attempt: attempt) }

    func prepare(_ transaction: inout Transaction) throws {
        guard case .preparation(let prepare) = defect.place else { return try real.prepare(&transaction) }
        try prepare(real, &transaction)
    }

    func handle(_ record: ConsumerRecord, in transaction: inout Transaction) throws {
        switch defect.place {
        case .record(let handle): return try handle(record, real, &transaction)
        case .event(let types, let handle):
            if let event = try? codec.decode(record.record), types.contains(event.type) {
                return try handle(event, record, real, &transaction)
            }
        case .preparation, .request, .answer, .deadline: break
        }
        try real.handle(record, in: &transaction)
    }

    func handle(_ request: Request, in transaction: inout Transaction) throws -> Response {
        guard case .request(let handle) = defect.place else { return try real.handle(request, in: &transaction) }
        return try handle(request, real, &transaction)
    }

    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {
        guard case .answer(let handle) = defect.place else {
            return try real.handle(answer, to: call, in: &transaction)
        }
        try handle(answer, call, real, &transaction)
    }

    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {
        guard case .deadline(let handle) = defect.place else { return try real.handle(deadline, in: &transaction) }
        try handle(deadline, real, &transaction)
    }
}

extension Service {
    /// How a service of the order system, or one with defects, reads and writes events.
    package var codec: EventCodec {
        if let service = self as? DefectiveService { return service.real.codec }
        guard let codec = eventCodec else { preconditionFailure("\(name) is no service of the order system") }
        return codec
    }
}
