import Services
import Simulation

/// What customers have ordered lately, by the times of the orders.
struct FraudHistory {
    let limits: FraudLimits
    /// Whether it is the past that is told again.
    let isReplay: Bool

    /// Orders may come late, by this much at least, and are still judged by all that came before them.
    private static let grace = Duration.seconds(3_600)

    private static func hour(of moment: Instant) -> Int64 { moment.nanoseconds / 3_600_000_000_000 }

    /// Notes an order. One that is told again stands there once.
    func note(_ order: OrderCreated, at moment: Instant, in transaction: inout Transaction) throws {
        let hour = Self.hour(of: moment)
        let key = PurchasesRow.Key(customer: order.customer, isReplay: isReplay, hour: hour)
        var row = try transaction.get(PurchasesRow.self, key) ?? PurchasesRow(key: key)
        let purchase = PurchasesRow.Purchase(order: order.order, at: moment, total: order.total)
        if let index = row.purchases.firstIndex(where: { $0.order == order.order }) {
            row.purchases[index] = purchase
        } else {
            row.purchases.append(purchase)
        }
        try transaction.put(row)
        try prune(order.customer, adding: hour, in: &transaction)
    }

    /// Keeps the list of hours, and forgets those before the window. The past is told in any sequence, and is kept.
    private func prune(_ customer: Identifier, adding hour: Int64, in transaction: inout Transaction) throws {
        let key = PurchaseHoursRow.Key(customer: customer, isReplay: isReplay)
        var row = try transaction.get(PurchaseHoursRow.self, key) ?? PurchaseHoursRow(key: key)
        guard !row.hours.contains(hour) else { return }
        row.hours.insert(hour, at: row.hours.firstIndex { $0 > hour } ?? row.hours.endIndex)
        if !isReplay, let newest = row.hours.last {
            let begin = Instant(nanoseconds: newest * 3_600_000_000_000) - limits.window - Self.grace
            let old = row.hours.prefix { $0 < Self.hour(of: begin) }
            for hour in old {
                try transaction.delete(PurchasesRow.self, .init(customer: customer, isReplay: false, hour: hour))
            }
            row.hours.removeFirst(old.count)
        }
        try transaction.put(row)
    }

    /// What an order comes to, given all that is known of its customer. The order itself counts, known or not.
    func judge(
        _ order: Identifier, of customer: Identifier, _ total: Money, at moment: Instant, in transaction: Transaction
    ) throws -> FraudDecision {
        var decision = FraudDecision(order: order, customer: customer, rule: nil, orders: 1, amount: total)
        let hours = try transaction.get(PurchaseHoursRow.self, .init(customer: customer, isReplay: isReplay))?.hours
        let wanted = Self.hour(of: moment - limits.window)...Self.hour(of: moment)
        for hour in hours ?? [] where wanted.contains(hour) {
            let key = PurchasesRow.Key(customer: customer, isReplay: isReplay, hour: hour)
            for purchase in try transaction.get(PurchasesRow.self, key)?.purchases ?? []
            where purchase.order != order && limits.window(before: moment, contains: purchase.at) {
                decision.count(purchase.total)
            }
        }
        decision.rule = limits.rule(for: decision, total: total)
        return decision
    }
}

extension FraudDecision {
    /// Counts one more order of the customer. Money of another currency is not added; more than can be counted stays at
    /// the most that can.
    mutating func count(_ total: Money) {
        orders += 1
        guard total.currency == amount.currency else { return }
        let (sum, overflow) = amount.minorUnits.addingReportingOverflow(total.minorUnits)
        amount.minorUnits = overflow ? .max : sum
    }
}
