import Harness
import Kafka
import Orders
import Services
import Simulation

/// That what is told again is heard, and not done again.
extension Checker {
    static let replayWithoutSideEffects = Checker(
        "replay-without-side-effects",
        "A replay tells of every order of its days once, says that it is a replay, and leads to nothing."
    ) { history, findings in
        checkConsequences(history, &findings)
        checkRows(history, &findings)
        checkCompleteness(history, &findings)
    }

    /// No event follows from a replayed one, and a replayed one says what the original said.
    private static func checkConsequences(_ history: OrderHistory, _ findings: inout Findings) {
        for event in history.events {
            if event.event.isReplay {
                findings.sample()
                if let fault = fault(of: event, in: history) {
                    findings.report(event.event.order, at: event.at, fault)
                }
            } else if let id = event.event.causation, let cause = history.event(id), cause.event.isReplay {
                findings.report(
                    event.event.order, at: event.at,
                    "\(event.type) was published because the order was replayed; nothing may follow from a replay.")
            }
        }
    }

    /// What is wrong with a replayed event, if anything is.
    private static func fault(of event: CommittedEvent, in history: OrderHistory) -> String? {
        guard event.type == .orderCreated else { return "A \(event.type) was replayed; replays tell of orders only." }
        guard let original = event.event.causation.flatMap({ history.event($0) }) else {
            return history.isSettled ? "A replayed order names no event that it repeats." : nil
        }
        guard !original.event.isReplay, original.event.payload == event.event.payload,
            original.event.at == event.event.at, original.event.correlation == event.event.correlation
        else { return "A replayed order is not what was told at first." }
        return nil
    }

    /// No row names a replay as the reason for what was done.
    private static func checkRows(_ history: OrderHistory, _ findings: inout Findings) {
        guard history.events.contains(where: \.event.isReplay) else { return }
        func check(_ service: String, _ order: Identifier, _ cause: UniqueID, _ at: Instant) {
            guard let event = history.event(cause), event.event.isReplay else { return }
            findings.report(order, at: at, "What the \(service) service did last for the order, it did for a replay.")
        }
        history.store(of: .payment).forEach(PaymentRow.self) { check("payment", $0.key, $0.cause, $0.updatedAt) }
        history.store(of: .inventory).forEach(ReservationRow.self) {
            check("inventory", $0.key, $0.cause, $0.updatedAt)
        }
        history.store(of: .shipping).forEach(ShipmentRow.self) { check("shipping", $0.key, $0.cause, $0.updatedAt) }
        history.store(of: .order).forEach(OrderEventRow.self) { row in
            guard row.event.isReplay else { return }
            findings.report(row.key.order, at: row.at, "The order's own history has an event of a replay.")
        }
    }

    /// Each order that a client knew of when a replay was asked for is told of once, and no others than were promised.
    private static func checkCompleteness(_ history: OrderHistory, _ findings: inout Findings) {
        var promised: Set<UniqueID> = []
        history.store(of: .order).forEach(ReplayRow.self) { replay in
            for order in history.orders { promised.insert(OrderReplay.eventID(of: order.id, in: replay.key)) }
            if history.isSettled, !replay.isOver {
                findings.report(replay.key, "The replay has not ended, and nothing is going on any more.")
            }
        }
        for event in history.events where event.event.isReplay && !promised.contains(event.event.id) {
            findings.report(
                event.event.order, at: event.at, "The order was replayed once more than it was asked for.")
        }
        guard history.isSettled else { return }
        let acknowledgements = history.acknowledgements
        for replay in history.acceptedReplays {
            findings.sample()
            check(replay, acknowledgements, history, &findings)
        }
    }

    private static func check(
        _ replay: AskedReplay, _ acknowledgements: [Instant?], _ history: OrderHistory, _ findings: inout Findings
    ) {
        let since = replay.asked - .seconds(replay.accepted.days * 86_400)
        var told = 0
        for (number, order) in history.orders.enumerated() {
            let event = history.event(OrderReplay.eventID(of: order.id, in: replay.accepted.replay))
            if let event {
                told += 1
                let topic = history.source.topics.name(of: event.partition.topic)
                if topic != replay.accepted.topic {
                    findings.report(
                        order.id, at: event.at,
                        "The order was replayed to \(topic), and \(replay.accepted.topic) was promised.")
                }
                if !event.event.isReplay {
                    findings.report(
                        order.id, at: event.at, "The order was replayed without a word that it is a replay.")
                }
            } else if let known = acknowledgements[number], known < replay.asked, known > since {
                findings.report(
                    order.id, at: replay.at,
                    "The order was left out of replay \(replay.accepted.replay), though it is of its days.")
            }
        }
        if told != replay.accepted.orders {
            findings.report(
                replay.accepted.replay, at: replay.at,
                "\(replay.accepted.orders) orders were promised, and \(told) were replayed.")
        }
    }
}
