import Simulation

/// What happens to an event that arrives before one that it depends on: topics know no order among each other.
public enum OutOfOrder: String, CaseIterable, Sendable {
    /// Its effect is remembered, and applied as soon as it can be.
    case buffer
    /// It is passed over.
    case ignore
}

/// How the steps of an order are taken back that were taken before it failed.
public enum Compensation: String, CaseIterable, Sendable {
    /// Until it is done: what has to be taken back is written down, and tried again for as long as it takes.
    case durable
    /// Asked for once; whether it was done is not looked at.
    case fireAndForget = "fire-and-forget"
    /// Not at all.
    case none
}

/// What happens when goods have been reserved for an order for too long.
public enum ReservationExpiry: String, CaseIterable, Sendable {
    /// The order is cancelled, if it still can be; the goods are free when that is done.
    case cancelOrder = "cancel-order"
    /// The goods are free at once, whatever becomes of the order.
    case release
}

/// The choices of design that the order system offers, beside those of the runtime. The defaults lose nothing.
public struct OrderPolicies: Hashable, Sendable {
    /// What happens to events that come too early.
    public var outOfOrder = OutOfOrder.buffer
    /// How steps are taken back.
    public var compensation = Compensation.durable
    /// What happens to reservations that nobody uses.
    public var reservationExpiry = ReservationExpiry.cancelOrder

    /// The safe choices.
    public init() {}
}

/// What can be set about the order system.
public struct OrderSettings: Hashable, Sendable {
    /// Choices of design.
    public var policies = OrderPolicies()
    /// What is sold, and how much of it there is.
    public var catalogue = Catalogue.sample
    /// How long an order may take before it is cancelled.
    public var sagaTimeout = Duration.seconds(60)
    /// How long goods may be reserved before `policies.reservationExpiry` says what happens.
    public var reservationTime = Duration.seconds(45)
    /// How long after its creation a customer may cancel an order; nil for as long as it can be stopped.
    public var gracePeriod: Duration?
    /// How long it takes until the parcel is on its way, from the moment that it is ordered.
    public var handlingTime = Duration.milliseconds(500)
    /// How long a parcel travels, to the customer or back.
    public var transitTime = Duration.seconds(1)
    /// How long to wait before asking again for a refund that was not granted.
    public var refundRetryDelay = Duration.seconds(2)
    /// How long after midnight UTC a day of the daily figures begins; from 0, and less than 24 hours.
    public var dayStart = Duration.zero
    /// What a customer may order before it looks like fraud.
    public var fraudLimits = FraudLimits()
    /// How many orders are replayed in one transaction, from 1.
    public var replayPortion: Int32 = 250

    /// The defaults.
    public init() {}
}

/// What one customer may order in a window of time before it looks like fraud.
public struct FraudLimits: Hashable, Sendable, Codable {
    /// How far back orders count.
    public var window = Duration.seconds(3_600)
    /// The most orders in the window.
    public var orders: Int32 = 50
    /// The most money in the window, in minor units of the order's currency.
    public var amount: Int64 = 5_000_000
    /// The most that a single order may come to, in minor units.
    public var singleAmount: Int64 = 1_000_000

    /// The defaults.
    public init() {}
}
