import Services
import Simulation

/// Where the money for an order is.
public enum PaymentStatus: UInt8, NamedCase, Sendable {
    /// The provider has been asked to charge the customer.
    case charging
    /// The customer has paid.
    case charged
    /// The customer has not paid, and will not.
    case declined
    /// The provider has been asked to give all the money back.
    case refunding
    /// The customer has all the money back.
    case refunded
    /// The order was cancelled before anything was charged.
    case voided
    /// Nobody knows whether the customer was charged; the provider has been asked to give back what it may have taken.
    case reversing
}

/// An order, as the till sees it.
public struct PaymentRow: Row {
    /// The name of its table.
    public static let table = "payments"
    /// The order.
    public var key: Identifier
    /// Where the money is.
    public var status: PaymentStatus
    /// What is to be paid. Nothing, when the order was cancelled before the amount was known.
    public var amount: Money
    /// What of it was given back, or is about to be.
    public var returned: Money
    /// How many `RefundRow`s it has, numbered from 1.
    public var refundCount: Int32
    /// What the provider knows the customer's card by.
    public var token: Identifier?
    /// What the provider calls the payment.
    public var payment: Identifier?
    /// The order was cancelled: money that still comes goes back.
    public var isCancelled: Bool
    /// The order's story.
    public var correlation: UniqueID
    /// The event that the provider was asked for.
    public var cause: UniqueID
    /// When it was written last.
    public var updatedAt: Instant
}

/// Money that goes back to a customer.
public struct RefundRow: Row {
    /// The name of its table.
    public static let table = "refunds"
    /// Which refund of which order.
    public var key: NumberedKey
    /// How much.
    public var amount: Money
    /// Whether it is all that is left of the payment, and not only the price of some pieces.
    public var isRest: Bool
    /// Whether the customer has it.
    public var isDone: Bool
    /// The event that it was asked for.
    public var cause: UniqueID
}

extension PaymentRow {
    /// Searches tell rows apart by their status.
    public static var hasPhases: Bool { true }
    /// The status.
    public var phase: UInt8 { status.rawValue }
}
