import Orders

/// What may happen to an order under a blueprint: what must have happened before an event, what must never stand beside
/// it, and what the events of an order come to.
struct Lifecycle: Sendable {
    private let blueprint: Blueprint
    /// By `EventType.rawValue`.
    private let needed: [[EventSet]]
    private let later: [EventSet]
    private let pivot: EventType
    /// How an order stands that has gone all its way.
    let success: OrderStatus?

    init(_ blueprint: Blueprint) {
        self.blueprint = blueprint
        let published = blueprint.published
        // An event that is not published cannot be seen, and so cannot be missed.
        needed = EventType.allCases.map { type in
            blueprint.requirements(of: type).map { $0.intersection(published) }.filter { !$0.isEmpty }
        }
        later = EventType.allCases.map { type in
            var later = EventSet(EventType.allCases.filter { blueprint.ancestors(of: $0).contains(type) })
            if type == .inventoryReserved { later.insert(.inventoryReleased) }
            if type == .orderCancellationRequested { later.insert(.orderCancelled) }
            return later
        }
        pivot = blueprint.pivot
        success = blueprint.successStatus
    }

    /// What an event needs: one of each of these groups.
    func requirements(of type: EventType) -> [EventSet] { needed[Int(type.rawValue)] }

    /// Events of which an order has one at most.
    var alternatives: [(EventType, EventType)] {
        [
            (.inventoryReserved, .inventoryFailed),
            (.paymentAuthorized, .paymentFailed),
            (.paymentAuthorized, .paymentVoided),
            (.paymentFailed, .paymentRefunded),
            (.paymentFailed, .paymentVoided),
            (.fraudCheckPassed, .fraudCheckFailed),
            (pivot, .shippingCancelled),
            (pivot, .inventoryFailed),
            (pivot, .inventoryReleased),
            (pivot, .paymentFailed),
            (pivot, .orderCancelled),
            (pivot, .fraudCheckFailed),
            (.cancellationRefused, .shippingCancelled),
        ]
    }

    /// Events of which an order may have several, each with something else in it.
    static let repeatable: EventSet = [
        .orderStatusUpdated, .lineCancellationRequested, .lineCancelled, .lineCancellationRefused,
        .paymentPartlyRefunded, .notificationSent,
    ]

    /// The events after which an event never comes, in a topic that carries both.
    func successors(of type: EventType) -> EventSet { later[Int(type.rawValue)] }

    /// What the order service makes of the events of an order, once all of them have arrived; nil when they do not decide.
    func status(of order: OrderTrail) -> OrderStatus? {
        guard success != nil else { return nil }
        if order.has(.returnRequested) {
            let isBack = !published(.paymentRefunded) || order.has(.paymentRefunded) || !order.has(.paymentAuthorized)
            return order.has(.shipmentReturned) && isBack ? .returned : .returning
        }
        if order.has(.shipmentDelivered) { return .delivered }
        if blueprint.step(.ship) != nil, order.has(pivot) {
            return pivot == .shipmentDispatched ? .shipped : .scheduled
        }
        if order.has(.orderCancelled) { return .cancelled }
        // Where it ends without anybody being told, only its owner knows whether it has.
        guard published(.orderCancelled) else { return nil }
        if order.any(of: blueprint.failures) != nil || order.has(.inventoryReleased) { return .cancelling }
        if order.has(.shipmentCreated) { return .scheduled }
        let gates = [Blueprint.StepKind.reserve, .charge, .validate].filter { blueprint.step($0) != nil }
        if !gates.isEmpty, gates.allSatisfy({ blueprint.success(of: $0).map(order.has) ?? true }) { return .confirmed }
        if order.has(.paymentAuthorized) { return .paid }
        return order.has(.inventoryReserved) ? .reserved : .pending
    }

    private func published(_ type: EventType) -> Bool { blueprint.published.contains(type) }

    /// The same for the warehouse; nil when the order never got there.
    func reservation(of order: OrderTrail) -> ReservationStatus? {
        guard blueprint.step(.reserve) != nil else { return nil }
        if order.has(.inventoryFailed) { return .refused }
        if order.has(.inventoryRestocked) { return .returned }
        if blueprint.step(.ship) != nil, order.has(pivot) { return .sold }
        if order.has(.inventoryReleased) { return .released }
        return order.has(.inventoryReserved) ? .reserved : nil
    }

    /// The same for the till; nil when the events do not decide.
    func payment(of order: OrderTrail) -> PaymentStatus? {
        if order.has(.paymentRefunded) { return .refunded }
        if order.has(.paymentVoided) { return .voided }
        if order.has(.paymentFailed) { return .declined }
        return order.has(.paymentAuthorized) ? .charged : nil
    }

    /// The same for the packing table.
    func shipment(of order: OrderTrail) -> ShipmentStatus? {
        guard blueprint.step(.ship) != nil else { return nil }
        if order.has(.shipmentReturned) { return .returned }
        if order.has(.returnRequested) { return .returning }
        if order.has(.shipmentDelivered) { return .delivered }
        if order.has(pivot) { return .shipped }
        return order.has(.shippingCancelled) ? .stopped : nil
    }
}
