import Harness
import Kafka
import Orders
import Services
import Simulation

/// That the log tells the story as it was.
extension Checker {
    /// Where a fault of the run itself has sent a record late, so that later ones of its topic and key passed it, the
    /// services cannot be blamed for the order in the log. Kafka never does that to an idempotent producer. Nor can they
    /// where an operator gave the topic more partitions, so that its keys have moved.
    static let perOrderEventOrder = Checker(
        "per-order-event-order",
        "The events of one order stand in each topic in one partition, and in the order in which they happened."
    ) { history, findings in
        let shuffled = history.shuffledOnPurpose()
        let grown = history.grownTopics()
        let topics = history.source.topics.names.count
        /// By order and topic, what came so far, and the number of the last of it.
        var seen = [EventSet](repeating: [], count: history.orders.count * topics)
        var last = [Int32](repeating: -1, count: history.orders.count * topics)
        for (number, event) in history.events.enumerated() where !event.event.isReplay {
            let slot = Int(event.order) * topics + Int(event.partition.topic.rawValue)
            defer {
                seen[slot].insert(event.type)
                last[slot] = Int32(number)
            }
            guard last[slot] >= 0 else { continue }
            findings.sample()
            let before = history.events[Int(last[slot])]
            if before.partition != event.partition {
                if grown.contains(event.partition.topic) { continue }
                findings.report(
                    event.event.order, at: event.at,
                    "\(before.type) is in \(history.source.topics.describe(before.partition)) and \(event.type) in "
                        + "\(history.source.topics.describe(event.partition)): nothing keeps them in order.")
            }
            let later = seen[slot].intersection(history.lifecycle.successors(of: event.type)).types
            guard let first = later.first, !Lifecycle.repeatable.contains(event.type),
                !shuffled.contains(Shuffle(topic: event.partition.topic, order: event.event.order))
            else { continue }
            findings.report(event.event.order, at: event.at, "\(event.type) came into the log after \(first).")
        }
    }

    static let causalityClosed = Checker(
        "causality-closed",
        "Every event but the first of an order names an earlier event of the same story as its cause."
    ) { history, findings in
        for committed in history.events {
            let event = committed.event
            findings.sample()
            guard let id = event.causation else {
                if event.type != .orderCreated {
                    findings.report(event.order, at: committed.at, "\(event.type) does not say what caused it.")
                }
                continue
            }
            guard let cause = history.event(id)?.event else {
                if history.isSettled {
                    findings.report(
                        event.order, at: committed.at, "\(event.type) was caused by event \(id), which nobody has seen."
                    )
                }
                continue
            }
            // Two machines have written the two moments: their clocks are trusted as far as no fault has changed them.
            if cause.at > event.at + history.clockDifference {
                findings.report(
                    event.order, at: committed.at,
                    "\(event.type) happened at \(event.at), before its cause, \(cause.type) at \(cause.at).")
            }
            if cause.order != event.order || cause.correlation != event.correlation {
                findings.report(
                    event.order, at: committed.at,
                    "\(event.type) was caused by a \(cause.type) of another story, that of \(cause.order).")
            }
        }
    }

    static let stateEqualsFoldedLog = Checker(
        "state-equals-folded-log",
        "What the services have in their stores is what the events in the log come to."
    ) { history, findings in
        guard history.isSettled else { return }
        let inventory = history.store(of: .inventory)
        let payments = history.store(of: .payment)
        let shipping = history.store(of: .shipping)
        for order in history.orders {
            guard let row = order.row, order.has(.orderCreated) else { continue }
            findings.sample()
            let lifecycle = history.lifecycle
            func compare<Status: Equatable>(_ service: String, _ stored: Status?, _ folded: Status?) {
                guard stored != folded, let folded else { return }
                let found = stored.map { "'\($0)'" } ?? "nothing at all"
                findings.report(
                    order.id, at: row.updatedAt,
                    "By the log the order is '\(folded)' in the \(service) service, whose store says \(found).")
            }
            compare("order", row.status, lifecycle.status(of: order))
            compare(
                "inventory", inventory.row(ReservationRow.self, order.id)?.status, lifecycle.reservation(of: order))
            compare("payment", payments.row(PaymentRow.self, order.id)?.status, lifecycle.payment(of: order))
            compare("shipping", shipping.row(ShipmentRow.self, order.id)?.status, lifecycle.shipment(of: order))
        }
        checkStock(inventory, history, &findings)
    }

    private static func checkStock(_ store: ValueStore, _ history: OrderHistory, _ findings: inout Findings) {
        let products = history.system.catalogue.products
        var onHand = products.map { Int64($0.initialStock) }
        var reserved = products.map { _ in Int64(0) }
        for (number, order) in history.orders.enumerated() {
            switch history.lifecycle.reservation(of: order) {
            case .sold: history.forEachRemainingLine(of: Int32(number), products) { onHand[$0] -= $1 }
            case .reserved: history.forEachRemainingLine(of: Int32(number), products) { reserved[$0] += $1 }
            case .released, .refused, .returned, nil: break
            }
        }
        for (index, product) in products.enumerated() {
            guard let row = store.row(StockRow.self, product.sku) else { continue }
            findings.sample()
            guard Int64(row.onHand) != onHand[index] || Int64(row.reserved) != reserved[index] else { continue }
            findings.report(
                product.sku,
                "By the log there are \(onHand[index]) on hand and \(reserved[index]) reserved; the warehouse counts "
                    + "\(row.onHand) and \(row.reserved).")
        }
    }
}

/// The events of one order in one topic.
private struct Shuffle: Hashable {
    var topic: TopicID
    var order: Identifier
}

extension OrderHistory {
    /// Where records were sent late so that others passed them.
    fileprivate func grownTopics() -> [TopicID] {
        source.entries.compactMap { entry in
            guard case .fault(.addPartitions(let topic, _, _)) = entry.event else { return nil }
            return source.topics.id(of: topic)
        }
    }

    fileprivate func shuffledOnPurpose() -> Set<Shuffle> {
        var places: Set<Shuffle> = []
        for entry in source.entries {
            guard case .fault(.reorderRecord(let place, _)) = entry.event,
                let topic = source.topics.id(of: place.topic), let order = Identifier(place.key)
            else { continue }
            places.insert(Shuffle(topic: topic, order: order))
        }
        return places
    }
}
