import OrderTestbed
import Orders
import Services
import Simulation

/// The shipping service.
extension Defect {
    private static let tidyUp: Int32 = 7_000
    private static let delivery: Int32 = -1

    static let parcels: [Defect] = [
        Defect(
            "packing-counts-arrivals", .deduplication,
            "The packing table counts to three, and does not look whether it was three different events.",
            in: .storefront, seenBy: ["causality-closed", "legal-transitions", "money-conserved"], of: "shipping",
            .event([.paymentAuthorized, .inventoryReserved, .fraudCheckPassed]) { event, record, real, transaction in
                var note = try transaction.note(event.order)
                note.number += 1
                try transaction.put(note)
                switch note.number {
                case ..<3:
                    try real.handle(record, in: &transaction)
                case 3:
                    try transaction.delete(InboxRow.self, event.id)
                    try transaction.change(Arrivals.self, event.order) {
                        $0.seen.formUnion([.paymentAuthorized, .inventoryReserved, .fraudCheckPassed])
                    }
                    try real.handle(record, in: &transaction)
                default:
                    try transaction.pass(over: event)
                }
            }),
        Defect(
            "stopped-parcels-tidied-away", .ordering,
            "The packing table forgets after a second that an order was stopped, and packs it when it is paid for later.",
            in: .storefront, seenBy: ["legal-transitions", "shipped-at-most-once", "money-conserved"],
            of: "shipping",
            .event([.orderCancellationRequested]) { event, record, real, transaction in
                try real.handle(record, in: &transaction)
                guard try transaction.get(ShipmentRow.self, event.order)?.status == .stopped else { return }
                try transaction.setDeadline(tidyUp, for: event.order, after: .seconds(1))
            },
            .deadline { deadline, real, transaction in
                guard deadline.key.kind == tidyUp else { return try real.handle(deadline, in: &transaction) }
                guard try transaction.get(ShipmentRow.self, deadline.key.subject)?.status == .stopped else { return }
                try transaction.delete(ShipmentRow.self, deadline.key.subject)
            }),
        Defect(
            "restart-packs-stopped-parcels", .recovery,
            "A packing table that starts again goes on with every parcel that has not left, the stopped ones, too.",
            in: .storefront, seenBy: ["legal-transitions", "compensation-complete"], of: "shipping",
            .preparation { real, transaction in
                try real.prepare(&transaction)
                guard transaction.isRestart else { return }
                for parcel in try transaction.rows(ShipmentRow.self)
                where parcel.status == .stopped && parcel.parcelsOrdered > 0 {
                    try transaction.setDeadline(parcel.parcelsOrdered, for: parcel.key, after: .milliseconds(100))
                }
            },
            .deadline { deadline, real, transaction in
                if deadline.key.kind > 0 {
                    try transaction.change(ShipmentRow.self, deadline.key.subject) { row in
                        if row.status == .stopped { row.status = .preparing }
                    }
                }
                try real.handle(deadline, in: &transaction)
            }),
        Defect(
            "departure-news-from-memory", .atomicity,
            "The packing table tells of a parcel's departure straight from memory, after its transaction.",
            in: .storefront,
            seenBy: ["no-lost-order", "legal-transitions", "causality-closed", "reservations-end"], of: "shipping",
            .deadline { deadline, real, transaction in
                try transaction.publishFromMemory([.shipmentDispatched], of: deadline.key.subject, by: real) {
                    try real.handle(deadline, in: &$0)
                }
            }),
        Defect(
            "delivery-timers-in-memory", .recovery,
            "A packing table that starts again has lost the timers of the parcels under way.",
            in: .storefront, seenBy: ["no-lost-order"], of: "shipping",
            .preparation { real, transaction in
                try real.prepare(&transaction)
                guard transaction.isRestart else { return }
                for timer in try transaction.rows(Deadline.self) where timer.key.kind == delivery {
                    try transaction.delete(Deadline.self, timer.key)
                }
            }),
        Defect(
            "overdue-deliveries-dropped", .timeouts,
            "A packing table passes over deliveries that are overdue by three seconds: another one must have seen to them.",
            in: .storefront, seenBy: ["no-lost-order"], of: "shipping",
            .deadline { deadline, real, transaction in
                if deadline.key.kind == delivery, deadline.due + .seconds(3) < transaction.now { return }
                try real.handle(deadline, in: &transaction)
            }),
    ]
}
