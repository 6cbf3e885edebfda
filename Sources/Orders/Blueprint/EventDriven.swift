import Kafka
import Services
import Simulation

/// What the services of the order system have in common.
///
/// No handler asks whether it has seen its event before: that is the inbox's task, and its alone. What handlers do
/// watch for is events of different topics that overtake each other.
protocol EventDriven: Service {
    var wiring: Wiring { get }
    var settings: OrderSettings { get }
    /// What can be asked of the service, beside what can be asked of all.
    static var routes: [Route<Self>] { get }
    /// What it keeps, beside what the runtime keeps for it: for those who want to know how much there is.
    static var tables: [any Row.Type] { get }
    func handle(_ event: Event, in transaction: inout Transaction) throws
    /// An event that tells again what was told before.
    func handle(replay event: Event, in transaction: inout Transaction) throws
}

extension EventDriven {
    var name: String { wiring.name }
    var group: String { wiring.group }
    var subscriptions: [TopicID] { wiring.subscriptions }
    var topics: TopicTable { wiring.topics }
    var tables: [any Row.Type] { Self.tables + [Arrivals.self] }
    func deadLetterTopic(for topic: TopicID) -> TopicID { wiring.deadLetterTopic(for: topic) }

    static var routes: [Route<Self>] { [] }
    static var tables: [any Row.Type] { [] }

    func prepare(_ transaction: inout Transaction) throws {}

    /// Every record is decoded, so that poison is found, also in events that do not concern the service. What is told
    /// again was done before.
    func handle(_ record: ConsumerRecord, in transaction: inout Transaction) throws {
        let event = try wiring.codec.decode(record.record)
        if event.isReplay { return try handle(replay: event, in: &transaction) }
        guard wiring.concerns.contains(event.type) else { return }
        guard try transaction.accept(event: event.id, correlation: event.correlation) else { return }
        try handle(event, in: &transaction)
    }

    func handle(replay event: Event, in transaction: inout Transaction) throws {}

    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {}

    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {}

    /// An event of the story that is being told; published, if the blueprint has a place for it.
    @discardableResult
    func publish(_ payload: Event.Payload, in transaction: inout Transaction) throws -> Event {
        let event = Event(
            id: transaction.newID(), correlation: transaction.correlation, causation: transaction.causation,
            at: transaction.now, payload: payload)
        if let topic = wiring.topic(for: event.type) {
            try transaction.publish(wiring.codec.record(event), to: topic, inOrderOf: event.order)
        }
        return event
    }

    /// Notes that an event has arrived which a step waits for. Gives what has arrived when the step can begin.
    func arrival(of event: Event, at rule: StepRule, in transaction: inout Transaction) throws -> Arrivals? {
        if rule.when == EventSet(event.type) {
            var arrivals = Arrivals(key: event.order)
            arrivals.note(event)
            return arrivals
        }
        var arrivals = try transaction.get(Arrivals.self, event.order) ?? Arrivals(key: event.order)
        if settings.policies.outOfOrder == .ignore, !rule.isInOrder(event.type, after: arrivals.seen) { return nil }
        arrivals.note(event)
        try transaction.put(arrivals)
        return arrivals.seen.contains(rule.when) ? arrivals : nil
    }
}

extension Service {
    /// How a service of the order system reads and writes events; nil for any other service.
    package var eventCodec: EventCodec? { (self as? any EventDriven)?.wiring.codec }
}

/// What has arrived of an order at a service whose step needs several events. The row stays when the step has begun.
public struct Arrivals: Row {
    /// The name of its table.
    public static let table = "arrivals"
    /// The order.
    public var key: Identifier
    /// The kinds of events.
    public var seen = EventSet()
    /// What was ordered, once that is known.
    public var order: OrderCreated?

    init(key: Identifier) { self.key = key }

    mutating func note(_ event: Event) {
        seen.insert(event.type)
        if case .orderCreated(let created) = event.payload { order = created }
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
