/// What is wrong with the way forward: from `OrderCreated` to the last step.
extension Blueprint {
    /// Steps that can fail or change something, in the order in which they are listed.
    var gates: [Step] { steps.filter { Self.gateKinds.contains($0.kind) } }

    static let gateKinds: [StepKind] = [.reserve, .charge, .validate]

    /// What is wrong with steps one by one.
    var stepProblems: [BlueprintProblem] {
        var problems: [BlueprintProblem] = []
        for step in steps {
            let name = step.kind.rawValue
            let role = Self.role(of: step.kind)
            if participant(role) == nil {
                problems.append(
                    BlueprintProblem(
                        at: "steps.\(name)", "nobody takes step '\(name)': no service plays the \(role.rawValue)",
                        "add '\(role.rawValue)' to 'services'"))
            }
            problems += triggerProblems(of: step)
            problems += undoProblems(of: step)
        }
        if participant(.cart) == nil, step(.accept) != nil {
            problems.append(
                BlueprintProblem(
                    at: "steps.accept", "there is no cart whose orders could be taken over",
                    "add 'cart' to 'services', or leave the step out"))
        } else if participant(.cart) != nil, step(.accept) == nil {
            problems.append(
                BlueprintProblem(
                    at: "steps", "the cart's orders are taken over by nobody", "add 'accept: {when: OrderCreated}'"))
        }
        if !published.contains(.orderCreated) {
            problems.append(
                BlueprintProblem(
                    at: "events", "no order ever begins: OrderCreated is not published", "add it to a topic's events"))
        }
        return problems
    }

    private func triggerProblems(of step: Step) -> [BlueprintProblem] {
        let name = step.kind.rawValue
        let key = "steps.\(name).when"
        guard !step.when.isEmpty else {
            return [BlueprintProblem(at: key, "nothing triggers step '\(name)'", "name events under 'when'")]
        }
        var problems: [BlueprintProblem] = []
        for event in step.when {
            if !published.contains(event) {
                problems.append(
                    BlueprintProblem(
                        at: key, "step '\(name)' waits for \(event), which nobody publishes",
                        "add \(event) to the events of a topic, or wait for another"))
            } else if let allowed = triggers(of: step.kind), !allowed.contains(event) {
                let names = allowed.types.map(\.description)
                problems.append(
                    BlueprintProblem(
                        at: key, "\(event) is nothing that step '\(name)' could begin with",
                        "it begins with \(enumeration(names, "or"))"))
            }
        }
        return problems
    }

    /// What a step can wait for; nil for anything.
    private func triggers(of kind: StepKind) -> EventSet? {
        switch kind {
        case .accept: [.orderCreated]
        case .reserve, .charge, .validate, .ship:
            EventSet([.orderCreated] + Self.gateKinds.filter { $0 != kind }.compactMap(success))
        case .notify: EventSet(EventType.allCases).subtracting([.notificationSent])
        case .count: nil
        }
    }

    private func undoProblems(of step: Step) -> [BlueprintProblem] {
        let name = step.kind.rawValue
        let key = "steps.\(name).undo"
        guard Self.compensable.contains(step.kind) else {
            if step.undo.isEmpty { return [] }
            return [BlueprintProblem(at: key, "step '\(name)' leaves nothing behind that could be taken back")]
        }
        var allowed: EventSet = [.orderCancellationRequested]
        for other in StepKind.allCases where other != step.kind {
            allowed.formUnion(Self.undone(other))
            if let failure = Self.failure(of: other) { allowed.insert(failure) }
        }
        return step.undo.compactMap { event in
            if !published.contains(event) {
                return BlueprintProblem(
                    at: key, "step '\(name)' is taken back by \(event), which nobody publishes",
                    "add \(event) to the events of a topic, or name another")
            }
            if event == .paymentRefunded, published.contains(.returnRequested) {
                return BlueprintProblem(
                    at: key,
                    "step '\(name)' is taken back by PaymentRefunded, which also follows when a parcel is sent back",
                    "let it be taken back by what the refund follows from, or do not offer returns")
            }
            guard !allowed.contains(event) else { return nil }
            let happyEnds: EventSet = [
                .orderCreated, .inventoryReserved, .paymentProcessing, .paymentAuthorized, .fraudCheckPassed,
                .shipmentCreated, .shipmentDispatched, .shipmentDelivered,
            ]
            return BlueprintProblem(
                at: key,
                happyEnds.contains(event)
                    ? "step '\(name)' would be taken back by \(event), which also comes when all goes well"
                    : "\(event) does not tell that step '\(name)' has to be taken back",
                "these do: \(enumeration(allowed.types.map(\.description)))")
        }
    }

