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
            "failure-after-stop-overlooked", .concurrency,
            "The order service passes over a payment that fails when the parcel has been stopped already.",
            in: .storefront, seenBy: ["no-lost-order"], of: "order",
            .event([.paymentFailed]) { event, record, real, transaction in
                if try transaction.get(OrderRow.self, event.order)?.seen.contains(.shippingCancelled) == true {
                    return try transaction.pass(over: event)
                }
                try real.handle(record, in: &transaction)
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
