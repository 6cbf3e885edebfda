import OrderTestbed
import Orders
import Services

/// The services that tell, count and judge.
extension Defect {
    static let tidings: [Defect] = [
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
