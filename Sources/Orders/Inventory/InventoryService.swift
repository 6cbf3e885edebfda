import Kafka
import Services

/// Keeps stock for orders: all lines of an order or none.
struct InventoryService: EventDriven {
    let wiring: Wiring
    let settings: OrderSettings

    static func concerns(_ type: EventType) -> Bool {
        switch type {
        case .orderCreated, .paymentFailed, .paymentRefunded, .paymentVoided, .orderShipped: true
        default: false
        }
    }

    /// Fills the shelves, once.
    func prepare(_ transaction: inout Transaction) throws {
        for product in settings.catalogue.products where try transaction.get(StockRow.self, product.sku) == nil {
            try transaction.put(StockRow(key: product.sku, onHand: product.initialStock))
        }
    }

    func handle(_ event: Event, in transaction: inout Transaction) throws {
        switch event.payload {
        case .orderCreated(let order): try reserve(order, in: &transaction)
        case .paymentFailed, .paymentRefunded, .paymentVoided: try release(event.order, in: &transaction)
        case .orderShipped: try sell(event.order, in: &transaction)
        default: break
        }
    }

    // MARK: Reserving

    private func reserve(_ order: OrderCreated, in transaction: inout Transaction) throws {
        // Cancelled before it got here.
        if let known = try transaction.get(ReservationRow.self, order.order), known.status == .released,
            known.lineCount == 0
        {
            return
        }
        if let (sku, reason) = try obstacle(to: order, in: transaction) {
            try settle(order.order, .refused, lineCount: 0, in: &transaction)
            try publish(
                .inventoryFailed(InventoryFailed(order: order.order, sku: sku, reason: reason)), in: &transaction)
            return
        }
        for (index, line) in order.lines.enumerated() {
            try changeStock(of: line.sku, in: &transaction) { $0.reserved += line.quantity }
            let key = OrderLineKey(order: order.order, line: Int32(index))
            try transaction.put(ReservationLineRow(key: key, sku: line.sku, quantity: line.quantity))
        }
        try settle(order.order, .reserved, lineCount: Int32(order.lines.count), in: &transaction)
        let reserved = InventoryReserved(
            order: order.order, customer: order.customer, total: order.total, paymentToken: order.paymentToken)
        try publish(.inventoryReserved(reserved), in: &transaction)
    }

    /// The first line that cannot be had, if there is one.
    private func obstacle(to order: OrderCreated, in transaction: Transaction) throws -> (Identifier, Reason)? {
        for line in order.lines {
            guard let stock = try transaction.get(StockRow.self, line.sku) else { return (line.sku, .unknownProduct) }
            // A product may stand in several lines.
            let wanted = order.lines.reduce(Int64(0)) { $1.sku == line.sku ? $0 + Int64($1.quantity) : $0 }
            if wanted > Int64(stock.available) { return (line.sku, .outOfStock) }
        }
        return nil
    }

    // MARK: Releasing and selling

    /// The order has not been paid for, or no longer is.
    private func release(_ order: Identifier, in transaction: inout Transaction) throws {
        guard let reservation = try transaction.get(ReservationRow.self, order) else {
            // The cancellation overtook the order: it must find the door closed when it comes.
            guard settings.policies.outOfOrder == .buffer else { return }
            try settle(order, .released, lineCount: 0, in: &transaction)
            try publish(.inventoryReleased(InventoryReleased(order: order)), in: &transaction)
            return
        }
        // What has left the house cannot go back to the shelf.
        guard reservation.status != .sold else { return }
        if reservation.status != .refused {
            try forEachLine(of: reservation, in: &transaction) { stock, quantity in stock.reserved -= quantity }
            try settle(order, .released, lineCount: reservation.lineCount, in: &transaction)
        }
        try publish(.inventoryReleased(InventoryReleased(order: order)), in: &transaction)
    }

    /// The parcel has left the house.
    private func sell(_ order: Identifier, in transaction: inout Transaction) throws {
        guard let reservation = try transaction.get(ReservationRow.self, order) else { return }
        try forEachLine(of: reservation, in: &transaction) { stock, quantity in
            stock.reserved -= quantity
            stock.onHand -= quantity
        }
        try settle(order, .sold, lineCount: reservation.lineCount, in: &transaction)
    }

    // MARK: Rows

    private func settle(
        _ order: Identifier, _ status: ReservationStatus, lineCount: Int32, in transaction: inout Transaction
    ) throws {
        try transaction.put(
            ReservationRow(key: order, status: status, lineCount: lineCount, updatedAt: transaction.now))
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
