import Services
import Simulation

/// An order's place in the journal of the order service: all orders, in the sequence in which it took them in.
public struct JournalRow: Row {
    /// The name of its table.
    public static let table = "order_journal"
    /// From 1.
    public var key: Int32
    /// The order.
    public var order: Identifier
    /// When it was taken in; never before the one in front of it, whatever the clocks of instances say.
    public var at: Instant
}

/// The end of the journal.
public struct JournalEndRow: Row {
    /// The name of its table.
    public static let table = "order_journal_end"
    /// There is one such row.
    public static let only: Int32 = 0
    /// `only`.
    public var key = Self.only
    /// How many orders the journal has.
    public var count: Int32 = 0
    /// When the last of them was taken in.
    public var at = Instant.zero
}

extension OrderService {
    /// Writes a new order at the end of the journal.
    func journalise(_ order: Identifier, in transaction: inout Transaction) throws {
        var end = try transaction.get(JournalEndRow.self, JournalEndRow.only) ?? JournalEndRow()
        end.count += 1
        end.at = max(end.at, transaction.now)
        try transaction.put(JournalRow(key: end.count, order: order, at: end.at))
        try transaction.put(end)
    }

    /// The numbers of all orders that were taken in at a moment or later; nil when there are none.
    func journalNumbers(since moment: Instant, in transaction: Transaction) throws -> ClosedRange<Int32>? {
        guard let end = try transaction.get(JournalEndRow.self, JournalEndRow.only), end.at >= moment else {
            return nil
        }
        // The moments never decrease, so the first number is found by halving.
        var (low, high) = (Int32(1), end.count)
        while low < high {
            let middle = low + (high - low) / 2
            if let row = try transaction.get(JournalRow.self, middle), row.at >= moment {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low...end.count
    }
}
