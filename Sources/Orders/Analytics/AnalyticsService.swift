import Services

/// Counts what happens, day by day.
///
/// Sums do not depend on the order in which events arrive: an event is counted on the day on which it happened, and where
/// an order stands follows from the kinds of events that it has had, not from their order.
struct AnalyticsService: EventDriven {
    let wiring: Wiring
    let settings: OrderSettings
    private let rule: StepRule
    private let stages: OrderStages
    static let tables: [any Row.Type] = [
        DailyOrdersRow.self, DailyRevenueRow.self, DailyProductRow.self, StatusCountRow.self, CountedOrderRow.self,
    ]

    init(wiring: Wiring, settings: OrderSettings) {
        self.wiring = wiring
        self.settings = settings
        rule = wiring.rule(.count)
        stages = OrderStages(wiring.blueprint)
    }

    func handle(_ event: Event, in transaction: inout Transaction) throws {
        var order = try transaction.get(CountedOrderRow.self, event.order) ?? CountedOrderRow(key: event.order)
        let isEarly = order.status == nil && event.type != .orderCreated
        if isEarly, settings.policies.outOfOrder == .ignore { return }
        guard rule.when.contains(event.type) || event.type == .orderCreated else { return }
        try count(event, in: &transaction)
        order.seen.insert(event.type)
        if case .orderStatusUpdated(let update) = event.payload, update.number > order.updateNumber {
            order.updateNumber = update.number
            order.updatedStatus = update.status
        }
        try move(&order, in: &transaction)
        try transaction.put(order)
    }

    private func day(of event: Event) -> BusinessDay { BusinessDay(of: event.at, start: settings.dayStart) }

    private func count(_ event: Event, in transaction: inout Transaction) throws {
        switch event.payload {
        case .orderCreated(let created):
            try countDay(of: event, in: &transaction) { $0.placed += 1 }
            try countProducts(of: created, for: event, in: &transaction)
        case .orderCancelled: try countDay(of: event, in: &transaction) { $0.cancelled += 1 }
        case .shipmentReturned: try countDay(of: event, in: &transaction) { $0.returned += 1 }
        case .paymentAuthorized(let payment):
            try countMoney(payment.amount, of: event, in: &transaction) { row in
                row.authorized = try row.authorized.adding(payment.amount)
            }
        case .paymentRefunded(let refund), .paymentPartlyRefunded(let refund):
            try countMoney(refund.amount, of: event, in: &transaction) { row in
                row.refunded = try row.refunded.adding(refund.amount)
            }
        default: break
        }
    }

    private func countDay(
        of event: Event, in transaction: inout Transaction, _ change: (inout DailyOrdersRow) -> Void
    ) throws {
        let day = day(of: event)
        var row = try transaction.get(DailyOrdersRow.self, day) ?? DailyOrdersRow(key: day)
        change(&row)
        try transaction.put(row)
    }

    private func countMoney(
        _ amount: Money, of event: Event, in transaction: inout Transaction,
        _ change: (inout DailyRevenueRow) throws -> Void
    ) throws {
        let key = DailyRevenueRow.Key(day: day(of: event), currency: amount.currency)
        var row = try transaction.get(DailyRevenueRow.self, key) ?? DailyRevenueRow(key: key)
        try change(&row)
        try transaction.put(row)
    }

    private func countProducts(
        of created: OrderCreated, for event: Event, in transaction: inout Transaction
    ) throws {
        for line in created.lines {
            let key = DailyProductRow.Key(day: day(of: event), sku: line.sku, currency: line.unitPrice.currency)
            var row = try transaction.get(DailyProductRow.self, key) ?? DailyProductRow(key: key)
            row.pieces += Int64(line.quantity)
            row.amount = try row.amount.adding(line.unitPrice.times(line.quantity))
            try transaction.put(row)
        }
    }

    /// Counts an order under the status that it has now, and no longer under that which it had.
    private func move(_ order: inout CountedOrderRow, in transaction: inout Transaction) throws {
        guard order.seen.contains(.orderCreated) else { return }
        let status = stages.status(after: order.seen, updatedTo: order.updatedStatus)
        guard status != order.status else { return }
        if let old = order.status { try change(old, by: -1, in: &transaction) }
        try change(status, by: 1, in: &transaction)
        order.status = status
    }

    private func change(_ status: OrderStatus, by number: Int64, in transaction: inout Transaction) throws {
        let empty = StatusCountRow(status)
        var row = try transaction.get(StatusCountRow.self, empty.key) ?? empty
        row.orders += number
        try transaction.put(row)
    }
}

/// Where an order stands, by the kinds of events that it has had, in whatever order.
struct OrderStages: Sendable {
    /// The stage that lies furthest ahead comes first; the last lies at the beginning.
    private let stages: [(reached: EventSet, isAll: Bool, status: OrderStatus)]

    init(_ blueprint: Blueprint) {
        let rules = OrderRules(blueprint)
        var stages: [(reached: EventSet, isAll: Bool, status: OrderStatus)] = [
            ([.shipmentReturned], false, .returned),
            ([.returnRequested], false, .returning),
            ([.shipmentDelivered], false, .delivered),
        ]
        if rules.shipsParcels { stages.append((EventSet(rules.pivot), false, rules.statusAtPivot)) }
        let undone = Blueprint.compensable.map(Blueprint.undone).reduce(EventSet()) { $0.union($1) }
        stages += [
            ([.orderCancelled], false, .cancelled),
            (blueprint.failures.union(undone), false, .cancelling),
            ([.shipmentCreated], false, .scheduled),
        ]
        if !rules.confirmation.isEmpty { stages.append((rules.confirmation, true, .confirmed)) }
        stages += [
            ([.paymentAuthorized], false, .paid),
            ([.inventoryReserved], false, .reserved),
        ]
        self.stages = stages
    }

    /// An update by hand says where an order stands that no event has led anywhere.
    func status(after seen: EventSet, updatedTo updated: OrderStatus?) -> OrderStatus {
        let stage = stages.first { $0.isAll ? seen.contains($0.reached) : seen.intersects($0.reached) }
        return stage?.status ?? updated ?? .pending
    }
}
