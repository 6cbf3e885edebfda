/// What is wrong with the ways in which orders end.
extension Blueprint {
    /// Events without which the order service would wait for ever.
    var endingProblems: [BlueprintProblem] {
        var problems: [BlueprintProblem] = []
        func demand(_ event: EventType, _ why: String) {
            guard !published.contains(event) else { return }
            problems.append(
                BlueprintProblem(
                    at: "events", "an order can never end: \(why) \(event), which is not published",
                    "add \(event) to the events of a topic"))
        }
        demand(.orderCancellationRequested, "customers cancel, and orders take too long; that begins with")
        demand(.orderCancelled, "an order that is cancelled ends with")
        for step in steps {
            let name = step.kind.rawValue
            if let success = success(of: step.kind) { demand(success, "step '\(name)' ends with") }
            if let failure = Self.failure(of: step.kind) { demand(failure, "step '\(name)' may end with") }
            for undone in Self.undone(step.kind).types { demand(undone, "step '\(name)' is taken back with") }
        }
        if step(.ship) != nil { demand(.cancellationRefused, "who cancels too late is told by") }
        return problems + returnProblems + lineProblems + parcelProblems
    }

    private var returnProblems: [BlueprintProblem] {
        guard published.contains(.returnRequested) else { return [] }
        var needed: [EventType] = [.shipmentDelivered, .shipmentReturned]
        if step(.charge) != nil { needed.append(.paymentRefunded) }
        if step(.reserve) != nil { needed.append(.inventoryRestocked) }
        return needs(of: .returnRequested, needed, "a return can never end")
    }

    private var lineProblems: [BlueprintProblem] {
        guard published.contains(.lineCancellationRequested) else { return [] }
        var needed: [EventType] = [.lineCancelled, .lineCancellationRefused]
        if step(.charge) != nil { needed.append(.paymentPartlyRefunded) }
        return needs(of: .lineCancellationRequested, needed, "the cancellation of a line can never end")
    }

    private func needs(of event: EventType, _ needed: [EventType], _ why: String) -> [BlueprintProblem] {
        let missing = needed.filter { !published.contains($0) }.map(\.description)
        guard !missing.isEmpty, let topic = publications.first(where: { $0.event == event })?.topic else { return [] }
        return [
            BlueprintProblem(
                at: "events.\(topic).\(event)", "\(why): \(enumeration(missing)) is not published",
                "add \(enumeration(missing)) to the events of a topic, or leave \(event) out")
        ]
    }

    /// A parcel must not leave before everything is done that could fail.
    private var parcelProblems: [BlueprintProblem] {
        guard let ship = step(.ship) else { return [] }
        return gates.compactMap { gate in
            guard let success = success(of: gate.kind), !precedes(success, ship) else { return nil }
            return BlueprintProblem(
                at: "steps.ship.when",
                "a parcel may leave before step '\(gate.kind.rawValue)' is done, and nothing calls it back when that fails",
                "add \(success) to 'when'")
        }
    }

    private func precedes(_ event: EventType, _ step: Step) -> Bool {
        step.when.contains { $0 == event || ancestors(of: $0).contains(event) }
    }
}

extension Blueprint {
    /// Steps that nobody takes back in some case. Every case is tried: which steps are done, which have failed, which have
    /// not begun when the order fails or is cancelled.
    var compensationProblems: [BlueprintProblem] {
        let rules = OrderRules(self)
        var problems: [BlueprintProblem] = []
        // The fewer things have gone wrong, the easier it is to understand.
        for situation in situations.sorted(by: { $0.weight < $1.weight }) {
            let seen = outcome(of: situation)
            guard !rules.isUndone(seen) else { continue }
            let left = steps.filter { isLeftOver($0, in: situation, seen) }
            let found =
                left.isEmpty
                ? [BlueprintProblem(at: "steps", "an order can never end when \(cause(situation))")]
                : left.map { problem(of: $0, in: situation, seen) }
            for problem in found where !problems.contains(where: { $0.key == problem.key }) {
                problems.append(problem)
            }
        }
        return problems
    }

    /// How far an order has come when it fails or is cancelled.
    private struct Situation {
        enum State: CaseIterable {
            case done, failed, notBegun
        }

        var states: [(kind: StepKind, state: State)] = []
        var isCancelled: Bool

        /// A single failure is the simplest, a request of the customer comes next.
        var weight: Int {
            let failed = states.count { $0.state == .failed }
            return failed * 10 + (isCancelled ? 11 : 0) + states.count { $0.state == .notBegun }
        }

