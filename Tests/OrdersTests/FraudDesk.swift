import Kafka
import Services
import Simulation

@testable import Orders

/// One service of a system with a fraud check and a topic for replays, alone at its desk.
struct FraudDesk {
    static let blueprint: Blueprint = {
        var blueprint = Blueprint.inventoryFirst
        blueprint.topics += [Blueprint.Topic("fraud", partitions: 1), Blueprint.Topic("orders-replay", partitions: 1)]
        blueprint.participants.append(Blueprint.Participant(.fraud))
        blueprint.publications += [
            Blueprint.Publication(.fraudCheckPassed, to: "fraud"),
            Blueprint.Publication(.fraudCheckFailed, to: "fraud"),
        ]
        blueprint.steps.append(Blueprint.Step(.validate, when: [.orderCreated]))
        blueprint.replayTopics = ["orders-replay"]
        return blueprint
    }()

    var instance: Instance
    var store = ValueStore()
    var now = Instant.zero
    let topics: TopicTable
    let codec = EventCodec(names: Self.blueprint.names)
    /// What was published, and where.
    var published: [(topic: String, event: Event, record: Record)] = []
    var last = Response(status: 0, body: [])
    private var offset: Int64 = 0

    init(_ role: Blueprint.Role, blueprint: Blueprint = Self.blueprint, settings: OrderSettings = OrderSettings()) {
        let system = OrderSystem(blueprint: blueprint, settings: settings)
        var topics = TopicTable()
        system.register(in: &topics)
        self.topics = topics
        let name = blueprint.participant(role)?.name
        guard let service = system.services(topics: topics).first(where: { $0.name == name }) else {
            preconditionFailure("nobody plays the \(role)")
        }
        instance = Instance(
            id: InstanceID(number: 1, incarnation: 1), of: service, settings: RuntimeSettings(), draws: Draws(seed: 1))
        signal(.started)
        signal(.assigned(service.subscriptions.map { TopicPartition($0, 0) }))
    }

    mutating func signal(_ signal: Signal) {
        var signals = [signal]
        while !signals.isEmpty {
            var effects: [Effect] = []
            instance.receive(signals.removeFirst(), at: now, into: &effects)
            for effect in effects {
                switch effect {
                case .transact(let batch):
                    signals.append(.committed(instance.perform(batch, in: &store, at: now)))
                    store.commit()
                case .produce(let tag, let topic, let record):
                    if let event = try? codec.decode(record) {
                        published.append((topics.name(of: topic), event, record))
                    }
                    signals.append(.delivered(tag: tag))
                case .commitOffsets: signals.append(.offsetsCommitted(.none))
                case .respond(_, let response): last = response
                case .setTimer(let timer, let moment): timers.append((timer, moment))
                default: break
                }
            }
        }
    }

    private var timers: [(timer: Timer, at: Instant)] = []

    /// Lets time pass; every timer that is due rings.
    mutating func pass(_ time: Duration) {
        let end = now + time
        while let next = timers.map(\.at).min(), next <= end {
            now = max(now, next)
            let due = timers.filter { $0.at <= now }
            timers.removeAll { $0.at <= now }
            for timer in due { signal(.timer(timer.timer)) }
        }
        now = end
    }

    mutating func ask(
        _ method: Request.Method, _ path: String, _ body: [UInt8] = [], key: String? = nil
    ) -> (status: Int, text: String) {
        signal(.request(Request(id: 1, method: method, path: path, idempotencyKey: key, body: body)))
        return (last.status, String(decoding: last.body, as: UTF8.self))
    }

    /// A record arrives on a topic.
    mutating func hear(_ event: Event, on topic: String = "orders") {
        guard let id = topics.id(of: topic) else { preconditionFailure("there is no topic '\(topic)'") }
        let record = ConsumerRecord(partition: TopicPartition(id, 0), offset: offset, record: codec.record(event))
        offset += 1
        signal(.records(record.partition, [record]))
    }

    static func order(
        _ number: UInt64, of customer: StaticString = "CUST-1", at moment: Instant = .zero, cents: Int64 = 10_00,
        isReplay: Bool = false
    ) -> Event {
        let created = OrderCreated(
            order: Identifier(prefix: "ORD-", number: number, digits: 3), customer: Identifier(literal: customer),
            lines: [
                OrderLine(sku: Identifier(literal: "PROD-001"), quantity: 1, unitPrice: Money(minorUnits: cents))
            ],
            total: Money(minorUnits: cents))
        var event = Event(
            id: UniqueID(drawn: number, isReplay ? 2 : 1), correlation: UniqueID(drawn: number, 3), causation: nil,
            at: moment, payload: .orderCreated(created))
        event.isReplay = isReplay
        return event
    }
}
