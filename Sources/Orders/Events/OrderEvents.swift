import Services

/// An order was placed. Prices are those of the moment.
public struct OrderCreated: Hashable, Sendable {
    /// Which order.
    public var order: Identifier
    /// Whose order it is.
    public var customer: Identifier
    /// What was ordered, at least one line.
    public var lines: [OrderLine]
    /// What the customer pays.
    public var total: Money
    /// What the payment provider knows the customer's card by.
    public var paymentToken: Identifier?

    /// The facts, one by one.
    public init(
        order: Identifier, customer: Identifier, lines: [OrderLine], total: Money, paymentToken: Identifier? = nil
    ) {
        self.order = order
        self.customer = customer
        self.lines = lines
        self.total = total
        self.paymentToken = paymentToken
    }
}

extension OrderCreated: EventPayload {
    init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        var customer: Identifier?
        var lines: JSONScanner?
        var total: DecimalNumber?
        var paymentToken: Identifier?
        var currency: Currency?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "customerId": customer = try scanner.identifier()
            case "items":
                // Read later: what a price means depends on the currency.
                lines = scanner
                try scanner.skip()
            case "totalAmount": total = try scanner.decimal()
            case "paymentToken": paymentToken = try scanner.optionalIdentifier()
            case "currency": currency = try scanner.currency()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.customer = try scanner.require(customer, "customerId")
        var items = try scanner.require(lines, "items")
        self.lines = try OrderLine.list(from: &items, try scanner.require(currency, "currency"))
        self.total = try scanner.money(total, currency, "totalAmount")
        self.paymentToken = paymentToken
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("customerId")
        json.value(customer)
        json.field("items")
        OrderLine.write(lines, to: &json)
        json.field("totalAmount")
        json.value(total)
        json.field("currency")
        json.value(total.currency)
        if let paymentToken {
            json.field("paymentToken")
            json.value(paymentToken)
        }
        json.endObject()
    }
}

/// The order is to be stopped, if it can be stopped yet.
public struct OrderCancellationRequested: Hashable, Sendable {
    /// Which order.
    public var order: Identifier
    /// Why.
    public var reason: Reason

    /// The facts, one by one.
    public init(order: Identifier, reason: Reason) {
        self.order = order
        self.reason = reason
    }
}

extension OrderCancellationRequested: EventPayload {
    init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        var reason: Reason?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "reason": reason = Reason(try scanner.text())
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.reason = try scanner.require(reason, "reason")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("reason")
        json.value(reason.name)
        json.endObject()
    }
}

/// The order has ended without a parcel: nothing is charged, nothing is reserved.
public struct OrderCancelled: Hashable, Sendable {
    /// Which order.
    public var order: Identifier
    /// Why.
    public var reason: Reason

    /// The facts, one by one.
    public init(order: Identifier, reason: Reason) {
        self.order = order
        self.reason = reason
    }
}

extension OrderCancelled: EventPayload {
    init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        var reason: Reason?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "reason": reason = Reason(try scanner.text())
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.reason = try scanner.require(reason, "reason")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("reason")
        json.value(reason.name)
        json.endObject()
    }
}
