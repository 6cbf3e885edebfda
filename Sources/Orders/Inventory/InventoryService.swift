import Kafka
import Services
import Simulation

/// Keeps stock for orders: all lines of an order or none. What cannot be had is refused; no order waits for new goods.
struct InventoryService: EventDriven {
    let wiring: Wiring
    let settings: OrderSettings
    private let rule: StepRule

    static let tables: [any Row.Type] = [StockRow.self, ReservationRow.self, ReservationLineRow.self]

    /// The kind of deadline at which a reservation has lasted long enough.
    private static let expiry: Int32 = 1

    init(wiring: Wiring, settings: OrderSettings) {
        self.wiring = wiring
        self.settings = settings
        rule = wiring.rule(.reserve)
    }

    /// Fills the shelves, once.
    func prepare(_ transaction: inout Transaction) throws {
        for product in settings.catalogue.products where try transaction.get(StockRow.self, product.sku) == nil {
            try transaction.put(StockRow(key: product.sku, onHand: product.initialStock))
        }
    }

    func handle(_ event: Event, in transaction: inout Transaction) throws {
        if rule.when.contains(event.type),
            let order = try arrival(of: event, at: rule, in: &transaction)?.order
        {
            try reserve(order, for: event, in: &transaction)
        }
        if rule.undo.contains(event.type), settings.policies.compensation != .none {
            try release(event.order, in: &transaction)
        }
        switch event.payload {
        case .shipmentCreated, .shipmentDispatched:
            if event.type == wiring.blueprint.pivot { try sell(event.order, in: &transaction) }
        case .lineCancelled(let line): try putBack(line, in: &transaction)
        case .shipmentReturned: try restock(event.order, in: &transaction)
        default: break
        }
    }

    // MARK: Reserving

    private func reserve(_ order: OrderCreated, for event: Event, in transaction: inout Transaction) throws {
        // Cancelled before it got here.
        if let known = try transaction.get(ReservationRow.self, order.order), known.status == .released,
            known.lineCount == 0
        {
            return
        }
        var reservation = ReservationRow(key: order.order, status: .refused, for: event, at: transaction.now)
        if let refusal = try obstacle(to: order, in: transaction) {
            try transaction.put(reservation)
            try publish(.inventoryFailed(refusal), in: &transaction)
            return
        }
        for (index, line) in order.lines.enumerated() {
            try changeStock(of: line.sku, in: &transaction) { $0.reserved += line.quantity }
            let key = OrderLineKey(order: order.order, line: Int32(index))
            try transaction.put(ReservationLineRow(key: key, sku: line.sku, quantity: line.quantity))
        }
        reservation.status = .reserved
        reservation.lineCount = Int32(order.lines.count)
        let reserved = try publish(.inventoryReserved(OrderFact(order: order.order)), in: &transaction)
        if wiring.published.contains(.inventoryReserved) { reservation.cause = reserved.id }
        try transaction.put(reservation)
        if canExpire { try transaction.setDeadline(Self.expiry, for: order.order, after: settings.reservationTime) }
    }

    /// The first line that cannot be had, if there is one.
    private func obstacle(to order: OrderCreated, in transaction: Transaction) throws -> LineRefusal? {
        for line in order.lines {
            let stock = try transaction.get(StockRow.self, line.sku)
            // A product may stand in several lines.
            let wanted = order.lines.reduce(Int64(0)) { $1.sku == line.sku ? $0 + Int64($1.quantity) : $0 }
            if let stock, wanted <= Int64(stock.available) { continue }
            let reason = stock == nil ? Reason.unknownProduct : .outOfStock
            return LineRefusal(order: order.order, sku: line.sku, quantity: line.quantity, reason: reason)
        }
        return nil
    }

    // MARK: Expiring

    /// Where parcels are sent, goods wait for them; where none are, a reservation is what the customer gets.
    private var canExpire: Bool {
        wiring.blueprint.step(.ship) != nil && wiring.published.contains(.reservationExpired)
    }

    /// Goods have been waiting for too long.
    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {
        guard var reservation = try transaction.get(ReservationRow.self, deadline.key.subject),
            reservation.status == .reserved
        else { return }
        transaction.beginStory(reservation.correlation, after: reservation.cause)
        switch settings.policies.reservationExpiry {
        case .cancelOrder:
            // The parcel may be about to leave; whether it can be stopped is for others to say.
            try publish(.reservationExpired(OrderFact(order: reservation.key)), in: &transaction)
        case .release:
            try free(&reservation, in: &transaction)
            try publish(.inventoryReleased(OrderFact(order: reservation.key)), in: &transaction)
        }
    }

