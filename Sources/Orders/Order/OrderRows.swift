import Services
import Simulation

/// What an order's owner knows of it.
public enum OrderStatus: UInt8, CaseIterable, Sendable {
    case pending
    case reserved
    case paid
    case shipped
    case cancelling
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
    public static let table = "orders"
    /// The order's id.
    public var key: Identifier
    public var customer: Identifier
    public var status: OrderStatus
    /// Why it is being cancelled, or was.
    public var reason: Reason?
    public var total: Money
    /// How many `OrderLineRow`s it has, numbered from 0.
    public var lineCount: Int32
    /// How many `OrderEventRow`s it has, numbered from 1.
    public var eventCount: Int32
    /// Its story, and the last event in it that this service knows of.
    public var correlation: UniqueID
    public var lastEvent: UniqueID
    public var createdAt: Instant
    public var updatedAt: Instant
}

/// A line of an order: which order, and its number from 0.
public struct OrderLineKey: RowKey {
    public var order: Identifier
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
    public static let table = "order_lines"
    public var key: OrderLineKey
    public var sku: Identifier
    public var quantity: Int32
    public var unitPrice: Money
}

/// One entry of an order's history, which only grows: an event that was published by the order service or applied by it.
public struct OrderEventRow: Row {
    /// Which order, and the entry's number from 1.
    public struct Key: RowKey {
        public var order: Identifier
        public var number: Int32

        /// A key, by its parts.
        public init(order: Identifier, number: Int32) {
            self.order = order
            self.number = number
        }

        /// Spreads the keys over shards.
    public var stableHash: UInt64 { mixed(order.stableHash &+ UInt64(bitPattern: Int64(number))) }
    }

    public static let table = "order_events"
    public var key: Key
    public var event: UniqueID
    public var type: EventType
    public var at: Instant
}
