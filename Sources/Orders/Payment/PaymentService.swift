import Kafka
import Services
import Simulation

/// Takes money for orders, and gives it back for what was cancelled or sent back.
///
/// Every order that is cancelled gets exactly one of `PaymentFailed`, `PaymentRefunded` and `PaymentVoided`, whatever
/// overtakes what.
struct PaymentService: EventDriven {
    let wiring: Wiring
    let settings: OrderSettings
    private let rule: StepRule

    static let tables: [any Row.Type] = [PaymentRow.self, RefundRow.self]

    init(wiring: Wiring, settings: OrderSettings) {
        self.wiring = wiring
        self.settings = settings
        rule = wiring.rule(.charge)
    }

    func handle(_ event: Event, in transaction: inout Transaction) throws {
        if rule.when.contains(event.type),
            let order = try arrival(of: event, at: rule, in: &transaction)?.order
        {
            try charge(order, for: event, in: &transaction)
        }
        if rule.undo.contains(event.type), settings.policies.compensation != .none {
            try cancel(event, in: &transaction)
        }
        switch event.payload {
        case .lineCancelled(let line): try giveBack(line, for: event, in: &transaction)
        case .shipmentReturned: try giveBackEverything(for: event, in: &transaction)
        default: break
        }
    }

    // MARK: Charging

    private func charge(_ order: OrderCreated, for event: Event, in transaction: inout Transaction) throws {
        let known = try transaction.get(PaymentRow.self, order.order)
        // Cancelled before it could begin.
        if let known, known.status == .voided { return }
        var payment = PaymentRow(
            key: order.order, status: .charging, amount: order.total, returned: .zero(order.total.currency),
            refundCount: known?.refundCount ?? 0, token: order.paymentToken, payment: known?.payment,
            isCancelled: known?.isCancelled ?? false, correlation: event.correlation, cause: event.id,
            updatedAt: transaction.now)
        let begun = try publish(
            .paymentProcessing(OrderAmount(order: order.order, amount: order.total)), in: &transaction)
        if wiring.published.contains(.paymentProcessing) { payment.cause = begun.id }
        try transaction.put(payment)
        let request = ProviderRequest(.charge, order: payment.key, amount: payment.amount, token: payment.token)
        try transaction.call(subject: payment.key, payload: request.encode())
    }

    private func chargeEnded(
        with outcome: ProviderOutcome, _ payment: inout PaymentRow, in transaction: inout Transaction
    ) throws {
        switch outcome {
        case .reply(.approved(let reference)): try charged(&payment, reference, in: &transaction)
        case .reply(.declined): try failed(&payment, .paymentDeclined, in: &transaction)
        case .silence: try failed(&payment, .paymentTimeout, in: &transaction)
        case .unreadable:
            // The customer may have been charged. To charge again could take the money twice, to take it for a refusal
            // could keep it: what may have been taken is given back, and then the payment has failed.
            payment.status = .reversing
            try refund(payment.amount, of: &payment, isRest: true, in: &transaction)
        }
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
        payment.cause = try publish(.paymentAuthorized(authorized), in: &transaction).id
        if payment.isCancelled { try refundRest(of: &payment, in: &transaction) }
    }

    private func failed(_ payment: inout PaymentRow, _ reason: Reason, in transaction: inout Transaction) throws {
        payment.status = .declined
        try publish(.paymentFailed(OrderReason(order: payment.key, reason: reason)), in: &transaction)
    }

    // MARK: Giving back

    /// The order will not be shipped.
    private func cancel(_ event: Event, in transaction: inout Transaction) throws {
        let known = try transaction.get(PaymentRow.self, event.order)
        if known == nil, settings.policies.outOfOrder == .ignore { return }
        var payment =
            known
            ?? PaymentRow(
                key: event.order, status: .voided, amount: .zero(.usd), returned: .zero(.usd), refundCount: 0,
                token: nil, payment: nil, isCancelled: true, correlation: event.correlation, cause: event.id,
                updatedAt: transaction.now)
        payment.isCancelled = true
        switch payment.status {
        case .voided:
            if known == nil { try publish(.paymentVoided(OrderFact(order: payment.key)), in: &transaction) }
        case .charging, .reversing, .declined, .refunding, .refunded:
            // The provider's answer decides, or has decided: `PaymentFailed` or `PaymentRefunded`.
            break
        case .charged:
            payment.cause = event.id
            try refundRest(of: &payment, in: &transaction)
        }
        payment.updatedAt = transaction.now
        try transaction.put(payment)
    }

