import Kafka
import Services
import Simulation
import Testing

@testable import Orders

@Suite("Events as JSON")
struct EventCodecTests {
    static let order = Identifier(literal: "ORD-00000042")
    static let customer = Identifier(literal: "CUST-001")
    static let total = Money(minorUnits: 194_97, .usd)
    static let lines = [
        OrderLine(sku: Identifier(literal: "PROD-001"), quantity: 2, unitPrice: Money(minorUnits: 79_99, .usd)),
        OrderLine(sku: Identifier(literal: "PROD-003"), quantity: 1, unitPrice: Money(minorUnits: 34_99, .usd)),
    ]

    static let sku = Identifier(literal: "PROD-009")
    static let parcel = Shipment(order: order, trackingNumber: Identifier(literal: "TRK-1"))
    static let line = LineCancellation(order: order, sku: sku, quantity: 2, amount: total)
    static let refusal = LineRefusal(order: order, sku: sku, quantity: 2, reason: .unknownProduct)

    static let payloads: [Event.Payload] = [
        .orderCreated(
            OrderCreated(
                order: order, customer: customer, lines: lines, total: total,
                paymentToken: Identifier(literal: "tok\"\\1"))),
        .orderCancellationRequested(OrderReason(order: order, reason: .customerRequest)),
        .orderCancelled(OrderReason(order: order, reason: .sagaTimeout)),
        .orderStatusUpdated(StatusUpdate(order: order, number: 3, status: .delivered)),
        .lineCancellationRequested(line),
        .returnRequested(OrderFact(order: order)),
        .inventoryReserved(OrderFact(order: order)),
        .inventoryFailed(refusal),
        .inventoryReleased(OrderFact(order: order)),
        .reservationExpired(OrderFact(order: order)),
        .inventoryRestocked(OrderFact(order: order)),
        .paymentProcessing(OrderAmount(order: order, amount: total)),
        .paymentAuthorized(PaymentAuthorized(order: order, amount: total, payment: Identifier(literal: "PAY-1"))),
        .paymentFailed(OrderReason(order: order, reason: .paymentDeclined)),
        .paymentRefunded(OrderAmount(order: order, amount: Money(minorUnits: 5, .jpy))),
        .paymentPartlyRefunded(OrderAmount(order: order, amount: total)),
        .paymentVoided(OrderFact(order: order)),
        .shipmentCreated(parcel),
        .shipmentDispatched(
            Shipment(order: order, trackingNumber: Identifier(literal: "TRK-1"), carrier: Carrier.cometPost.name)),
        .shipmentDelivered(parcel),
        .shipmentReturned(OrderFact(order: order)),
        .shippingCancelled(OrderFact(order: order)),
        .cancellationRefused(OrderReason(order: order, reason: .alreadyShipped)),
        .lineCancelled(line),
        .lineCancellationRefused(refusal),
        .notificationSent(
            NotificationSent(order: order, customer: customer, channel: .sms, about: .shipmentDelivered)),
        .fraudCheckPassed(FraudDecision(order: order, customer: customer, rule: nil, orders: 1, amount: total)),
        .fraudCheckFailed(
            FraudDecision(order: order, customer: customer, rule: .tooManyOrders, orders: 51, amount: total)),
    ]

    static let codec = EventCodec()

    static func event(_ payload: Event.Payload, at nanoseconds: Int64 = 1_762_869_600_123_456_789) -> Event {
        Event(
            id: UniqueID(drawn: 1, 2), correlation: UniqueID(drawn: 3, 4), causation: UniqueID(drawn: 5, 6),
            at: Instant(nanoseconds: nanoseconds), payload: payload)
    }

    @Test func everyKindHasAnExample() {
        #expect(Set(Self.payloads.map(\.type)) == Set(EventType.allCases))
    }

    @Test(arguments: payloads)
    func roundTrips(payload: Event.Payload) throws {
        var event = Self.event(payload)
        #expect(try Self.codec.decode(Self.codec.encode(event)) == event)
        event.causation = nil
        let record = Self.codec.record(event)
        #expect(try Self.codec.decode(record) == event)
        #expect(record.key == Array("ORD-00000042".utf8))
        #expect(record.header("ce_type") == Array(event.type.description.utf8))
        #expect(record.header("ce_id") == Array(event.id.description.utf8))
        #expect(record.timestampMilliseconds == 1_762_869_600_123)
    }

