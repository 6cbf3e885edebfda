import Orders
import Services

extension Interleaving {
    /// What is wrong at the end of a run, each with the order it happened to.
    func violations() -> [String] {
        var found: [String] = []
        if deadLetters > 0 { found.append("\(deadLetters) dead letters") }
        for number in 0..<options.orders { found += violations(of: Self.order(number)) }
        for product in system.settings.catalogue.products { found += stockViolations(of: product) }
        return found
    }

    private func violations(of order: Identifier) -> [String] {
        var found: [String] = []
        func expect(_ holds: Bool, _ what: String) { if !holds { found.append("\(order): \(what)") } }
        func count(_ types: EventType...) -> Int { log.count { $0.order == order && types.contains($0.type) } }

        // A cancellation before the creation is answered with 404; the creation itself is always among the requests.
        guard let row = nodes[0].store.row(OrderRow.self, order) else { return ["\(order): lost"] }
        expect(row.status.isFinal || row.status == .shipped, "ended as \(row.status)")
        let charged = charges.filter { $0.order == order }
        let refunded = refunds.filter { $0.order == order }
        expect(charged.count <= 1, "charged \(charged.count) times")
        expect(charged.allSatisfy { $0.amount == row.total }, "charged another amount")
        expect(refunded.count <= 1, "refunded \(refunded.count) times")

        let shipment = nodes[3].store.row(ShipmentRow.self, order)
        let reservation = nodes[1].store.row(ReservationRow.self, order)
        let payment = nodes[2].store.row(PaymentRow.self, order)
        expect(count(.shipmentDispatched) + count(.orderCancelled) == 1, "not one end")
        if row.status == .shipped {
            expect(charged.count == 1 && refunded.isEmpty, "shipped, and not paid")
            expect(shipment?.status == .shipped && shipment?.parcelsShipped == 1, "shipped, and not one parcel")
            expect(count(.shipmentDispatched) == 1, "shipped \(count(.shipmentDispatched)) times")
            expect(reservation?.status == .sold, "shipped, and \(String(describing: reservation?.status))")
            expect(payment?.status == .charged, "shipped, and \(String(describing: payment?.status))")
        } else {
            expect(refunded.count == charged.count, "cancelled: \(charged.count) charges, \(refunded.count) refunds")
            expect(refunded.allSatisfy { $0.amount == row.total }, "refunded another amount")
            expect((shipment?.parcelsShipped ?? 0) == 0, "cancelled, and a parcel left")
            expect(reservation?.status != .reserved && reservation?.status != .sold, "cancelled, and stock is kept")
            expect(payment.map { [.declined, .refunded, .voided].contains($0.status) } ?? true, "money in between")
            expect(row.reason != nil, "cancelled for no reason")
        }
        let releases = count(.paymentFailed, .paymentRefunded, .paymentVoided)
        expect(releases <= 1, "\(releases) payments ended")
        expect(
            count(.inventoryReleased) == (count(.inventoryFailed) > 0 ? 0 : releases),
            "\(releases) payments ended, \(count(.inventoryReleased)) releases")
        expect(count(.inventoryReserved, .inventoryFailed) <= 1, "reserved twice")
        let story = log.filter { $0.order == order }
        expect(story.allSatisfy { $0.correlation == row.correlation }, "more than one story")
        for event in story where event.type != .orderCreated {
            expect(story.contains { $0.id == event.causation }, "\(event.type) has no cause")
        }
        return found
    }

    private func stockViolations(of product: Product) -> [String] {
        guard let stock = nodes[1].store.row(StockRow.self, product.sku) else { return ["\(product.sku): lost"] }
        var sold: Int32 = 0
        for number in 0..<options.orders {
            guard let row = nodes[0].store.row(OrderRow.self, Self.order(number)), row.status == .shipped else {
                continue
            }
            for line in 0..<row.lineCount {
                let key = OrderLineKey(order: row.key, line: line)
                if let line = nodes[0].store.row(OrderLineRow.self, key), line.sku == product.sku {
                    sold += line.quantity
                }
            }
        }
        var found: [String] = []
        if stock.reserved != 0 { found.append("\(product.sku): \(stock.reserved) are still reserved") }
        if stock.onHand != product.initialStock - sold {
            found.append("\(product.sku): \(stock.onHand) left, \(sold) sold")
        }
        return found
    }
}
