import OrderTestbed
import Orders
import Services
import Simulation

/// The payment service and what comes twice, late, or at the same time.
extension Defect {
    static let money: [Defect] = [
        Defect(
            "till-trusts-its-cache", .rebalancing,
            "Each till keeps the payments that it has handled in memory, and does not see what others do to them.",
            in: .checkout, seenBy: ["money-conserved", "no-lost-order", "compensation-complete"], of: "payment",
            .event([.inventoryReserved, .shippingCancelled]) { event, record, real, transaction in
                try transaction.withCached(PaymentRow.self, event.order) { try real.handle(record, in: &$0) }
            },
            .answer { answer, call, real, transaction in
                try transaction.withCached(PaymentRow.self, call.key) {
                    try real.handle(answer, to: call, in: &$0)
                }
            }),
        Defect(
            "inbox-kept-for-three-seconds", .deduplication,
            "The till forgets after three seconds which events it has processed.",
            in: .storefront, seenBy: ["charged-at-most-once", "money-conserved"], of: "payment",
            .record { record, real, transaction in
                if let event = try? real.codec.decode(record.record),
                    let row = try transaction.get(InboxRow.self, event.id),
                    row.processedAt + .seconds(3) < transaction.now
                {
                    try transaction.delete(InboxRow.self, event.id)
                }
                try real.handle(record, in: &transaction)
            }),
        Defect(
            "line-refund-without-inbox", .deduplication,
            "The till does not look whether it has paid back a cancelled line already.",
            in: .storefront, seenBy: ["line-cancellations-settled", "money-conserved"], of: "payment",
            .event([.lineCancelled]) { event, record, real, transaction in
                try transaction.delete(InboxRow.self, event.id)
                try real.handle(record, in: &transaction)
            }),
        Defect(
            "charge-lease-of-a-second", .idempotentCalls,
            "An order that has been charging for a second when it comes again is charged anew: somebody must have died.",
            in: .storefront, seenBy: ["charged-at-most-once", "money-conserved"], of: "payment",
            .event([.orderCreated]) { event, record, real, transaction in
                if let payment = try transaction.get(PaymentRow.self, event.order), payment.status == .charging,
                    payment.updatedAt + .seconds(1) < transaction.now
                {
                    try transaction.delete(InboxRow.self, event.id)
                }
                try real.handle(record, in: &transaction)
            }),
        Defect(
            "second-try-skips-inbox", .deduplication,
            "A transaction that is tried again does not look into the inbox: the first try must have failed.",
            in: .storefront, seenBy: ["charged-at-most-once", "money-conserved"], of: "payment",
            .event([.orderCreated]) { event, record, real, transaction in
                if transaction.attempt > 1 { try transaction.delete(InboxRow.self, event.id) }
                try real.handle(record, in: &transaction)
            }),
        Defect(
            "takeover-rebuilds-payment", .concurrency,
            "A till that gets the answer to a call that another life has made writes the payment as it was then.",
            in: .checkout, seenBy: ["money-conserved", "no-lost-order"], of: "payment",
            .event([.inventoryReserved]) { event, record, real, transaction in
                try real.handle(record, in: &transaction)
                var note = NoteRow(key: event.order)
                note.life = transaction.instance
                try transaction.put(note)
            },
            .answer { answer, call, real, transaction in
                if let life = try transaction.note(call.key).life, life != transaction.instance,
                    try ProviderRequest.decode(call.payload).operation == .charge
                {
                    try transaction.change(PaymentRow.self, call.key) { $0.isCancelled = false }
                }
                try real.handle(answer, to: call, in: &transaction)
            }),
        Defect(
            "old-charge-taken-for-dead", .timeouts,
            "When an order is cancelled whose charge has been open for three seconds, the till forgets the charge.",
            in: .checkout, seenBy: ["money-conserved"], of: "payment",
            .event([.shippingCancelled]) { event, record, real, transaction in
                let before = try transaction.get(PaymentRow.self, event.order)
                try real.handle(record, in: &transaction)
                guard let before, before.status == .charging, before.updatedAt + .seconds(3) < transaction.now else {
                    return
                }
                for call in try transaction.rows(CallRow.self) where call.subject == event.order {
                    try transaction.delete(CallRow.self, call.key)
                }
                try transaction.change(PaymentRow.self, event.order) { $0.status = .voided }
                try transaction.publish(.paymentVoided(OrderFact(order: event.order)), by: real, to: "payments")
            }),
    ]
}
