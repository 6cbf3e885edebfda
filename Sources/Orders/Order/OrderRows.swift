import Services
import Simulation

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
    /// What the customer pays for all that was ordered.
    public var total: Money
    /// What of it is for pieces that were cancelled.
    public var cancelled: Money
    /// How many `OrderLineRow`s it has, numbered from 0.
    public var lineCount: Int32
    /// How many `OrderEventRow`s it has, numbered from 1.
    public var eventCount: Int32
    /// How many updates of its status were applied.
    public var updateCount: Int32
    /// The kinds of events that it has had.
    public var seen: EventSet
    /// Its story.
    public var correlation: UniqueID
    /// The last event of its story that this service knows of.
    public var lastEvent: UniqueID
    /// When it was placed.
    public var createdAt: Instant
    /// When it was written last.
    public var updatedAt: Instant

    /// The order that an `OrderCreated` creates.
    public init(_ created: OrderCreated, by event: Event, at now: Instant) {
        key = created.order
        customer = created.customer
        status = .pending
        total = created.total
        cancelled = .zero(created.total.currency)
        lineCount = Int32(created.lines.count)
        eventCount = 0
        updateCount = 0
        seen = []
        correlation = event.correlation
        lastEvent = event.id
        createdAt = event.at
        updatedAt = now
    }
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
    /// How many pieces were ordered.
    public var quantity: Int32
    /// The price of one, when the order was placed.
    public var unitPrice: Money
    /// How many of them were cancelled.
    public var cancelled: Int32 = 0
    /// How many of them the customer wants to cancel, which is not decided yet.
    public var beingCancelled: Int32 = 0

    /// How many pieces would be left if everything that was asked for is granted.
    public var remaining: Int32 { quantity - cancelled - beingCancelled }

    /// A line of an order that was just created.
    public init(key: OrderLineKey, _ line: OrderLine) {
        self.key = key
        sku = line.sku
        quantity = line.quantity
        unitPrice = line.unitPrice
    }
}

/// One entry of an order's history, which only grows: an event that was published by the order service or applied by it.
/// The order can be rebuilt from it.
public struct OrderEventRow: Row {
    /// The name of its table.
    public static let table = "order_events"
    /// Which entry of which order.
    public var key: NumberedKey
    /// The event.
    public var event: Event
    /// When it was applied or published.
    public var at: Instant
}

/// An update of an order's status that has come before those that it follows, or before the order.
package struct EarlyUpdateRow: Row {
    package static let table = "early_updates"
    /// Which update of which order.
    package var key: NumberedKey
    package var event: Event
}

extension OrderRow {
    /// Searches tell rows apart by their status.
    public static var hasPhases: Bool { true }
    /// The status.
    public var phase: UInt8 { status.rawValue }
}