    /// Steps that wait for each other.
    var cycleProblems: [BlueprintProblem] {
        var finished: [StepKind] = []
        var open = steps.filter { Self.gateKinds.contains($0.kind) || $0.kind == .ship }
        while let index = open.firstIndex(where: { step in waits(of: step).allSatisfy { finished.contains($0) } }) {
            finished.append(open.remove(at: index).kind)
        }
        // What waits for a circle is not in it, nor is what waits for a step that is not there.
        var circle = open
        while let index = circle.firstIndex(where: { step in
            !circle.contains { self.waits(of: step).contains($0.kind) }
                || !circle.contains { self.waits(of: $0).contains(step.kind) }
        }) {
            circle.remove(at: index)
        }
        guard let first = circle.first else { return [] }
        let kinds = circle.map(\.kind)
        let sentences = circle.map { step in
            let events = step.when.filter { event in kinds.contains { self.success(of: $0) == event } }
            return "'\(step.kind.rawValue)' waits for \(enumeration(events.map(\.description)))"
        }
        return [
            BlueprintProblem(
                at: "steps.\(first.kind.rawValue).when",
                "steps wait for each other, and none ever begins: \(enumeration(sentences))",
                "let one of them begin with OrderCreated")
        ]
    }

    /// The gates whose success a step waits for.
    private func waits(of step: Step) -> [StepKind] {
        Self.gateKinds.filter { kind in success(of: kind).map { step.when.contains($0) } ?? false }
    }

    /// The events of which anybody can ever hear.
    var possible: EventSet {
        var happened = EventSet()
        var hasGrown = true
        while hasGrown {
            hasGrown = false
            for event in published.types where !happened.contains(event) && isEmitted(event) {
                let groups = requirements(of: event)
                guard groups.allSatisfy({ $0.intersects(happened) }) else { continue }
                happened.insert(event)
                hasGrown = true
            }
        }
        return happened
    }

    /// Whether the blueprint has the step that an event tells of.
    private func isEmitted(_ event: EventType) -> Bool {
        switch event {
        case .orderCreated, .orderCancellationRequested, .orderCancelled: true
        case .orderStatusUpdated: participant(.cart) != nil
        case .lineCancellationRequested, .returnRequested: step(.ship) != nil
        case .inventoryReserved, .inventoryFailed, .inventoryReleased, .inventoryRestocked: step(.reserve) != nil
        case .reservationExpired: step(.reserve) != nil && step(.ship) != nil
        case .paymentProcessing, .paymentAuthorized, .paymentFailed, .paymentRefunded, .paymentPartlyRefunded,
            .paymentVoided:
            step(.charge) != nil
        case .shipmentCreated, .shipmentDispatched, .shipmentDelivered, .shipmentReturned, .shippingCancelled,
            .cancellationRefused, .lineCancelled, .lineCancellationRefused:
            step(.ship) != nil
        case .notificationSent: step(.notify) != nil
        case .fraudCheckPassed, .fraudCheckFailed: step(.validate) != nil
        }
    }

    /// Steps that are never reached from `OrderCreated`.
    var reachProblems: [BlueprintProblem] {
        let possible = possible
        var problems: [BlueprintProblem] = []
        for step in steps {
            let name = step.kind.rawValue
            for event in step.when where !possible.contains(event) {
                problems.append(
                    BlueprintProblem(
                        at: "steps.\(name).when", "step '\(name)' is never reached: \(reason(event))",
                        "let it begin with what leads there from OrderCreated"))
            }
        }
        return problems
    }

    /// Events that never come, under `undo` and among those that are published.
    var idleEventProblems: [BlueprintProblem] {
        let possible = possible
        var problems: [BlueprintProblem] = []
        for step in steps {
            let name = step.kind.rawValue
            for event in step.undo where !possible.contains(event) {
                problems.append(
                    BlueprintProblem(
                        at: "steps.\(name).undo", "step '\(name)' is never taken back by \(event): \(reason(event))",
                        "leave it out"))
            }
        }
        let named = EventSet(steps.flatMap { $0.when + $0.undo })
        for publication in publications
        where !possible.contains(publication.event) && !named.contains(publication.event) {
            problems.append(
                BlueprintProblem(
                    at: "events.\(publication.topic).\(publication.event)", reason(publication.event),
                    "leave it out, or add what leads there"))
        }
        return problems
    }

    /// Why an event never comes.
    private func reason(_ event: EventType) -> String {
        if isEmitted(event) { return "\(event) never comes, as nothing leads there" }
        let steps = StepKind.allCases.filter { Self.role(of: $0) == publisher(of: event) }
        let missing = steps.filter { step($0) == nil }.map { "'\($0.rawValue)'" }
        return "\(event) never comes" + (missing.isEmpty ? "" : ", as there is no step \(enumeration(missing, "or"))")
    }
}
