import Harness
import Orders
import Services
import Simulation

/// What becomes of orders that come back, and of goods that wait.
extension Checker {
    static let returnsComplete = Checker(
        "returns-complete",
        "An order whose return was accepted comes back: the goods to the shelf, the money to the customer."
    ) { history, findings in
        guard history.isSettled else { return }
        var paid = [Int64](repeating: 0, count: history.orders.count)
        for booking in history.ledger {
            paid[Int(booking.order)] += booking.isCharge ? booking.entry.amount : -booking.entry.amount
        }
        for answer in history.answers where answer.request.conversation == .giveBack && answer.response.isSuccess {
            findings.sample()
            guard let order = answer.order.map({ history.orders[Int($0)] }), !order.has(.returnRequested) else {
                continue
            }
            findings.report(
                order.id, at: answer.at,
                "The client was told \(answer.response.status), and no ReturnRequested ever reached Kafka.")
        }
        for (number, order) in history.orders.enumerated() where order.has(.returnRequested) {
            findings.sample()
            check(order, keeps: paid[number], history, &findings)
        }
    }

    private static func check(
        _ order: OrderTrail, keeps balance: Int64, _ history: OrderHistory, _ findings: inout Findings
    ) {
        let asked = history.event(.returnRequested, of: order)?.at
        func expect<Status: Equatable>(_ what: String, _ status: Status?, _ due: Status) {
            guard status != due else { return }
            let found = status.map { "'\($0)'" } ?? "unknown"
            findings.report(order.id, at: asked, "The customer has sent the order back, and its \(what) is \(found).")
        }
        expect("order", order.row?.status, .returned)
        let blueprint = history.blueprint
        if blueprint.step(.ship) != nil {
            expect("parcel", history.store(of: .shipping).row(ShipmentRow.self, order.id)?.status, .returned)
        }
        if blueprint.step(.reserve) != nil {
            let row = history.store(of: .inventory).row(ReservationRow.self, order.id)
            expect("place on the shelf", row?.status, .returned)
        }
        if blueprint.step(.charge) != nil {
            expect("payment", history.store(of: .payment).row(PaymentRow.self, order.id)?.status, .refunded)
        }
        if balance != 0 {
            findings.report(
                order.id, at: asked,
                "The customer has sent the order back, and \(balance) minor units of the money have not come back.")
        }
    }

    /// How long after the last moment a reservation may last when whoever watches over it is not there.
    private static let expiryTolerance = Duration.seconds(15)

    static let reservationsEnd = Checker(
        "reservations-end",
        "Goods are kept for an order until it is shipped or stopped; when they have waited for too long, it is stopped if it can be."
    ) { history, findings in
        let blueprint = history.blueprint
        // Where no parcel is sent, a reservation is what the customer gets.
        guard history.isSettled, blueprint.step(.ship) != nil, blueprint.step(.reserve) != nil else { return }
        history.store(of: .inventory).forEach(ReservationRow.self) { row in
            findings.sample()
            if row.status == .reserved {
                findings.report(
                    row.key, at: row.updatedAt, "Goods are still kept for this order, and nothing is going on any more."
                )
            }
        }
        for order in history.orders {
            if let left = history.event(blueprint.pivot, of: order), order.has(.inventoryReserved),
                order.has(.inventoryReleased)
            {
                findings.report(
                    order.id, at: left.at, "The parcel has left, and what is in it was not kept for it until then.")
            }
            if let expired = history.event(.reservationExpired, of: order), order.row?.status != .cancelled,
                !order.has(blueprint.pivot)
            {
                findings.report(
                    order.id, at: expired.at,
                    "What was reserved has waited for too long, and the order is neither shipped nor cancelled but "
                        + "'\(order.row?.status.name ?? "unknown")'.")
            }
            checkExpiry(of: order, history, &findings)
        }
    }

    private static func checkExpiry(of order: OrderTrail, _ history: OrderHistory, _ findings: inout Findings) {
        let blueprint = history.blueprint
        guard blueprint.published.contains(.reservationExpired), history.system.reservationExpiry == .cancelOrder,
            !order.has(.reservationExpired), let reserved = history.event(.inventoryReserved, of: order)?.event
        else { return }
        let ends: EventSet = [.inventoryReleased, blueprint.pivot]
        guard let end = order.any(of: ends).flatMap({ history.event($0, of: order) })?.event else { return }
        let last = reserved.at + history.system.reservationTime + expiryTolerance
        guard end.at > last else { return }
        findings.report(
            order.id, at: end.at,
            "Goods were kept for this order from \(reserved.at) to \(end.at), and nobody said that this was too long.")
    }
}
