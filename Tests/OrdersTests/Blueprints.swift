import Orders

/// Choreographies in the manner of the documents, with the fewest names.
extension Blueprint {
    private static func p(_ type: EventType, _ topic: String) -> Publication { Publication(type, to: topic) }

    static let shippingOnly = Blueprint(
        name: "shipping-only", topics: [Topic("order_events", partitions: 3), Topic("shipping_events", partitions: 3)],
        participants: [Participant(.order), Participant(.shipping)],
        publications: [
            p(.orderCreated, "order_events"), p(.orderCancellationRequested, "order_events"),
            p(.orderCancelled, "order_events"),
            Publication(.shipmentCreated, as: "ShippingScheduled", to: "shipping_events"),
            p(.shippingCancelled, "shipping_events"), p(.cancellationRefused, "shipping_events"),
        ], steps: [Step(.ship, when: [.orderCreated], undo: [.orderCancellationRequested])])
    static let paymentFirst = Blueprint(
        name: "payment-first",
        topics: ["order-events", "payment-events", "inventory-events"].map { Topic($0, partitions: 3) },
        participants: [
            Participant(.order, group: "order-events"), Participant(.payment, group: "payment-events"),
            Participant(.inventory, group: "inventory-events"),
        ],
        publications: [
            p(.orderCreated, "order-events"), p(.orderCancellationRequested, "order-events"),
            p(.orderCancelled, "order-events"),
            p(.paymentAuthorized, "payment-events"), p(.paymentFailed, "payment-events"),
            p(.paymentRefunded, "payment-events"), p(.paymentVoided, "payment-events"),
            p(.inventoryReserved, "inventory-events"), p(.inventoryFailed, "inventory-events"),
            p(.inventoryReleased, "inventory-events"),
        ],
        steps: [
            Step(.charge, when: [.orderCreated], undo: [.orderCancellationRequested, .inventoryFailed]),
            Step(.reserve, when: [.paymentAuthorized], undo: [.orderCancellationRequested]),
        ])
    static let parallel = Blueprint(
        name: "parallel",
        topics: ["orders", "payments", "inventory", "shipping"].map { Topic($0, partitions: 3) },
        participants: [
            Participant(.order), Participant(.payment), Participant(.inventory), Participant(.shipping),
        ],
        publications: [
            p(.orderCreated, "orders"), p(.orderCancellationRequested, "orders"), p(.orderCancelled, "orders"),
            p(.lineCancellationRequested, "orders"), p(.returnRequested, "orders"),
            p(.paymentProcessing, "payments"), p(.paymentAuthorized, "payments"), p(.paymentFailed, "payments"),
            p(.paymentRefunded, "payments"), p(.paymentVoided, "payments"), p(.paymentPartlyRefunded, "payments"),
            p(.inventoryReserved, "inventory"), p(.inventoryFailed, "inventory"), p(.inventoryReleased, "inventory"),
            p(.reservationExpired, "inventory"), p(.inventoryRestocked, "inventory"),
            p(.shipmentCreated, "shipping"), p(.shipmentDispatched, "shipping"), p(.shipmentDelivered, "shipping"),
            p(.shipmentReturned, "shipping"), p(.shippingCancelled, "shipping"), p(.cancellationRefused, "shipping"),
            p(.lineCancelled, "shipping"), p(.lineCancellationRefused, "shipping"),
        ],
        steps: [
            Step(.charge, when: [.orderCreated], undo: [.inventoryFailed, .shippingCancelled]),
            Step(.reserve, when: [.orderCreated], undo: [.paymentFailed, .shippingCancelled]),
            Step(
                .ship, when: [.paymentAuthorized, .inventoryReserved],
                undo: [.orderCancellationRequested]),
        ])

    /// Document 001: order → inventory → payment → shipping, and compensation backwards.
    static let inventoryFirst = inventoryFirst(partitions: 6)

    /// Document 001 with another number of partitions for each topic.
    static func inventoryFirst(partitions: Int32) -> Blueprint {
        Blueprint(
            name: "inventory-first",
            summary: "Order → inventory → payment → shipping, and compensation backwards.",
            topics: ["orders", "inventory", "payments", "shipping"].map { Topic($0, partitions: partitions) },
            participants: [
                Participant(.order), Participant(.inventory), Participant(.payment), Participant(.shipping),
            ],
            publications: [
                Publication(.orderCreated, to: "orders"),
                Publication(.orderCancellationRequested, to: "orders"),
                Publication(.orderCancelled, to: "orders"),
                Publication(.inventoryReserved, to: "inventory"),
                Publication(.inventoryFailed, to: "inventory"),
                Publication(.inventoryReleased, to: "inventory"),
                Publication(.paymentAuthorized, to: "payments"),
                Publication(.paymentFailed, to: "payments"),
                Publication(.paymentRefunded, to: "payments"),
                Publication(.paymentVoided, to: "payments"),
                Publication(.shipmentDispatched, as: "OrderShipped", to: "shipping"),
                Publication(.shippingCancelled, to: "shipping"),
                Publication(.cancellationRefused, to: "shipping"),
            ],
            steps: [
                Step(
                    .reserve, when: [.orderCreated], undo: [.paymentFailed, .paymentRefunded, .paymentVoided]),
                Step(.charge, when: [.inventoryReserved], undo: [.shippingCancelled]),
                Step(.ship, when: [.paymentAuthorized], undo: [.orderCancellationRequested]),
            ])
    }
}
