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
    /// The name of its table.
    public static let table = "shipments"
    /// The order.
    public var key: Identifier
    /// Where it stands.
    public var status: ShipmentStatus
    /// How many parcels payments have asked for. One is right.
    public var parcelsOrdered: Int32
    /// How many of them have left.
    public var parcelsShipped: Int32
    /// Of the parcel that left last.
    public var trackingNumber: Identifier?
    /// The order's story.
    public var correlation: UniqueID
    /// The event that the shipment follows from.
    public var cause: UniqueID
    /// When it was written last.
    public var updatedAt: Instant
}
