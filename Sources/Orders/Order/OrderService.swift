import Kafka
import Services
import Simulation

/// Takes orders, answers questions about them, and leads each to one of its ends.
struct OrderService: EventDriven {
    let wiring: Wiring
    let settings: OrderSettings
    let rules: OrderRules

    static let tables: [any Row.Type] = [
        OrderRow.self, OrderLineRow.self, OrderEventRow.self, EarlyUpdateRow.self, ReplayRow.self,
        JournalRow.self, JournalEndRow.self,
    ]

    /// The kind of deadline by which an order must have ended.
    private static let sagaTimeout: Int32 = 1

    init(wiring: Wiring, settings: OrderSettings) {
        self.wiring = wiring
        self.settings = settings
        rules = OrderRules(wiring.blueprint)
    }

    // MARK: Beginning

    /// A new order enters the system.
    func place(_ created: OrderCreated, in transaction: inout Transaction) throws -> OrderRow {
        let event = try publish(.orderCreated(created), in: &transaction)
        return try begin(created, with: event, in: &transaction)
    }

    private func begin(
        _ created: OrderCreated, with event: Event, in transaction: inout Transaction
    ) throws -> OrderRow {
        var order = OrderRow(created, by: event, at: transaction.now)
        for line in OrderLineRow.lines(of: created) { try transaction.put(line) }
        try journalise(created.order, in: &transaction)
        if rules.hasSteps {
            try transaction.setDeadline(Self.sagaTimeout, for: order.key, after: settings.sagaTimeout)
        }
        try apply(event, to: &order, in: &transaction)
        return order
    }

    // MARK: Going on

    func handle(_ event: Event, in transaction: inout Transaction) throws {
        guard var order = try transaction.get(OrderRow.self, event.order) else {
            try adopt(event, in: &transaction)
            return
        }
        guard !order.status.isFinal else { return }
        // An event that comes before the one it depends on, by another topic, tells no less than both.
        if settings.policies.outOfOrder == .ignore, !isInOrder(event.type, of: order) { return }
        switch event.payload {
        case .orderCreated: return
        case .orderStatusUpdated(let update): try applyInOrder(update, event, to: &order, in: &transaction)
        default:
            try apply(event, to: &order, in: &transaction)
            if event.type == .reservationExpired, order.status.isOpen {
                try requestCancellation(of: &order, .reservationExpired, in: &transaction)
            }
            try endIfUndone(&order, in: &transaction)
        }
    }

    private func isInOrder(_ type: EventType, of order: OrderRow) -> Bool {
        wiring.blueprint.requirements(of: type).allSatisfy { group in
            group.intersection(wiring.published).isEmpty || order.seen.intersects(group)
        }
    }

    /// The order took too long, or it is time for more of a replay.
    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {
        if deadline.key.kind == Self.replayGoesOn {
            return try replayPortion(of: deadline.key.subject, in: &transaction)
        }
        guard var order = try transaction.get(OrderRow.self, deadline.key.subject), order.status.isOpen,
            order.status != rules.success
        else { return }
        try requestCancellation(of: &order, .sagaTimeout, in: &transaction)
    }

    // MARK: Ending

    /// Asks for an open order to be stopped. Where parcels are sent, whether it can be is for shipping to say.
    func requestCancellation(of order: inout OrderRow, _ reason: Reason, in transaction: inout Transaction) throws {
        transaction.beginStory(order.correlation, after: order.lastEvent)
        let requested = OrderReason(order: order.key, reason: reason)
        try announce(.orderCancellationRequested(requested), of: &order, in: &transaction)
        try endIfUndone(&order, in: &transaction)
    }

    private func endIfUndone(_ order: inout OrderRow, in transaction: inout Transaction) throws {
        guard order.status == .cancelling else { return }
        guard rules.isUndone(order.seen) || settings.policies.compensation == .none else { return }
        let cancelled = OrderReason(order: order.key, reason: order.reason ?? .other)
        try announce(.orderCancelled(cancelled), of: &order, in: &transaction)
    }

    // MARK: Events

    /// Publishes an event of an order and applies it.
    func announce(
        _ payload: Event.Payload, of order: inout OrderRow, in transaction: inout Transaction
    ) throws {
        try apply(publish(payload, in: &transaction), to: &order, in: &transaction)
    }

    /// Applies an event to an order and its lines, and writes all of them down.
    func apply(_ event: Event, to order: inout OrderRow, in transaction: inout Transaction) throws {
        let wasUnderWay = order.status != rules.success && !order.status.isFinal
        order.apply(event, rules, at: transaction.now)
        let entry = NumberedKey(order: order.key, number: order.eventCount)
        try transaction.put(OrderEventRow(key: entry, event: event, at: transaction.now))
        if Self.aboutLines.contains(event.type) {
            for number in 0..<order.lineCount {
                let key = OrderLineKey(order: order.key, line: number)
                guard var line = try transaction.get(OrderLineRow.self, key) else { continue }
                if line.apply(event) { try transaction.put(line) }
            }
        }
        if rules.hasSteps, wasUnderWay, order.status == rules.success || order.status.isFinal {
            try transaction.clearDeadline(Self.sagaTimeout, for: order.key)
        }
        try transaction.put(order)
    }

    private static let aboutLines: EventSet = [.lineCancellationRequested, .lineCancelled, .lineCancellationRefused]

    // MARK: Orders of others

    /// An event of an order that this service does not know: it begins here, when another service takes orders.
    private func adopt(_ event: Event, in transaction: inout Transaction) throws {
        switch event.payload {
        case .orderCreated(let created):
            var order = try begin(created, with: event, in: &transaction)
            try applyEarlyUpdates(to: &order, in: &transaction)
        case .orderStatusUpdated(let update):
            if settings.policies.outOfOrder == .buffer { try keep(update, event, in: &transaction) }
        default: break
        }
    }

    /// Updates are applied in the order of their numbers, whatever the order of their arrival.
    private func applyInOrder(
        _ update: StatusUpdate, _ event: Event, to order: inout OrderRow, in transaction: inout Transaction
    ) throws {
        guard settings.policies.outOfOrder == .buffer else {
            return try apply(event, to: &order, in: &transaction)
        }
        guard update.number > order.updateCount else { return }
        guard update.number == order.updateCount + 1 else { return try keep(update, event, in: &transaction) }
        try apply(event, to: &order, in: &transaction)
        try applyEarlyUpdates(to: &order, in: &transaction)
    }

    private func keep(_ update: StatusUpdate, _ event: Event, in transaction: inout Transaction) throws {
        try transaction.put(EarlyUpdateRow(key: .init(order: update.order, number: update.number), event: event))
    }

    private func applyEarlyUpdates(to order: inout OrderRow, in transaction: inout Transaction) throws {
        while let early = try transaction.get(
            EarlyUpdateRow.self, .init(order: order.key, number: order.updateCount + 1))
        {
            try transaction.delete(EarlyUpdateRow.self, early.key)
            try apply(early.event, to: &order, in: &transaction)
        }
    }
}
