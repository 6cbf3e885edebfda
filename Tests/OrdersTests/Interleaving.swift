import Kafka
import Orders
import Services
import Simulation

extension Purpose {
    fileprivate static let step = Purpose("test.step")
    fileprivate static let plan = Purpose("test.plan")
    fileprivate static let provider = Purpose("test.provider")
}

/// The services of a blueprint with nothing but disorder between them: whatever can happen next is drawn, one step at a time.
struct Interleaving {
    struct Options {
        var policies = RuntimePolicies()
        var outOfOrder = OutOfOrder.buffer
        var blueprint = Blueprint.inventoryFirst
        /// Whether records of one order overtake each other within a topic, too.
        var shuffleTopics = false
        /// One record in so many is never delivered; 0: all are.
        var dropOneIn = 0
        var orders = 4
    }

    struct Node {
        var instance: Instance
        var store = ValueStore()
        var timers: [(timer: Timer, at: Instant)] = []
        var subscriptions: [TopicID]
    }

    struct Delivery {
        var node: Int
        var partition: TopicPartition
        var record: ConsumerRecord
    }

    let options: Options
    let system: OrderSystem
    let topics: TopicTable
    let codec: EventCodec
    let draws: Draws
    var nodes: [Node] = []
    var now = Instant.zero
    var steps: UInt64 = 0

    /// Records on their way, in the order in which they were published.
    var deliveries: [Delivery] = []
    var duplicates: [Delivery] = []
    var calls: [(node: Int, call: ProviderCall)] = []
    var requests: [Request] = []
    /// Everything that was ever published.
    var log: [Event] = []
    var deadLetters = 0
    var responses: [Response] = []
    /// The provider's books.
    var charges: [(key: UniqueID, order: Identifier, amount: Money)] = []
    var refunds: [(key: UniqueID, order: Identifier, amount: Money)] = []
    var replies: [(key: UniqueID, body: [UInt8])] = []

    init(seed: UInt64, _ options: Options) {
        self.options = options
        draws = Draws(seed: seed)
        var settings = OrderSettings()
        settings.policies.outOfOrder = options.outOfOrder
        settings.catalogue = Catalogue(
            Catalogue.sample.products.prefix(3).map { product in
                var product = product
                product.initialStock = 4
                return product
            })
        // Short enough to race with the events, now and then.
        settings.sagaTimeout = .milliseconds(draws.chance(0.5, .plan, 1) ? 60_000 : 40)
        settings.refundRetryDelay = .milliseconds(20)
        settings.handlingTime = .milliseconds(Int64(draws.index(below: 60, .plan, 2)))
        settings.transitTime = .milliseconds(5)
        // An order that waits for a slow payment may lose its goods, now and then.
        settings.reservationTime = .milliseconds(draws.chance(0.8, .plan, 6) ? 60_000 : 30)
        var blueprint = options.blueprint
        for index in blueprint.topics.indices { blueprint.topics[index].partitions = Int32(options.orders) }
        system = OrderSystem(blueprint: blueprint, settings: settings)
        codec = EventCodec(names: blueprint.names)
        var topics = TopicTable()
        system.register(in: &topics)
        self.topics = topics
        var runtime = RuntimeSettings()
        runtime.policies = options.policies
        runtime.housekeepingInterval = .milliseconds(5)
        for (index, service) in system.services(topics: topics).enumerated() {
            let instance = Instance(
                id: InstanceID(number: 1, incarnation: 1), of: service, settings: runtime,
                draws: draws.substream(.plan, UInt64(index)))
            nodes.append(Node(instance: instance, subscriptions: service.subscriptions))
        }
        planRequests()
    }

    static func order(_ number: Int) -> Identifier { Identifier(prefix: "ORD-", number: UInt64(number), digits: 4) }

    private mutating func planRequests() {
        for number in 0..<options.orders {
            let id = Self.order(number)
            var items: [(sku: Identifier, quantity: Int32)] = []
            for product in system.settings.catalogue.products
            where items.isEmpty || draws.chance(0.4, .plan, 3, UInt64(number), product.sku.stableHash) {
                items.append((product.sku, Int32(1 + draws.index(below: 3, .plan, 4, UInt64(number)))))
            }
            let body = OrderAPI.createBody(order: id, customer: Identifier(literal: "CUST-1"), items: items)
            requests.append(Request(id: UInt64(number), method: .post, path: OrderAPI.createPath, body: body))
            for copy in 0..<draws.index(below: 3, .plan, 5, UInt64(number)) {
                requests.append(
                    Request(id: UInt64(100 + number * 10 + copy), method: .post, path: OrderAPI.cancelPath(id)))
            }
        }
    }

    // MARK: Running

