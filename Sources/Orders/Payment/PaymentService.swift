import Kafka
import Services
import Simulation

/// Takes money for what has been reserved, and gives it back for what was cancelled.
///
/// Every order that is cancelled gets exactly one of `PaymentFailed`, `PaymentRefunded` and `PaymentVoided`, whatever
/// overtakes what: each begins the release of its stock.
struct PaymentService: EventDriven {
    let wiring: Wiring
    let settings: OrderSettings

    /// The kind of deadline after which a refund is asked for again.
    private static let askAgain: Int32 = 1

    static func concerns(_ type: EventType) -> Bool { type == .inventoryReserved || type == .shippingCancelled }

    func handle(_ event: Event, in transaction: inout Transaction) throws {
        switch event.payload {
        case .inventoryReserved(let reserved): try charge(reserved, for: event, in: &transaction)
        case .shippingCancelled: try cancel(event, in: &transaction)
        default: break
        }
    }

    // MARK: Charging

    private func charge(
        _ reserved: InventoryReserved, for event: Event, in transaction: inout Transaction
    ) throws {
        let known = try transaction.get(PaymentRow.self, reserved.order)
        // Cancelled before anything was reserved.
        if let known, known.status == .voided { return }
        let payment = PaymentRow(
            key: reserved.order, status: .charging, amount: reserved.total, token: reserved.paymentToken,
            payment: known?.payment, isCancelled: known?.isCancelled ?? false, correlation: event.correlation,
            cause: event.id, updatedAt: transaction.now)
        try transaction.put(payment)
        let request = ProviderRequest(.charge, order: payment.key, amount: payment.amount, token: payment.token)
        try transaction.call(subject: payment.key, payload: request.encode())
    }

    private func charged(
        _ payment: inout PaymentRow, _ reference: Identifier?, in transaction: inout Transaction
    ) throws {
        // A provider that gives no reference knows the payment by its order.
        let reference = reference ?? payment.key
        payment.payment = reference
        payment.status = .charged
        let authorized = PaymentAuthorized(order: payment.key, amount: payment.amount, payment: reference)
        // Published also when it is about to be refunded: the log shows where money went.
        let event = try publish(.paymentAuthorized(authorized), in: &transaction)
        guard payment.isCancelled else { return }
        payment.cause = event
        try refund(&payment, in: &transaction)
    }

    private func failed(_ payment: inout PaymentRow, _ reason: Reason, in transaction: inout Transaction) throws {
        payment.status = .declined
        try publish(.paymentFailed(PaymentFailed(order: payment.key, reason: reason)), in: &transaction)
    }

    // MARK: Giving back

    /// The order will not be shipped.
    private func cancel(_ event: Event, in transaction: inout Transaction) throws {
        let known = try transaction.get(PaymentRow.self, event.order)
        if known == nil, settings.policies.outOfOrder == .ignore { return }
        var payment =
            known
            ?? PaymentRow(
                key: event.order, status: .voided, amount: .zero(.usd), token: nil, payment: nil, isCancelled: true,
                correlation: event.correlation, cause: event.id, updatedAt: transaction.now)
        payment.isCancelled = true
        switch payment.status {
        case .voided:
            try publish(.paymentVoided(PaymentVoided(order: payment.key)), in: &transaction)
        case .charging, .reversing, .declined:
            // The provider's answer decides, or has decided: `PaymentFailed` or `PaymentRefunded`.
            break
        case .charged, .refunding, .refunded:
            payment.cause = event.id
            try refund(&payment, in: &transaction)
        }
        payment.updatedAt = transaction.now
        try transaction.put(payment)
    }

    private func refund(_ payment: inout PaymentRow, in transaction: inout Transaction) throws {
        payment.status = .refunding
        try askForRefund(of: payment, in: &transaction)
    }

    private func refunded(_ payment: inout PaymentRow, in transaction: inout Transaction) throws {
        if payment.status == .reversing { return try failed(&payment, .paymentUnreadable, in: &transaction) }
        payment.status = .refunded
        let refunded = PaymentRefunded(order: payment.key, amount: payment.amount)
        try publish(.paymentRefunded(refunded), in: &transaction)
    }

    private func askForRefund(of payment: PaymentRow, in transaction: inout Transaction) throws {
        let request = ProviderRequest(
            .refund, order: payment.key, amount: payment.amount, token: payment.token, payment: payment.payment)
        try transaction.call(subject: payment.key, payload: request.encode())
    }

    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {
        guard let payment = try transaction.get(PaymentRow.self, deadline.key.subject),
            payment.status == .refunding || payment.status == .reversing
        else { return }
        transaction.beginStory(payment.correlation, after: payment.cause)
        try askForRefund(of: payment, in: &transaction)
    }

    // MARK: The provider's answers

    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {
        guard var payment = try transaction.get(PaymentRow.self, call.key) else { return }
        transaction.beginStory(payment.correlation, after: payment.cause)
        switch try ProviderRequest.decode(call.payload).operation {
        case .charge: try chargeEnded(with: Outcome(answer), &payment, in: &transaction)
        case .refund: try refundEnded(with: Outcome(answer), &payment, in: &transaction)
        }
        payment.updatedAt = transaction.now
        try transaction.put(payment)
    }

    private enum Outcome {
        case reply(ProviderReply)
        case unreadable
        case silence

        init(_ answer: ProviderAnswer) {
            switch answer {
            case .gaveUp: self = .silence
            case .answered(let body):
                if let reply = try? ProviderReply.decode(body) { self = .reply(reply) } else { self = .unreadable }
            }
        }
    }

    private func chargeEnded(
        with outcome: Outcome, _ payment: inout PaymentRow, in transaction: inout Transaction
    ) throws {
        switch outcome {
        case .reply(.approved(let reference)): try charged(&payment, reference, in: &transaction)
        case .reply(.declined): try failed(&payment, .paymentDeclined, in: &transaction)
        case .silence: try failed(&payment, .paymentTimeout, in: &transaction)
        case .unreadable:
            // The customer may have been charged. To charge again could take the money twice, to take it for a refusal
            // could keep it: what may have been taken is given back, and then the payment has failed.
            payment.status = .reversing
            try askForRefund(of: payment, in: &transaction)
        }
    }

    private func refundEnded(
        with outcome: Outcome, _ payment: inout PaymentRow, in transaction: inout Transaction
    ) throws {
        switch outcome {
        case .reply(.approved), .reply(.declined(.alreadyRefunded)), .reply(.declined(.nothingCharged)):
            try refunded(&payment, in: &transaction)
        case .reply(.declined), .silence, .unreadable:
            // Nobody may keep the customer's money: ask until it is given back.
            try transaction.setDeadline(Self.askAgain, for: payment.key, after: settings.refundRetryDelay)
        }
    }
}
