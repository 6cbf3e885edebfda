import Harness
import Kafka
import Orders
import Services

extension Checker {
    /// Under inbox deduplication a service has processed an event when its id stands in the inbox. Otherwise the event
    /// must have left the trace that it cannot help leaving, as `hasLeftTrace` says.
    static let offsetsNeverPassUnprocessed = Checker(
        "offsets-never-pass-unprocessed",
        "A group's committed offset never passes an event that the group has not processed."
    ) { history, findings in
        let rows = Readers(history)
        for standing in history.source.offsets {
            guard let committed = standing.committed, let reader = rows.reader(named: standing.group) else { continue }
            // Until the run has settled, a new leader may not know yet how far the log is committed.
            if history.isSettled, committed > standing.end {
                findings.report(
                    history.source.topics.describe(standing.partition),
                    "\(standing.group) has committed offset \(committed), and the log ends at \(standing.end).")
            }
            for offset in 0..<max(0, committed) {
                guard case .event(let number) = history.log[standing.partition, offset] else { continue }
                let event = history.events[Int(number)]
                guard reader.concerns.contains(event.type), !event.event.isReplay else { continue }
                findings.sample()
                guard !reader.hasProcessed(event, of: history.order(of: event)) else { continue }
                findings.report(
                    event.event.order, at: event.at,
                    "\(standing.group) has committed offset \(committed) of "
                        + "\(history.source.topics.describe(standing.partition)), and has not processed the "
                        + "\(event.type) at \(offset).")
            }
        }
    }
}

/// The services as consumers, with their stores.
private struct Readers {
    struct Reader {
        let name: String
        let role: Blueprint.Role
        let store: ValueStore
        let concerns: EventSet
        let hasInbox: Bool
        /// Whether events that come before those they depend on are passed over.
        let ignoresEarly: Bool

        func hasProcessed(_ event: CommittedEvent, of order: OrderTrail) -> Bool {
            hasInbox ? store.row(InboxRow.self, event.event.id) != nil : hasLeftTrace(event, of: order)
        }

        /// A row that is there only if the event, or one that comes after it, was processed.
        private func hasLeftTrace(_ event: CommittedEvent, of order: OrderTrail) -> Bool {
            if store.row(Arrivals.self, order.id)?.seen.contains(event.type) == true { return true }
            switch role {
            case .order:
                // Events that come after the end change nothing.
                guard let row = order.row, !row.status.isFinal else { return order.row != nil }
                return (1...max(1, row.eventCount)).contains { number in
                    store.row(OrderEventRow.self, .init(order: order.id, number: number))?.event.id == event.event.id
                }
            case .inventory:
                let status = store.row(ReservationRow.self, order.id)?.status
                return event.type == .orderCreated ? status != nil : status != nil && status != .reserved
            case .payment: return store.row(PaymentRow.self, order.id) != nil
            case .shipping: return store.row(ShipmentRow.self, order.id) != nil
            case .notification: return store.row(CorrespondenceRow.self, order.id) != nil || ignoresEarly
            case .analytics: return store.row(CountedOrderRow.self, order.id) != nil || ignoresEarly
            case .cart, .fraud: return true
            }
        }
    }

    private let readers: [Reader]

    init(_ history: OrderHistory) {
        let hasInbox = history.system.policies.deduplication == .inbox
        readers = history.blueprint.participants.map { participant in
            Reader(
                name: participant.group, role: participant.role, store: history.store(of: participant.role),
                concerns: history.blueprint.concerns(participant.role), hasInbox: hasInbox,
                ignoresEarly: history.system.outOfOrder == .ignore)
        }
    }

    func reader(named name: String) -> Reader? { readers.first { $0.name == name } }
}
