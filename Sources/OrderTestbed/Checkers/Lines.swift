import Harness
import Orders
import Services

/// What becomes of pieces that customers do not want any more.
extension Checker {
    static let lineCancellationsSettled = Checker(
        "line-cancellations-settled",
        "Who cancels pieces of a line gets one answer; pieces that are left out are paid back once and stay on the shelf."
    ) { history, findings in
        guard history.isSettled else { return }
        for answer in history.answers where answer.request.conversation == .cancelLine && answer.response.isSuccess {
            findings.sample()
            guard let order = answer.order.map({ history.orders[Int($0)] }) else { continue }
            if order.has(.lineCancellationRequested) { continue }
            findings.report(
                order.id, at: answer.at,
                "The client was told \(answer.response.status), and no LineCancellationRequested ever reached Kafka.")
        }
        let consequences = Consequences(of: history)
        for committed in history.events where committed.type == .lineCancellationRequested {
            findings.sample()
            checkDecision(on: committed, consequences, &findings)
        }
        for committed in history.events where committed.type == .lineCancelled {
            findings.sample()
            checkRefund(of: committed, consequences, history, &findings)
        }
        for order in history.orders.indices where history.orders[order].has(.lineCancellationRequested) {
            checkRows(of: Int32(order), history, &findings)
        }
    }

    /// Each request is granted or refused, once, and it is the same pieces that are spoken of.
    private static func checkDecision(
        on committed: CommittedEvent, _ consequences: Consequences, _ findings: inout Findings
    ) {
        guard case .lineCancellationRequested(let wanted) = committed.event.payload else { return }
        let decisions = consequences.of(committed).filter {
            $0.type == .lineCancelled || $0.type == .lineCancellationRefused
        }
        if decisions.count != 1 {
            let found = decisions.isEmpty ? "nobody has decided" : "\(decisions.count) decisions were made"
            findings.report(
                wanted.order, at: committed.at,
                "\(wanted.quantity) of \(wanted.sku) were to be left out, and \(found) about it.")
        }
        for decision in decisions {
            switch decision.event.payload {
            case .lineCancelled(let line) where line != wanted:
                findings.report(
                    wanted.order, at: decision.at,
                    "\(wanted.quantity) of \(wanted.sku) for \(wanted.amount) were to be left out, and "
                        + "\(line.quantity) of \(line.sku) for \(line.amount) were.")
            case .lineCancellationRefused(let line) where line.sku != wanted.sku || line.quantity != wanted.quantity:
                findings.report(
                    wanted.order, at: decision.at,
                    "\(wanted.quantity) of \(wanted.sku) were to be left out, and \(line.quantity) of \(line.sku) were "
                        + "refused.")
            default: break
            }
        }
    }

    /// What was left out costs what it cost when it was ordered, and is paid back by itself or with all the rest.
    private static func checkRefund(
        of committed: CommittedEvent, _ consequences: Consequences, _ history: OrderHistory,
        _ findings: inout Findings
    ) {
        guard case .lineCancelled(let line) = committed.event.payload else { return }
        let order = history.order(of: committed)
        if let ordered = history.creation(of: order)?.lines.first(where: { $0.sku == line.sku }),
            (try? ordered.unitPrice.times(line.quantity)) != line.amount
        {
            findings.report(
                order.id, at: committed.at,
                "\(line.quantity) of \(line.sku) at \(ordered.unitPrice) were left out, for \(line.amount).")
        }
        guard history.blueprint.step(.charge) != nil, history.blueprint.published.contains(.paymentPartlyRefunded)
        else { return }
        let refunds = consequences.of(committed).filter { $0.type == .paymentPartlyRefunded }
        for refund in refunds {
            guard case .paymentPartlyRefunded(let amount) = refund.event.payload, amount.amount != line.amount else {
                continue
            }
            findings.report(
                order.id, at: refund.at, "Pieces for \(line.amount) were left out, and \(amount.amount) came back.")
        }
        if refunds.count > 1 {
            findings.report(
                order.id, at: refunds.last?.at,
                "\(line.quantity) of \(line.sku) were left out, and paid back \(refunds.count) times.")
        } else if refunds.isEmpty, !order.has(.paymentRefunded) {
            findings.report(
                order.id, at: committed.at,
                "\(line.quantity) of \(line.sku) were left out, and \(line.amount) never came back.")
        }
    }

    /// The price has fallen by what was left out, and the warehouse keeps that much less for the order.
    private static func checkRows(of number: Int32, _ history: OrderHistory, _ findings: inout Findings) {
        let order = history.orders[Int(number)]
        let lines = history.cancelledLines(of: number).map(\.line)
        // What comes after the end of an order changes nothing about it.
        if let row = order.row, !row.status.isFinal {
            let price = lines.reduce(Int64(0)) { $0 + $1.amount.minorUnits }
            if row.cancelled.minorUnits != price {
                let due = Money(minorUnits: price, row.total.currency)
                findings.report(
                    order.id, at: row.updatedAt,
                    "Pieces for \(due) were left out, and the order costs \(row.cancelled) less than before.")
            }
            checkLines(of: row, lines, history, &findings)
        }
        guard let created = history.creation(of: order) else { return }
        let inventory = history.store(of: .inventory)
        for (index, ordered) in created.lines.enumerated() {
            let key = OrderLineKey(order: order.id, line: Int32(index))
            guard let kept = inventory.row(ReservationLineRow.self, key) else { continue }
            let due = ordered.quantity - lines.pieces(of: ordered.sku)
            if kept.quantity == due { continue }
            findings.report(
                order.id,
                "\(due) of \(ordered.sku) are left of the order, and the warehouse has \(kept.quantity) down for it.")
        }
    }

    private static func checkLines(
        of row: OrderRow, _ lines: [LineCancellation], _ history: OrderHistory, _ findings: inout Findings
    ) {
        let orders = history.store(of: .order)
        for index in 0..<row.lineCount {
            let key = OrderLineKey(order: row.key, line: index)
            guard let line = orders.row(OrderLineRow.self, key) else { continue }
            let due = lines.pieces(of: line.sku)
            if line.cancelled == due, line.beingCancelled == 0 { continue }
            findings.report(
                row.key, at: row.updatedAt,
                "\(due) of \(line.sku) were left out; the order service has \(line.cancelled) down as cancelled, and "
                    + "\(line.beingCancelled) as not decided.")
        }
    }
}

extension [LineCancellation] {
    fileprivate func pieces(of sku: Identifier) -> Int32 { reduce(0) { $1.sku == sku ? $0 + $1.quantity : $0 } }
}

/// Which events name which as their cause, of those that are about cancelled lines.
private struct Consequences {
    private var byCause: [UniqueID: [CommittedEvent]] = [:]

    init(of history: OrderHistory) {
        let wanted: EventSet = [.lineCancelled, .lineCancellationRefused, .paymentPartlyRefunded]
        for committed in history.events where wanted.contains(committed.type) && !committed.event.isReplay {
            guard let cause = committed.event.causation else { continue }
            byCause[cause, default: []].append(committed)
        }
    }

    func of(_ committed: CommittedEvent) -> [CommittedEvent] { byCause[committed.event.id, default: []] }
}
