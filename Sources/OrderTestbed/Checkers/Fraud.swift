import Harness
import Kafka
import Orders
import Services
import Simulation

/// That orders are refused for the reasons that are given, and for no others.
extension Checker {
    /// What the service had heard of when it decided cannot be known exactly: partitions know no order among each
    /// other. So each decision has to be right for some set of orders between those that it must have heard of and those
    /// that it can have heard of.
    static let fraudDecisionsExplained = Checker(
        "fraud-decisions-explained",
        "Every order is checked once, by the limits and the customer's orders of the time, and none that failed is shipped."
    ) { history, findings in
        guard history.blueprint.step(.validate) != nil else { return }
        let ledger = CustomersOrders(history)
        var decisions = [Int](repeating: 0, count: history.orders.count)
        for event in history.events where !event.event.isReplay {
            guard let decision = event.event.payload.fraudDecision else { continue }
            findings.sample()
            decisions[Int(event.order)] += 1
            let order = history.order(of: event)
            if decisions[Int(event.order)] > 1 {
                findings.report(order.id, at: event.at, "The order was checked for fraud a second time.")
                continue
            }
            if let fault = ledger.fault(of: decision, event, order, history) {
                findings.report(order.id, at: event.at, fault)
            }
        }
        for (number, order) in history.orders.enumerated() {
            checkEnd(of: order, isDecided: decisions[number] > 0, history, &findings)
        }
        checkReplays(history, &findings)
    }

    /// What followed from the decision.
    private static func checkEnd(
        of order: OrderTrail, isDecided: Bool, _ history: OrderHistory, _ findings: inout Findings
    ) {
        if order.has(.fraudCheckFailed), history.blueprint.step(.ship) != nil,
            let left = history.event(history.blueprint.pivot, of: order)
        {
            findings.report(order.id, at: left.at, "The order looked like fraud, and its parcel has left.")
        }
        guard history.isSettled else { return }
        let began = (history.blueprint.step(.validate)?.when ?? []) + [.orderCreated]
        if !isDecided, let created = history.event(.orderCreated, of: order), began.allSatisfy(order.has) {
            findings.report(order.id, at: created.at, "The order was never checked for fraud.")
        }
        let row = history.store(of: .fraud).row(FraudCaseRow.self, order.id)
        let published = [EventType.fraudCheckPassed, .fraudCheckFailed].lazy
            .compactMap { history.event($0, of: order)?.event.payload.fraudDecision }.first
        if let published, row?.verdict?.decision != published {
            findings.report(order.id, "What was published about the order is not what the fraud service has on file.")
        }
    }

    /// Orders that are told again are judged again, each time once.
    private static func checkReplays(_ history: OrderHistory, _ findings: inout Findings) {
        guard history.isSettled else { return }
        let store = history.store(of: .fraud)
        let read = history.blueprint.topicsRead(by: .fraud)
        var told = [Int32](repeating: 0, count: history.orders.count)
        for event in history.events where event.event.isReplay && event.type == .orderCreated {
            guard read.contains(history.source.topics.name(of: event.partition.topic)) else { continue }
            told[Int(event.order)] += 1
        }
        for (number, order) in history.orders.enumerated() where told[number] > 0 {
            findings.sample()
            var judged: Int32 = 0
            while store.row(FraudReplayRow.self, .init(order: order.id, number: judged + 1)) != nil { judged += 1 }
            guard judged != told[number] else { continue }
            findings.report(
                order.id, "The order was replayed \(told[number]) times, and judged again \(judged) times.")
        }
    }
}

/// Every order in the log, by customer, in the order of the log.
private struct CustomersOrders {
    struct Purchase {
        var order: Int32
        var total: Money
        var placed: Instant
        /// Where it stands in the log, and since when.
        var partition: TopicPartition
        var offset: Int64
        var appended: Instant
        /// When what was decided about it came into the log.
        var decided: Instant?
    }

    private var purchases: [Identifier: [Purchase]] = [:]
    /// Whether the records of a partition are read in their order, none of them later by another way.
    private let isReadInOrder: Bool

