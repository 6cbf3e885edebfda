import Kafka
import Services

/// Sends parcels. The point of no return: of every order, it is decided here whether it is shipped or stopped.
struct ShippingService: EventDriven {
    let wiring: Wiring
    let settings: OrderSettings

    static func concerns(_ type: EventType) -> Bool {
        type == .paymentAuthorized || type == .orderCancellationRequested
    }

    func handle(_ event: Event, in transaction: inout Transaction) throws {
        switch event.payload {
        case .paymentAuthorized: try prepareParcel(for: event, in: &transaction)
        case .orderCancellationRequested: try stop(event, in: &transaction)
        default: break
        }
    }

    private func prepareParcel(for event: Event, in transaction: inout Transaction) throws {
        var shipment =
            try transaction.get(ShipmentRow.self, event.order) ?? newShipment(.preparing, for: event, in: transaction)
        // Stopped before it was paid for; the payment service gives the money back.
        guard shipment.status != .stopped else { return }
        shipment.parcelsOrdered += 1
        shipment.updatedAt = transaction.now
        try transaction.put(shipment)
        // The deadline's kind is the number of the parcel.
        try transaction.setDeadline(shipment.parcelsOrdered, for: event.order, after: settings.handlingTime)
    }

    private func stop(_ event: Event, in transaction: inout Transaction) throws {
        let known = try transaction.get(ShipmentRow.self, event.order)
        if known == nil, settings.policies.outOfOrder == .ignore { return }
        var shipment = known ?? newShipment(.stopped, for: event, in: transaction)
        guard shipment.status != .shipped else {
            let refused = CancellationRefused(order: event.order, reason: .alreadyShipped)
            try publish(.cancellationRefused(refused), in: &transaction)
            return
        }
        shipment.status = .stopped
        shipment.updatedAt = transaction.now
        try transaction.put(shipment)
        if shipment.parcelsOrdered > 0 {
            for parcel in 1...shipment.parcelsOrdered { try transaction.clearDeadline(parcel, for: event.order) }
        }
        try publish(.shippingCancelled(ShippingCancelled(order: event.order)), in: &transaction)
    }

    /// The handling time of a parcel is over: it leaves.
    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {
        guard var shipment = try transaction.get(ShipmentRow.self, deadline.key.subject), shipment.status != .stopped
        else { return }
        transaction.beginStory(shipment.correlation, after: shipment.cause)
        let trackingNumber = Identifier("TRK-", transaction.newID())
        shipment.status = .shipped
        shipment.parcelsShipped += 1
        shipment.trackingNumber = trackingNumber
        shipment.updatedAt = transaction.now
        try transaction.put(shipment)
        let shipped = OrderShipped(
            order: shipment.key, trackingNumber: trackingNumber, carrier: Identifier(literal: "orbit-express"))
        try publish(.orderShipped(shipped), in: &transaction)
    }

    private func newShipment(
        _ status: ShipmentStatus, for event: Event, in transaction: Transaction
    ) -> ShipmentRow {
        ShipmentRow(
            key: event.order, status: status, parcelsOrdered: 0, parcelsShipped: 0, trackingNumber: nil,
            correlation: event.correlation, cause: event.id, updatedAt: transaction.now)
    }
}