        func state(of kind: StepKind) -> State { states.first { $0.kind == kind }?.state ?? .notBegun }
    }

    private var situations: [Situation] {
        var found = [Situation(isCancelled: true), Situation(isCancelled: false)]
        for gate in gates {
            found = found.flatMap { situation in
                Situation.State.allCases.map { state in
                    var next = situation
                    next.states.append((gate.kind, state))
                    return next
                }
            }
        }
        return found.filter { situation in
            let isConsistent = gates.allSatisfy { gate in
                situation.state(of: gate.kind) == .notBegun
                    || gates.allSatisfy { other in
                        guard let success = success(of: other.kind), precedes(success, gate) else { return true }
                        return situation.state(of: other.kind) == .done
                    }
            }
            return isConsistent && (situation.isCancelled || situation.states.contains { $0.state == .failed })
        }
    }

    /// Everything that is told of an order in the end.
    private func outcome(of situation: Situation) -> EventSet {
        var seen: EventSet = [.orderCreated]
        if situation.isCancelled { seen.insert(.orderCancellationRequested) }
        for (kind, state) in situation.states {
            switch state {
            case .done: if let success = success(of: kind) { seen.insert(success) }
            case .failed: if let failure = Self.failure(of: kind) { seen.insert(failure) }
            case .notBegun: break
            }
        }
        var hasGrown = true
        while hasGrown {
            hasGrown = false
            for step in steps where Self.compensable.contains(step.kind) && seen.intersects(EventSet(step.undo)) {
                guard let event = undoing(step, in: situation), !seen.contains(event) else { continue }
                seen.insert(event)
                hasGrown = true
            }
        }
        return seen
    }

    /// What a step says that is taken back.
    private func undoing(_ step: Step, in situation: Situation) -> EventType? {
        switch (step.kind, situation.state(of: step.kind)) {
        case (.reserve, .done), (.reserve, .notBegun): .inventoryReleased
        case (.charge, .done): .paymentRefunded
        case (.charge, .notBegun): .paymentVoided
        case (.ship, _): .shippingCancelled
        default: nil
        }
    }

    /// Whether something of a step stays behind.
    private func isLeftOver(_ step: Step, in situation: Situation, _ seen: EventSet) -> Bool {
        guard Self.compensable.contains(step.kind), !seen.intersects(Self.undone(step.kind)) else { return false }
        switch situation.state(of: step.kind) {
        case .failed: return false
        case .done: return true
        case .notBegun: return !OrderRules(self).isUndone(seen.union(allUndone(but: step.kind)))
        }
    }

    private func allUndone(but kind: StepKind) -> EventSet {
        Self.compensable.filter { $0 != kind }.reduce(into: EventSet()) { $0.formUnion(Self.undone($1)) }
    }

    private func cause(_ situation: Situation) -> String {
        let failed = situation.states.filter { $0.state == .failed }.map { "'\($0.kind.rawValue)' fails" }
        return enumeration(failed + (situation.isCancelled ? ["the order is cancelled"] : []))
    }

    private func problem(of step: Step, in situation: Situation, _ seen: EventSet) -> BlueprintProblem {
        let name = step.kind.rawValue
        let helpful = seen.intersection(helpfulUndo(for: step.kind)).types.map(\.description)
        let loss =
            switch step.kind {
            case .charge: "the customer's money would be kept"
            case .reserve: "the goods would be kept for nobody"
            default: "the parcel would be sent all the same"
            }
        let beginning =
            step.undo.isEmpty
            ? "there is no compensation for step '\(name)', which \(step.kind.deed)"
            : "the compensation of step '\(name)', which \(step.kind.deed), has a gap"
        let state = situation.state(of: step.kind) == .done ? " after it was done" : ""
        return BlueprintProblem(
            at: "steps.\(name)" + (step.undo.isEmpty ? "" : ".undo"),
            "\(beginning): when \(cause(situation))\(state), \(loss)",
            "add \(enumeration(helpful, "or")) to 'undo'")
    }

    private func helpfulUndo(for kind: StepKind) -> EventSet {
        var events: EventSet = [.orderCancellationRequested]
        for other in StepKind.allCases where other != kind {
            events.formUnion(Self.undone(other))
            if let failure = Self.failure(of: other) { events.insert(failure) }
        }
        return events
    }
}
