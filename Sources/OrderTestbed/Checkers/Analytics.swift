import Harness
import Orders
import Services
import Simulation

extension Checker {
    static let analyticsAgree = Checker(
        "analytics-agree", "The daily figures are what the events in the log come to, and so is where orders stand."
    ) { history, findings in
        guard history.isSettled, history.blueprint.participant(.analytics) != nil else { return }
        let folded = FoldedFigures(history)
        let stored = StoredFigures(history.store(of: .analytics))
        findings.sample(folded.days.count)
        for day in EntryKey.union(folded.days, stored.days) {
            let (counted, right) = (stored.days[day] ?? 0, folded.days[day] ?? 0)
            guard counted != right else { continue }
            findings.report(day.subject, "By the log, \(day.sentence(right)); the analytics service says \(counted).")
        }
    }
}

/// One figure: what is counted, on which day, and of what.
private struct EntryKey: Hashable, Comparable {
    enum Figure: Int {
        case placed, cancelled, returned, authorized, refunded, pieces, amount, status
    }

    var figure: Figure
    /// Days since 1970-01-01; 0 for figures of no day.
    var day: Int32 = 0
    /// A product, a currency, a status: whatever the figure is of.
    var of = ""

    var subject: String { figure == .status ? "orders '\(of)'" : "\(BusinessDay(number: day))" }

    func sentence(_ value: Int64) -> String {
        switch figure {
        case .placed: "\(value) orders were placed"
        case .cancelled: "\(value) orders were cancelled"
        case .returned: "\(value) orders were returned"
        case .authorized: "\(value) minor units of \(of) were paid"
        case .refunded: "\(value) minor units of \(of) were given back"
        case .pieces: "\(value) pieces of \(of) were ordered"
        case .amount: "the pieces ordered of \(of) cost \(value) minor units"
        case .status: "\(value) orders are '\(of)'"
        }
    }

    static func < (left: EntryKey, right: EntryKey) -> Bool {
        (left.figure.rawValue, left.day, left.of) < (right.figure.rawValue, right.day, right.of)
    }

    /// The keys of two tables, in order.
    static func union(_ one: [EntryKey: Int64], _ other: [EntryKey: Int64]) -> [EntryKey] {
        Set(one.keys).union(other.keys).sorted()
    }
}

/// What the service has written down.
private struct StoredFigures {
    private(set) var days: [EntryKey: Int64] = [:]

    init(_ store: ValueStore) {
        store.forEach(DailyOrdersRow.self) { row in
            let day = row.key.number
            days[EntryKey(figure: .placed, day: day)] = row.placed
            days[EntryKey(figure: .cancelled, day: day)] = row.cancelled
            days[EntryKey(figure: .returned, day: day)] = row.returned
        }
        store.forEach(DailyRevenueRow.self) { row in
            let (day, currency) = (row.key.day.number, row.key.currency.description)
            days[EntryKey(figure: .authorized, day: day, of: currency)] = row.authorized.minorUnits
            days[EntryKey(figure: .refunded, day: day, of: currency)] = row.refunded.minorUnits
        }
        store.forEach(DailyProductRow.self) { row in
            let product = "\(row.key.sku) in \(row.key.currency)"
            days[EntryKey(figure: .pieces, day: row.key.day.number, of: product)] = row.pieces
            days[EntryKey(figure: .amount, day: row.key.day.number, of: product)] = row.amount.minorUnits
        }
        store.forEach(StatusCountRow.self) { row in
            let name = row.status.map { "\($0.name)" } ?? "status \(row.key)"
            days[EntryKey(figure: .status, of: name)] = row.orders
        }
    }
}

/// What the log comes to.
private struct FoldedFigures {
    private(set) var days: [EntryKey: Int64] = [:]

