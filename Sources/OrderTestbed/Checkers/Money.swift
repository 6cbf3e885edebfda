import Harness
import Orders
import Services

/// What moved at the payment provider.
extension Checker {
    static let chargedAtMostOnce = Checker(
        "charged-at-most-once", "No customer is charged twice for one order.", needsWholeLog: false
    ) { history, findings in
        var charges = [Int](repeating: 0, count: history.orders.count)
        for booking in history.ledger where booking.isCharge {
            let order = Int(booking.order)
            charges[order] += 1
            if charges[order] == 1 {
                findings.sample()
            } else {
                findings.report(
                    history.orders[order].id, at: booking.at,
                    "The customer was charged \(Money(of: booking)) for this order, for the "
                        + "\(charges[order] == 2 ? "second" : "\(charges[order])th") time.")
            }
        }
    }

    static let moneyConserved = Checker(
        "money-conserved",
        "Who gets a parcel has paid its price, no more and no less; who gets none has paid nothing in the end."
    ) { history, findings in
        var paid = [Int64](repeating: 0, count: history.orders.count)
        for booking in history.ledger {
            let order = history.orders[Int(booking.order)]
            let amount = Money(of: booking)
            if booking.isCharge, let total = order.row?.total, total != amount {
                findings.report(
                    order.id, at: booking.at, "A charge of \(amount), and the order comes to \(total).")
            }
            paid[Int(booking.order)] += booking.isCharge ? amount.minorUnits : -amount.minorUnits
            if paid[Int(booking.order)] < 0 {
                findings.report(
                    order.id, at: booking.at, "A refund of \(amount) left the customer with more than was charged.")
            }
        }
        guard history.isSettled else { return }
        let takesMoney = history.blueprint.step(.charge) != nil
        for (number, order) in history.orders.enumerated() {
            guard let row = order.row else {
                if paid[number] != 0 {
                    findings.report(order.id, "Money moved for an order that does not exist.")
                }
                continue
            }
            findings.sample()
            let balance = Money(minorUnits: paid[number], row.total.currency)
            if row.status == history.lifecycle.success {
                let price = Money(
                    minorUnits: takesMoney ? row.total.minorUnits - row.cancelled.minorUnits : 0, row.total.currency)
                if balance == price { continue }
                findings.report(
                    order.id, at: row.updatedAt,
                    "The order is '\(row.status.name)'. It costs \(price), and the customer has paid \(balance).")
            } else if balance.minorUnits != 0, !order.has(history.blueprint.pivot) || row.status.isFinal {
                // Also of an order that got stuck on its way: it has no parcel, and will not get one.
                findings.report(
                    order.id, at: row.updatedAt,
                    "The order is '\(row.status.name)', and \(balance) of the customer's money have not come back.")
            }
        }
    }
}

extension Money {
    /// The amount of a ledger entry.
    fileprivate init(of booking: Booking) {
        self.init(minorUnits: booking.entry.amount, Currency(booking.entry.unit) ?? .usd)
    }
}
