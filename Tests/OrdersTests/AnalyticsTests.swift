import Kafka
import Services
import Simulation
import Testing

@testable import Orders

/// A service fed with events, one after the other.
private struct Desk {
    let codec: EventCodec
    var instance: Instance
    var store = ValueStore()
    var now = Instant.zero
    var calls: [ProviderCall] = []
    var published: [Event] = []
    private var offset: Int64 = 0
    private var last = Response(status: 0, body: [])
    private let topic: TopicID

    init(_ role: Blueprint.Role, _ settings: OrderSettings = OrderSettings()) {
        var blueprint = Blueprint.inventoryFirst
        blueprint.participants += [.init(.notification), .init(.analytics)]
        blueprint.publications += [.init(.shipmentDelivered, to: "shipping"), .init(.notificationSent, to: "orders")]
        blueprint.publications += [.init(.orderStatusUpdated, to: "orders"), .init(.shipmentReturned, to: "shipping")]
        blueprint.steps.append(.init(.notify, when: [.orderCreated, .orderCancelled]))
        blueprint.steps.append(.init(.count, when: blueprint.published.types))
        let system = OrderSystem(blueprint: blueprint, settings: settings)
        var topics = TopicTable()
        system.register(in: &topics)
        topic = TopicID(rawValue: 0)
        codec = EventCodec(names: blueprint.names)
        let name = blueprint.participant(role)!.name
        let service = system.services(topics: topics).first { $0.name == name }!
        instance = Instance(
            id: InstanceID(number: 1, incarnation: 1), of: service, settings: RuntimeSettings(), draws: Draws(seed: 1))
        signal(.started)
        signal(.assigned([TopicPartition(topic, 0)]))
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
                case .produce(let tag, _, let record):
                    if let event = try? codec.decode(record) { published.append(event) }
                    signals.append(.delivered(tag: tag))
                case .call(let call): calls.append(call)
                case .respond(_, let response): last = response
                case .commitOffsets: signals.append(.offsetsCommitted(.none))
                default: break
                }
            }
        }
    }

    mutating func tell(_ event: Event) {
        let partition = TopicPartition(topic, 0)
        signal(.records(partition, [ConsumerRecord(partition: partition, offset: offset, record: codec.record(event))]))
        offset += 1
    }

    mutating func answer(_ call: ProviderCall, _ body: [UInt8]) {
        signal(.answered(call: call.id, attempt: call.attempt, body))
    }

    mutating func get(_ path: String) -> (status: Int, body: String) {
        signal(.request(Request(id: 1, method: .get, path: path)))
        return (last.status, String(decoding: last.body, as: UTF8.self))
    }
}

private let order = Identifier(literal: "ORD-1")
private let customer = Identifier(literal: "CUST-1")
private let total = Money(minorUnits: 15_998)

private func event(_ number: UInt64, at seconds: Int64, _ payload: Event.Payload) -> Event {
    let story = UniqueID(drawn: order.stableHash, 1)
    return Event(
        id: UniqueID(drawn: number, number), correlation: story, causation: nil, at: .zero + .seconds(seconds),
        payload: payload)
}

private let created = OrderCreated(
    order: order, customer: customer,
    lines: [OrderLine(sku: Identifier(literal: "PROD-001"), quantity: 2, unitPrice: Money(minorUnits: 7_999))],
    total: total)

@Suite("The analytics service")
struct AnalyticsTests {
    private static let dayLong: Int64 = 86_400
    /// An order that is paid for, cancelled on the next day, and paid back on the day after.
    private static let story = [
        event(1, at: 10, .orderCreated(created)),
        event(2, at: 11, .inventoryReserved(OrderFact(order: order))),
        event(
            3, at: dayLong - 1,
            .paymentAuthorized(PaymentAuthorized(order: order, amount: total, payment: Identifier(literal: "PAY-1")))),
        event(4, at: dayLong, .orderCancelled(OrderReason(order: order, reason: .customerRequest))),
        event(5, at: 2 * dayLong, .paymentRefunded(OrderAmount(order: order, amount: total))),
    ]

    private static let figures = """
        {"days":[{"day":"1970-01-01","orders":1,"cancelled":0,"cancellationRate":0.0000,"returned":0,\
        "revenue":[{"currency":"USD","authorized":159.98,"refunded":0.00,"net":159.98}]},\
        {"day":"1970-01-02","orders":0,"cancelled":1,"cancellationRate":null,"returned":0,"revenue":[]},\
        {"day":"1970-01-03","orders":0,"cancelled":0,"cancellationRate":null,"returned":0,\
        "revenue":[{"currency":"USD","authorized":0.00,"refunded":159.98,"net":-159.98}]}],\
        "totals":{"orders":1,"cancelled":1,"cancellationRate":1.0000,"returned":0,\
        "revenue":[{"currency":"USD","authorized":159.98,"refunded":159.98,"net":0.00}]},\
        "topProducts":[{"productId":"PROD-001","quantity":2,"revenue":159.98,"currency":"USD"}],\
        "ordersByStatus":{"pending":0,"reserved":0,"paid":0,"confirmed":0,"scheduled":0,"shipped":0,"delivered":0,\
        "cancelling":0,"cancelled":1,"returning":0,"returned":0}}
        """

