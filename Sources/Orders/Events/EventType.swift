import Services

/// The kinds of events, by what services mean by them. What they are called on the wire is the blueprint's business;
/// `name` is what they are called where it says nothing.
public enum EventType: UInt8, NamedCase, Hashable, Sendable {
    /// An order was placed.
    case orderCreated
    /// The order is to be stopped, if it can be stopped yet.
    case orderCancellationRequested
    /// The order has ended without a parcel.
    case orderCancelled
    /// Somebody has given the order another status by hand.
    case orderStatusUpdated
    /// Some pieces of one line are not wanted any more.
    case lineCancellationRequested
    /// The customer wants to send a delivered order back.
    case returnRequested

    /// All that was ordered lies ready.
    case inventoryReserved
    /// Something that was ordered cannot be had.
    case inventoryFailed
    /// Nothing is reserved for the order any more.
    case inventoryReleased
    /// What is reserved for the order has been waiting for too long.
    case reservationExpired
    /// What came back stands on the shelf again.
    case inventoryRestocked

    /// The provider has been asked to charge the customer.
    case paymentProcessing
    /// The customer has paid.
    case paymentAuthorized
    /// The customer has not paid, and will not.
    case paymentFailed
    /// The customer has all the money back.
    case paymentRefunded
    /// The customer has some of the money back, for pieces that were cancelled.
    case paymentPartlyRefunded
    /// The order was cancelled before anything was charged.
    case paymentVoided

    /// A parcel is planned.
    case shipmentCreated
    /// The parcel is on its way.
    case shipmentDispatched
    /// The parcel has arrived.
    case shipmentDelivered
    /// The parcel has come back.
    case shipmentReturned
    /// No parcel was sent, and none will be.
    case shippingCancelled
    /// The order can no longer be stopped.
    case cancellationRefused
    /// The pieces were left out of the parcel.
    case lineCancelled
    /// The pieces could not be left out of the parcel.
    case lineCancellationRefused

    /// The customer was told.
    case notificationSent

    /// Nothing about the order is suspicious.
    case fraudCheckPassed
    /// The order looks like fraud.
    case fraudCheckFailed

    /// The name that it has unless a blueprint gives it another.
    public var name: StaticString {
        switch self {
        case .orderCreated: "OrderCreated"
        case .orderCancellationRequested: "OrderCancellationRequested"
        case .orderCancelled: "OrderCancelled"
        case .orderStatusUpdated: "OrderStatusUpdated"
        case .lineCancellationRequested: "LineCancellationRequested"
        case .returnRequested: "ReturnRequested"
        case .inventoryReserved: "InventoryReserved"
        case .inventoryFailed: "InventoryFailed"
        case .inventoryReleased: "InventoryReleased"
        case .reservationExpired: "ReservationExpired"
        case .inventoryRestocked: "InventoryRestocked"
        case .paymentProcessing: "PaymentProcessing"
        case .paymentAuthorized: "PaymentAuthorized"
        case .paymentFailed: "PaymentFailed"
        case .paymentRefunded: "PaymentRefunded"
        case .paymentPartlyRefunded: "PaymentPartlyRefunded"
        case .paymentVoided: "PaymentVoided"
        case .shipmentCreated: "ShipmentCreated"
        case .shipmentDispatched: "ShipmentDispatched"
        case .shipmentDelivered: "ShipmentDelivered"
        case .shipmentReturned: "ShipmentReturned"
        case .shippingCancelled: "ShippingCancelled"
        case .cancellationRefused: "CancellationRefused"
        case .lineCancelled: "LineCancelled"
        case .lineCancellationRefused: "LineCancellationRefused"
        case .notificationSent: "NotificationSent"
        case .fraudCheckPassed: "FraudCheckPassed"
        case .fraudCheckFailed: "FraudCheckFailed"
        }
    }

    /// The kind of that name; blueprint files use it.
    public init?(named name: String) {
        guard let type = Self.allCases.first(where: { $0.description == name }) else { return nil }
        self = type
    }
}

extension EventType: CustomStringConvertible {
    /// The name that it has unless a blueprint gives it another.
    public var description: String { String(describing: name) }
}
