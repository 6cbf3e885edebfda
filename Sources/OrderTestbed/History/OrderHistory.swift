import Harness
import Kafka
import Orders
import Services
import Simulation

/// A history, read once: every record decoded, and what belongs to one order put together. All checkers share it.
struct OrderHistory: Sendable {
    let source: History
    let system: OrderSystemUnderTest
    let blueprint: Blueprint
    let lifecycle: Lifecycle
    let storefront: Storefront

    /// What stands where in the log.
    private(set) var log: LogTable<LogContent>
    /// Every event once, in the order of time in which it first came into the log.
    private(set) var events: [CommittedEvent] = []
    /// Events that an order should have had once, and had before under another id.
    private(set) var secondEvents: [Int32] = []
    /// Records that nobody can read.
    private(set) var poison: [PoisonRecord] = []
    private(set) var deadLetters: [DeadLetter] = []
    /// What clients were told, in order of time.
    private(set) var answers: [ClientAnswer] = []
    /// Requests without an idempotency key, but for those that only ask.
    private(set) var keyless: Set<RequestID> = []
    /// Requests of clients that the network delivered twice.
    private(set) var doubledRequests = 0
    /// How far the clocks of two machines may have been apart.
    private(set) var clockDifference = Duration.zero
    /// Money that moved, in order of time.
    private(set) var ledger: [Booking] = []
    /// What customers were told, in order of time.
    private(set) var messages: [Message] = []
    /// Every order that anything is known of, in the order in which it first appeared.
    private(set) var orders: [OrderTrail] = []

    /// By the number of an order, the events that say that pieces of it were left out of the parcel.
    private var cancelledLines: [Int32: [Int32]] = [:]
    private var numbersOfOrders: [Identifier: Int32] = [:]
    private var numbersOfEvents: [UniqueID: Int32] = [:]
    /// By the client's own number of an order.
    private var ordersOfClients: [Int: Int32] = [:]
    private let deadLetterTopics: [Bool]
    private let codec: EventCodec
    private let retryTopics: [Bool]

    init(_ source: History, of system: OrderSystemUnderTest) {
        self.source = source
        self.system = system
        blueprint = system.blueprintInUse
        lifecycle = Lifecycle(blueprint)
        storefront = Storefront(blueprint)
        codec = EventCodec(names: blueprint.names)
        log = LogTable(topics: source.topics, empty: .nothing)
        let inputs = blueprint.topics.map(\.name)
        deadLetterTopics = source.topics.names.map { !inputs.contains($0) }
        retryTopics = source.topics.names.map(RetryTopics.isRetryTopic)
        numbersOfOrders.reserveCapacity(system.workload.orders)
        numbersOfEvents.reserveCapacity(system.workload.orders * 5)
        for entry in source.entries { read(entry) }
        readRows()
    }

    // MARK: Reading

    private mutating func read(_ entry: History.Entry) {
        switch entry.event {
        case .appended(let partition, let offset, let record):
            if retryTopics[Int(partition.topic.rawValue)] {
                log[partition, offset] = .retry
            } else if deadLetterTopics[Int(partition.topic.rawValue)] {
                log[partition, offset] = .deadLetter(Int32(deadLetters.count))
                deadLetters.append(DeadLetter(at: entry.at, partition: partition, offset: offset, record: record))
            } else {
                read(record, at: entry.at, partition, offset)
            }
        case .answered(let id, let response):
            guard let request = RequestID(rawValue: id) else { return }
            let order = order(in: response, to: request)
            answers.append(ClientAnswer(at: entry.at, request: request, response: response, order: order))
        case .ledger(let booking):
            let order = number(of: booking.subject)
            if let message = Message(booking, at: entry.at, order: order) {
                messages.append(message)
            } else {
                ledger.append(Booking(at: entry.at, entry: booking, order: order))
            }
        case .requested(_, let request):
            guard request.idempotencyKey == nil, let id = RequestID(rawValue: request.id),
                !id.conversation.isReading
            else { return }
            keyless.insert(id)
        case .fault(.duplicateMessage(let place)) where place.from == "client":
            doubledRequests += 1
        case .fault(.skewClock(_, let error, _, _)):
            // One is right, or as wrong as the other in the opposite direction.
            clockDifference = max(clockDifference, Duration(nanoseconds: 2 * abs(error.nanoseconds)))
        case .acknowledged, .called, .fault, .instance, .cluster, .redriven:
            break
        }
    }

