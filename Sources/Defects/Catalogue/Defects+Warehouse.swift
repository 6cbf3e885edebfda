import OrderTestbed
import Orders
import Services
import Simulation

/// The inventory service.
extension Defect {
    private static let undoing: [EventType] = [.paymentFailed, .fraudCheckFailed, .shippingCancelled]

    static let warehouse: [Defect] = [
        Defect(
            "warehouse-forgets-early-cancellation", .ordering,
            "The warehouse passes over a cancellation that comes before its order.",
            in: .storefront, seenBy: ["reservations-end", "compensation-complete", "no-lost-order"], of: "inventory",
            .event(undoing) { event, record, real, transaction in
                if try transaction.get(ReservationRow.self, event.order) == nil {
                    return try transaction.pass(over: event)
                }
                try real.handle(record, in: &transaction)
            }),
        Defect(
            "late-line-stays-sold", .ordering,
            "The warehouse does not put pieces back when it hears of the parcel before it hears that they were left out.",
            in: .storefront, seenBy: ["stock-conserved", "state-equals-folded-log"], of: "inventory",
            .event([.lineCancelled]) { event, record, real, transaction in
                guard case .lineCancelled(let line) = event.payload,
                    try transaction.get(ReservationRow.self, line.order)?.status == .sold,
                    let shelf = try transaction.get(StockRow.self, line.sku)
                else { return try real.handle(record, in: &transaction) }
                try real.handle(record, in: &transaction)
                try transaction.put(shelf)
            }),
        Defect(
            "warehouse-knows-last-event-only", .deduplication,
            "The warehouse recognises an event that comes again only as long as nothing else of its order has come.",
            in: .storefront,
            seenBy: ["stock-conserved", "legal-transitions", "line-cancellations-settled", "no-oversell"],
            of: "inventory",
            .record { record, real, transaction in
                guard let event = try? real.codec.decode(record.record) else {
                    return try real.handle(record, in: &transaction)
                }
                var note = try transaction.note(event.order)
                if note.event == event.id { return }
                try transaction.delete(InboxRow.self, event.id)
                try real.handle(record, in: &transaction)
                guard try transaction.get(InboxRow.self, event.id) != nil else { return }
                note.event = event.id
                try transaction.put(note)
            }),
        Defect(
            "tombstones-in-memory", .recovery,
            "A warehouse that starts again has forgotten which orders were cancelled before they came.",
            in: .storefront, seenBy: ["reservations-end", "compensation-complete", "legal-transitions"],
            of: "inventory",
            .preparation { real, transaction in
                try real.prepare(&transaction)
                guard transaction.isRestart else { return }
                for row in try transaction.rows(ReservationRow.self) where row.status == .released && row.lineCount == 0
                {
                    try transaction.delete(ReservationRow.self, row.key)
                }
            }),
        Defect(
            "tombstones-kept-for-a-second", .ordering,
            "The warehouse forgets after a second that an order was cancelled before it came.",
            in: .storefront, seenBy: ["reservations-end", "compensation-complete", "legal-transitions"],
            of: "inventory",
            .event([.orderCreated]) { event, record, real, transaction in
                if let row = try transaction.get(ReservationRow.self, event.order), row.status == .released,
                    row.lineCount == 0, row.updatedAt + .seconds(1) < transaction.now
                {
                    try transaction.delete(ReservationRow.self, row.key)
                }
                try real.handle(record, in: &transaction)
            }),
    ]
}
