import Orders
import Testing

extension Blueprint: CustomTestStringConvertible {
    public var testDescription: String { name }
}

/// Small systems, each with what a document's requests need.
extension Blueprint {
    /// Document 000: order → shipping.
    static let testShippingOnly = Blueprint(
        name: "test-shipping-only",
        topics: [Topic("order_events", partitions: 1), Topic("shipping_events", partitions: 1)],
        participants: [Participant(.order), Participant(.shipping)],
        publications: [
            Publication(.orderCreated, to: "order_events"),
            Publication(.shipmentCreated, as: "ShippingScheduled", to: "shipping_events"),
        ],
        steps: [Step(.ship, when: [.orderCreated])])

    /// Document 003, and what can be done with an order beyond it.
    static let testShop = Blueprint(
        name: "test-shop",
        topics: ["orders", "payments", "inventory", "shipping"].map { Topic($0, partitions: 1) },
        participants: [
            Participant(.order), Participant(.inventory), Participant(.payment), Participant(.shipping),
        ],
        publications: [
            Publication(.orderCreated, as: "ORDER_CREATED", to: "orders"),
            Publication(.orderCancellationRequested, as: "ORDER_CANCELLATION_REQUESTED", to: "orders"),
            Publication(.orderCancelled, as: "ORDER_CANCELLED", to: "orders"),
            Publication(.lineCancellationRequested, to: "orders"),
            Publication(.returnRequested, to: "orders"),
            Publication(.inventoryReserved, as: "INVENTORY_RESERVED", to: "inventory"),
            Publication(.inventoryFailed, as: "INVENTORY_FAILED", to: "inventory"),
            Publication(.inventoryReleased, as: "INVENTORY_RELEASED", to: "inventory"),
            Publication(.inventoryRestocked, to: "inventory"),
            Publication(.paymentProcessing, as: "PAYMENT_PROCESSING", to: "payments"),
            Publication(.paymentAuthorized, as: "PAYMENT_PROCESSED", to: "payments"),
            Publication(.paymentFailed, as: "PAYMENT_FAILED", to: "payments"),
            Publication(.paymentRefunded, to: "payments"),
            Publication(.paymentPartlyRefunded, to: "payments"),
            Publication(.paymentVoided, to: "payments"),
            Publication(.shipmentCreated, as: "SHIPMENT_CREATED", to: "shipping"),
            Publication(.shipmentDispatched, as: "SHIPMENT_DISPATCHED", to: "shipping"),
            Publication(.shipmentDelivered, as: "SHIPMENT_DELIVERED", to: "shipping"),
            Publication(.shipmentReturned, to: "shipping"),
            Publication(.shippingCancelled, to: "shipping"),
            Publication(.cancellationRefused, to: "shipping"),
            Publication(.lineCancelled, to: "shipping"),
            Publication(.lineCancellationRefused, to: "shipping"),
        ],
        steps: [
            Step(.reserve, when: [.orderCreated], undo: [.shippingCancelled, .paymentFailed]),
            Step(.charge, when: [.orderCreated, .inventoryReserved], undo: [.shippingCancelled, .inventoryFailed]),
            Step(
                .ship, when: [.paymentAuthorized, .inventoryReserved],
                undo: [.orderCancellationRequested, .inventoryFailed, .paymentFailed]),
        ])

    /// Document 004: cart → order.
    static let testCart = Blueprint(
        name: "test-cart",
        topics: [Topic("orders.events", partitions: 1), Topic("orders.archive", partitions: 1)],
        participants: [Participant(.cart), Participant(.order)],
        publications: [
            Publication(.orderCreated, as: "ORDER_CREATED", to: "orders.events"),
            Publication(.orderStatusUpdated, as: "ORDER_STATUS_UPDATED", to: "orders.events"),
        ],
        steps: [Step(.accept, when: [.orderCreated, .orderStatusUpdated])])
}
