import Kafka
import Services
import Simulation

/// Looks for fraud: what one customer orders in a window of time is limited. Every decision says why it was made.
///
/// Orders of the past that are told again are judged by the limits of now, and nobody is told of the outcome: so a change
/// of the limits can be tried out.
struct FraudService: EventDriven {
    let wiring: Wiring
    let settings: OrderSettings

    static let tables: [any Row.Type] = [
        FraudCaseRow.self, FraudReplayRow.self, PurchasesRow.self, PurchaseHoursRow.self,
    ]
    private let rule: StepRule

    init(wiring: Wiring, settings: OrderSettings) {
        self.wiring = wiring
        self.settings = settings
        rule = wiring.rule(.validate)
    }

    private func history(ofReplays isReplay: Bool) -> FraudHistory {
        FraudHistory(limits: settings.fraudLimits, isReplay: isReplay)
    }

    func handle(_ event: Event, in transaction: inout Transaction) throws {
        if case .orderCreated(let created) = event.payload { try open(created, at: event.at, in: &transaction) }
        if rule.when.contains(event.type), try arrival(of: event, at: rule, in: &transaction) != nil {
            try decide(event.order, in: &transaction)
        }
    }

    /// An order counts from the moment that it is known, whether it is checked at once, later or never.
    private func open(_ order: OrderCreated, at moment: Instant, in transaction: inout Transaction) throws {
        try transaction.put(
            FraudCaseRow(key: order.order, customer: order.customer, total: order.total, placedAt: moment))
        try history(ofReplays: false).note(order, at: moment, in: &transaction)
    }

    private func decide(_ order: Identifier, in transaction: inout Transaction) throws {
        guard var row = try transaction.get(FraudCaseRow.self, order) else { return }
        let decision = try history(ofReplays: false)
            .judge(order, of: row.customer, row.total, at: row.placedAt, in: transaction)
        row.verdict = FraudVerdict(decision: decision, limits: settings.fraudLimits, at: transaction.now)
        try transaction.put(row)
        try publish(
            decision.rule == nil ? .fraudCheckPassed(decision) : .fraudCheckFailed(decision), in: &transaction)
    }

    // MARK: The past

    func handle(replay event: Event, in transaction: inout Transaction) throws {
        guard case .orderCreated(let created) = event.payload,
            try transaction.accept(event: event.id, correlation: event.correlation)
        else { return }
        let past = history(ofReplays: true)
        try past.note(created, at: event.at, in: &transaction)
        let decision = try past.judge(
            created.order, of: created.customer, created.total, at: event.at, in: transaction)
        var key = NumberedKey(order: created.order, number: 1)
        while try transaction.get(FraudReplayRow.self, key) != nil { key.number += 1 }
        try transaction.put(
            FraudReplayRow(
                key: key, event: event.id,
                then: try transaction.get(FraudCaseRow.self, created.order)?.verdict?.decision, now: decision,
                explanation: settings.fraudLimits.explanation(of: decision, total: created.total)))
    }

    // MARK: Questions

    static let routes: [Route<FraudService>] = [
        Route(.get, "/api/fraud/decisions/:id", "Show what was decided about an order, and why") {
            service, call, transaction in
            try service.show(call, in: transaction)
        }
    ]

    private func show(_ call: Call, in transaction: Transaction) throws -> Response {
        guard let order = call.identifier(0) else { return .unknownToFraudCheck }
        let known = try transaction.get(FraudCaseRow.self, order)
        var replays: [FraudReplayRow] = []
        var key = NumberedKey(order: order, number: 1)
        while let replay = try transaction.get(FraudReplayRow.self, key) {
            replays.append(replay)
            key.number += 1
        }
        guard known != nil || !replays.isEmpty else {
            return .unknownToFraudCheck
        }
        return FraudAPI.shown(order, known, replays)
    }
}

extension Response {
    fileprivate static let unknownToFraudCheck = problem(
        404, "Unknown order", "The fraud check has not heard of an order with this id.")
}