    init(_ history: OrderHistory) {
        let counted = EventSet(history.blueprint.step(.count)?.when ?? []).union([.orderCreated])
        let published = history.blueprint.published
        /// By the number of the order.
        var seen = [EventSet](repeating: [], count: history.orders.count)
        var updates = [(number: Int32, status: OrderStatus)?](repeating: nil, count: history.orders.count)
        for committed in history.events where !committed.event.isReplay {
            let event = committed.event
            guard counted.contains(event.type), published.contains(event.type) else { continue }
            count(event, on: Self.day(of: event.at, start: history.system.dayStart))
            seen[Int(committed.order)].insert(event.type)
            if case .orderStatusUpdated(let update) = event.payload,
                update.number > updates[Int(committed.order)]?.number ?? 0
            {
                updates[Int(committed.order)] = (update.number, update.status)
            }
        }
        for order in seen.indices where seen[order].contains(.orderCreated) {
            let status = Self.status(seen[order], updates[order]?.status, history.blueprint)
            days[EntryKey(figure: .status, of: "\(status.name)"), default: 0] += 1
        }
    }

    /// The last day that began before a moment, or at it.
    private static func day(of moment: Instant, start: Duration) -> Int32 {
        let (length, time) = (Int128(86_400_000_000_000), Int128(moment.nanoseconds) - Int128(start.nanoseconds))
        return Int32((time >= 0 ? time : time - length + 1) / length)
    }

    private mutating func count(_ event: Event, on day: Int32) {
        func key(_ figure: EntryKey.Figure, _ of: String = "") -> EntryKey {
            EntryKey(figure: figure, day: day, of: of)
        }
        func money(_ figure: EntryKey.Figure, _ amount: Money) {
            days[key(figure, amount.currency.description), default: 0] &+= amount.minorUnits
        }
        switch event.payload {
        case .orderCreated(let created):
            days[key(.placed), default: 0] += 1
            for line in created.lines {
                let product = "\(line.sku) in \(line.unitPrice.currency)"
                days[key(.pieces, product), default: 0] += Int64(line.quantity)
                days[key(.amount, product), default: 0] &+= Int64(line.quantity) &* line.unitPrice.minorUnits
            }
        case .orderCancelled: days[key(.cancelled), default: 0] += 1
        case .shipmentReturned: days[key(.returned), default: 0] += 1
        case .paymentAuthorized(let payment): money(.authorized, payment.amount)
        case .paymentRefunded(let refund), .paymentPartlyRefunded(let refund): money(.refunded, refund.amount)
        default: break
        }
    }

    /// Where an order stands of which so much was told.
    private static func status(
        _ seen: EventSet, _ updated: OrderStatus?, _ blueprint: Blueprint
    ) -> OrderStatus {
        let ships = blueprint.step(.ship) != nil
        if seen.contains(.shipmentReturned) { return .returned }
        if seen.contains(.returnRequested) { return .returning }
        if seen.contains(.shipmentDelivered) { return .delivered }
        if seen.contains(.shipmentDispatched) { return .shipped }
        if ships, seen.contains(.shipmentCreated), !blueprint.published.contains(.shipmentDispatched) {
            return .scheduled
        }
        if seen.contains(.orderCancelled) { return .cancelled }
        let setbacks: EventSet = [
            .orderCancellationRequested, .inventoryFailed, .paymentFailed, .fraudCheckFailed, .inventoryReleased,
            .paymentRefunded, .paymentVoided, .shippingCancelled,
        ]
        if seen.intersects(setbacks) { return .cancelling }
        if seen.contains(.shipmentCreated) { return .scheduled }
        let gates: [(Blueprint.StepKind, EventType)] = [
            (.reserve, .inventoryReserved), (.charge, .paymentAuthorized), (.validate, .fraudCheckPassed),
        ]
        let needed = gates.filter { blueprint.step($0.0) != nil }.map(\.1)
        if !needed.isEmpty, needed.allSatisfy(seen.contains) { return .confirmed }
        if seen.contains(.paymentAuthorized) { return .paid }
        if seen.contains(.inventoryReserved) { return .reserved }
        return updated ?? .pending
    }
}
