import Services

/// Why something was refused, failed or cancelled. One that a newer version of a service may give reads as `other`.
public enum Reason: UInt8, NamedCase, Hashable, Sendable {
    /// A reason that this program does not know.
    case other
    /// The customer cancelled.
    case customerRequest
    /// The order was not finished within the saga's time limit.
    case sagaTimeout
    /// Somebody else has the last pieces, and orders do not wait for new ones.
    case outOfStock
    /// There is no such product.
    case unknownProduct
    /// What was reserved waited too long for its payment.
    case reservationExpired
    /// The payment provider said no.
    case paymentDeclined
    /// The payment provider said nothing, and the policy takes that for a no.
    case paymentTimeout
    /// The payment provider said something that nobody understands; what it may have taken was returned.
    case paymentUnreadable
    /// The order looks like fraud.
    case suspectedFraud
    /// The parcel is not planned yet: what is in it cannot be changed before.
    case notPlannedYet
    /// The parcel is on its way.
    case alreadyShipped
    /// The order is being cancelled as a whole, or was.
    case alreadyCancelled

    /// The name on the wire.
    public var name: StaticString {
        switch self {
        case .other: "other"
        case .customerRequest: "customer-request"
        case .sagaTimeout: "saga-timeout"
        case .outOfStock: "out-of-stock"
        case .unknownProduct: "unknown-product"
        case .reservationExpired: "reservation-expired"
        case .paymentDeclined: "payment-declined"
        case .paymentTimeout: "payment-timeout"
        case .paymentUnreadable: "payment-unreadable"
        case .suspectedFraud: "suspected-fraud"
        case .notPlannedYet: "not-planned-yet"
        case .alreadyShipped: "already-shipped"
        case .alreadyCancelled: "already-cancelled"
        }
    }

    init(_ text: JSONText) { self = Self.allCases.first { text.equals($0.name) } ?? .other }
}

extension Reason: CustomStringConvertible {
    /// The name on the wire.
    public var description: String { String(describing: name) }
}
