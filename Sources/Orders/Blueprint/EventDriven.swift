import Kafka
import Services
import Simulation

/// What the services of the order system have in common.
///
/// No handler asks whether it has seen its event before: that is the inbox's task, and its alone. What handlers do
/// watch for is events of different topics that overtake each other.
protocol EventDriven: Service {
    var wiring: Wiring { get }
    /// The kinds of events that it acts upon.
    static func concerns(_ type: EventType) -> Bool
    func handle(_ event: Event, in transaction: inout Transaction) throws
}

extension EventDriven {
    var name: String { wiring.name }
    var subscriptions: [TopicID] { wiring.subscriptions }
    var topics: TopicTable { wiring.topics }
    func deadLetterTopic(for topic: TopicID) -> TopicID { wiring.deadLetterTopic(for: topic) }

    func prepare(_ transaction: inout Transaction) throws {}

    /// Every record is decoded, so that poison is found, also in events that do not concern the service.
    func handle(_ record: ConsumerRecord, in transaction: inout Transaction) throws {
        let event = try EventCodec.decode(record.record)
        guard Self.concerns(event.type) else { return }
        guard try transaction.accept(event: event.id, correlation: event.correlation) else { return }
        try handle(event, in: &transaction)
    }

    func handle(_ request: Request, in transaction: inout Transaction) throws -> Response {
        .problem(404, "Not found", "This service has no API.")
    }

    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {}

    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {}

    /// Publishes an event of the story that is being told; gives back its id.
    @discardableResult
    func publish(_ payload: Event.Payload, in transaction: inout Transaction) throws -> UniqueID {
        let event = Event(
            id: transaction.newID(), correlation: transaction.correlation, causation: transaction.causation,
            at: transaction.now, payload: payload)
        try transaction.publish(
            EventCodec.record(event), to: wiring.topic(for: event.type), inOrderOf: event.order)
        return event.id
    }
}

extension Identifier {
    /// `prefix` and eleven letters and digits that stand for 55 bits of an id, without I, L, O and U
    /// (Crockford's base 32).
    init(_ prefix: StaticString, _ id: UniqueID) {
        let alphabet = UnsafeBufferPointer("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        var bits = id.stableHash
        var bytes = Array(UnsafeBufferPointer(prefix))
        while bytes.count < Self.maximumLength {
            bytes.append(alphabet[Int(bits & 31)])
            bits >>= 5
        }
        guard let identifier = Identifier(bytes) else { preconditionFailure("'\(prefix)' cannot begin an identifier") }
        self = identifier
    }
}
