import Orders

/// What may happen to an order, as a table: what must have happened before an event, and what must never stand beside it.
enum Lifecycle {
    /// What an event needs: one of each of these groups.
    static func requirements(of type: EventType) -> [[EventType]] {
        switch type {
        case .orderCreated: []
        case .orderCancellationRequested: [[.orderCreated]]
        case .orderCancelled: [[.inventoryReleased, .inventoryFailed]]
        case .inventoryReserved, .inventoryFailed: [[.orderCreated]]
        case .inventoryReleased: [[.paymentFailed, .paymentRefunded, .paymentVoided]]
        case .paymentAuthorized, .paymentFailed: [[.inventoryReserved]]
        case .paymentRefunded: [[.paymentAuthorized], [.shippingCancelled]]
        case .paymentVoided: [[.shippingCancelled]]
        case .orderShipped: [[.paymentAuthorized]]
        case .shippingCancelled: [[.orderCancellationRequested]]
        case .cancellationRefused: [[.orderCancellationRequested], [.orderShipped]]
        }
    }

    /// Events of which an order has one at most.
    static let alternatives: [(EventType, EventType)] = [
        (.inventoryReserved, .inventoryFailed),
        (.paymentAuthorized, .paymentFailed),
        (.paymentAuthorized, .paymentVoided),
        (.paymentFailed, .paymentRefunded),
        (.paymentFailed, .paymentVoided),
        (.orderShipped, .shippingCancelled),
        (.orderShipped, .inventoryFailed),
        (.orderShipped, .inventoryReleased),
        (.orderShipped, .paymentFailed),
        (.orderShipped, .paymentRefunded),
        (.orderShipped, .orderCancelled),
        (.cancellationRefused, .shippingCancelled),
    ]

    /// The place of an event among those of its topic: one of a higher rank never comes before one of a lower.
    static func rank(of type: EventType) -> Int {
        switch type {
        case .orderCreated, .inventoryReserved, .inventoryFailed, .paymentAuthorized, .paymentFailed, .paymentVoided,
            .orderShipped, .shippingCancelled:
            0
        case .orderCancellationRequested, .inventoryReleased, .paymentRefunded, .cancellationRefused: 1
        case .orderCancelled: 2
        }
    }

    /// What the order service makes of the events of an order, once all of them have arrived.
    static func status(of order: OrderTrail) -> OrderStatus {
        if order.has(.orderShipped) { return .shipped }
        if order.has(.orderCancelled) { return .cancelled }
        if order.any(of: [.orderCancellationRequested, .inventoryFailed, .paymentFailed, .inventoryReleased]) != nil {
            return .cancelling
        }
        if order.has(.paymentAuthorized) { return .paid }
        return order.has(.inventoryReserved) ? .reserved : .pending
    }

    /// The same for the warehouse; nil when the order never got there.
    static func reservation(of order: OrderTrail) -> ReservationStatus? {
        if order.has(.inventoryFailed) { return .refused }
        if order.has(.orderShipped) { return .sold }
        if order.has(.inventoryReleased) { return .released }
        return order.has(.inventoryReserved) ? .reserved : nil
    }

    /// The same for the till; nil when the events do not decide.
    static func payment(of order: OrderTrail) -> PaymentStatus? {
        if order.has(.paymentRefunded) { return .refunded }
        if order.has(.paymentVoided) { return .voided }
        if order.has(.paymentFailed) { return .declined }
        return order.has(.paymentAuthorized) ? .charged : nil
    }

    /// The same for the packing table.
    static func shipment(of order: OrderTrail) -> ShipmentStatus? {
        if order.has(.orderShipped) { return .shipped }
        return order.has(.shippingCancelled) ? .stopped : nil
    }
}
