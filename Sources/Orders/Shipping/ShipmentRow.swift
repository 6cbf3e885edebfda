import Services
import Simulation

/// Where an order is on its way out of the house.
public enum ShipmentStatus: UInt8, NamedCase, Sendable {
    /// The parcel is being packed.
    case preparing
    /// The parcel has left.
    case shipped
    /// The parcel has arrived.
    case delivered
    /// There will be no parcel.
    case stopped
    /// The parcel is on its way back.
    case returning
    /// The parcel has come back.
    case returned

    /// Whether a parcel has left the house.
    public var hasLeft: Bool { self != .preparing && self != .stopped }
}

/// An order, as the packing table sees it.
public struct ShipmentRow: Row {
    /// The name of its table.
    public static let table = "shipments"
    /// The order.
    public var key: Identifier
    /// Where it stands.
    public var status: ShipmentStatus
    /// How many parcels were asked for. One is right.
    public var parcelsOrdered: Int32
    /// How many of them have left.
    public var parcelsShipped: Int32
    /// Of the parcel that was planned last.
    public var trackingNumber: Identifier?
    /// Who carries it.
    public var carrier: Identifier?
    /// The order's story.
    public var correlation: UniqueID
    /// The event that the shipment follows from.
    public var cause: UniqueID
    /// When it was written last.
    public var updatedAt: Instant
}

/// Who carries parcels.
public enum Carrier: UInt8, NamedCase, Sendable {
    case orbitExpress
    case cometPost
    case lunarFreight

    /// The name on the wire.
    public var name: Identifier {
        switch self {
        case .orbitExpress: Identifier(literal: "orbit-express")
        case .cometPost: Identifier(literal: "comet-post")
        case .lunarFreight: Identifier(literal: "lunar-freight")
        }
    }

    /// The carrier of an order: always the same, and about as many orders for each.
    init(for order: Identifier) {
        self = Self.allCases[Int(order.stableHash % UInt64(Self.allCases.count))]
    }
}

extension ShipmentRow {
    /// Searches tell rows apart by their status.
    public static var hasPhases: Bool { true }
    /// The status.
    public var phase: UInt8 { status.rawValue }
}
