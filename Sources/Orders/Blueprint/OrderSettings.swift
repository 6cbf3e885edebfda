import Simulation

/// What happens to an event that arrives before one that it depends on: topics know no order among each other.
public enum OutOfOrder: String, CaseIterable, Sendable {
    /// Its effect is remembered, and applied as soon as it can be.
    case buffer
    /// It is passed over.
    case ignore
}

/// The choices of design that the order system offers, beside those of the runtime. The defaults lose nothing.
public struct OrderPolicies: Hashable, Sendable {
    /// What happens to events that come too early.
    public var outOfOrder = OutOfOrder.buffer

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
    /// How long it takes from payment to the parcel's departure.
    public var handlingTime = Duration.milliseconds(500)
    /// How long to wait before asking again for a refund that was not granted.
    public var refundRetryDelay = Duration.seconds(2)

    /// The defaults.
    public init() {}
}
