extension Blueprint {
    /// Document 001: order → inventory → payment → shipping, and compensation backwards.
    public static let inventoryFirst = inventoryFirst(partitions: 6)

    /// Document 001 with another number of partitions for each topic.
    public static func inventoryFirst(partitions: Int32) -> Blueprint {
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