    /// Some pieces were left out of the parcel.
    private func giveBack(
        _ line: LineCancellation, for event: Event, in transaction: inout Transaction
    ) throws {
        // When all the money goes back, this goes with it.
        guard var payment = try transaction.get(PaymentRow.self, line.order), payment.status == .charged else { return }
        payment.cause = event.id
        try refund(line.amount, of: &payment, isRest: false, in: &transaction)
        try transaction.put(payment)
    }

    /// The parcel has come back.
    private func giveBackEverything(for event: Event, in transaction: inout Transaction) throws {
        guard var payment = try transaction.get(PaymentRow.self, event.order), payment.status == .charged else {
            return
        }
        payment.cause = event.id
        try refundRest(of: &payment, in: &transaction)
        try transaction.put(payment)
    }

    private func refundRest(of payment: inout PaymentRow, in transaction: inout Transaction) throws {
        payment.status = .refunding
        try refund(payment.amount.subtracting(payment.returned), of: &payment, isRest: true, in: &transaction)
    }

    private func refund(
        _ amount: Money, of payment: inout PaymentRow, isRest: Bool, in transaction: inout Transaction
    ) throws {
        payment.returned = try payment.returned.adding(amount)
        payment.refundCount += 1
        payment.updatedAt = transaction.now
        let key = NumberedKey(order: payment.key, number: payment.refundCount)
        var refund = RefundRow(key: key, amount: amount, isRest: isRest, isDone: false, cause: payment.cause)
        try ask(for: refund, of: payment, in: &transaction)
        if settings.policies.compensation == .fireAndForget {
            // Whether the provider gives it is not looked at.
            try refunded(&refund, of: &payment, in: &transaction)
        }
        try transaction.put(refund)
    }

    private func ask(for refund: RefundRow, of payment: PaymentRow, in transaction: inout Transaction) throws {
        let request = ProviderRequest(
            .refund, order: payment.key, amount: refund.amount, token: payment.token, payment: payment.payment,
            number: refund.key.number)
        try transaction.call(subject: payment.key, payload: request.encode())
    }

    private func refunded(
        _ refund: inout RefundRow, of payment: inout PaymentRow, in transaction: inout Transaction
    ) throws {
        refund.isDone = true
        let returned = OrderAmount(order: payment.key, amount: refund.amount)
        guard refund.isRest else {
            try publish(.paymentPartlyRefunded(returned), in: &transaction)
            return
        }
        if payment.status == .reversing { return try failed(&payment, .paymentUnreadable, in: &transaction) }
        payment.status = .refunded
        try publish(.paymentRefunded(returned), in: &transaction)
    }

    private func refundEnded(
        with outcome: ProviderOutcome, _ refund: inout RefundRow, of payment: inout PaymentRow,
        in transaction: inout Transaction
    ) throws {
        guard !refund.isDone else { return }
        switch outcome {
        case .reply(.approved), .reply(.declined(.alreadyRefunded)), .reply(.declined(.nothingCharged)):
            try refunded(&refund, of: &payment, in: &transaction)
        case .reply(.declined), .silence, .unreadable:
            // Nobody may keep the customer's money: ask until it is given back. The deadline's kind is the refund.
            try transaction.setDeadline(refund.key.number, for: payment.key, after: settings.refundRetryDelay)
        }
    }

    /// Asks again for a refund that was not granted.
    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {
        let key = NumberedKey(order: deadline.key.subject, number: deadline.key.kind)
        guard let payment = try transaction.get(PaymentRow.self, key.order),
            let refund = try transaction.get(RefundRow.self, key), !refund.isDone
        else { return }
        transaction.beginStory(payment.correlation, after: refund.cause)
        try ask(for: refund, of: payment, in: &transaction)
    }

    // MARK: The provider's answers

    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {
        guard var payment = try transaction.get(PaymentRow.self, call.key) else { return }
        let request = try ProviderRequest.decode(call.payload)
        switch request.operation {
        case .charge:
            transaction.beginStory(payment.correlation, after: payment.cause)
            try chargeEnded(with: ProviderOutcome(answer), &payment, in: &transaction)
        case .refund:
            let key = NumberedKey(order: payment.key, number: request.number ?? payment.refundCount)
            guard var refund = try transaction.get(RefundRow.self, key) else { return }
            transaction.beginStory(payment.correlation, after: refund.cause)
            try refundEnded(with: ProviderOutcome(answer), &refund, of: &payment, in: &transaction)
            try transaction.put(refund)
        }
        payment.updatedAt = transaction.now
        try transaction.put(payment)
    }
}

/// What became of a call.
private enum ProviderOutcome {
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
