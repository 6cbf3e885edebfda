import OrderTestbed
import Orders
import Services
import Simulation

/// The payment service and the clock, the store and its own restarts.
extension Defect {
    private static let askAgain: Int32 = 901
    private static let giveUp: Int32 = 902

    static let till: [Defect] = [
        Defect(
            "till-forgets-early-cancellation", .ordering,
            "The till passes over a cancellation that comes before its order.",
            in: .storefront, seenBy: ["money-conserved", "no-lost-order", "compensation-complete"], of: "payment",
            .event([.inventoryFailed, .fraudCheckFailed, .shippingCancelled]) { event, record, real, transaction in
                if try transaction.get(PaymentRow.self, event.order) == nil {
                    return try transaction.pass(over: event)
                }
                try real.handle(record, in: &transaction)
            }),
        Defect(
            "till-gives-up-on-charges", .timeouts,
            "The till takes a charge for refused that is not answered in three seconds, and passes over the late answer.",
            in: .storefront, seenBy: ["money-conserved"], of: "payment",
            .event([.orderCreated]) { event, record, real, transaction in
                try real.handle(record, in: &transaction)
                guard try transaction.get(PaymentRow.self, event.order)?.status == .charging else { return }
                try transaction.setDeadline(giveUp, for: event.order, after: .seconds(3))
            },
            .deadline { deadline, real, transaction in
                guard deadline.key.kind == giveUp else { return try real.handle(deadline, in: &transaction) }
                guard let payment = try transaction.get(PaymentRow.self, deadline.key.subject),
                    payment.status == .charging
                else { return }
                try transaction.failCharge(of: payment, by: real)
            },
            .answer { answer, call, real, transaction in
                let isCharge = try ProviderRequest.decode(call.payload).operation == .charge
                if isCharge, try transaction.get(PaymentRow.self, call.key)?.status != .charging { return }
                try real.handle(answer, to: call, in: &transaction)
            }),
        Defect(
            "refund-asked-again", .idempotentCalls,
            "The till asks for a refund that is not answered in three seconds once more, as if for the first time.",
            in: .storefront, seenBy: ["money-conserved"], of: "payment",
            .event([.inventoryFailed, .fraudCheckFailed, .shippingCancelled]) { event, record, real, transaction in
                try real.handle(record, in: &transaction)
                guard try transaction.get(PaymentRow.self, event.order)?.status == .refunding else { return }
                try transaction.setDeadline(askAgain, for: event.order, after: .seconds(3))
            },
            .deadline { deadline, real, transaction in
                guard deadline.key.kind == askAgain else { return try real.handle(deadline, in: &transaction) }
                guard let payment = try transaction.get(PaymentRow.self, deadline.key.subject),
                    payment.status == .refunding
                else { return }
                let request = ProviderRequest(
                    .refund, order: payment.key, amount: payment.amount, token: payment.token,
                    payment: payment.payment, number: payment.refundCount)
                try transaction.call(subject: payment.key, payload: request.encode())
            }),
        Defect(
            "till-charges-again-after-restart", .idempotentCalls,
            "A till that starts again makes the calls that it was making with new idempotency keys.",
            in: .storefront, seenBy: ["charged-at-most-once", "money-conserved"], of: "payment",
            .preparation { real, transaction in
                try real.prepare(&transaction)
                for call in try transaction.callsOfLastLife() { try transaction.makeAnew(call) }
            }),
        Defect(
            "till-forgets-refunds-at-restart", .compensation,
            "A till that starts again forgets the refunds that it was asking for.",
            in: .storefront, seenBy: ["money-conserved", "no-lost-order"], of: "payment",
            .preparation { real, transaction in
                try real.prepare(&transaction)
                for call in try transaction.callsOfLastLife()
                where try ProviderRequest.decode(call.payload).operation == .refund {
                    try transaction.delete(CallRow.self, call.key)
                }
            }),
        Defect(
            "refund-news-from-memory", .atomicity,
            "The till tells of a refund straight from memory, after its transaction.",
            in: .storefront, seenBy: ["no-lost-order", "returns-complete", "compensation-complete"], of: "payment",
            .answer { answer, call, real, transaction in
                try transaction.publishFromMemory([.paymentRefunded], of: call.key, by: real) {
                    try real.handle(answer, to: call, in: &$0)
                }
            }),
        Defect(
            "till-steals-calls-from-sleepers", .rebalancing,
            "A till makes the calls of an instance that has been silent for two seconds, as calls of its own.",
            in: .storefront, seenBy: ["charged-at-most-once", "money-conserved"], of: "payment",
            .record { record, real, transaction in
                try real.handle(record, in: &transaction)
                let now = transaction.now
                let silent = try transaction.rows(InstanceRow.self) { $0.seenAt + .seconds(2) < now }.map(\.key)
                let me = transaction.instance.number
                for call in try transaction.rows(CallRow.self)
                where call.owner.number != me && silent.contains(call.owner.number) {
                    try transaction.makeAnew(call)
                }
            }),
        Defect(
            "restart-gives-up-old-charges", .recovery,
            "A till that starts again takes charges for failed that it has been waiting for since two seconds.",
            in: .checkout, seenBy: ["money-conserved"], of: "payment",
            .preparation { real, transaction in
                try real.prepare(&transaction)
                for call in try transaction.callsOfLastLife() {
                    guard let payment = try transaction.get(PaymentRow.self, call.subject),
                        payment.status == .charging, payment.updatedAt + .seconds(2) < transaction.now
                    else { continue }
                    try transaction.failCharge(call, of: payment, by: real)
                }
            }),
    ]
}

extension Transaction {
    /// Forgets a charge and says that it has failed.
    fileprivate mutating func failCharge(_ call: CallRow, of payment: PaymentRow, by service: any Service) throws {
        try delete(CallRow.self, call.key)
        try failCharge(of: payment, by: service)
    }

    fileprivate mutating func failCharge(of payment: PaymentRow, by service: any Service) throws {
        try change(PaymentRow.self, payment.key) { $0.status = .declined }
        beginStory(payment.correlation, after: payment.cause)
        let failed = OrderReason(order: payment.key, reason: .paymentTimeout)
        try publish(.paymentFailed(failed), by: service, to: "payments")
    }
}