    @Test func looksLikeTheDocument() {
        let text = String(decoding: Self.codec.encode(Self.event(Self.payloads[0])), as: UTF8.self)
        #expect(
            text == """
                {"eventId":"00000000-0000-8001-8000-000000000002","eventType":"OrderCreated","version":"1.1",\
                "timestamp":"2025-11-11T14:00:00.123456Z","correlationId":"00000000-0000-8003-8000-000000000004",\
                "causationId":"00000000-0000-8005-8000-000000000006","payload":{"orderId":"ORD-00000042",\
                "customerId":"CUST-001","items":[{"sku":"PROD-001","quantity":2,"unitPrice":79.99},\
                {"sku":"PROD-003","quantity":1,"unitPrice":34.99}],"totalAmount":194.97,"currency":"USD",\
                "paymentToken":"tok\\"\\\\1"}}
                """)
    }

    @Test func readsFieldsInAnyOrderAndSkipsUnknownOnes() throws {
        let text = """
             { "payload" : {"reason":"a-new-one","extra":[{"a":[1,2.5e3,true,null,"\\u00e9\\ud83d\\ude00"]}],
              "orderId":"ORD\\u002d1"}, "version":"1.7", "correlationId":"00000000-0000-8003-8000-000000000004",
              "timestamp":"2025-11-11T16:00:00+02:00", "eventType":"PaymentFailed", "é":{},
              "eventId":"00000000-0000-8001-8000-000000000002" }
            """
        let event = try Self.codec.decode(Array(text.utf8))
        #expect(event.payload == .paymentFailed(OrderReason(order: Identifier(literal: "ORD-1"), reason: .other)))
        #expect(event.version == Event.Version(major: 1, minor: 7))
        #expect(event.at == Instant(nanoseconds: 1_762_869_600_000_000_000))
        #expect(event.causation == nil)
    }

    // MARK: Poison

    private func kind(_ bytes: [UInt8]?) -> String? {
        do {
            _ = try Self.codec.decode(Record(key: nil, value: bytes))
            return nil
        } catch {
            return error.kind
        }
    }

    private func kind(replacing part: String, with other: String) -> String? {
        let text = String(decoding: Self.codec.encode(Self.event(Self.payloads[0])), as: UTF8.self)
        let pieces = text.split(separator: part, maxSplits: 1, omittingEmptySubsequences: false)
        #expect(pieces.count == 2)
        return kind(Array(pieces.joined(separator: other).utf8))
    }

    @Test func poisonHasAKind() {
        #expect(kind(nil) == "Empty")
        #expect(kind([]) == "Empty")
        #expect(kind(Array(repeating: UInt8(ascii: " "), count: 1 << 20 + 1)) == "TooLarge")
        #expect(kind([0x7b, 0xff, 0x7d]) == "NotUTF8")
        #expect(kind(Array("not json".utf8)) == "MalformedJSON")
        #expect(kind(replacing: "194.97", with: "\"194.97\"") == "WrongType")
        #expect(kind(replacing: "\"ORD-00000042\"", with: "42") == "WrongType")
        #expect(kind(replacing: "\"payload\":", with: "\"payload\":[],\"x\":") == "WrongType")
        #expect(kind(replacing: "\"1.1\"", with: "\"99.0\"") == "UnknownVersion")
        #expect(kind(replacing: "\"1.1\"", with: "\"one\"") == "UnknownVersion")
        #expect(kind(replacing: "OrderCreated", with: "OrderExploded") == "UnknownEvent")
        for field in ["eventId", "eventType", "version", "timestamp", "payload", "orderId", "items", "sku", "currency"]
        {
            #expect(kind(replacing: "\"\(field)\"", with: "\"_\"") == "MissingField", "\(field)")
        }
        #expect(kind(replacing: "194.97", with: "194.975") == "InvalidValue")
        #expect(kind(replacing: "\"quantity\":2", with: "\"quantity\":-2") == "InvalidValue")
        #expect(kind(replacing: "2025-11-11", with: "2025-02-29") == "InvalidValue")
        #expect(kind(replacing: "ORD-00000042", with: "ORD-0000000000042") == "InvalidValue")
    }

    /// However an event is cut, or a byte of it changed, it is read or refused: nothing else happens.
    @Test func noiseIsRefused() {
        for payload in Self.payloads {
            let bytes = Self.codec.encode(Self.event(payload))
            for length in 1..<bytes.count { #expect(kind(Array(bytes[..<length])) == "MalformedJSON") }
            for index in bytes.indices {
                for byte: UInt8 in [0, 0x22, 0x5c, 0x7b, 0x2c, 0x39, 0x80, 0xff] {
                    var changed = bytes
                    changed[index] = byte
                    if let kind = kind(changed) { #expect(Poison.kinds.contains(kind)) }
                }
            }
        }
    }

    @Test func momentsAreCivil() throws {
        func text(_ nanoseconds: Int64) -> String {
            var json = JSONWriter()
            json.value(Instant(nanoseconds: nanoseconds))
            return String(decoding: json.finish(), as: UTF8.self)
        }
        #expect(text(0) == "\"1970-01-01T00:00:00.000000Z\"")
        #expect(text(951_782_399_999_999_999) == "\"2000-02-28T23:59:59.999999Z\"")
        #expect(text(951_782_400_000_000_000) == "\"2000-02-29T00:00:00.000000Z\"")
        #expect(text(-1) == "\"1969-12-31T23:59:59.999999Z\"")
        for days in stride(from: Int64(-150_000), to: 150_000, by: 17) {
            #expect(CivilDate(daysSinceEpoch: days).daysSinceEpoch == days)
        }
    }
}
