/// What follows from a blueprint's steps: who reads what, what an event needs to have happened before it, where orders end.
extension Blueprint {
    /// The role that takes a step.
    public static func role(of kind: StepKind) -> Role {
        switch kind {
        case .accept: .order
        case .reserve: .inventory
        case .charge: .payment
        case .validate: .fraud
        case .ship: .shipping
        case .notify: .notification
        case .count: .analytics
        }
    }

    /// The role that publishes an event.
    public func publisher(of event: EventType) -> Role {
        switch event {
        case .orderCreated, .orderStatusUpdated: participant(.cart) == nil ? .order : .cart
        case .orderCancellationRequested, .orderCancelled, .lineCancellationRequested, .returnRequested: .order
        case .inventoryReserved, .inventoryFailed, .inventoryReleased, .reservationExpired, .inventoryRestocked:
            .inventory
        case .paymentProcessing, .paymentAuthorized, .paymentFailed, .paymentRefunded, .paymentPartlyRefunded,
            .paymentVoided:
            .payment
        case .shipmentCreated, .shipmentDispatched, .shipmentDelivered, .shipmentReturned, .shippingCancelled,
            .cancellationRefused, .lineCancelled, .lineCancellationRefused:
            .shipping
        case .notificationSent: .notification
        case .fraudCheckPassed, .fraudCheckFailed: .fraud
        }
    }

    /// The events that a role acts upon.
    public func concerns(_ role: Role) -> EventSet {
        var concerns = EventSet()
        for step in steps where Self.role(of: step.kind) == role {
            concerns.formUnion(EventSet(step.when + step.undo))
        }
        switch role {
        case .cart: break
        case .order:
            concerns.formUnion(published.subtracting(Self.ofNoConcernToOrders))
            // What a cart says about orders, the order service does not say itself.
            if participant(.cart) != nil { concerns.formUnion([.orderCreated, .orderStatusUpdated]) }
        case .inventory:
            concerns.formUnion([.orderCreated, .lineCancelled, .shipmentReturned])
            concerns.insert(pivot)
        case .payment: concerns.formUnion([.orderCreated, .lineCancelled, .shipmentReturned])
        case .fraud: concerns.formUnion([.orderCreated])
        case .shipping: concerns.formUnion([.lineCancellationRequested, .returnRequested])
        case .notification, .analytics: concerns.formUnion([.orderCreated])
        }
        return concerns.intersection(published)
    }

    /// What the order service itself has said, or has no use for.
    private static let ofNoConcernToOrders = EventSet([
        .orderCreated, .orderCancellationRequested, .orderCancelled, .orderStatusUpdated, .lineCancellationRequested,
        .returnRequested, .notificationSent,
    ])

    /// The topics that a role reads, in the blueprint's order.
    public func topicsRead(by role: Role) -> [String] {
        let events = concerns(role)
        let carriers = publications.filter { events.contains($0.event) }.map(\.topic)
        var read = topics.map(\.name).filter { carriers.contains($0) }
        // Replayed orders are there to be looked at.
        if role == .fraud { read += replayTopics.filter { !read.contains($0) } }
        return read
    }

    /// The shipping service's point of no return: from here on, an order cannot be stopped. `shipmentDispatched`, or
    /// `shipmentCreated` where that is all there is.
    public var pivot: EventType { published.contains(.shipmentDispatched) ? .shipmentDispatched : .shipmentCreated }

    /// Where an order stands that has gone all its way; nil when nothing leads anywhere, because others set the status.
    public var successStatus: OrderStatus? {
        switch lastShipmentEvent {
        case .shipmentCreated: .scheduled
        case .shipmentDispatched: .shipped
        case .shipmentDelivered: .delivered
        default: step(.reserve) == nil && step(.charge) == nil ? nil : .confirmed
        }
    }

    /// The last event of an order's way to the customer; nil when no parcel is sent.
    public var lastShipmentEvent: EventType? {
        guard step(.ship) != nil else { return nil }
        return published.contains(.shipmentDelivered) ? .shipmentDelivered : pivot
    }