    init(_ history: OrderHistory) {
        let group = history.blueprint.participant(.fraud)?.group ?? ""
        isReadInOrder =
            !history.source.topics.names.contains { $0.contains("-retry-") }
            && !history.deadLetters.contains {
                $0.group == group && (try? EventCodec(names: history.blueprint.names).decode($0.record)) != nil
            }
        for order in history.orders {
            guard let event = history.event(.orderCreated, of: order), let created = history.creation(of: order) else {
                continue
            }
            let decision = history.event(.fraudCheckPassed, of: order) ?? history.event(.fraudCheckFailed, of: order)
            purchases[created.customer, default: []].append(
                Purchase(
                    order: event.order, total: created.total, placed: event.event.at, partition: event.partition,
                    offset: event.offset, appended: event.at, decided: decision?.at))
        }
    }

    /// What is wrong with a decision, if anything is.
    func fault(
        of decision: FraudDecision, _ event: CommittedEvent, _ order: OrderTrail, _ history: OrderHistory
    ) -> String? {
        guard let created = history.creation(of: order) else { return nil }
        let limits = history.system.fraudLimits
        let isRefused = event.type == .fraudCheckFailed
        if isRefused != (decision.rule != nil) {
            return isRefused
                ? "The order was refused as fraud, and no rule is given."
                : "The order was passed, though it breaks a rule."
        }
        if decision.customer != created.customer { return "The decision is about another customer." }
        if decision.rule != limits.rule(for: decision, total: created.total) {
            return "By the limits, \(decision.orders) orders for \(decision.amount) are decided otherwise: "
                + "the decision gives \(decision.rule.map { "'\($0.name)'" } ?? "no rule")."
        }
        return isPossible(decision, event, created, limits)
            ? nil
            : "The decision counts \(decision.orders) orders for \(decision.amount); no set of orders that the service "
                + "can have heard of comes to that."
    }

    /// Whether some set of the customer's orders in the window comes to what was counted.
    private func isPossible(
        _ decision: FraudDecision, _ event: CommittedEvent, _ created: OrderCreated, _ limits: FraudLimits
    ) -> Bool {
        let all = purchases[created.customer] ?? []
        guard let own = all.first(where: { $0.order == event.order }) else { return true }
        var certain = FraudDecision(
            order: created.order, customer: created.customer, rule: nil, orders: 1, amount: created.total)
        var doubtful: [Purchase] = []
        for other in all where other.order != own.order {
            guard limits.window(before: own.placed, contains: other.placed), other.appended <= event.at else {
                continue
            }
            let isBefore = isReadInOrder && other.partition == own.partition && other.offset < own.offset
            if isBefore || other.decided.map({ $0 < own.appended }) ?? false {
                certain.count(other.total)
            } else {
                doubtful.append(other)
            }
        }
        return Self.canReach(decision, from: certain, with: doubtful[...])
    }

    /// Of many doubtful orders, only their number is looked at: there are too many sets of them.
    private static func canReach(
        _ goal: FraudDecision, from counted: FraudDecision, with doubtful: ArraySlice<Purchase>
    ) -> Bool {
        let missing = goal.orders - counted.orders
        if missing == 0 { return goal.amount == counted.amount }
        guard missing > 0, missing <= Int32(doubtful.count), goal.amount.minorUnits >= counted.amount.minorUnits,
            let next = doubtful.first
        else { return false }
        if doubtful.count > 16 { return true }
        var withNext = counted
        withNext.count(next.total)
        return canReach(goal, from: withNext, with: doubtful.dropFirst())
            || canReach(goal, from: counted, with: doubtful.dropFirst())
    }
}

extension FraudDecision {
    /// Counts one more order of the customer, as the fraud service does.
    fileprivate mutating func count(_ total: Money) {
        orders += 1
        guard total.currency == amount.currency else { return }
        amount.minorUnits += total.minorUnits
    }
}

extension Event.Payload {
    /// What was decided, if it is a decision about fraud.
    fileprivate var fraudDecision: FraudDecision? {
        switch self {
        case .fraudCheckPassed(let decision), .fraudCheckFailed(let decision): decision
        default: nil
        }
    }
}
