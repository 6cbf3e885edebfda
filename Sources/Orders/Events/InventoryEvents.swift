import Services

/// All that was ordered lies ready.
public struct InventoryReserved: Hashable, Sendable {
    /// Which order.
    public var order: Identifier
    /// Whose order it is.
    public var customer: Identifier
    /// What the customer pays.
    public var total: Money
    /// What the payment provider knows the customer's card by.
    public var paymentToken: Identifier?

    /// The facts, one by one.
    public init(order: Identifier, customer: Identifier, total: Money, paymentToken: Identifier? = nil) {
        self.order = order
        self.customer = customer
        self.total = total
        self.paymentToken = paymentToken
    }
}

extension InventoryReserved: EventPayload {
    init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        var customer: Identifier?
        var total: DecimalNumber?
        var paymentToken: Identifier?
        var currency: Currency?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "customerId": customer = try scanner.identifier()
            case "totalAmount": total = try scanner.decimal()
            case "paymentToken": paymentToken = try scanner.optionalIdentifier()
            case "currency": currency = try scanner.currency()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.customer = try scanner.require(customer, "customerId")
        self.total = try scanner.money(total, currency, "totalAmount")
        self.paymentToken = paymentToken
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("customerId")
        json.value(customer)
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

/// Something that was ordered cannot be had; nothing was reserved.
public struct InventoryFailed: Hashable, Sendable {
    /// Which order.
    public var order: Identifier
    /// The first product that is missing.
    public var sku: Identifier
    /// Why.
    public var reason: Reason

    /// The facts, one by one.
    public init(order: Identifier, sku: Identifier, reason: Reason) {
        self.order = order
        self.sku = sku
        self.reason = reason
    }
}

extension InventoryFailed: EventPayload {
    init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        var sku: Identifier?
        var reason: Reason?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "sku": sku = try scanner.identifier()
            case "reason": reason = Reason(try scanner.text())
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.sku = try scanner.require(sku, "sku")
        self.reason = try scanner.require(reason, "reason")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("sku")
        json.value(sku)
        json.field("reason")
        json.value(reason.name)
        json.endObject()
    }
}

/// Nothing is reserved for the order any more, and nothing will be.
public struct InventoryReleased: Hashable, Sendable {
    /// Which order.
    public var order: Identifier

    /// The facts, one by one.
    public init(order: Identifier) {
        self.order = order
    }
}

extension InventoryReleased: EventPayload {
    init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.endObject()
    }
}
