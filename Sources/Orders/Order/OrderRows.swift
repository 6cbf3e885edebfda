import Services
import Simulation

/// What an order's owner knows of it.
public enum OrderStatus: UInt8, CaseIterable, Sendable {
    /// Placed; nothing is known of it yet.
    case pending
    /// All that was ordered lies ready.
    case reserved
    /// The customer has paid.
    case paid
    /// The parcel is on its way: an end.
    case shipped
    /// It is to be stopped, and what was done for it undone.
    case cancelling
    /// Stopped, and everything undone: the other end.
    case cancelled

    /// Nothing can change any more.
    public var isTerminal: Bool { self == .shipped || self == .cancelled }
    /// On its way to the customer, as far as is known.
    public var isOpen: Bool { self == .pending || self == .reserved || self == .paid }

    /// The name in the API.
    public var name: StaticString {
        switch self {
        case .pending: "pending"
        case .reserved: "reserved"
        case .paid: "paid"
        case .shipped: "shipped"
        case .cancelling: "cancelling"
        case .cancelled: "cancelled"
        }
    }
}

/// An order.
public struct OrderRow: Row {
    /// The name of its table.
    public static let table = "orders"
    /// The order's id.
    public var key: Identifier
    /// Whose order it is.
    public var customer: Identifier
    /// Where it stands.
    public var status: OrderStatus
    /// Why it is being cancelled, or was.
    public var reason: Reason?
    /// What the customer pays.
    public var total: Money
    /// How many `OrderLineRow`s it has, numbered from 0.
    public var lineCount: Int32
    /// How many `OrderEventRow`s it has, numbered from 1.
    public var eventCount: Int32
    /// Its story.
    public var correlation: UniqueID
    /// The last event of its story that this service knows of.
    public var lastEvent: UniqueID
    /// When it was placed.
    public var createdAt: Instant
    /// When it was written last.
    public var updatedAt: Instant
}

/// A line of an order: which order, and its number from 0.
public struct OrderLineKey: RowKey {
    /// The order.
    public var order: Identifier
    /// The number of the line, from 0.
    public var line: Int32

    /// A key, by its parts.
    public init(order: Identifier, line: Int32) {
        self.order = order
        self.line = line
    }

    /// Spreads the keys over shards.
    public var stableHash: UInt64 { mixed(order.stableHash &+ UInt64(bitPattern: Int64(line))) }
}

/// One product of an order.
public struct OrderLineRow: Row {
    /// The name of its table.
    public static let table = "order_lines"
    /// Which line of which order.
    public var key: OrderLineKey
    /// The product.
    public var sku: Identifier
    /// How many pieces.
    public var quantity: Int32
    /// The price of one, when the order was placed.
    public var unitPrice: Money
}

/// One entry of an order's history, which only grows: an event that was published by the order service or applied by it.
public struct OrderEventRow: Row {
    /// Which order, and the entry's number from 1.
    public struct Key: RowKey {
        /// The order.
        public var order: Identifier
        /// The number of the entry, from 1.
        public var number: Int32

        /// A key, by its parts.
        public init(order: Identifier, number: Int32) {
            self.order = order
            self.number = number
        }

        /// Spreads the keys over shards.
        public var stableHash: UInt64 { mixed(order.stableHash &+ UInt64(bitPattern: Int64(number))) }
    }

    /// The name of its table.
    public static let table = "order_events"
    /// Which entry of which order.
    public var key: Key
    /// The event.
    public var event: UniqueID
    /// Its kind.
    public var type: EventType
    /// When it was applied or published.
    public var at: Instant
}
