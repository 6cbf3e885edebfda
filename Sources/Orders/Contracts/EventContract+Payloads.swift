/// The catalogue: every kind of event, what it says, and its fields.
extension EventContract {
    static func payload(of type: EventType) -> [ContractField] {
        switch type {
        case .orderCreated:
            [order, customer, lines, amount("totalAmount", "What the customer pays."), currency, paymentToken]
        case .orderCancellationRequested, .orderCancelled, .paymentFailed, .cancellationRefused: [order, reason]
        case .orderStatusUpdated:
            [
                order,
                ContractField(
                    "number", .count, "Counts the updates of the order, from 1: they are applied in this order."),
                ContractField("status", .oneOf(names(of: OrderStatus.self)), "What the order is from now on."),
            ]
        case .lineCancellationRequested, .lineCancelled:
            [
                order, sku, ContractField("quantity", .count, "How many pieces."),
                amount("amount", "What they cost together."), currency,
            ]
        case .returnRequested, .inventoryReserved, .inventoryReleased, .reservationExpired, .inventoryRestocked,
            .paymentVoided, .shipmentReturned, .shippingCancelled:
            [order]
        case .inventoryFailed, .lineCancellationRefused:
            [
                order, sku,
                ContractField("quantity", .count, "How many pieces were asked for.").since(.current, before: "1"),
                reason,
            ]
        case .paymentProcessing, .paymentRefunded, .paymentPartlyRefunded:
            [order, amount("amount", "How much money moves."), currency]
        case .paymentAuthorized:
            [
                order, amount("amount", "How much was charged."), currency,
                ContractField("paymentId", .identifier, "What the payment provider calls the payment."),
            ]
        case .shipmentCreated, .shipmentDispatched, .shipmentDelivered:
            [
                order,
                ContractField("trackingNumber", .identifier, "What the carrier knows the parcel by.").personal,
                ContractField("carrier", .identifier, "Who carries the parcel.").optional.nullable.since(.current),
            ]
        case .notificationSent:
            [
                order, customer,
                ContractField("channel", .oneOf(names(of: NotificationChannel.self)), "How the customer was told.")
                    .since(.current, before: "\"email\""),
                ContractField(
                    "about", .oneOf(names(of: EventType.self)), "Which kind of event the customer was told of."),
            ]
        case .fraudCheckPassed: [order, customer, orders, amount("amount", "What they come to."), currency]
        case .fraudCheckFailed:
            [
                order, customer,
                ContractField("rule", .oneOf(names(of: FraudRule.self)), "Which limit was passed.").optional.nullable,
                orders, amount("amount", "What they come to."), currency,
            ]
        }
    }

    private static let order = ContractField("orderId", .identifier, "The order; also the key of the record.")
    private static let customer = ContractField("customerId", .identifier, "Whose order it is.").personal
    private static let sku = ContractField("sku", .identifier, "The product.")
    private static let reason = ContractField("reason", .word(names(of: Reason.self)), "Why.")
    private static let currency = ContractField("currency", .currency, "The currency of all amounts in the event.")
        .since(.current, before: "\"USD\"")
    private static let orders = ContractField(
        "orders", .count, "How many orders the customer placed in the window, this one included.")
    private static let paymentToken = ContractField(
        "paymentToken", .identifier, "What the payment provider knows the customer's card by."
    ).optional.nullable.personal.since(.current)
    private static let lines = ContractField(
        "items",
        .list([
            sku, ContractField("quantity", .count, "How many pieces."), amount("unitPrice", "The price of one piece."),
        ]), "What was ordered, at the prices of the moment.")

    private static func amount(_ name: String, _ meaning: String) -> ContractField {
        ContractField(name, .amount, meaning)
    }

    private static func names<Value: WireNamed>(of type: Value.Type) -> [String] {
        type.allCases.map { String(describing: $0.name) }
    }

    static func meaning(of type: EventType) -> String {
        switch type {
        case .orderCreated: "An order was placed."
        case .orderCancellationRequested: "The order is to be stopped, if it can be stopped yet."
        case .orderCancelled: "The order has ended without a parcel."
        case .orderStatusUpdated: "Somebody has given the order another status by hand."
        case .lineCancellationRequested: "Some pieces of one line are not wanted any more."
        case .returnRequested: "The customer wants to send a delivered order back."
        case .inventoryReserved: "All that was ordered lies ready."
        case .inventoryFailed: "Something that was ordered cannot be had."
        case .inventoryReleased: "Nothing is reserved for the order any more."
        case .reservationExpired: "What is reserved for the order has been waiting for too long."
        case .inventoryRestocked: "What came back stands on the shelf again."
        case .paymentProcessing: "The provider has been asked to charge the customer."
        case .paymentAuthorized: "The customer has paid."
        case .paymentFailed: "The customer has not paid, and will not."
        case .paymentRefunded: "The customer has all the money back."
        case .paymentPartlyRefunded: "The customer has some of the money back, for pieces that were cancelled."
        case .paymentVoided: "The order was cancelled before anything was charged."
        case .shipmentCreated: "A parcel is planned."
        case .shipmentDispatched: "The parcel is on its way."
        case .shipmentDelivered: "The parcel has arrived."
        case .shipmentReturned: "The parcel has come back."
        case .shippingCancelled: "No parcel was sent, and none will be."
        case .cancellationRefused: "The order can no longer be stopped."
        case .lineCancelled: "The pieces were left out of the parcel."
        case .lineCancellationRefused: "The pieces could not be left out of the parcel."
        case .notificationSent: "The customer was told."
        case .fraudCheckPassed: "Nothing about the order is suspicious."
        case .fraudCheckFailed: "The order looks like fraud."
        }
    }
}
