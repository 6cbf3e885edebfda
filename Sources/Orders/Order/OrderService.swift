import Kafka
import Services

/// Takes orders, answers questions about them, and leads each to one of two ends: shipped or cancelled.
struct OrderService: EventDriven {
    let wiring: Wiring
    let settings: OrderSettings

    /// The kind of deadline by which an order must have ended.
    private static let sagaTimeout: Int32 = 1

    static func concerns(_ type: EventType) -> Bool {
        switch type {
        case .inventoryReserved, .inventoryFailed, .inventoryReleased, .paymentAuthorized, .paymentFailed,
            .paymentRefunded, .orderShipped, .cancellationRefused:
            true
        default:
            false
        }
    }

    // MARK: Beginning

    /// A new order enters the system.
    func place(_ created: OrderCreated, in transaction: inout Transaction) throws -> OrderRow {
        var order = OrderRow(
            key: created.order, customer: created.customer, status: .pending, reason: nil, total: created.total,
            lineCount: Int32(created.lines.count), eventCount: 0, correlation: transaction.correlation,
            lastEvent: transaction.correlation, createdAt: transaction.now, updatedAt: transaction.now)
        for (index, line) in created.lines.enumerated() {
            let key = OrderLineKey(order: created.order, line: Int32(index))
            try transaction.put(
                OrderLineRow(key: key, sku: line.sku, quantity: line.quantity, unitPrice: line.unitPrice))
        }
        try announce(.orderCreated(created), of: &order, in: &transaction)
        try transaction.setDeadline(Self.sagaTimeout, for: order.key, after: settings.sagaTimeout)
        try save(&order, in: &transaction)
        return order
    }

    // MARK: Going on

    func handle(_ event: Event, in transaction: inout Transaction) throws {
        guard var order = try transaction.get(OrderRow.self, event.order), !order.status.isTerminal else { return }
        // An event that comes before the one it depends on, by another topic, tells no less than both.
        if settings.policies.outOfOrder == .ignore, !order.status.isReady(for: event.type) { return }
        try record(event.id, event.type, of: &order, in: &transaction)
        switch event.payload {
        case .inventoryReserved:
            if order.status == .pending { order.status = .reserved }
        case .paymentAuthorized:
            if order.status.isOpen { order.status = .paid }
        case .paymentFailed(let failed):
            // The stock that was reserved is being released.
            if order.status.isOpen { order.beginCancelling(failed.reason) }
        case .inventoryFailed(let failed):
            order.beginCancelling(failed.reason)
            try end(&order, .cancelled, in: &transaction)
        case .inventoryReleased:
            // Nothing else than a failed payment or a cancellation leads here.
            order.beginCancelling(.paymentDeclined)
            try end(&order, .cancelled, in: &transaction)
        case .orderShipped, .cancellationRefused:
            try end(&order, .shipped, in: &transaction)
        default:
            break
        }
        try save(&order, in: &transaction)
    }

    /// The order took too long.
    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {
        guard var order = try transaction.get(OrderRow.self, deadline.key.subject), order.status.isOpen else { return }
        try requestCancellation(of: &order, .sagaTimeout, in: &transaction)
    }

    // MARK: Ending

    /// Asks for an open order to be stopped. Whether it can be is for shipping to say.
    func requestCancellation(of order: inout OrderRow, _ reason: Reason, in transaction: inout Transaction) throws {
        transaction.beginStory(order.correlation, after: order.lastEvent)
        order.beginCancelling(reason)
        let requested = OrderCancellationRequested(order: order.key, reason: reason)
        try announce(.orderCancellationRequested(requested), of: &order, in: &transaction)
        try save(&order, in: &transaction)
    }

    private func end(_ order: inout OrderRow, _ status: OrderStatus, in transaction: inout Transaction) throws {
        order.status = status
        try transaction.clearDeadline(Self.sagaTimeout, for: order.key)
        guard status == .cancelled else { return }
        let cancelled = OrderCancelled(order: order.key, reason: order.reason ?? .other)
        try announce(.orderCancelled(cancelled), of: &order, in: &transaction)
    }

    // MARK: Rows

    private func announce(
        _ payload: Event.Payload, of order: inout OrderRow, in transaction: inout Transaction
    ) throws {
        let event = try publish(payload, in: &transaction)
        try record(event, payload.type, of: &order, in: &transaction)
    }

    private func record(
        _ event: UniqueID, _ type: EventType, of order: inout OrderRow, in transaction: inout Transaction
    ) throws {
        order.eventCount += 1
        order.lastEvent = event
        let key = OrderEventRow.Key(order: order.key, number: order.eventCount)
        try transaction.put(OrderEventRow(key: key, event: event, type: type, at: transaction.now))
    }

    private func save(_ order: inout OrderRow, in transaction: inout Transaction) throws {
        order.updatedAt = transaction.now
        try transaction.put(order)
    }
}

extension OrderRow {
    /// The first reason stays.
    fileprivate mutating func beginCancelling(_ reason: Reason) {
        guard status != .cancelling else { return }
        status = .cancelling
        self.reason = reason
    }
}

extension OrderStatus {
    /// Whether the event that an event depends on has been seen.
    fileprivate func isReady(for type: EventType) -> Bool {
        switch type {
        case .paymentAuthorized, .paymentFailed: self == .reserved || self == .cancelling
        case .orderShipped: self == .paid || self == .cancelling
        case .inventoryReleased, .cancellationRefused: self == .cancelling
        default: true
        }
    }
}
