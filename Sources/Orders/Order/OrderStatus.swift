import Services

/// What an order's owner knows of it.
public enum OrderStatus: UInt8, NamedCase, Sendable {
    /// Placed; nothing is known of it yet.
    case pending
    /// All that was ordered lies ready.
    case reserved
    /// The customer has paid.
    case paid
    /// Everything that has to be done before a parcel is planned is done. Where no parcel is sent: the good end.
    case confirmed
    /// A parcel is planned.
    case scheduled
    /// The parcel is on its way.
    case shipped
    /// The parcel has arrived.
    case delivered
    /// It is to be stopped, and what was done for it undone.
    case cancelling
    /// Stopped, and everything undone: the other end.
    case cancelled
    /// The customer sends it back.
    case returning
    /// It has come back, and the customer has the money.
    case returned

    /// Nothing can change any more.
    public var isFinal: Bool { self == .cancelled || self == .returned }
    /// On its way to the customer, as far as is known.
    public var isOpen: Bool {
        switch self {
        case .pending, .reserved, .paid, .confirmed, .scheduled: true
        case .shipped, .delivered, .cancelling, .cancelled, .returning, .returned: false
        }
    }

    /// The name in the API.
    public var name: StaticString {
        switch self {
        case .pending: "pending"
        case .reserved: "reserved"
        case .paid: "paid"
        case .confirmed: "confirmed"
        case .scheduled: "scheduled"
        case .shipped: "shipped"
        case .delivered: "delivered"
        case .cancelling: "cancelling"
        case .cancelled: "cancelled"
        case .returning: "returning"
        case .returned: "returned"
        }
    }
}
