import Services

/// Tells customers what has become of their orders, by e-mail and SMS.
///
/// A message that was refused is recorded as refused: there is nobody at the address, and asking again changes nothing.
struct NotificationService: EventDriven {
    let wiring: Wiring
    let settings: OrderSettings
    private let rule: StepRule
    static let tables: [any Row.Type] = [CorrespondenceRow.self, NotificationRow.self]

    init(wiring: Wiring, settings: OrderSettings) {
        self.wiring = wiring
        self.settings = settings
        rule = wiring.rule(.notify)
    }

    func handle(_ event: Event, in transaction: inout Transaction) throws {
        var order =
            try transaction.get(CorrespondenceRow.self, event.order) ?? CorrespondenceRow(key: event.order)
        if case .orderCreated(let created) = event.payload { order.customer = created.customer }
        guard order.customer != nil else {
            // Whom to tell is not known yet.
            guard settings.policies.outOfOrder == .buffer, rule.when.contains(event.type) else { return }
            order.waiting.append(event)
            return try transaction.put(order)
        }
        if rule.when.contains(event.type) { try tell(event, of: &order, in: &transaction) }
        for early in order.waiting { try tell(early, of: &order, in: &transaction) }
        order.waiting = []
        try transaction.put(order)
    }

    /// Asks the gateway to tell the customer of an event, by every channel that it is worth.
    private func tell(_ event: Event, of order: inout CorrespondenceRow, in transaction: inout Transaction) throws {
        guard let customer = order.customer else { return }
        for channel in NotificationChannel.channels(for: event.type) {
            order.count += 1
            let notification = NotificationRow(
                key: .init(order: order.key, number: order.count), customer: customer, channel: channel,
                about: event.type, status: .asked, correlation: event.correlation, cause: event.id,
                updatedAt: transaction.now)
            try transaction.put(notification)
            let request = MessageRequest(
                channel, to: customer, order: order.key, about: event.type, number: order.count)
            try transaction.call(subject: order.key, payload: request.encode())
        }
    }

    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {
        let request = try MessageRequest.decode(call.payload)
        let key = NumberedKey(order: request.order, number: request.number)
        guard var notification = try transaction.get(NotificationRow.self, key), notification.status == .asked else {
            return
        }
        notification.status = NotificationStatus(answer)
        notification.updatedAt = transaction.now
        try transaction.put(notification)
        guard notification.status == .sent else { return }
        transaction.beginStory(notification.correlation, after: notification.cause)
        let sent = NotificationSent(
            order: key.order, customer: notification.customer, channel: notification.channel,
            about: notification.about)
        try publish(.notificationSent(sent), in: &transaction)
    }
}

extension NotificationStatus {
    fileprivate init(_ answer: ProviderAnswer) {
        switch answer {
        case .gaveUp: self = .unconfirmed
        case .answered(let body):
            switch try? MessageReply.decode(body) {
            case .accepted: self = .sent
            case .bounced: self = .bounced
            case nil: self = .unconfirmed
            }
        }
    }
}
