import Services

/// What the payment service asks of the provider: the JSON of a `ProviderCall`.
public struct ProviderRequest: Hashable, Sendable {
    /// What to do.
    public enum Operation: Hashable, Sendable {
        /// Take the amount from the customer.
        case charge
        /// Give the amount back. When nothing was charged for the order, the answer is `declined` with the reason
        /// `nothing-charged`; when it was given back already, `already-refunded`.
        case refund
    }

    /// What to do.
    public var operation: Operation
    /// Which order the money is for.
    public var order: Identifier
    /// How much.
    public var amount: Money
    /// What the provider knows the customer's card by.
    public var token: Identifier?
    /// Which payment is to be refunded, where it is known.
    public var payment: Identifier?
    /// Which refund of the order it is, from 1.
    public var number: Int32?

    /// A request, by its parts.
    public init(
        _ operation: Operation, order: Identifier, amount: Money, token: Identifier? = nil, payment: Identifier? = nil,
        number: Int32? = nil
    ) {
        self.operation = operation
        self.order = order
        self.amount = amount
        self.token = token
        self.payment = payment
        self.number = number
    }

    /// The request as JSON.
    public func encode() -> [UInt8] {
        var json = JSONWriter(capacity: 160)
        json.beginObject()
        json.field("operation")
        json.value(operation == .charge ? "charge" : "refund")
        json.field("orderId")
        json.value(order)
        json.field("amount")
        json.value(amount)
        json.field("currency")
        json.value(amount.currency)
        if let token {
            json.field("token")
            json.value(token)
        }
        if let payment {
            json.field("paymentId")
            json.value(payment)
        }
        if let number {
            json.field("refund")
            json.value(number)
        }
        json.endObject()
        return json.finish()
    }

    /// The request in JSON.
    public static func decode(_ bytes: [UInt8]) throws(JSONError) -> ProviderRequest {
        try JSONScanner.scan(bytes) { (scanner) throws(JSONError) in try ProviderRequest(from: &scanner) }
    }

    private init(from scanner: inout JSONScanner) throws(JSONError) {
        var operation: Operation?
        var order: Identifier?
        var amount: DecimalNumber?
        var currency: Currency?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "operation":
                switch try scanner.text() {
                case "charge": operation = .charge
                case "refund": operation = .refund
                default: throw scanner.invalid("'charge' or 'refund' was expected")
                }
            case "orderId": order = try scanner.identifier()
            case "amount": amount = try scanner.decimal()
            case "currency": currency = try scanner.currency()
            case "token": token = try scanner.optionalIdentifier()
            case "paymentId": payment = try scanner.optionalIdentifier()
            case "refund": number = try scanner.quantity()
            default: try scanner.skip()
            }
        }
        self.operation = try scanner.require(operation, "operation")
        self.order = try scanner.require(order, "orderId")
        self.amount = try scanner.money(amount, currency, "amount")
    }
}

/// What the provider answers.
public enum ProviderReply: Hashable, Sendable, Document {
    /// Done; the provider's name for the payment or refund.
    case approved(reference: Identifier?)
    /// Not done.
    case declined(DeclineReason)

    /// Why the provider did not do what it was asked for.
    public enum DeclineReason: CaseIterable, Hashable, Sendable, Codable {
        /// Any other reason.
        case other
        /// The bank says no.
        case cardDeclined
        /// There is not enough on the account.
        case insufficientFunds
        /// A refund of what was never charged.
        case nothingCharged
        /// A refund of what was refunded before.
        case alreadyRefunded

        /// The name on the wire.
        public var name: StaticString {
            switch self {
            case .other: "other"
            case .cardDeclined: "card-declined"
            case .insufficientFunds: "insufficient-funds"
            case .nothingCharged: "nothing-charged"
            case .alreadyRefunded: "already-refunded"
            }
        }
    }

    /// The reply as JSON.
    public func encode() -> [UInt8] {
        var json = JSONWriter(capacity: 64)
        json.beginObject()
        json.field("status")
        switch self {
        case .approved(let reference):
            json.value("approved")
            if let reference {
                json.field("reference")
                json.value(reference)
            }
        case .declined(let reason):
            json.value("declined")
            json.field("reason")
            json.value(reason.name)
        }
        json.endObject()
        return json.finish()
    }

    /// The reply in JSON.
    public static func decode(_ bytes: [UInt8]) throws(JSONError) -> ProviderReply {
        try JSONScanner.scan(bytes) { (scanner) throws(JSONError) in try ProviderReply(from: &scanner) }
    }

    private init(from scanner: inout JSONScanner) throws(JSONError) {
        var isApproved: Bool?
        var reference: Identifier?
        var reason: DeclineReason?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "status":
                switch try scanner.text() {
                case "approved": isApproved = true
                case "declined": isApproved = false
                default: throw scanner.invalid("'approved' or 'declined' was expected")
                }
            case "reference": reference = try scanner.optionalIdentifier()
            case "reason":
                let text = try scanner.text()
                reason = DeclineReason.allCases.first { text.equals($0.name) }
            default: try scanner.skip()
            }
        }
        let approved = try scanner.require(isApproved, "status")
        self = approved ? .approved(reference: reference) : .declined(reason ?? .other)
    }
}
