import Services
import Simulation

/// One of several rows of an order: which order, and the number of the row, from 1.
public struct NumberedKey: RowKey {
    /// The order.
    public var order: Identifier
    /// The number, from 1.
    public var number: Int32

    /// A key, by its parts.
    public init(order: Identifier, number: Int32) {
        self.order = order
        self.number = number
    }

    /// Spreads the keys over shards.
    public var stableHash: UInt64 { mixed(order.stableHash &+ UInt64(bitPattern: Int64(number))) }
}
