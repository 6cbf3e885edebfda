import Simulation

/// What an order's events make of it. There is no other way to change an order, so that its history can rebuild it.
extension OrderRow {
    /// Applies an event; the rules are those of the blueprint.
    public mutating func apply(_ event: Event, _ rules: OrderRules, at moment: Instant) {
        eventCount += 1
        lastEvent = event.id
        updatedAt = moment
        seen.insert(event.type)
        switch event.payload {
        case .orderCreated: break
        case .orderCancellationRequested(let requested): beginCancelling(requested.reason)
        case .inventoryFailed(let refusal): beginCancelling(refusal.reason)
        case .paymentFailed(let failed): beginCancelling(failed.reason)
        case .fraudCheckFailed: beginCancelling(.suspectedFraud)
        // Nothing but a failure or a cancellation leads here; word of that may still be on its way.
        case .inventoryReleased, .paymentVoided, .shippingCancelled: beginCancelling(.other)
        case .orderCancelled(let cancelled): end(.cancelled, cancelled.reason)
        case .returnRequested: status = .returning
        case .lineCancelled(let line):
            if let sum = try? cancelled.adding(line.amount) { cancelled = sum }
        case .orderStatusUpdated(let update):
            updateCount = max(updateCount, update.number)
            status = update.status
        default: break
        }
        goOn(rules)
    }

    /// Where an order stands that is neither being cancelled nor coming back follows from what it has seen; a parcel that
    /// has left cannot be called back.
    private mutating func goOn(_ rules: OrderRules) {
        guard !status.isFinal else { return }
        if status == .returning {
            if seen.contains(rules.returned) { status = .returned }
            return
        }
        if seen.contains(rules.pivot), rules.shipsParcels {
            status = seen.contains(.shipmentDelivered) ? .delivered : rules.statusAtPivot
            reason = nil
            return
        }
        guard status.isOpen, rules.hasSteps else { return }
        if rules.shipsParcels, seen.contains(.shipmentCreated) {
            status = .scheduled
        } else if !rules.confirmation.isEmpty, seen.contains(rules.confirmation) {
            status = .confirmed
        } else if seen.contains(.paymentAuthorized) {
            status = .paid
        } else if seen.contains(.inventoryReserved) {
            status = .reserved
        }
    }

    /// The first reason stays.
    private mutating func beginCancelling(_ reason: Reason) {
        guard status.isOpen else { return }
        status = .cancelling
        self.reason = reason
    }

    private mutating func end(_ status: OrderStatus, _ reason: Reason) {
        self.status = status
        if self.reason == nil { self.reason = reason }
    }

    /// The order that a history tells of; nil when it does not begin with an `OrderCreated`.
    public static func rebuilt(from history: [OrderEventRow], _ rules: OrderRules) -> (OrderRow, [OrderLineRow])? {
        guard let first = history.first, case .orderCreated(let created) = first.event.payload else { return nil }
        var order = OrderRow(created, by: first.event, at: first.at)
        var lines = OrderLineRow.lines(of: created)
        for entry in history {
            order.apply(entry.event, rules, at: entry.at)
            for index in lines.indices { lines[index].apply(entry.event) }
        }
        return (order, lines)
    }
}

extension OrderLineRow {
    /// The lines of an order that was just created.
    static func lines(of created: OrderCreated) -> [OrderLineRow] {
        created.lines.enumerated().map { index, line in
            OrderLineRow(key: OrderLineKey(order: created.order, line: Int32(index)), line)
        }
    }

    /// Applies an event; true when that has changed the line.
    @discardableResult
    mutating func apply(_ event: Event) -> Bool {
        switch event.payload {
        case .lineCancellationRequested(let line) where line.sku == sku:
            beingCancelled += line.quantity
        case .lineCancelled(let line) where line.sku == sku:
            beingCancelled -= line.quantity
            cancelled += line.quantity
        case .lineCancellationRefused(let line) where line.sku == sku:
            beingCancelled -= line.quantity
        default: return false
        }
        return true
    }
}

/// What a blueprint's steps mean for the status of an order.
public struct OrderRules: Sendable {
    /// Whether parcels are sent at all.
    let shipsParcels: Bool
    /// Whether anything is done for an order that could fail.
    let hasSteps: Bool
    /// The event after which an order cannot be stopped.
    let pivot: EventType
    let statusAtPivot: OrderStatus
    /// Everything that has to succeed before a parcel is planned, or at all.
    let confirmation: EventSet
    /// Everything that makes a return complete.
    let returned: EventSet
    /// How an order stands that has gone all its way; nil when nothing leads anywhere.
    public let success: OrderStatus?
    private let steps: [StepState]

    private struct StepState {
        var kind: Blueprint.StepKind
        var success: EventType
        var failure: EventSet
        var undone: EventSet
        /// Steps whose success this one waits for.
        var waitsFor: [Blueprint.StepKind]
    }

    /// The rules of a blueprint.
    public init(_ blueprint: Blueprint) {
        shipsParcels = blueprint.step(.ship) != nil
        pivot = blueprint.pivot
        success = blueprint.successStatus
        hasSteps = blueprint.successStatus != nil
        statusAtPivot = blueprint.pivot == .shipmentDispatched ? .shipped : .scheduled
        let gates: [Blueprint.StepKind] = [.reserve, .charge, .validate].filter { blueprint.step($0) != nil }
        confirmation = EventSet(gates.compactMap(blueprint.success))
        var returned: EventSet = [.shipmentReturned]
        if blueprint.step(.charge) != nil { returned.insert(.paymentRefunded) }
        if blueprint.step(.reserve) != nil { returned.insert(.inventoryRestocked) }
        self.returned = returned
        steps = blueprint.steps.compactMap { step in
            guard let success = blueprint.success(of: step.kind) else { return nil }
            let waitsFor = blueprint.steps.filter { other in
                blueprint.success(of: other.kind).map { step.when.contains($0) } ?? false
            }
            return StepState(
                kind: step.kind, success: success,
                failure: EventSet([Blueprint.failure(of: step.kind)].compactMap { $0 }),
                undone: Blueprint.undone(step.kind), waitsFor: waitsFor.map(\.kind))
        }
    }

    /// Whether of everything that has to be taken back nothing is left.
    public func isUndone(_ seen: EventSet) -> Bool {
        steps.allSatisfy { step in
            !Blueprint.compensable.contains(step.kind) || isOver(step, seen) || isOutOfReach(step, seen)
        }
    }

    private func isOver(_ step: StepState, _ seen: EventSet) -> Bool {
        seen.intersects(step.failure) || seen.intersects(step.undone)
    }

    /// Whether a step can never begin, because one that it waits for has failed or was taken back before it began.
    private func isOutOfReach(_ step: StepState, _ seen: EventSet) -> Bool {
        step.waitsFor.contains { kind in
            guard let other = steps.first(where: { $0.kind == kind }), !seen.contains(other.success) else {
                return false
            }
            return isOver(other, seen) || isOutOfReach(other, seen)
        }
    }
}
