import OrderTestbed
import Orders
import Services

/// The services that tell, count and judge.
extension Defect {
    static let tidings: [Defect] = [
        Defect(
            "early-news-in-memory", .recovery,
            "A notification service that starts again has lost the events of customers whom it does not know yet.",
            in: .storefront, seenBy: ["notified-at-last"], of: "notification",
            .preparation { real, transaction in
                try real.prepare(&transaction)
                guard transaction.isRestart else { return }
                for order in try transaction.rows(CorrespondenceRow.self) where !order.waiting.isEmpty {
                    try transaction.change(CorrespondenceRow.self, order.key) { $0.waiting = [] }
                }
            }),
        Defect(
            "messages-asked-again-after-restart", .idempotentCalls,
            "A notification service that starts again asks for the messages that it was sending as if they were new.",
            in: .storefront, seenBy: ["notified-at-most-once"], of: "notification",
            .preparation { real, transaction in
                try real.prepare(&transaction)
                for call in try transaction.callsOfLastLife() { try transaction.makeAnew(call) }
            }),
        Defect(
            "notifications-deduplicated-in-memory", .deduplication,
            "Each notification service remembers for itself which events it has handled.",
            in: .backbone, seenBy: ["notified-at-most-once"], of: "notification",
            .record { record, real, transaction in
                guard let event = try? real.codec.decode(record.record) else {
                    return try real.handle(record, in: &transaction)
                }
                try transaction.handleUnlessRemembered(event) { try real.handle(record, in: &$0) }
            }),
        Defect(
            "figures-by-the-clock", .timeouts,
            "The figures count an event on the day on which it is read, and not on that on which it happened.",
            in: .storefront, seenBy: ["analytics-agree"], of: "analytics",
            .record { record, real, transaction in
                guard var event = try? real.codec.decode(record.record) else {
                    return try real.handle(record, in: &transaction)
                }
                event.at = transaction.now
                var record = record
                record.record = real.codec.record(event)
                try real.handle(record, in: &transaction)
            }),
        Defect(
            "figures-deduplicated-in-memory", .deduplication,
            "Each figures service remembers for itself which events it has counted.",
            in: .backbone, seenBy: ["analytics-agree"], of: "analytics",
            .record { record, real, transaction in
                guard let event = try? real.codec.decode(record.record) else {
                    return try real.handle(record, in: &transaction)
                }
                try transaction.handleUnlessRemembered(event) { try real.handle(record, in: &$0) }
            }),
        Defect(
            "fraud-history-in-memory", .recovery,
            "A fraud check that starts again does not know what customers have ordered before.",
            in: .storefront, seenBy: ["fraud-decisions-explained"], of: "fraud",
            .preparation { real, transaction in
                try real.prepare(&transaction)
                guard transaction.isRestart else { return }
                for row in try transaction.rows(PurchasesRow.self) {
                    try transaction.delete(PurchasesRow.self, row.key)
                }
            }),
    ]
}
