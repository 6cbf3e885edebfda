/// The kinds of events, by what services mean by them. What they are called on the wire is `name`.
public enum EventType: UInt8, CaseIterable, Hashable, Sendable {
    /// An order was placed.
    case orderCreated
    /// The order is to be stopped, if it can be stopped yet.
    case orderCancellationRequested
    /// The order has ended without a parcel.
    case orderCancelled
    /// All that was ordered lies ready.
    case inventoryReserved
    /// Something that was ordered cannot be had.
    case inventoryFailed
    /// Nothing is reserved for the order any more.
    case inventoryReleased
    /// The customer has paid.
    case paymentAuthorized
    /// The customer has not paid, and will not.
    case paymentFailed
    /// The customer has the money back.
    case paymentRefunded
    /// The order was cancelled before anything was charged.
    case paymentVoided
    /// The parcel is on its way.
    case orderShipped
    /// No parcel was sent, and none will be.
    case shippingCancelled
    /// The order can no longer be stopped.
    case cancellationRefused

    /// The name on the wire.
    public var name: StaticString {
        switch self {
        case .orderCreated: "OrderCreated"
        case .orderCancellationRequested: "OrderCancellationRequested"
        case .orderCancelled: "OrderCancelled"
        case .inventoryReserved: "InventoryReserved"
        case .inventoryFailed: "InventoryFailed"
        case .inventoryReleased: "InventoryReleased"
        case .paymentAuthorized: "PaymentAuthorized"
        case .paymentFailed: "PaymentFailed"
        case .paymentRefunded: "PaymentRefunded"
        case .paymentVoided: "PaymentVoided"
        case .orderShipped: "OrderShipped"
        case .shippingCancelled: "ShippingCancelled"
        case .cancellationRefused: "CancellationRefused"
        }
    }

    init?(_ text: JSONText) {
        switch text {
        case "OrderCreated": self = .orderCreated
        case "OrderCancellationRequested": self = .orderCancellationRequested
        case "OrderCancelled": self = .orderCancelled
        case "InventoryReserved": self = .inventoryReserved
        case "InventoryFailed": self = .inventoryFailed
        case "InventoryReleased": self = .inventoryReleased
        case "PaymentAuthorized": self = .paymentAuthorized
        case "PaymentFailed": self = .paymentFailed
        case "PaymentRefunded": self = .paymentRefunded
        case "PaymentVoided": self = .paymentVoided
        case "OrderShipped": self = .orderShipped
        case "ShippingCancelled": self = .shippingCancelled
        case "CancellationRefused": self = .cancellationRefused
        default: return nil
        }
    }
}

extension EventType: CustomStringConvertible {
    /// The name on the wire.
    public var description: String { String(describing: name) }
}