    /// The order that an answer is about: the one it names, or else the one that the client has been told of before.
    private mutating func order(in response: Response, to request: RequestID) -> Int32? {
        guard request.conversation.isAboutOrder else { return nil }
        guard response.isSuccess, let id = OrderAPI.orderID(in: response.body) else {
            return ordersOfClients[request.order]
        }
        let order = number(of: id)
        if ordersOfClients[request.order] == nil { ordersOfClients[request.order] = order }
        return order
    }

    private mutating func read(_ record: Record, at moment: Instant, _ partition: TopicPartition, _ offset: Int64) {
        let event: Event
        do {
            event = try codec.decode(record)
        } catch {
            log[partition, offset] = .poison(Int32(poison.count))
            poison.append(PoisonRecord(at: moment, partition: partition, offset: offset, record: record, why: error))
            return
        }
        let next = Int32(events.count)
        if let known = numbersOfEvents.updateValue(next, forKey: event.id) {
            numbersOfEvents[event.id] = known
            log[partition, offset] = .event(known)
            return
        }
        log[partition, offset] = .event(next)
        let order = number(of: event.order)
        events.append(CommittedEvent(at: moment, partition: partition, offset: offset, event: event, order: order))
        // What is told again happened once.
        guard !event.isReplay else { return }
        if event.type == .lineCancelled { cancelledLines[order, default: []].append(next) }
        let isSecond = orders[Int(order)].note(event.type, next)
        if isSecond, !Lifecycle.repeatable.contains(event.type) { secondEvents.append(next) }
    }

    /// Orders that stand in a store and nowhere else are orders, too.
    private mutating func readRows() {
        var rows: [OrderRow] = []
        store(of: .order).forEach(OrderRow.self) { rows.append($0) }
        for row in rows { orders[Int(number(of: row.key))].row = row }
    }

    private mutating func number(of order: Identifier) -> Int32 {
        if let known = numbersOfOrders[order] { return known }
        let number = Int32(orders.count)
        numbersOfOrders[order] = number
        orders.append(OrderTrail(id: order))
        return number
    }

    // MARK: Looking up

    /// Whether the run came to rest: only then must everything that was begun have ended.
    var isSettled: Bool { source.unsettled.isEmpty }

    /// The event of an id.
    func event(_ id: UniqueID) -> CommittedEvent? { numbersOfEvents[id].map { events[Int($0)] } }

    /// The number of an order, if anything is known of it.
    func number(known order: Identifier) -> Int32? { numbersOfOrders[order] }

    /// The first event of a kind that an order had.
    func event(_ type: EventType, of order: OrderTrail) -> CommittedEvent? {
        order.number(of: type).map { events[Int($0)] }
    }

    func order(of event: CommittedEvent) -> OrderTrail { orders[Int(event.order)] }

    /// What an order was about, if its `OrderCreated` can be found.
    func creation(of order: OrderTrail) -> OrderCreated? {
        guard case .orderCreated(let created) = event(.orderCreated, of: order)?.event.payload else { return nil }
        return created
    }

    /// The pieces of an order that were left out of its parcel, each with the number of the event that says so.
    func cancelledLines(of order: Int32) -> [(event: Int32, line: LineCancellation)] {
        cancelledLines[order, default: []].compactMap { number in
            guard case .lineCancelled(let line) = events[Int(number)].event.payload else { return nil }
            return (number, line)
        }
    }

    /// The store of the service that plays a role, as it was at the end; empty when the service takes no part.
    func store(of role: Blueprint.Role) -> ValueStore {
        blueprint.participant(role).flatMap { source.store(of: $0.name) } ?? ValueStore()
    }

    /// `orders-2@17`.
    func describe(_ partition: TopicPartition, _ offset: Int64) -> String {
        "\(source.topics.describe(partition))@\(offset)"
    }
}

/// All that is known of one order.
struct OrderTrail: Sendable {
    let id: Identifier
    /// The order service's row at the end.
    var row: OrderRow?
    /// By kind, which event the order had first, from 1; 0 for none.
    private var events = SIMD32<Int32>(repeating: 0)

    init(id: Identifier) { self.id = id }

    /// Notes an event; true when the order had one of its kind already.
    mutating func note(_ type: EventType, _ number: Int32) -> Bool {
        if events[Int(type.rawValue)] > 0 { return true }
        events[Int(type.rawValue)] = number + 1
        return false
    }

    func number(of type: EventType) -> Int32? {
        let number = events[Int(type.rawValue)]
        return number > 0 ? number - 1 : nil
    }

    func has(_ type: EventType) -> Bool { events[Int(type.rawValue)] > 0 }

    /// The first of some kinds that the order had.
    func any(of types: EventSet) -> EventType? { types.types.first { has($0) } }
}
