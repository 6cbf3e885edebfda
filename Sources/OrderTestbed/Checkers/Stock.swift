import Harness
import Orders
import Services

/// What lies on the shelves.
extension Checker {
    static let noOversell = Checker(
        "no-oversell", "Never is more of a product promised to orders than there is."
    ) { history, findings in
        let products = history.system.catalogue.products
        var left = products.map { Int64($0.initialStock) }
        let returns = history.earliestReturns(products)
        var next = returns.startIndex
        for (number, committed) in history.events.enumerated() {
            while next < returns.endIndex, returns[next].cause <= number {
                left[returns[next].product] += returns[next].quantity
                next += 1
            }
            guard committed.type == .inventoryReserved else { continue }
            findings.sample()
            history.forEachLine(of: committed.order, products) { product, quantity in
                left[product] -= quantity
                guard left[product] < 0 else { return }
                findings.report(
                    history.order(of: committed).id, at: committed.at,
                    "\(products[product].sku) was reserved for this order, and \(-left[product]) of it are not there: "
                        + "all \(products[product].initialStock) were promised to others already.")
            }
        }
        for row in history.store(of: .inventory).rows(StockRow.self)
        where row.onHand < 0 || row.reserved < 0 || row.available < 0 {
            findings.report(
                row.key, "The warehouse has \(row.onHand) pieces and keeps \(row.reserved) of them for orders.")
        }
    }

    static let stockConserved = Checker(
        "stock-conserved",
        "What is on hand is what there was less what was sold, and what is reserved is what orders hold.",
        needsWholeLog: false
    ) { history, findings in
        let store = history.store(of: .inventory)
        let products = history.system.catalogue.products
        guard store.count(of: StockRow.self) > 0 else { return }
        var reserved = products.map { _ in Int64(0) }
        var sold = reserved
        store.forEach(ReservationRow.self) { reservation in
            guard reservation.status == .reserved || reservation.status == .sold else { return }
            for line in 0..<reservation.lineCount {
                let key = OrderLineKey(order: reservation.key, line: line)
                guard let row = store.row(ReservationLineRow.self, key),
                    let product = products.firstIndex(where: { $0.sku == row.sku })
                else { continue }
                if reservation.status == .sold {
                    sold[product] += Int64(row.quantity)
                } else {
                    reserved[product] += Int64(row.quantity)
                }
            }
        }
        for (index, product) in products.enumerated() {
            findings.sample()
            guard let row = store.row(StockRow.self, product.sku) else {
                findings.report(product.sku, "The warehouse has forgotten the product.")
                continue
            }
            if Int64(row.onHand) != Int64(product.initialStock) - sold[index] {
                findings.report(
                    product.sku,
                    "There were \(product.initialStock), \(sold[index]) were sold, and \(row.onHand) are on hand.")
            }
            if Int64(row.reserved) != reserved[index] {
                findings.report(
                    product.sku, "\(row.reserved) are reserved, and orders hold \(reserved[index]).")
            }
        }
    }
}

extension OrderHistory {
    /// What comes back to the shelves of what was reserved, each time with the number of the event after which that may
    /// have happened at the earliest, in order.
    ///
    /// Events of different orders come into the log in another order than that in which the warehouse acted. A release
    /// comes after its cause in any case; counted from there, nobody is blamed who is innocent.
    fileprivate func earliestReturns(_ products: [Product]) -> [(cause: Int, product: Int, quantity: Int64)] {
        var returns: [(cause: Int, product: Int, quantity: Int64)] = []
        for order in orders.indices where orders[order].has(.inventoryReserved) {
            let whole = earliestReturn(of: orders[order])
            if let whole {
                forEachRemainingLine(of: Int32(order), products) { returns.append((whole, $0, $1)) }
            }
            for (event, line) in cancelledLines(of: Int32(order)) {
                guard let product = products.firstIndex(where: { $0.sku == line.sku }) else { continue }
                returns.append((min(Int(event), whole ?? .max), product, Int64(line.quantity)))
            }
        }
        return returns.sorted { ($0.cause, $0.product) < ($1.cause, $1.product) }
    }

    /// The event after which all that an order had reserved may have come back; nil when it has not.
    private func earliestReturn(of order: OrderTrail) -> Int? {
        if order.has(.inventoryReleased) {
            // Where goods are released when they have waited for too long, nothing needs to have happened before.
            let isExpiry = system.reservationExpiry == .release
            let causes: EventSet = isExpiry ? [.inventoryReserved] : EventSet(blueprint.step(.reserve)?.undo ?? [])
            // An order may have several, and any of them may have been the first to arrive.
            let numbers = causes.types.compactMap { order.number(of: $0) }
            return (numbers.min() ?? order.number(of: .inventoryReleased)).map { Int($0) }
        }
        guard order.has(.inventoryRestocked) else { return nil }
        return (order.number(of: .shipmentReturned) ?? order.number(of: .inventoryRestocked)).map { Int($0) }
    }

    /// What is left of the lines of an order when the pieces are taken off that were cancelled.
    func forEachRemainingLine(of order: Int32, _ products: [Product], _ body: (Int, Int64) -> Void) {
        let cancelled = cancelledLines(of: order)
        forEachLine(of: order, products) { product, quantity in
            let gone = cancelled.reduce(Int64(0)) {
                $1.line.sku == products[product].sku ? $0 + Int64($1.line.quantity) : $0
            }
            body(product, quantity - gone)
        }
    }

    /// The lines of an order, by the position of their product.
    func forEachLine(of order: Int32, _ products: [Product], _ body: (Int, Int64) -> Void) {
        guard let created = creation(of: orders[Int(order)]) else { return }
        for line in created.lines {
            guard let product = products.firstIndex(where: { $0.sku == line.sku }) else { continue }
            body(product, Int64(line.quantity))
        }
    }
}
