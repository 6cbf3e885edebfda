import Services
import Simulation

/// An order, as the cart that took it sees it.
public struct CartOrderRow: Row {
    /// The name of its table.
    public static let table = "cart_orders"
    /// The order.
    public var key: Identifier
    /// The status that was given to it last.
    public var status: OrderStatus
    /// How many updates of its status were published.
    public var updateCount: Int32
    /// Its story.
    public var correlation: UniqueID
    /// The last event that was published about it.
    public var lastEvent: UniqueID
    /// When it was written last.
    public var updatedAt: Instant
}
