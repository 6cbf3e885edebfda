import Harness
import Orders
import Services

/// Statuses that are set by hand.
extension Checker {
    static let statusUpdatesInOrder = Checker(
        "status-updates-in-order",
        "Updates of an order's status are all applied, each once, in the order in which they were taken."
    ) { history, findings in
        guard history.isSettled else { return }
        var updates = [[StatusUpdate]](repeating: [], count: history.orders.count)
        for committed in history.events where !committed.event.isReplay {
            guard case .orderStatusUpdated(let update) = committed.event.payload else { continue }
            updates[Int(committed.order)].append(update)
        }
        for answer in history.answers where answer.request.conversation == .update && answer.response.isSuccess {
            findings.sample()
            guard let number = answer.order else { continue }
            let wanted = WorkloadPlan.updates[answer.request.round]
            if updates[Int(number)].contains(where: { $0.status == wanted }) { continue }
            findings.report(
                history.orders[Int(number)].id, at: answer.at,
                "The client was told that the order is '\(wanted.name)' now, and no OrderStatusUpdated says so.")
        }
        for (number, order) in history.orders.enumerated() where !updates[number].isEmpty {
            findings.sample()
            check(updates[number].sorted { $0.number < $1.number }, of: order, history, &findings)
        }
    }

    private static func check(
        _ updates: [StatusUpdate], of order: OrderTrail, _ history: OrderHistory, _ findings: inout Findings
    ) {
        let numbers = updates.map(\.number)
        if numbers != Array(1...Int32(updates.count)) {
            findings.report(order.id, "The updates of the order's status are numbered \(numbers).")
        }
        // What comes after the end of an order changes nothing about it.
        guard let row = order.row, let last = updates.last, row.status == last.status || !row.status.isFinal else {
            return
        }
        if row.status != last.status {
            findings.report(
                order.id, at: row.updatedAt,
                "The last update makes the order '\(last.status.name)', and it is '\(row.status.name)'.")
        }
        let applied = history.entries(of: row).compactMap { entry -> Int32? in
            guard case .orderStatusUpdated(let update) = entry.event.payload else { return nil }
            return update.number
        }
        if applied != numbers {
            findings.report(
                order.id, at: row.updatedAt, "Updates \(numbers) were made, and \(applied) applied, in this order.")
        }
    }

    static let ordersRebuilt = Checker(
        "orders-rebuilt",
        "An order's own history is whole: the order can be rebuilt from it, and it tells what the log tells."
    ) { history, findings in
        let rules = OrderRules(history.blueprint)
        let orders = history.store(of: .order)
        var events = [[Int32]](repeating: [], count: history.orders.count)
        let told = history.blueprint.concerns(.order).union(history.ownEvents)
        for (number, committed) in history.events.enumerated()
        where told.contains(committed.type) && !committed.event.isReplay {
            events[Int(committed.order)].append(Int32(number))
        }
        for (number, order) in history.orders.enumerated() {
            guard let row = order.row else { continue }
            findings.sample()
            let entries = history.entries(of: row)
            let lines = (0..<row.lineCount).compactMap {
                orders.row(OrderLineRow.self, OrderLineKey(order: row.key, line: $0))
            }
            let rebuilt = OrderRow.rebuilt(from: entries, rules)
            if rebuilt?.0 != row || rebuilt?.1 != lines {
                let status = rebuilt.map { "'\($0.0.status.name)'" } ?? "nothing at all"
                findings.report(
                    order.id, at: row.updatedAt,
                    "The order is '\(row.status.name)', and its history makes another of it: \(status).")
            }
            guard history.isSettled else { continue }
            compare(entries, events[number].map { history.events[Int($0)] }, of: row, history, &findings)
        }
    }

    /// The log knows nothing that the order does not, but for what came after its end; and the other way round.
    private static func compare(
        _ entries: [OrderEventRow], _ events: [CommittedEvent], of row: OrderRow, _ history: OrderHistory,
        _ findings: inout Findings
    ) {
        for entry in entries {
            let isPublished = history.blueprint.published.contains(entry.event.type)
            if !isPublished || history.event(entry.event.id) != nil { continue }
            findings.report(
                row.key, at: entry.at, "The order's history has a \(entry.event.type) that is not in the log.")
        }
        if row.status.isFinal { return }
        for committed in events where !entries.contains(where: { $0.event.id == committed.event.id }) {
            findings.report(
                row.key, at: committed.at, "The log has a \(committed.type) that the order's history lacks.")
        }
    }
}

extension OrderHistory {
    /// An order's own history, in the order service's store.
    fileprivate func entries(of row: OrderRow) -> [OrderEventRow] {
        let orders = store(of: .order)
        guard row.eventCount > 0 else { return [] }
        return (1...row.eventCount).compactMap {
            orders.row(OrderEventRow.self, NumberedKey(order: row.key, number: $0))
        }
    }

    /// What the order service itself has said.
    fileprivate var ownEvents: EventSet {
        EventSet(blueprint.published.types.filter { blueprint.publisher(of: $0) == .order })
    }
}
