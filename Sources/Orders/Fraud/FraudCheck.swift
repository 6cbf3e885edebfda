import Services
import Simulation

/// When an order looks like fraud, and how that is said.
extension FraudLimits {
    /// The limit that an order passes, the plainest first; nil when it passes none. `decision` holds how many orders the
    /// customer has in the window and what they come to, this one included; `total` is what this one comes to.
    public func rule(for decision: FraudDecision, total: Money) -> FraudRule? {
        if total.minorUnits > singleAmount { return .orderTooLarge }
        if decision.orders > orders { return .tooManyOrders }
        return decision.amount.minorUnits > amount ? .tooMuchMoney : nil
    }

    /// Whether an order placed at one moment counts for an order placed at another: by the orders' own times, so that it
    /// does not matter which the service has heard of first.
    public func window(before moment: Instant, contains other: Instant) -> Bool {
        other > moment - window && other <= moment
    }

    /// Why it was decided so, in a sentence.
    public func explanation(of decision: FraudDecision, total: Money) -> String {
        func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, total.currency) }
        let span = "within \(window.inWords)"
        switch decision.rule {
        case .orderTooLarge:
            return "One order for \(total) is more than the \(money(singleAmount)) that are allowed."
        case .tooManyOrders:
            return "\(decision.orders) orders \(span) are more than the \(orders) that are allowed."
        case .tooMuchMoney:
            return "Orders for \(decision.amount) \(span) are more than the \(money(amount)) that are allowed."
        case nil:
            let count = decision.orders == 1 ? "1 order" : "\(decision.orders) orders"
            return "\(count) for \(decision.amount) \(span): no more than \(orders) orders and \(money(amount)) are "
                + "allowed, and no more than \(money(singleAmount)) for one order."
        }
    }
}

extension Duration {
    /// `1 hour`, `90 seconds`, `1500 milliseconds`: exactly, in the largest unit that fits.
    fileprivate var inWords: String {
        let units: [(name: String, length: Int64)] = [
            ("day", 86_400_000_000_000), ("hour", 3_600_000_000_000), ("minute", 60_000_000_000),
            ("second", 1_000_000_000), ("millisecond", 1_000_000), ("nanosecond", 1),
        ]
        for unit in units where nanoseconds >= unit.length && nanoseconds % unit.length == 0 {
            let count = nanoseconds / unit.length
            return "\(count) \(unit.name)\(count == 1 ? "" : "s")"
        }
        return description
    }
}
