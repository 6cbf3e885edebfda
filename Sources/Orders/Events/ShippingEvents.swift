import Services

/// The parcel is on its way, and cannot be called back.
public struct OrderShipped: Hashable, Sendable {
    /// Which order.
    public var order: Identifier
    /// What the carrier knows the parcel by.
    public var trackingNumber: Identifier
    /// Who carries it.
    public var carrier: Identifier?

    /// The facts, one by one.
    public init(order: Identifier, trackingNumber: Identifier, carrier: Identifier? = nil) {
        self.order = order
        self.trackingNumber = trackingNumber
        self.carrier = carrier
    }
}

extension OrderShipped: EventPayload {
    init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        var trackingNumber: Identifier?
        var carrier: Identifier?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "trackingNumber": trackingNumber = try scanner.identifier()
            case "carrier": carrier = try scanner.optionalIdentifier()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.trackingNumber = try scanner.require(trackingNumber, "trackingNumber")
        self.carrier = carrier
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("trackingNumber")
        json.value(trackingNumber)
        if let carrier {
            json.field("carrier")
            json.value(carrier)
        }
        json.endObject()
    }
}

/// No parcel was sent, and none will be.
public struct ShippingCancelled: Hashable, Sendable {
    /// Which order.
    public var order: Identifier

    /// The facts, one by one.
    public init(order: Identifier) {
        self.order = order
    }
}

extension ShippingCancelled: EventPayload {
    init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.endObject()
    }
}

/// The order can no longer be stopped.
public struct CancellationRefused: Hashable, Sendable {
    /// Which order.
    public var order: Identifier
    /// Why.
    public var reason: Reason

    /// The facts, one by one.
    public init(order: Identifier, reason: Reason) {
        self.order = order
        self.reason = reason
    }
}

extension CancellationRefused: EventPayload {
    init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        var reason: Reason?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "reason": reason = Reason(try scanner.text())
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.reason = try scanner.require(reason, "reason")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("reason")
        json.value(reason.name)
        json.endObject()
    }
}
