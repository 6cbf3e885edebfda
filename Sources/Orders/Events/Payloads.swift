import Services

/// An order was placed. Prices are those of the moment.
public struct OrderCreated: Hashable, Sendable, Document {
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

/// Something happened to an order, and there is nothing more to say about it.
public struct OrderFact: Hashable, Sendable, Codable {
    /// Which order.
    public var order: Identifier

    /// The fact.
    public init(order: Identifier) { self.order = order }
}

/// Something happened to an order for a reason.
public struct OrderReason: Hashable, Sendable, Codable {
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

/// Money moved for an order, or is about to.
public struct OrderAmount: Hashable, Sendable, Codable {
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

/// Somebody has given the order another status by hand.
public struct StatusUpdate: Hashable, Sendable, Codable {
    /// Which order.
    public var order: Identifier
    /// Counts the updates of the order, from 1: they are applied in this order.
    public var number: Int32
    /// What it is from now on.
    public var status: OrderStatus

    /// The facts, one by one.
    public init(order: Identifier, number: Int32, status: OrderStatus) {
        self.order = order
        self.number = number
        self.status = status
    }
}

/// Some pieces of one line are not wanted any more, or were left out.
public struct LineCancellation: Hashable, Sendable, Codable {
    /// Which order.
    public var order: Identifier
    /// Which line, by its product.
    public var sku: Identifier
    /// How many pieces, from 1.
    public var quantity: Int32
    /// What they cost together.
    public var amount: Money

    /// The facts, one by one.
    public init(order: Identifier, sku: Identifier, quantity: Int32, amount: Money) {
        self.order = order
        self.sku = sku
        self.quantity = quantity
        self.amount = amount
    }
}

/// A product that stands in the way: it cannot be had, or cannot be left out any more.
public struct LineRefusal: Hashable, Sendable, Codable {
    /// Which order.
    public var order: Identifier
    /// Which product.
    public var sku: Identifier
    /// How many pieces were asked for.
    public var quantity: Int32
    /// Why.
    public var reason: Reason

    /// The facts, one by one.
    public init(order: Identifier, sku: Identifier, quantity: Int32, reason: Reason) {
        self.order = order
        self.sku = sku
        self.quantity = quantity
        self.reason = reason
    }
}

/// The customer has paid.
public struct PaymentAuthorized: Hashable, Sendable, Codable {
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

/// Where a parcel is.
public struct Shipment: Hashable, Sendable, Codable {
    /// Which order.
    public var order: Identifier
    /// What the carrier knows the parcel by.
    public var trackingNumber: Identifier
    /// Who carries it.
    public var carrier: Identifier?

    /// The facts, one by one.
    public init(order: Identifier, trackingNumber: Identifier, carrier: Identifier? = nil) {
        self.order = order
        self.trackingNumber = trackingNumber
        self.carrier = carrier
    }
}

/// The customer was told.
public struct NotificationSent: Hashable, Sendable, Codable {
    /// Which order.
    public var order: Identifier
    /// Who was told.
    public var customer: Identifier
    /// By what.
    public var channel: NotificationChannel
    /// What about: the kind of the event that the customer was told of.
    public var about: EventType

    /// The facts, one by one.
    public init(order: Identifier, customer: Identifier, channel: NotificationChannel, about: EventType) {
        self.order = order
        self.customer = customer
        self.channel = channel
        self.about = about
    }
}

/// How customers are told.
public enum NotificationChannel: UInt8, NamedCase, Hashable, Sendable {
    /// An e-mail.
    case email
    /// A text message.
    case sms

    /// The name on the wire.
    public var name: StaticString {
        switch self {
        case .email: "email"
        case .sms: "sms"
        }
    }
}

/// What a fraud check came to, and why.
public struct FraudDecision: Hashable, Sendable, Document {
    /// Which order.
    public var order: Identifier
    /// Whose order it is.
    public var customer: Identifier
    /// Which limit was passed; nil when none was.
    public var rule: FraudRule?
    /// How many orders the customer placed in the window, this one included.
    public var orders: Int32
    /// What they come to.
    public var amount: Money

    /// The facts, one by one.
    public init(order: Identifier, customer: Identifier, rule: FraudRule?, orders: Int32, amount: Money) {
        self.order = order
        self.customer = customer
        self.rule = rule
        self.orders = orders
        self.amount = amount
    }
}

/// What makes an order suspicious.
public enum FraudRule: UInt8, NamedCase, Hashable, Sendable {
    /// Too many orders of one customer in a window of time.
    case tooManyOrders
    /// Too much money of one customer in a window of time.
    case tooMuchMoney
    /// One order alone that is too large.
    case orderTooLarge

    /// The name on the wire.
    public var name: StaticString {
        switch self {
        case .tooManyOrders: "too-many-orders"
        case .tooMuchMoney: "too-much-money"
        case .orderTooLarge: "order-too-large"
        }
    }
}