    /// Steps that change something which a cancellation has to take back.
    public static let compensable: [StepKind] = [.reserve, .charge, .ship]

    /// What a step says when it is done.
    public func success(of kind: StepKind) -> EventType? {
        switch kind {
        case .accept, .count: nil
        case .reserve: .inventoryReserved
        case .charge: .paymentAuthorized
        case .validate: .fraudCheckPassed
        case .ship: lastShipmentEvent
        case .notify: .notificationSent
        }
    }

    /// What it says when it cannot be done.
    public static func failure(of kind: StepKind) -> EventType? {
        switch kind {
        case .reserve: .inventoryFailed
        case .charge: .paymentFailed
        case .validate: .fraudCheckFailed
        case .accept, .ship, .notify, .count: nil
        }
    }

    /// What it says when it was taken back, or will never be begun.
    public static func undone(_ kind: StepKind) -> EventSet {
        switch kind {
        case .reserve: [.inventoryReleased]
        case .charge: [.paymentRefunded, .paymentVoided]
        case .ship: [.shippingCancelled]
        case .accept, .validate, .notify, .count: []
        }
    }

    /// Every way in which an order's way can end before the parcel: some step fails, or somebody asks for it.
    public var failures: EventSet {
        var failures = EventSet(steps.compactMap { Self.failure(of: $0.kind) })
        failures.formUnion([.orderCancellationRequested])
        return failures.intersection(published)
    }

    /// What must have happened before an event: one of each of these groups.
    public func requirements(of event: EventType) -> [EventSet] {
        func all(_ kind: StepKind) -> [EventSet] { (step(kind)?.when ?? []).map { EventSet($0) } }
        func any(_ kind: StepKind) -> EventSet { EventSet(step(kind)?.undo ?? []) }
        let created = published.contains(.shipmentCreated)
        let needs: [EventSet] =
            switch event {
            case .orderCreated: []
            case .orderCancellationRequested, .orderStatusUpdated, .lineCancellationRequested: [[.orderCreated]]
            case .returnRequested: [EventSet(lastShipmentEvent ?? .orderCreated)]
            case .orderCancelled: [failures]
            case .inventoryReserved, .inventoryFailed: all(.reserve) + [[.orderCreated]]
            case .inventoryReleased: [any(.reserve)]
            case .reservationExpired: [[.inventoryReserved]]
            case .inventoryRestocked: [[.shipmentReturned]]
            case .paymentProcessing, .paymentAuthorized, .paymentFailed: all(.charge) + [[.orderCreated]]
            case .paymentRefunded: [[.paymentAuthorized], any(.charge).union([.shipmentReturned])]
            case .paymentPartlyRefunded: [[.paymentAuthorized], [.lineCancelled]]
            case .paymentVoided: [any(.charge)]
            case .shipmentCreated: all(.ship)
            case .shipmentDispatched: created ? [[.shipmentCreated]] : all(.ship)
            case .shipmentDelivered: [EventSet(pivot)]
            case .shipmentReturned: [[.returnRequested]]
            case .shippingCancelled: [any(.ship)]
            case .cancellationRefused: [any(.ship), EventSet(pivot)]
            case .lineCancelled, .lineCancellationRefused: [[.lineCancellationRequested]]
            case .notificationSent: [EventSet(step(.notify)?.when ?? [])]
            case .fraudCheckPassed, .fraudCheckFailed: all(.validate) + [[.orderCreated]]
            }
        return needs
    }
}

extension Blueprint {
    /// The events that have happened in any case when an event has.
    public func ancestors(of event: EventType) -> EventSet {
        var ancestors = EventSet()
        var open = [event]
        while let next = open.popLast() {
            // Of alternatives, none must have happened.
            for group in requirements(of: next) where group.types.count == 1 {
                for type in group.types where !ancestors.contains(type) {
                    ancestors.insert(type)
                    open.append(type)
                }
            }
        }
        return ancestors
    }
}