    // MARK: Releasing and selling

    /// The order will not be shipped.
    private func release(_ order: Identifier, in transaction: inout Transaction) throws {
        guard var reservation = try transaction.get(ReservationRow.self, order) else {
            // The cancellation overtook the order: it must find the door closed when it comes.
            guard settings.policies.outOfOrder == .buffer else { return }
            let closed = ReservationRow(
                key: order, status: .released, correlation: transaction.correlation,
                cause: transaction.causation ?? transaction.correlation, updatedAt: transaction.now)
            try transaction.put(closed)
            try publish(.inventoryReleased(OrderFact(order: order)), in: &transaction)
            return
        }
        // What was refused is not there, what was released is back on the shelf, what was sold has left the house.
        guard reservation.status == .reserved else { return }
        try free(&reservation, in: &transaction)
        try publish(.inventoryReleased(OrderFact(order: order)), in: &transaction)
    }

    private func free(_ reservation: inout ReservationRow, in transaction: inout Transaction) throws {
        try forEachLine(of: reservation, in: &transaction) { stock, quantity in stock.reserved -= quantity }
        try settle(&reservation, .released, in: &transaction)
    }

    /// The parcel has left the house.
    private func sell(_ order: Identifier, in transaction: inout Transaction) throws {
        guard var reservation = try transaction.get(ReservationRow.self, order) else { return }
        let wasReserved = reservation.status != .released
        try forEachLine(of: reservation, in: &transaction) { stock, quantity in
            if wasReserved { stock.reserved -= quantity }
            stock.onHand -= quantity
        }
        try settle(&reservation, .sold, in: &transaction)
    }

    /// Some pieces were left out of the parcel.
    private func putBack(_ line: LineCancellation, in transaction: inout Transaction) throws {
        guard let reservation = try transaction.get(ReservationRow.self, line.order) else { return }
        for number in 0..<reservation.lineCount {
            let key = OrderLineKey(order: line.order, line: number)
            guard var row = try transaction.get(ReservationLineRow.self, key), row.sku == line.sku else { continue }
            row.quantity -= line.quantity
            try transaction.put(row)
            try changeStock(of: line.sku, in: &transaction) { stock in
                switch reservation.status {
                case .reserved: stock.reserved -= line.quantity
                // The news of the parcel has overtaken that of the line: the pieces stayed at home.
                case .sold: stock.onHand += line.quantity
                case .released, .refused, .returned: break
                }
            }
        }
    }

    /// The parcel has come back.
    private func restock(_ order: Identifier, in transaction: inout Transaction) throws {
        guard var reservation = try transaction.get(ReservationRow.self, order), reservation.status == .sold else {
            return
        }
        try forEachLine(of: reservation, in: &transaction) { stock, quantity in stock.onHand += quantity }
        try settle(&reservation, .returned, in: &transaction)
        try publish(.inventoryRestocked(OrderFact(order: order)), in: &transaction)
    }

    // MARK: Rows

    private func settle(
        _ reservation: inout ReservationRow, _ status: ReservationStatus, in transaction: inout Transaction
    ) throws {
        reservation.status = status
        reservation.updatedAt = transaction.now
        try transaction.put(reservation)
        if canExpire { try transaction.clearDeadline(Self.expiry, for: reservation.key) }
    }

    private func forEachLine(
        of reservation: ReservationRow, in transaction: inout Transaction, _ change: (inout StockRow, Int32) -> Void
    ) throws {
        for line in 0..<reservation.lineCount {
            let key = OrderLineKey(order: reservation.key, line: line)
            guard let row = try transaction.get(ReservationLineRow.self, key) else { continue }
            try changeStock(of: row.sku, in: &transaction) { change(&$0, row.quantity) }
        }
    }

    private func changeStock(
        of sku: Identifier, in transaction: inout Transaction, _ change: (inout StockRow) -> Void
    ) throws {
        guard var stock = try transaction.get(StockRow.self, sku) else { return }
        change(&stock)
        try transaction.put(stock)
    }
}

extension ReservationRow {
    fileprivate init(key: Identifier, status: ReservationStatus, for event: Event, at now: Instant) {
        self.init(key: key, status: status, correlation: event.correlation, cause: event.id, updatedAt: now)
    }
}