    private static func permutations(_ events: [Event]) -> [[Event]] {
        guard let first = events.first else { return [[]] }
        return permutations(Array(events.dropFirst())).flatMap { rest in
            (0...rest.count).map { rest[..<$0] + [first] + rest[$0...] }
        }
    }

    @Test func `whatever the order in which events arrive, and however often, the figures are the same`() {
        for story in Self.permutations(Self.story) {
            var desk = Desk(.analytics)
            desk.now = .zero + .seconds(2 * Self.dayLong + 60)
            for event in story + [story[0], story[3]] { desk.tell(event) }
            let answer = desk.get("/api/analytics")
            #expect(answer.status == 200)
            #expect(answer.body == Self.figures)
        }
    }

    @Test func `one day, or the last days`() {
        var desk = Desk(.analytics)
        desk.now = .zero + .seconds(2 * Self.dayLong + 60)
        for event in Self.story { desk.tell(event) }
        func days(_ query: String) -> [String] {
            var copy = desk
            let body = copy.get("/api/analytics?\(query)").body
            return ["1970-01-01", "1970-01-02", "1970-01-03"].filter { body.contains($0) }
        }
        #expect(days("day=1970-01-02") == ["1970-01-02"])
        #expect(days("days=2") == ["1970-01-02", "1970-01-03"])
        #expect(days("days=366").count == 3)
        #expect(days("day=2025-11-11").isEmpty)
    }

    @Test(arguments: [
        "day=yesterday", "day=1970-02-29", "day=1970-1-1", "days=0", "days=367", "days=-1", "days=", "day=",
    ])
    func `a query that makes no sense is refused with a sentence`(query: String) {
        var desk = Desk(.analytics)
        let answer = desk.get("/api/analytics?\(query)")
        #expect(answer.status == 400)
        #expect(answer.body.contains("days=N"))
    }

    @Test func `other paths and methods`() {
        var desk = Desk(.analytics)
        #expect(desk.get("/api/figures").status == 404)
        #expect(desk.get("/api/analytics").status == 200)
    }

    @Test func `days may begin later than midnight`() {
        var settings = OrderSettings()
        settings.dayStart = .seconds(11)
        var desk = Desk(.analytics, settings)
        desk.now = .zero + .seconds(60)
        for event in Self.story { desk.tell(event) }
        #expect(desk.get("/api/analytics?day=1969-12-31").body.contains("\"orders\":1,\"cancelled\":0"))
        #expect(desk.get("/api/analytics?day=1970-01-01").body.contains("\"orders\":0,\"cancelled\":1"))
    }

    @Test func `where nothing else leads anywhere, the last update by hand says where an order stands`() {
        var desk = Desk(.analytics)
        desk.tell(event(1, at: 1, .orderCreated(created)))
        desk.tell(event(2, at: 3, .orderStatusUpdated(StatusUpdate(order: order, number: 2, status: .delivered))))
        desk.tell(event(3, at: 2, .orderStatusUpdated(StatusUpdate(order: order, number: 1, status: .shipped))))
        #expect(desk.get("/api/analytics").body.contains("\"delivered\":1"))
        desk.tell(event(4, at: 4, .orderCancelled(OrderReason(order: order, reason: .customerRequest))))
        #expect(desk.get("/api/analytics").body.contains("\"delivered\":0,\"cancelling\":0,\"cancelled\":1"))
    }

    @Test func `a replayed order is not counted again`() {
        var desk = Desk(.analytics)
        desk.tell(event(1, at: 1, .orderCreated(created)))
        var again = event(7, at: 1, .orderCreated(created))
        again.isReplay = true
        desk.tell(again)
        #expect(desk.get("/api/analytics").body.contains("\"totals\":{\"orders\":1,"))
    }

    @Test(arguments: [
        (Int64(0), Int32(0)), (86_399_999_999_999, 0), (86_400_000_000_000, 1), (-1, -1), (.min, -106_752),
        (.max, 106_751),
    ])
    func `days of moments`(nanoseconds: Int64, day: Int32) {
        #expect(BusinessDay(of: Instant(nanoseconds: nanoseconds), start: .zero).number == day)
    }

    @Test func `days are written and read as dates`() {
        for day in [-106_752, -1, 0, 59, 20_403, 106_751] as [Int32] {
            let text = BusinessDay(number: day).description
            #expect(BusinessDay(text.utf8) == BusinessDay(number: day))
        }
        #expect(BusinessDay(number: 20_403).description == "2025-11-11")
    }
}

