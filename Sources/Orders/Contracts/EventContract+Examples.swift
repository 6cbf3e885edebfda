import Services
import Simulation

extension EventContract {
    /// An event of the kind with every field that it can have, about the order.
    public func example(order: Identifier = Identifier(literal: "ORD-00000042")) -> Event {
        let number = UInt64(type.rawValue) + 1
        return Event(
            id: UniqueID(drawn: 0x2f9d_41c8_6b02_1e57 &* number, 0x95c1_7c2e_0d4b_3a66 &+ number),
            correlation: UniqueID(drawn: 0x0198_4a3c_7e10_2b44, 0x11d2_9b71_c0de_4f0a),
            causation: type == .orderCreated
                ? nil : UniqueID(drawn: 0x7a30_5be9_12c4_0d83, 0x2e6f_8a90_5511_7cd2),
            at: Instant(nanoseconds: 1_762_869_600_000_000_000), payload: Self.payload(type, order))
    }

    private static func payload(_ type: EventType, _ order: Identifier) -> Event.Payload {
        let fact = OrderFact(order: order)
        let money = OrderAmount(order: order, amount: total)
        let pieces = LineCancellation(order: order, sku: sku, quantity: 2, amount: Money(minorUnits: 159_98, .eur))
        let parcel = Shipment(
            order: order, trackingNumber: Identifier(literal: "TRK-7K2M9QX4D1A"), carrier: Identifier(literal: "dhl"))
        func because(_ reason: Reason) -> OrderReason { OrderReason(order: order, reason: reason) }
        func refusal(_ reason: Reason) -> LineRefusal {
            LineRefusal(order: order, sku: sku, quantity: 2, reason: reason)
        }
        return switch type {
        case .orderCreated: .orderCreated(created(order))
        case .orderCancellationRequested: .orderCancellationRequested(because(.customerRequest))
        case .orderCancelled: .orderCancelled(because(.paymentDeclined))
        case .orderStatusUpdated: .orderStatusUpdated(StatusUpdate(order: order, number: 3, status: .confirmed))
        case .lineCancellationRequested: .lineCancellationRequested(pieces)
        case .returnRequested: .returnRequested(fact)
        case .inventoryReserved: .inventoryReserved(fact)
        case .inventoryFailed: .inventoryFailed(refusal(.outOfStock))
        case .inventoryReleased: .inventoryReleased(fact)
        case .reservationExpired: .reservationExpired(fact)
        case .inventoryRestocked: .inventoryRestocked(fact)
        case .paymentProcessing: .paymentProcessing(money)
        case .paymentAuthorized:
            .paymentAuthorized(
                PaymentAuthorized(order: order, amount: total, payment: Identifier(literal: "PAY-3F8N2KQ7W0B")))
        case .paymentFailed: .paymentFailed(because(.paymentDeclined))
        case .paymentRefunded: .paymentRefunded(money)
        case .paymentPartlyRefunded: .paymentPartlyRefunded(money)
        case .paymentVoided: .paymentVoided(fact)
        case .shipmentCreated: .shipmentCreated(parcel)
        case .shipmentDispatched: .shipmentDispatched(parcel)
        case .shipmentDelivered: .shipmentDelivered(parcel)
        case .shipmentReturned: .shipmentReturned(fact)
        case .shippingCancelled: .shippingCancelled(fact)
        case .cancellationRefused: .cancellationRefused(because(.alreadyShipped))
        case .lineCancelled: .lineCancelled(pieces)
        case .lineCancellationRefused: .lineCancellationRefused(refusal(.alreadyShipped))
        case .notificationSent:
            .notificationSent(
                NotificationSent(order: order, customer: customer, channel: .sms, about: .shipmentDispatched))
        case .fraudCheckPassed: .fraudCheckPassed(decision(order, .none))
        case .fraudCheckFailed: .fraudCheckFailed(decision(order, .tooManyOrders))
        }
    }

    private static func created(_ order: Identifier) -> OrderCreated {
        let lines = [
            OrderLine(sku: sku, quantity: 2, unitPrice: Money(minorUnits: 79_99, .eur)),
            OrderLine(sku: Identifier(literal: "PROD-003"), quantity: 1, unitPrice: Money(minorUnits: 34_99, .eur)),
        ]
        return OrderCreated(
            order: order, customer: customer, lines: lines, total: total,
            paymentToken: Identifier(literal: "tok_visa_4242"))
    }

    private static func decision(_ order: Identifier, _ rule: FraudRule?) -> FraudDecision {
        FraudDecision(order: order, customer: customer, rule: rule, orders: rule == nil ? 2 : 51, amount: total)
    }

    private static let customer = Identifier(literal: "CUST-001")
    private static let sku = Identifier(literal: "PROD-001")
    private static let total = Money(minorUnits: 194_97, .eur)
}
