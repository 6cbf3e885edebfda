import Services

/// The customer has paid.
public struct PaymentAuthorized: Hashable, Sendable {
    /// Which order.
    public var order: Identifier
    /// How much.
    public var amount: Money
    /// What the provider calls the payment.
    public var payment: Identifier

    /// The facts, one by one.
    public init(order: Identifier, amount: Money, payment: Identifier) {
        self.order = order
        self.amount = amount
        self.payment = payment
    }
}

extension PaymentAuthorized: EventPayload {
    init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        var amount: DecimalNumber?
        var payment: Identifier?
        var currency: Currency?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "amount": amount = try scanner.decimal()
            case "paymentId": payment = try scanner.identifier()
            case "currency": currency = try scanner.currency()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.amount = try scanner.money(amount, currency, "amount")
        self.payment = try scanner.require(payment, "paymentId")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("amount")
        json.value(amount)
        json.field("currency")
        json.value(amount.currency)
        json.field("paymentId")
        json.value(payment)
        json.endObject()
    }
}

/// The customer has not paid, and will not.
public struct PaymentFailed: Hashable, Sendable {
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

extension PaymentFailed: EventPayload {
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

/// The customer has the money back.
public struct PaymentRefunded: Hashable, Sendable {
    /// Which order.
    public var order: Identifier
    /// How much.
    public var amount: Money

    /// The facts, one by one.
    public init(order: Identifier, amount: Money) {
        self.order = order
        self.amount = amount
    }
}

extension PaymentRefunded: EventPayload {
    init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        var amount: DecimalNumber?
        var currency: Currency?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "amount": amount = try scanner.decimal()
            case "currency": currency = try scanner.currency()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.amount = try scanner.money(amount, currency, "amount")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("amount")
        json.value(amount)
        json.field("currency")
        json.value(amount.currency)
        json.endObject()
    }
}

/// The order was cancelled before anything was charged, and nothing will be.
public struct PaymentVoided: Hashable, Sendable {
    /// Which order.
    public var order: Identifier

    /// The facts, one by one.
    public init(order: Identifier) {
        self.order = order
    }
}

extension PaymentVoided: EventPayload {
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
