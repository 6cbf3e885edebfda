import Services

/// An order and all that its owner knows about it: what an answer shows.
struct OrderDetails {
    let order: OrderRow
    let lines: [OrderLineRow]
    /// What the customer has paid, and what of it the customer has back.
    private(set) var paid: Money
    private(set) var refunded: Money
    /// The parcel, once one is planned.
    private(set) var shipment: Shipment?

    /// What is known of an order that was just placed.
    init(_ order: OrderRow, _ lines: [OrderLineRow]) {
        self.order = order
        self.lines = lines
        paid = .zero(order.total.currency)
        refunded = .zero(order.total.currency)
    }

    /// What the store knows of an order.
    init(_ order: OrderRow, in transaction: Transaction) throws {
        let lines = try (0..<order.lineCount).compactMap { line in
            try transaction.get(OrderLineRow.self, OrderLineKey(order: order.key, line: line))
        }
        self.init(order, lines)
        for entry in try OrderEventRow.history(of: order, in: transaction) { note(entry.event) }
    }

    private mutating func note(_ event: Event) {
        switch event.payload {
        case .paymentAuthorized(let payment): add(payment.amount, to: \.paid)
        case .paymentRefunded(let refund), .paymentPartlyRefunded(let refund): add(refund.amount, to: \.refunded)
        case .shipmentCreated(let shipment), .shipmentDispatched(let shipment), .shipmentDelivered(let shipment):
            self.shipment = shipment
        default: break
        }
    }

    /// Amounts that do not add up are for checkers to find, not for readers of an order.
    private mutating func add(_ amount: Money, to sum: WritableKeyPath<Self, Money>) {
        if let added = try? self[keyPath: sum].adding(amount) { self[keyPath: sum] = added }
    }
}

extension OrderEventRow {
    /// All that has happened to an order.
    static func history(of order: OrderRow, in transaction: Transaction) throws -> [OrderEventRow] {
        guard order.eventCount > 0 else { return [] }
        return try (1...order.eventCount).compactMap { number in
            try transaction.get(OrderEventRow.self, Key(order: order.key, number: number))
        }
    }
}

extension OrderDetails {
    /// The order as the field of an answer.
    func write(_ catalogue: Catalogue, to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order.key)
        json.field("customerId")
        json.value(order.customer)
        json.field("status")
        json.value(order.status.name)
        if let reason = order.reason {
            json.field("reason")
            json.value(reason.name)
        }
        json.field("items")
        writeLines(catalogue, to: &json)
        writeAmounts(to: &json)
        if let shipment {
            json.field("trackingNumber")
            json.value(shipment.trackingNumber)
            json.optionalField("carrier", shipment.carrier)
        }
        json.field("createdAt")
        json.value(order.createdAt)
        json.field("updatedAt")
        json.value(order.updatedAt)
        json.endObject()
    }

    func writeLines(_ catalogue: Catalogue, to json: inout JSONWriter) {
        json.beginArray()
        for line in lines {
            json.beginObject()
            json.field("productId")
            json.value(line.sku)
            if let product = catalogue.product(line.sku) {
                json.field("name")
                json.value(product.name)
            }
            json.field("price")
            json.value(line.unitPrice)
            json.field("quantity")
            json.value(line.quantity)
            json.field("cancelled")
            json.value(line.cancelled)
            json.field("beingCancelled")
            json.value(line.beingCancelled)
            json.endObject()
        }
        json.endArray()
    }

    private func writeAmounts(to json: inout JSONWriter) {
        json.field("totalAmount")
        json.value(order.total)
        json.field("cancelledAmount")
        json.value(order.cancelled)
        json.field("paidAmount")
        json.value(paid)
        json.field("refundedAmount")
        json.value(refunded)
        json.field("shippingCost")
        json.value(order.shippingCost)
        json.field("currency")
        json.value(order.total.currency)
    }
}

extension OrderRow {
    /// What sending it costs: 2 % of what it comes to.
    var shippingCost: Money {
        // Totals of other services' orders may be anything that can be written down.
        (try? total.percent(2)) ?? Money(minorUnits: total.minorUnits / 50, total.currency)
    }
}
