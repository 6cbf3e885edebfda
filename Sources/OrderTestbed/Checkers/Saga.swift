import Harness
import Orders
import Services

/// That the steps of an order fit together.
extension Checker {
    static let compensationComplete = Checker(
        "compensation-complete",
        "A cancelled order is undone everywhere: stock released, payment returned or never taken, no parcel on its way."
    ) { history, findings in
        guard history.isSettled else { return }
        let inventory = history.store(of: .inventory)
        let payments = history.store(of: .payment)
        let shipping = history.store(of: .shipping)
        for order in history.orders where order.row?.status == .cancelled {
            findings.sample()
            let cancelled = history.event(.orderCancelled, of: order)?.at
            if let reservation = inventory.row(ReservationRow.self, order.id),
                reservation.status == .reserved || reservation.status == .sold
            {
                findings.report(
                    order.id, at: cancelled,
                    "The order is cancelled, and its goods are '\(reservation.status)' in the warehouse.")
            }
            if let payment = payments.row(PaymentRow.self, order.id), !payment.status.isUndone {
                findings.report(
                    order.id, at: cancelled, "The order is cancelled, and its payment is '\(payment.status)'.")
            }
            for refund in payments.refunds(of: order.id) where !refund.isDone {
                findings.report(
                    order.id, at: cancelled,
                    "The order is cancelled, and \(refund.amount) of its price are still on their way back.")
            }
            if let shipment = shipping.row(ShipmentRow.self, order.id), shipment.status != .stopped {
                findings.report(
                    order.id, at: cancelled, "The order is cancelled, and its parcel is '\(shipment.status)'.")
            }
            if order.has(.inventoryReserved), !order.has(.inventoryReleased),
                history.blueprint.published.contains(.inventoryReleased)
            {
                findings.report(
                    order.id, at: cancelled, "The order is cancelled, and no InventoryReleased was ever published.")
            }
        }
    }

    static let shippedAtMostOnce = Checker(
        "shipped-at-most-once", "No order is shipped twice.", needsWholeLog: false
    ) { history, findings in
        let pivot = history.blueprint.pivot
        for order in history.orders where order.has(pivot) { findings.sample() }
        for number in history.secondEvents where history.events[Int(number)].type == pivot {
            let event = history.events[Int(number)]
            findings.report(event.event.order, at: event.at, "A second parcel left for this order.")
        }
        history.store(of: .shipping).forEach(ShipmentRow.self) { row in
            guard row.parcelsShipped > 1 else { return }
            findings.report(row.key, at: row.updatedAt, "\(row.parcelsShipped) parcels left for this order.")
        }
    }

    static let legalTransitions = Checker(
        "legal-transitions",
        "Every step of an order follows from the steps before it, happens once, and excludes its alternatives."
    ) { history, findings in
        for number in history.secondEvents {
            let event = history.events[Int(number)]
            findings.report(event.event.order, at: event.at, "The order had a second \(event.type), under another id.")
        }
        for order in history.orders {
            for (one, other) in history.lifecycle.alternatives where order.has(one) && order.has(other) {
                let moments = [one, other].compactMap { history.event($0, of: order)?.at }
                findings.report(order.id, at: moments.max(), "The order had both \(one) and \(other).")
            }
        }
        // What an event follows from may still be on its way as long as the run has not settled.
        guard history.isSettled else { return }
        for event in history.events {
            let order = history.order(of: event)
            findings.sample()
            for group in history.lifecycle.requirements(of: event.type) where order.any(of: group) == nil {
                let missing = group.types.map(\.description).joined(separator: " or ")
                findings.report(order.id, at: event.at, "\(event.type) without \(missing).")
            }
        }
    }
}

extension ValueStore {
    /// What goes back to the customer of an order, or has gone.
    fileprivate func refunds(of order: Identifier) -> [RefundRow] {
        guard let payment = row(PaymentRow.self, order), payment.refundCount > 0 else { return [] }
        return (1...payment.refundCount).compactMap {
            row(RefundRow.self, NumberedKey(order: order, number: $0))
        }
    }
}

extension PaymentStatus {
    /// Whether the customer has lost nothing.
    fileprivate var isUndone: Bool { self == .declined || self == .refunded || self == .voided }
}
