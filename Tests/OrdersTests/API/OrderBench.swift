import Kafka
import Services
import Simulation

@testable import Orders

/// A system of order services with nothing between them: what one publishes the others have read before the next
/// request is made. Time passes when a test says so.
struct OrderBench {
    private struct Node {
        var name: String
        var instance: Instance
        var store = ValueStore()
        var timers: [(timer: Timer, at: Instant)] = []
        var subscriptions: [TopicID]
    }

    let system: OrderSystem
    private let topics: TopicTable
    private let codec: EventCodec
    private var nodes: [Node] = []
    private var requests: UInt64 = 0
    private var records: [(topic: TopicID, record: ConsumerRecord)] = []
    /// Whether records wait instead of being read.
    var isHeld = false { didSet { deliver() } }
    /// Whether, of the records that wait, the last one is read first.
    var isReversed = false
    private(set) var now = Instant.zero
    /// Everything that was published, dead letters aside.
    private(set) var published: [Event] = []

    init(_ blueprint: Blueprint = .inventoryFirst, settings: OrderSettings = OrderSettings()) {
        system = OrderSystem(blueprint: blueprint, settings: settings)
        var topics = TopicTable()
        system.register(in: &topics)
        self.topics = topics
        codec = EventCodec(names: blueprint.names)
        var runtime = RuntimeSettings()
        runtime.housekeepingInterval = .milliseconds(5)
        for (index, service) in system.services(topics: topics).enumerated() {
            let instance = Instance(
                id: InstanceID(number: 1, incarnation: 1), of: service, settings: runtime,
                draws: Draws(seed: UInt64(index)))
            nodes.append(Node(name: service.name, instance: instance, subscriptions: service.subscriptions))
        }
        for node in nodes.indices {
            signal(.started, to: node)
            signal(.assigned(nodes[node].subscriptions.map { TopicPartition($0, 0) }), to: node)
        }
    }

    // MARK: What tests do

    /// Asks the service that the API names for a request; the order service when it names none.
    @discardableResult
    mutating func ask(_ method: Request.Method, _ path: String, _ body: [UInt8] = []) -> Response {
        let name = OrderAPI.service(for: method, path, in: system.blueprint)?.name
        return ask(name ?? "order", method, path, body)
    }

    @discardableResult
    mutating func ask(_ method: Request.Method, _ path: String, _ body: String) -> Response {
        ask(method, path, Array(body.utf8))
    }

    /// Asks a service by its name.
    @discardableResult
    mutating func ask(
        _ service: String, _ method: Request.Method, _ path: String, _ body: [UInt8] = []
    ) -> Response {
        guard let node = nodes.firstIndex(where: { $0.name == service }) else {
            preconditionFailure("there is no service '\(service)' in '\(system.blueprint.name)'")
        }
        requests += 1
        let request = Request(id: requests, method: method, path: path, body: body)
        answer = nil
        signal(.request(request), to: node)
        guard let answer else { preconditionFailure("\(service) has not answered") }
        deliver()
        return answer
    }

    /// Lets time pass, a few milliseconds at once.
    mutating func pass(_ time: Duration) {
        let end = now + time
        while now < end {
            now = now + .milliseconds(5)
            for node in nodes.indices {
                let due = nodes[node].timers.filter { $0.at <= now }
                nodes[node].timers.removeAll { $0.at <= now }
                for timer in due { signal(.timer(timer.timer), to: node) }
            }
            deliver()
        }
    }

    /// What a service has in its store.
    func store(of service: String) -> ValueStore {
        guard let node = nodes.first(where: { $0.name == service }) else {
            preconditionFailure("there is no service '\(service)' in '\(system.blueprint.name)'")
        }
        return node.store
    }

    // MARK: Between the services

    private var answer: Response?

    private mutating func deliver() {
        while !isHeld, !records.isEmpty {
            let (topic, record) = isReversed ? records.removeLast() : records.removeFirst()
            for node in nodes.indices where nodes[node].subscriptions.contains(topic) {
                signal(.records(record.partition, [record]), to: node)
            }
        }
    }

    private mutating func signal(_ signal: Signal, to node: Int) {
        var signals = [signal]
        while !signals.isEmpty {
            var effects: [Effect] = []
            nodes[node].instance.receive(signals.removeFirst(), at: now, into: &effects)
            for effect in effects {
                switch effect {
                case .transact(let batch):
                    let outcome = nodes[node].instance.perform(batch, in: &nodes[node].store, at: now)
                    nodes[node].store.commit()
                    signals.append(.committed(outcome))
                case .produce(let tag, let topic, let record):
                    publish(record, to: topic)
                    signals.append(.delivered(tag: tag))
                case .commitOffsets: signals.append(.offsetsCommitted(.none))
                case .setTimer(let timer, let at): nodes[node].timers.append((timer, at))
                case .call(let call):
                    let reply = ProviderReply.approved(reference: call.key).encode()
                    signals.append(.answered(call: call.id, attempt: call.attempt, reply))
                case .respond(_, let response): answer = response
                default: break
                }
            }
        }
    }

    private mutating func publish(_ record: Record, to topic: TopicID) {
        guard let event = try? codec.decode(record) else { return }
        published.append(event)
        let partition = TopicPartition(topic, 0)
        let consumed = ConsumerRecord(partition: partition, offset: Int64(published.count), record: record)
        records.append((topic, consumed))
    }
}
