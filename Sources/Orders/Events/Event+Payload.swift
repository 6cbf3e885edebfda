import Services

extension Event.Payload {
    /// The kind of the event.
    public var type: EventType {
        switch self {
        case .orderCreated: .orderCreated
        case .orderCancellationRequested: .orderCancellationRequested
        case .orderCancelled: .orderCancelled
        case .orderStatusUpdated: .orderStatusUpdated
        case .lineCancellationRequested: .lineCancellationRequested
        case .returnRequested: .returnRequested
        case .inventoryReserved: .inventoryReserved
        case .inventoryFailed: .inventoryFailed
        case .inventoryReleased: .inventoryReleased
        case .reservationExpired: .reservationExpired
        case .inventoryRestocked: .inventoryRestocked
        case .paymentProcessing: .paymentProcessing
        case .paymentAuthorized: .paymentAuthorized
        case .paymentFailed: .paymentFailed
        case .paymentRefunded: .paymentRefunded
        case .paymentPartlyRefunded: .paymentPartlyRefunded
        case .paymentVoided: .paymentVoided
        case .shipmentCreated: .shipmentCreated
        case .shipmentDispatched: .shipmentDispatched
        case .shipmentDelivered: .shipmentDelivered
        case .shipmentReturned: .shipmentReturned
        case .shippingCancelled: .shippingCancelled
        case .cancellationRefused: .cancellationRefused
        case .lineCancelled: .lineCancelled
        case .lineCancellationRefused: .lineCancellationRefused
        case .notificationSent: .notificationSent
        case .fraudCheckPassed: .fraudCheckPassed
        case .fraudCheckFailed: .fraudCheckFailed
        }
    }

    /// The order it is about.
    public var order: Identifier {
        switch self {
        case .orderCreated(let payload): payload.order
        case .orderCancellationRequested(let payload),
            .orderCancelled(let payload),
            .paymentFailed(let payload),
            .cancellationRefused(let payload):
            payload.order
        case .orderStatusUpdated(let payload): payload.order
        case .lineCancellationRequested(let payload),
            .lineCancelled(let payload):
            payload.order
        case .returnRequested(let payload),
            .inventoryReserved(let payload),
            .inventoryReleased(let payload),
            .reservationExpired(let payload),
            .inventoryRestocked(let payload),
            .paymentVoided(let payload),
            .shipmentReturned(let payload),
            .shippingCancelled(let payload):
            payload.order
        case .inventoryFailed(let payload),
            .lineCancellationRefused(let payload):
            payload.order
        case .paymentProcessing(let payload),
            .paymentRefunded(let payload),
            .paymentPartlyRefunded(let payload):
            payload.order
        case .paymentAuthorized(let payload): payload.order
        case .shipmentCreated(let payload),
            .shipmentDispatched(let payload),
            .shipmentDelivered(let payload):
            payload.order
        case .notificationSent(let payload): payload.order
        case .fraudCheckPassed(let payload),
            .fraudCheckFailed(let payload):
            payload.order
        }
    }

    init(_ type: EventType, from scanner: inout JSONScanner) throws(JSONError) {
        switch type {
        case .orderCreated: self = .orderCreated(try .init(from: &scanner))
        case .orderCancellationRequested: self = .orderCancellationRequested(try .init(from: &scanner))
        case .orderCancelled: self = .orderCancelled(try .init(from: &scanner))
        case .orderStatusUpdated: self = .orderStatusUpdated(try .init(from: &scanner))
        case .lineCancellationRequested: self = .lineCancellationRequested(try .init(from: &scanner))
        case .returnRequested: self = .returnRequested(try .init(from: &scanner))
        case .inventoryReserved: self = .inventoryReserved(try .init(from: &scanner))
        case .inventoryFailed: self = .inventoryFailed(try .init(from: &scanner))
        case .inventoryReleased: self = .inventoryReleased(try .init(from: &scanner))
        case .reservationExpired: self = .reservationExpired(try .init(from: &scanner))
        case .inventoryRestocked: self = .inventoryRestocked(try .init(from: &scanner))
        case .paymentProcessing: self = .paymentProcessing(try .init(from: &scanner))
        case .paymentAuthorized: self = .paymentAuthorized(try .init(from: &scanner))
        case .paymentFailed: self = .paymentFailed(try .init(from: &scanner))
        case .paymentRefunded: self = .paymentRefunded(try .init(from: &scanner))
        case .paymentPartlyRefunded: self = .paymentPartlyRefunded(try .init(from: &scanner))
        case .paymentVoided: self = .paymentVoided(try .init(from: &scanner))
        case .shipmentCreated: self = .shipmentCreated(try .init(from: &scanner))
        case .shipmentDispatched: self = .shipmentDispatched(try .init(from: &scanner))
        case .shipmentDelivered: self = .shipmentDelivered(try .init(from: &scanner))
        case .shipmentReturned: self = .shipmentReturned(try .init(from: &scanner))
        case .shippingCancelled: self = .shippingCancelled(try .init(from: &scanner))
        case .cancellationRefused: self = .cancellationRefused(try .init(from: &scanner))
        case .lineCancelled: self = .lineCancelled(try .init(from: &scanner))
        case .lineCancellationRefused: self = .lineCancellationRefused(try .init(from: &scanner))
        case .notificationSent: self = .notificationSent(try .init(from: &scanner))
        case .fraudCheckPassed: self = .fraudCheckPassed(try .init(from: &scanner))
        case .fraudCheckFailed: self = .fraudCheckFailed(try .init(from: &scanner))
        }
    }

    func write(to json: inout JSONWriter) {
        switch self {
        case .orderCreated(let payload): payload.write(to: &json)
        case .orderCancellationRequested(let payload),
            .orderCancelled(let payload),
            .paymentFailed(let payload),
            .cancellationRefused(let payload):
            payload.write(to: &json)
        case .orderStatusUpdated(let payload): payload.write(to: &json)
        case .lineCancellationRequested(let payload),
            .lineCancelled(let payload):
            payload.write(to: &json)
        case .returnRequested(let payload),
            .inventoryReserved(let payload),
            .inventoryReleased(let payload),
            .reservationExpired(let payload),
            .inventoryRestocked(let payload),
            .paymentVoided(let payload),
            .shipmentReturned(let payload),
            .shippingCancelled(let payload):
            payload.write(to: &json)
        case .inventoryFailed(let payload),
            .lineCancellationRefused(let payload):
            payload.write(to: &json)
        case .paymentProcessing(let payload),
            .paymentRefunded(let payload),
            .paymentPartlyRefunded(let payload):
            payload.write(to: &json)
        case .paymentAuthorized(let payload): payload.write(to: &json)
        case .shipmentCreated(let payload),
            .shipmentDispatched(let payload),
            .shipmentDelivered(let payload):
            payload.write(to: &json)
        case .notificationSent(let payload): payload.write(to: &json)
        case .fraudCheckPassed(let payload),
            .fraudCheckFailed(let payload):
            payload.write(to: &json)
        }
    }
}
