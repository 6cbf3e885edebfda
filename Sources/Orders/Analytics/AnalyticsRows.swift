import Services
import Simulation

/// A day of the figures, by its number: 0 begins on 1970-01-01.
public struct BusinessDay: RowKey, Comparable {
    /// Days since 1970-01-01.
    public var number: Int32

    /// The day of that number.
    public init(number: Int32) { self.number = number }

    /// The day on which something happened; days begin as long after midnight UTC as `start` says, from 0 to 24 hours.
    public init(of moment: Instant, start: Duration) {
        let length: Int64 = 86_400_000_000_000
        var (days, time) = moment.nanoseconds.quotientAndRemainder(dividingBy: length)
        if time < 0 {
            days -= 1
            time += length
        }
        number = Int32(time < start.nanoseconds ? days - 1 : days)
    }

    /// Nil unless the text is a day like `2025-11-11`.
    public init?(_ text: some Collection<UInt8>) {
        let text = Array(text)
        func digits(_ range: Range<Int>) -> Int64? {
            var number: Int64 = 0
            for byte in text[range] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                number = number * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            return number
        }
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), let year = digits(0..<4),
            let month = digits(5..<7), let day = digits(8..<10), (1...12).contains(month),
            (1...CivilDate.days(in: month, of: year)).contains(day)
        else { return nil }
        number = Int32(CivilDate(year: year, month: month, day: day).daysSinceEpoch)
    }

    /// Spreads the keys over shards.
    public var stableHash: UInt64 { number.stableHash }

    /// By date.
    public static func < (left: BusinessDay, right: BusinessDay) -> Bool { left.number < right.number }
}

extension BusinessDay: CustomStringConvertible {
    /// `2025-11-11`.
    public var description: String {
        let date = CivilDate(daysSinceEpoch: Int64(number))
        func padded(_ number: Int64, _ digits: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    }
}

/// How many orders there were on a day.
public struct DailyOrdersRow: Row {
    /// The name of its table.
    public static let table = "analytics_daily"
    /// The day.
    public var key: BusinessDay
    /// Orders that were placed.
    public var placed: Int64 = 0
    /// Orders that were cancelled, whenever they were placed.
    public var cancelled: Int64 = 0
    /// Parcels that came back.
    public var returned: Int64 = 0

    /// A day on which nothing has happened yet.
    public init(key: BusinessDay) { self.key = key }
}

/// What was earned on a day, in one currency.
public struct DailyRevenueRow: Row {
    /// Which day, and which currency.
    public struct Key: RowKey {
        /// The day.
        public var day: BusinessDay
        /// The currency.
        public var currency: Currency

        /// A key, by its parts.
        public init(day: BusinessDay, currency: Currency) {
            self.day = day
            self.currency = currency
        }

        /// Spreads the keys over shards.
        public var stableHash: UInt64 { mixed(day.stableHash &+ currency.stableHash) }
    }

    /// The name of its table.
    public static let table = "analytics_revenue"
    /// Which day, and which currency.
    public var key: Key
    /// What customers paid.
    public var authorized: Money
    /// What they got back, of whichever day's payments.
    public var refunded: Money

    /// A day on which no money has moved yet.
    public init(key: Key) {
        self.key = key
        authorized = .zero(key.currency)
        refunded = .zero(key.currency)
    }
}

/// What was ordered of a product on a day, whatever became of it later.
public struct DailyProductRow: Row {
    /// Which day, which product, and which currency.
    public struct Key: RowKey {
        /// The day.
        public var day: BusinessDay
        /// The product.
        public var sku: Identifier
        /// The currency that it was ordered in.
        public var currency: Currency

        /// A key, by its parts.
        public init(day: BusinessDay, sku: Identifier, currency: Currency) {
            self.day = day
            self.sku = sku
            self.currency = currency
        }

        /// Spreads the keys over shards.
        public var stableHash: UInt64 { mixed(day.stableHash &+ mixed(sku.stableHash &+ currency.stableHash)) }
    }

    /// The name of its table.
    public static let table = "analytics_products"
    /// Which day, which product, and which currency.
    public var key: Key
    /// How many pieces.
    public var pieces: Int64 = 0
    /// What they cost together.
    public var amount: Money

    /// A product that nobody has ordered yet on a day.
    public init(key: Key) {
        self.key = key
        amount = .zero(key.currency)
    }
}

/// How many orders have a status.
public struct StatusCountRow: Row {
    /// The name of its table.
    public static let table = "analytics_statuses"
    /// The status, by its number.
    public var key: Int32
    /// How many orders have it.
    public var orders: Int64 = 0

    /// The status of that row.
    public var status: OrderStatus? { OrderStatus(rawValue: UInt8(truncatingIfNeeded: key)) }

    /// A status that no order has yet.
    public init(_ status: OrderStatus) { key = Int32(status.rawValue) }
}

/// An order, as far as it has been counted.
public struct CountedOrderRow: Row {
    /// The name of its table.
    public static let table = "analytics_orders"
    /// The order.
    public var key: Identifier
    /// The kinds of events that were counted.
    public var seen: EventSet = []
    /// The number of the last update of its status by hand.
    public var updateNumber: Int32 = 0
    /// What that update made of it.
    public var updatedStatus: OrderStatus?
    /// The status under which it is counted; nil until its `OrderCreated` has come.
    public var status: OrderStatus?

    /// An order of which nothing has been counted yet.
    public init(key: Identifier) { self.key = key }
}
