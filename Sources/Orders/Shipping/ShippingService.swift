import Kafka
import Services

/// Sends parcels. The point of no return: of every order, it is decided here whether it is shipped or stopped.
struct ShippingService: EventDriven {
    let wiring: Wiring
    let settings: OrderSettings
    private let rule: StepRule

    static let tables: [any Row.Type] = [ShipmentRow.self]

    init(wiring: Wiring, settings: OrderSettings) {
        self.wiring = wiring
        self.settings = settings
        rule = wiring.rule(.ship)
    }

    /// The kinds of deadlines. A parcel that has to be dispatched has its own number, from 1, as its kind.
    private enum Kind {
        static let delivery: Int32 = -1
        static let homecoming: Int32 = -2
    }

    func handle(_ event: Event, in transaction: inout Transaction) throws {
        if rule.when.contains(event.type), try arrival(of: event, at: rule, in: &transaction) != nil {
            try planParcel(for: event, in: &transaction)
        }
        if rule.undo.contains(event.type) { try stop(event, in: &transaction) }
        switch event.payload {
        case .lineCancellationRequested(let line): try leaveOut(line, in: &transaction)
        case .returnRequested: try takeBack(event, in: &transaction)
        default: break
        }
    }

    // MARK: Sending

    private func planParcel(for event: Event, in transaction: inout Transaction) throws {
        var shipment =
            try transaction.get(ShipmentRow.self, event.order) ?? newShipment(.preparing, for: event, in: transaction)
        // Stopped before it was paid for; whoever took money gives it back.
        guard shipment.status != .stopped else { return }
        shipment.parcelsOrdered += 1
        shipment.trackingNumber = Identifier("TRK-", transaction.newID())
        shipment.carrier = Carrier(for: event.order).name
        shipment.updatedAt = transaction.now
        if wiring.blueprint.pivot != .shipmentCreated {
            let planned = try publish(.shipmentCreated(shipment.news), in: &transaction)
            if wiring.published.contains(.shipmentCreated) { shipment.cause = planned.id }
        }
        try transaction.put(shipment)
        try transaction.setDeadline(shipment.parcelsOrdered, for: event.order, after: settings.handlingTime)
    }

    /// A moment that was waited for has come.
    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {
        guard var shipment = try transaction.get(ShipmentRow.self, deadline.key.subject) else { return }
        transaction.beginStory(shipment.correlation, after: shipment.cause)
        switch deadline.key.kind {
        case Kind.delivery: try deliver(&shipment, in: &transaction)
        case Kind.homecoming: try arriveAtHome(&shipment, in: &transaction)
        default: try dispatch(&shipment, in: &transaction)
        }
        shipment.updatedAt = transaction.now
        try transaction.put(shipment)
    }

    /// The handling time of a parcel is over: it leaves.
    private func dispatch(_ shipment: inout ShipmentRow, in transaction: inout Transaction) throws {
        guard shipment.status != .stopped else { return }
        shipment.status = .shipped
        shipment.parcelsShipped += 1
        let isPlanAll = wiring.blueprint.pivot == .shipmentCreated
        let left = try publish(
            isPlanAll ? .shipmentCreated(shipment.news) : .shipmentDispatched(shipment.news), in: &transaction)
        guard wiring.published.contains(.shipmentDelivered) else { return }
        shipment.cause = left.id
        try transaction.setDeadline(Kind.delivery, for: shipment.key, after: settings.transitTime)
    }

    private func deliver(_ shipment: inout ShipmentRow, in transaction: inout Transaction) throws {
        guard shipment.status == .shipped else { return }
        shipment.status = .delivered
        try publish(.shipmentDelivered(shipment.news), in: &transaction)
    }

    // MARK: Stopping

    private func stop(_ event: Event, in transaction: inout Transaction) throws {
        let known = try transaction.get(ShipmentRow.self, event.order)
        if known == nil, settings.policies.outOfOrder == .ignore { return }
        // Another event has stopped it already.
        if known?.status == .stopped { return }
        var shipment = known ?? newShipment(.stopped, for: event, in: transaction)
        guard !shipment.status.hasLeft else {
            let refused = OrderReason(order: event.order, reason: .alreadyShipped)
            try publish(.cancellationRefused(refused), in: &transaction)
            return
        }
        shipment.status = .stopped
        shipment.updatedAt = transaction.now
        try transaction.put(shipment)
        if shipment.parcelsOrdered > 0 {
            for parcel in 1...shipment.parcelsOrdered { try transaction.clearDeadline(parcel, for: event.order) }
        }
        try publish(.shippingCancelled(OrderFact(order: event.order)), in: &transaction)
    }

    /// Leaves some pieces out of a parcel that is planned and has not left. Before it is planned, nobody knows yet
    /// whether the order is reserved and paid for; so whoever hears that pieces were left out has done its own part.
    private func leaveOut(_ line: LineCancellation, in transaction: inout Transaction) throws {
        let reason: Reason? =
            switch try transaction.get(ShipmentRow.self, line.order)?.status {
            case nil: .notPlannedYet
            case .preparing: nil
            case .stopped: .alreadyCancelled
            case .shipped, .delivered, .returning, .returned: .alreadyShipped
            }
        guard let reason else {
            try publish(.lineCancelled(line), in: &transaction)
            return
        }
        let refused = LineRefusal(order: line.order, sku: line.sku, quantity: line.quantity, reason: reason)
        try publish(.lineCancellationRefused(refused), in: &transaction)
    }

    // MARK: Returning

    private func takeBack(_ event: Event, in transaction: inout Transaction) throws {
        // Only what has arrived is sent back; the order service does not ask for anything else.
        guard var shipment = try transaction.get(ShipmentRow.self, event.order), shipment.status == .delivered else {
            return
        }
        shipment.status = .returning
        shipment.cause = event.id
        shipment.updatedAt = transaction.now
        try transaction.put(shipment)
        try transaction.setDeadline(Kind.homecoming, for: event.order, after: settings.transitTime)
    }

    private func arriveAtHome(_ shipment: inout ShipmentRow, in transaction: inout Transaction) throws {
        guard shipment.status == .returning else { return }
        shipment.status = .returned
        try publish(.shipmentReturned(OrderFact(order: shipment.key)), in: &transaction)
    }

    private func newShipment(
        _ status: ShipmentStatus, for event: Event, in transaction: Transaction
    ) -> ShipmentRow {
        ShipmentRow(
            key: event.order, status: status, parcelsOrdered: 0, parcelsShipped: 0, trackingNumber: nil, carrier: nil,
            correlation: event.correlation, cause: event.id, updatedAt: transaction.now)
    }
}

extension ShipmentRow {
    /// What is said about the parcel.
    fileprivate var news: Shipment {
        guard let trackingNumber else { preconditionFailure("a parcel of \(key) is spoken of before it is planned") }
        return Shipment(order: key, trackingNumber: trackingNumber, carrier: carrier)
    }
}
