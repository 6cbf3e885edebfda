import Services
import Simulation

/// Where an order is on its way out of the house.
public enum ShipmentStatus: UInt8, CaseIterable, Sendable {
    /// The parcel is being packed.
    case preparing
    /// The parcel has left.
    case shipped
    /// There will be no parcel.
    case stopped
}

/// An order, as the packing table sees it.
public struct ShipmentRow: Row {
    public static let table = "shipments"
    /// The order.
    public var key: Identifier
    public var status: ShipmentStatus
    /// How many parcels payments have asked for, and how many have left. One is right.
    public var parcelsOrdered: Int32
    public var parcelsShipped: Int32
    /// Of the parcel that left last.
    public var trackingNumber: Identifier?
    /// The order's story, and the event that the shipment follows from.
    public var correlation: UniqueID
    public var cause: UniqueID
    public var updatedAt: Instant
}
