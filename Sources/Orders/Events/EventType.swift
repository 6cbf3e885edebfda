/// The kinds of events, by what services mean by them. What they are called on the wire is `name`.
public enum EventType: UInt8, CaseIterable, Hashable, Sendable {
    case orderCreated
    case orderCancellationRequested
    case orderCancelled
    case inventoryReserved
    case inventoryFailed
    case inventoryReleased
    case paymentAuthorized
    case paymentFailed
    case paymentRefunded
    case paymentVoided
    case orderShipped
    case shippingCancelled
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
