import Services
import Simulation

/// `GET /api/analytics`: the figures of some days, and where orders stand.
extension AnalyticsService {
    static let routes: [Route<AnalyticsService>] = [
        Route(
            .get, "/api/analytics",
            "Daily figures, of one day with `day=2025-11-11`, or of the last days with `days=7`; of the last 30 otherwise"
        ) { service, call, transaction in
            guard let days = service.days(of: call.path, at: transaction.now) else {
                return .problem(
                    400, "Invalid query",
                    "Ask for one day with day=2025-11-11, or for the last with days=N, N from 1 to 366.")
            }
            return try service.show(days, in: transaction)
        }
    ]

    private static let daysShown = 30
    private static let mostDays = 366
    private static let productsShown = 10

    /// The days that a query asks for; nil when it makes no sense.
    private func days(of path: RequestPath, at now: Instant) -> ClosedRange<BusinessDay>? {
        if let day = path.query("day") { return BusinessDay(day).map { $0...$0 } }
        let today = BusinessDay(of: now, start: settings.dayStart)
        guard let days = path.query("days") else { return Self.last(Self.daysShown, until: today) }
        guard let count = Int(String(decoding: days, as: UTF8.self)), (1...Self.mostDays).contains(count) else {
            return nil
        }
        return Self.last(count, until: today)
    }

    private static func last(_ count: Int, until today: BusinessDay) -> ClosedRange<BusinessDay> {
        BusinessDay(number: today.number - Int32(count - 1))...today
    }

    private func show(_ days: ClosedRange<BusinessDay>, in transaction: Transaction) throws -> Response {
        let revenues = try transaction.rows(DailyRevenueRow.self) { days.contains($0.key.day) }
        let products = try transaction.rows(DailyProductRow.self) { days.contains($0.key.day) }
        var total = Figures(revenues: revenues)
        var json = JSONWriter(capacity: 2_048)
        json.beginObject()
        json.field("days")
        json.beginArray()
        for number in days.lowerBound.number...days.upperBound.number {
            let day = BusinessDay(number: number)
            guard
                let row = try transaction.get(DailyOrdersRow.self, day)
                    ?? (revenues.contains { $0.key.day == day } ? DailyOrdersRow(key: day) : nil)
            else { continue }
            total.add(row)
            json.beginObject()
            json.field("day")
            json.value(day.description)
            Figures(row, revenues: revenues.filter { $0.key.day == day }).write(to: &json)
            json.endObject()
        }
        json.endArray()
        json.field("totals")
        json.beginObject()
        total.write(to: &json)
        json.endObject()
        json.field("topProducts")
        Self.writeTop(products, to: &json)
        json.field("ordersByStatus")
        json.beginObject()
        for status in OrderStatus.allCases {
            json.field(status.name)
            json.value(try transaction.get(StatusCountRow.self, StatusCountRow(status).key)?.orders ?? 0)
        }
        json.endObject()
        json.endObject()
        return Response(status: 200, body: json.finish())
    }

    /// The products of which most pieces were ordered; among equals, by name.
    private static func writeTop(_ rows: [DailyProductRow], to json: inout JSONWriter) {
        var sales: [DailyProductRow] = []
        let sorted = rows.sorted {
            ($0.key.sku, $0.key.currency.stableHash) < ($1.key.sku, $1.key.currency.stableHash)
        }
        for row in sorted {
            if let last = sales.last, last.key.sku == row.key.sku, last.key.currency == row.key.currency {
                sales[sales.count - 1].pieces += row.pieces
                sales[sales.count - 1].amount.add(row.amount)
            } else {
                sales.append(row)
            }
        }
        json.beginArray()
        for row in sales.sorted(by: { ($1.pieces, $0.key.sku) < ($0.pieces, $1.key.sku) }).prefix(productsShown) {
            json.beginObject()
            json.field("productId")
            json.value(row.key.sku)
            json.field("quantity")
            json.value(row.pieces)
            json.field("revenue")
            json.value(row.amount)
            json.field("currency")
            json.value(row.key.currency)
            json.endObject()
        }
        json.endArray()
    }
}

/// The figures of a day, or of several.
private struct Figures {
    var placed: Int64 = 0
    var cancelled: Int64 = 0
    var returned: Int64 = 0
    /// For each currency, by its letters.
    private var revenues: [DailyRevenueRow] = []

    init(_ row: DailyOrdersRow, revenues: [DailyRevenueRow]) {
        self.init(revenues: revenues)
        add(row)
    }

    init(revenues rows: [DailyRevenueRow]) {
        for row in rows.sorted(by: { $0.key.currency.stableHash < $1.key.currency.stableHash }) {
            if revenues.last?.key.currency == row.key.currency {
                revenues[revenues.count - 1].authorized.add(row.authorized)
                revenues[revenues.count - 1].refunded.add(row.refunded)
            } else {
                revenues.append(row)
            }
        }
    }

    mutating func add(_ row: DailyOrdersRow) {
        placed += row.placed
        cancelled += row.cancelled
        returned += row.returned
    }

    func write(to json: inout JSONWriter) {
        json.field("orders")
        json.value(placed)
        json.field("cancelled")
        json.value(cancelled)
        json.field("cancellationRate")
        // Of the orders placed, in ten-thousandths: cancelled may be orders of the days before, so it may be above 1.
        if placed > 0 { json.value((cancelled * 10_000 + placed / 2) / placed, decimals: 4) } else { json.null() }
        json.field("returned")
        json.value(returned)
        json.field("revenue")
        json.beginArray()
        for row in revenues {
            var net = row.authorized
            net.add(Money(minorUnits: 0 &- row.refunded.minorUnits, row.refunded.currency))
            json.beginObject()
            json.field("currency")
            json.value(row.key.currency)
            json.field("authorized")
            json.value(row.authorized)
            json.field("refunded")
            json.value(row.refunded)
            json.field("net")
            json.value(net)
            json.endObject()
        }
        json.endArray()
    }
}

extension Money {
    /// Adds an amount of the same currency; a sum that does not fit into 64 bits stays the largest that does.
    fileprivate mutating func add(_ other: Money) {
        let (sum, overflow) = minorUnits.addingReportingOverflow(other.minorUnits)
        minorUnits = overflow ? (other.minorUnits < 0 ? .min : .max) : sum
    }
}