@Suite("The notification service")
struct NotificationTests {
    private static let cancelled = event(2, at: 2, .orderCancelled(OrderReason(order: order, reason: .outOfStock)))

    private func requests(_ desk: Desk) throws -> [MessageRequest] {
        try desk.calls.map { try MessageRequest.decode($0.payload) }
    }

    private func rows(_ desk: Desk) -> [NotificationRow] { desk.store.rows(NotificationRow.self) }

    @Test func `customers are told by e-mail, and of what they wait for by SMS, too`() throws {
        var desk = Desk(.notification)
        desk.tell(event(1, at: 1, .orderCreated(created)))
        desk.tell(Self.cancelled)
        let asked = try requests(desk)
        #expect(asked.map(\.channel) == [.email, .email, .sms])
        #expect(asked.map(\.about) == [.orderCreated, .orderCancelled, .orderCancelled])
        #expect(asked.allSatisfy { $0.customer == customer && $0.order == order })
        #expect(rows(desk).allSatisfy { $0.status == .asked })
        #expect(desk.published.isEmpty)
    }

    @Test func `what comes before the order is told when the order comes`() throws {
        var desk = Desk(.notification)
        desk.tell(Self.cancelled)
        #expect(desk.calls.isEmpty)
        desk.tell(event(1, at: 1, .orderCreated(created)))
        #expect(try requests(desk).map(\.about) == [.orderCreated, .orderCancelled, .orderCancelled])
    }

    @Test func `or is passed over, if that is the policy`() throws {
        var settings = OrderSettings()
        settings.policies.outOfOrder = .ignore
        var desk = Desk(.notification, settings)
        desk.tell(Self.cancelled)
        desk.tell(event(1, at: 1, .orderCreated(created)))
        #expect(try requests(desk).map(\.about) == [.orderCreated])
    }

    @Test func `that a customer was told is published, and says nothing but who was told what`() throws {
        var desk = Desk(.notification)
        desk.tell(event(1, at: 1, .orderCreated(created)))
        desk.answer(desk.calls[0], MessageReply.accepted.encode())
        #expect(rows(desk).map(\.status) == [.sent])
        let sent = try #require(desk.published.first)
        #expect(
            sent.payload
                == .notificationSent(
                    NotificationSent(order: order, customer: customer, channel: .email, about: .orderCreated)))
        #expect(sent.causation == UniqueID(drawn: 1, 1))
        // A second answer changes nothing.
        desk.answer(desk.calls[0], MessageReply.accepted.encode())
        #expect(desk.published.count == 1)
    }

    @Test(arguments: [
        (MessageReply.bounced.encode(), NotificationStatus.bounced), (Array("<html>".utf8), .unconfirmed),
    ])
    func `what was not sent is recorded, and not tried for ever`(body: [UInt8], status: NotificationStatus) {
        var desk = Desk(.notification)
        desk.tell(event(1, at: 1, .orderCreated(created)))
        desk.answer(desk.calls[0], body)
        #expect(rows(desk).map(\.status) == [status])
        #expect(desk.published.isEmpty && desk.calls.count == 1)
        #expect(desk.store.count(of: CallRow.self) == 0)
    }

    @Test func `a replayed order is not told again`() {
        var desk = Desk(.notification)
        var again = event(1, at: 1, .orderCreated(created))
        again.isReplay = true
        desk.tell(again)
        #expect(desk.calls.isEmpty)
    }

    @Test func `what became of the messages about an order can be asked`() {
        var desk = Desk(.notification)
        desk.tell(event(1, at: 1, .orderCreated(created)))
        desk.tell(Self.cancelled)
        desk.answer(desk.calls[0], MessageReply.accepted.encode())
        desk.answer(desk.calls[1], MessageReply.bounced.encode())
        let answer = desk.get("/api/notifications/ORD-1")
        #expect(answer.status == 200)
        let written = "\"updatedAt\":\"1970-01-01T00:00:00.000000Z\"}"
        #expect(
            answer.body == """
                {"orderId":"ORD-1","customerId":"CUST-1","notifications":[\
                {"about":"OrderCreated","channel":"email","status":"sent",\(written),\
                {"about":"OrderCancelled","channel":"email","status":"bounced",\(written),\
                {"about":"OrderCancelled","channel":"sms","status":"asked",\(written)]}
                """)
        #expect(desk.get("/api/notifications/ORD-2").status == 404)
    }

    @Test func `requests and replies read as they were written`() throws {
        let request = MessageRequest(.sms, to: customer, order: order, about: .shipmentDelivered, number: 3)
        #expect(try MessageRequest.decode(request.encode()) == request)
        for reply in MessageReply.allCases { #expect(try MessageReply.decode(reply.encode()) == reply) }
        #expect(throws: JSONError.self) { try MessageRequest.decode(Array("{}".utf8)) }
        #expect(throws: JSONError.self) { try MessageReply.decode(Array(#"{"status":"perhaps"}"#.utf8)) }
    }
}