    /// False when the run does not come to rest.
    mutating func run() -> Bool {
        for node in nodes.indices {
            signal(.started, to: node)
            let owned = nodes[node].subscriptions.flatMap { topic in
                (0..<Int32(options.orders)).map { TopicPartition(topic, $0) }
            }
            signal(.assigned(owned), to: node)
        }
        while steps < 4_000 {
            steps += 1
            if isAtRest { return true }
            step()
        }
        return false
    }

    private var isAtRest: Bool {
        deliveries.isEmpty && duplicates.isEmpty && calls.isEmpty && requests.isEmpty
            && nodes.allSatisfy { $0.store.count(of: Deadline.self) == 0 && $0.store.count(of: CallRow.self) == 0 }
    }

    private func draw(below count: Int, _ purpose: UInt64) -> Int { draws.index(below: count, .step, steps, purpose) }

    private mutating func step() {
        switch draw(below: 10, 0) {
        case 0..<5 where !deliveries.isEmpty: deliver()
        case 5 where !duplicates.isEmpty:
            let delivery = duplicates.remove(at: draw(below: duplicates.count, 1))
            signal(.records(delivery.partition, [delivery.record]), to: delivery.node)
        case 6 where !calls.isEmpty: answer()
        case 7 where !requests.isEmpty:
            signal(.request(requests.remove(at: draw(below: requests.count, 1))), to: 0)
        default: pass(.milliseconds(1 + Int64(draw(below: 3, 1))))
        }
    }

    private mutating func deliver() {
        let index = draw(below: deliveries.count, 1)
        var delivery = deliveries[index]
        if options.shuffleTopics {
            deliveries.remove(at: index)
        } else {
            // The first of its topic and order for that service.
            guard
                let first = deliveries.firstIndex(where: {
                    $0.node == delivery.node && $0.partition == delivery.partition
                })
            else { return }
            delivery = deliveries.remove(at: first)
        }
        if draws.chance(0.3, .step, steps, 2) { duplicates.append(delivery) }
        if options.dropOneIn > 0, draw(below: options.dropOneIn, 3) == 0 { return }
        signal(.records(delivery.partition, [delivery.record]), to: delivery.node)
    }

    private mutating func pass(_ time: Duration) {
        now = now + time
        for node in nodes.indices {
            let due = nodes[node].timers.filter { $0.at <= now }
            nodes[node].timers.removeAll { $0.at <= now }
            for timer in due { signal(.timer(timer.timer), to: node) }
        }
    }

    // MARK: The provider

    private mutating func answer() {
        let (node, call) = calls.remove(at: draw(below: calls.count, 1))
        guard let request = try? ProviderRequest.decode(call.payload) else { return }
        if let known = replies.first(where: { $0.key == call.idempotencyKey }) {
            signal(.answered(call: call.id, attempt: call.attempt, known.body), to: node)
            return
        }
        let body: [UInt8]
        let luck = draws.index(below: 10, .provider, call.id.high, call.id.low)
        switch request.operation {
        case .charge where luck < 3:
            body = ProviderReply.declined(.cardDeclined).encode()
        case .charge:
            charges.append((call.idempotencyKey, request.order, request.amount))
            body = luck < 4 ? Array("<html>".utf8) : ProviderReply.approved(reference: request.order).encode()
        case .refund where luck < 3:
            body = ProviderReply.declined(.other).encode()
        case .refund:
            refunds.append((call.idempotencyKey, request.order, request.amount))
            body = ProviderReply.approved(reference: nil).encode()
        }
        replies.append((call.idempotencyKey, body))
        signal(.answered(call: call.id, attempt: call.attempt, body), to: node)
    }

    // MARK: Effects

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
                case .setTimer(let timer, let at):
                    nodes[node].timers.append((timer, at))
                case .call(let call): calls.append((node, call))
                case .respond(_, let response): responses.append(response)
                case .publication(let step): signals.append(.publicationStep(step, nil))
                case .pause, .resume, .finishRevocation, .beginPublication, .failed, .stopped: break
                }
            }
        }
    }

    private mutating func publish(_ record: Record, to topic: TopicID) {
        guard !topics.name(of: topic).hasSuffix(".dlq"), let event = try? codec.decode(record) else {
            deadLetters += 1
            return
        }
        log.append(event)
        let number = (0..<options.orders).first { Self.order($0) == event.order } ?? 0
        let partition = TopicPartition(topic, Int32(number))
        let consumed = ConsumerRecord(partition: partition, offset: Int64(log.count), record: record)
        for node in nodes.indices where nodes[node].subscriptions.contains(topic) {
            deliveries.append(Delivery(node: node, partition: partition, record: consumed))
        }
    }
}
