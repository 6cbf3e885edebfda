import OrderTestbed
import Orders
import Services

/// The order service.
extension Defect {
    static let orders: [Defect] = [
        Defect(
            "answers-forgotten-at-restart", .idempotentCalls,
            "An order service that starts again forgets what it has answered, and takes a repeated request for a new one.",
            in: .storefront, seenBy: ["idempotent-api"], of: "order",
            .preparation { real, transaction in
                try real.prepare(&transaction)
                guard transaction.isRestart else { return }
                for answer in try transaction.rows(AnswerRow.self) {
                    try transaction.delete(AnswerRow.self, answer.key)
                }
            }),
        Defect(
            "cancellation-from-memory", .atomicity,
            "The order service accepts a cancellation and tells of it straight from memory, after its transaction.",
            in: .storefront, seenBy: ["acknowledged-means-durable", "no-lost-order"], of: "order",
            .request { request, real, transaction in
                let parts = request.path.split(separator: "/")
                guard request.method == .post, parts.last == "cancel", parts.count > 2,
                    let order = Identifier(String(parts[2]))
                else { return try real.handle(request, in: &transaction) }
                var response: Response?
                try transaction.publishFromMemory(
                    [.orderCancellationRequested, .lineCancellationRequested], of: order, by: real
                ) {
                    response = try real.handle(request, in: &$0)
                }
                return response ?? .problem(500, "Internal error", "Try again.")
            }),
        Defect(
            "early-updates-in-memory", .recovery,
            "An order service that starts again has lost the updates of orders that it does not know yet.",
            in: .cart, seenBy: ["status-updates-in-order"], of: "order",
            .preparation { real, transaction in
                try real.prepare(&transaction)
                guard transaction.isRestart else { return }
                for update in try transaction.rows(EarlyUpdateRow.self) {
                    try transaction.delete(EarlyUpdateRow.self, update.key)
                }
            }),
    ]
}
