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
        guard let type = Self.allCases.first(where: { text.equals($0.name) }) else { return nil }
        self = type
    }
}

extension EventType: CustomStringConvertible {
    /// The name on the wire.
    public var description: String { String(describing: name) }
}
