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
    public var order: Identifier { with { $0.order } }

    func write(to json: inout JSONWriter) { with { $0.write(to: &json) } }

    /// What is in it, whichever kind it is. Inlined, so that no payload is ever boxed.
    @inline(__always)
    private func with<Result>(_ body: (any EventPayload) -> Result) -> Result {
        switch self {
        case .orderCreated(let payload): body(payload)
        case .orderStatusUpdated(let payload): body(payload)
        case .paymentAuthorized(let payload): body(payload)
        case .notificationSent(let payload): body(payload)
        case .orderCancellationRequested(let payload), .orderCancelled(let payload), .paymentFailed(let payload),
            .cancellationRefused(let payload):
            body(payload)
        case .lineCancellationRequested(let payload), .lineCancelled(let payload): body(payload)
        case .inventoryFailed(let payload), .lineCancellationRefused(let payload): body(payload)
        case .returnRequested(let payload), .inventoryReserved(let payload), .inventoryReleased(let payload),
            .reservationExpired(let payload), .inventoryRestocked(let payload), .paymentVoided(let payload),
            .shipmentReturned(let payload), .shippingCancelled(let payload):
            body(payload)
        case .paymentProcessing(let payload), .paymentRefunded(let payload), .paymentPartlyRefunded(let payload):
            body(payload)
        case .shipmentCreated(let payload), .shipmentDispatched(let payload), .shipmentDelivered(let payload):
            body(payload)
        case .fraudCheckPassed(let payload), .fraudCheckFailed(let payload): body(payload)
        }
    }

    init(_ type: EventType, from scanner: inout JSONScanner, _ upcaster: Upcaster) throws(JSONError) {
        switch type {
        case .orderCreated: self = .orderCreated(try .init(from: &scanner, upcaster))
        case .orderCancellationRequested: self = .orderCancellationRequested(try .init(from: &scanner, upcaster))
        case .orderCancelled: self = .orderCancelled(try .init(from: &scanner, upcaster))
        case .orderStatusUpdated: self = .orderStatusUpdated(try .init(from: &scanner, upcaster))
        case .lineCancellationRequested: self = .lineCancellationRequested(try .init(from: &scanner, upcaster))
        case .returnRequested: self = .returnRequested(try .init(from: &scanner, upcaster))
        case .inventoryReserved: self = .inventoryReserved(try .init(from: &scanner, upcaster))
        case .inventoryFailed: self = .inventoryFailed(try .init(from: &scanner, upcaster))
        case .inventoryReleased: self = .inventoryReleased(try .init(from: &scanner, upcaster))
        case .reservationExpired: self = .reservationExpired(try .init(from: &scanner, upcaster))
        case .inventoryRestocked: self = .inventoryRestocked(try .init(from: &scanner, upcaster))
        case .paymentProcessing: self = .paymentProcessing(try .init(from: &scanner, upcaster))
        case .paymentAuthorized: self = .paymentAuthorized(try .init(from: &scanner, upcaster))
        case .paymentFailed: self = .paymentFailed(try .init(from: &scanner, upcaster))
        case .paymentRefunded: self = .paymentRefunded(try .init(from: &scanner, upcaster))
        case .paymentPartlyRefunded: self = .paymentPartlyRefunded(try .init(from: &scanner, upcaster))
        case .paymentVoided: self = .paymentVoided(try .init(from: &scanner, upcaster))
        case .shipmentCreated: self = .shipmentCreated(try .init(from: &scanner, upcaster))
        case .shipmentDispatched: self = .shipmentDispatched(try .init(from: &scanner, upcaster))
        case .shipmentDelivered: self = .shipmentDelivered(try .init(from: &scanner, upcaster))
        case .shipmentReturned: self = .shipmentReturned(try .init(from: &scanner, upcaster))
        case .shippingCancelled: self = .shippingCancelled(try .init(from: &scanner, upcaster))
        case .cancellationRefused: self = .cancellationRefused(try .init(from: &scanner, upcaster))
        case .lineCancelled: self = .lineCancelled(try .init(from: &scanner, upcaster))
        case .lineCancellationRefused: self = .lineCancellationRefused(try .init(from: &scanner, upcaster))
        case .notificationSent: self = .notificationSent(try .init(from: &scanner, upcaster))
        case .fraudCheckPassed: self = .fraudCheckPassed(try .init(from: &scanner, upcaster))
        case .fraudCheckFailed: self = .fraudCheckFailed(try .init(from: &scanner, upcaster))
        }
    }
}
