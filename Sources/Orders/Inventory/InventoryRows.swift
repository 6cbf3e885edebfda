import Services
import Simulation

/// How much there is of a product.
public struct StockRow: Row {
    /// The name of its table.
    public static let table = "stock"
    /// The product.
    public var key: Identifier
    /// Pieces in the warehouse.
    public var onHand: Int32
    /// Those of them that are kept for an order.
    public var reserved: Int32

    /// Pieces that can still be reserved.
    public var available: Int32 { onHand - reserved }

    /// A product's stock, by its parts.
    public init(key: Identifier, onHand: Int32, reserved: Int32 = 0) {
        self.key = key
        self.onHand = onHand
        self.reserved = reserved
    }
}

/// What became of an order in the warehouse.
public enum ReservationStatus: UInt8, NamedCase, Sendable {
    /// Its lines are kept for it.
    case reserved
    /// Something was missing; nothing is kept.
    case refused
    /// Its lines went back to the shelf, or it was cancelled before it arrived.
    case released
    /// Its lines have left the house.
    case sold
    /// Its lines have left the house and come back.
    case returned
}

/// An order, as the warehouse sees it.
public struct ReservationRow: Row {
    /// The name of its table.
    public static let table = "reservations"
    /// The order.
    public var key: Identifier
    /// What became of it.
    public var status: ReservationStatus
    /// How many `ReservationLineRow`s it has, numbered from 0. None: it was cancelled before it arrived.
    public var lineCount: Int32 = 0
    /// The order's story.
    public var correlation: UniqueID
    /// The event that an expiry would follow from.
    public var cause: UniqueID
    /// When it was written last.
    public var updatedAt: Instant
}

/// One product that is or was kept for an order.
public struct ReservationLineRow: Row {
    /// The name of its table.
    public static let table = "reservation_lines"
    /// Which line of which order.
    public var key: OrderLineKey
    /// The product.
    public var sku: Identifier
    /// How many pieces, without those that were cancelled since.
    public var quantity: Int32
}

extension ReservationRow {
    /// Searches tell rows apart by their status.
    public static var hasPhases: Bool { true }
    /// The status.
    public var phase: UInt8 { status.rawValue }
}
