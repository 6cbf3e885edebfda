import Orders
import Services

extension Interleaving {
    private var blueprint: Blueprint { system.blueprint }

    /// Empty when nobody plays the role.
    private func store(of role: Blueprint.Role) -> ValueStore {
        blueprint.participants.firstIndex { $0.role == role }.map { nodes[$0].store } ?? ValueStore()
    }

    /// What is wrong at the end of a run, each with the order it happened to.
    func violations() -> [String] {
        var found: [String] = []
        if deadLetters > 0 { found.append("\(deadLetters) dead letters") }
        for number in 0..<options.orders { found += violations(of: Self.order(number)) }
        if blueprint.step(.reserve) != nil {
            for product in system.settings.catalogue.products { found += stockViolations(of: product) }
        }
        return found
    }

    private func violations(of order: Identifier) -> [String] {
        var found: [String] = []
        func expect(_ holds: Bool, _ what: String) { if !holds { found.append("\(order): \(what)") } }
        func count(_ types: EventType...) -> Int { log.count { $0.order == order && types.contains($0.type) } }

        // A cancellation before the creation is answered with 404; the creation itself is always among the requests.
        guard let row = store(of: .order).row(OrderRow.self, order) else { return ["\(order): lost"] }
        let isDelivered = row.status == blueprint.successStatus
        expect(row.status == .cancelled || isDelivered, "ended as \(row.status)")
        let charged = charges.filter { $0.order == order }
        let refunded = refunds.filter { $0.order == order }
        expect(charged.count <= 1, "charged \(charged.count) times")
        expect(charged.allSatisfy { $0.amount == row.total }, "charged another amount")
        expect(refunded.count <= 1, "refunded \(refunded.count) times")

        let sendsParcels = blueprint.step(.ship) != nil
        let shipment = store(of: .shipping).row(ShipmentRow.self, order)
        let reservation = store(of: .inventory).row(ReservationRow.self, order)
        let payment = store(of: .payment).row(PaymentRow.self, order)
        expect(count(.orderCancelled) == (isDelivered ? 0 : 1), "\(count(.orderCancelled)) cancellations")
        if isDelivered {
            if blueprint.step(.charge) != nil {
                expect(charged.count == 1 && refunded.isEmpty, "delivered, and not paid")
                expect(payment?.status == .charged, "delivered, and \(String(describing: payment?.status))")
            }
            if sendsParcels {
                expect(shipment?.parcelsShipped == 1, "delivered, and not one parcel")
                let parcels = count(blueprint.pivot)
                expect(parcels == 1, "shipped \(parcels) times")
            }
            if blueprint.step(.reserve) != nil {
                let wanted = sendsParcels ? ReservationStatus.sold : .reserved
                expect(reservation?.status == wanted, "delivered, and \(String(describing: reservation?.status))")
            }
        } else {
            expect(refunded.count == charged.count, "cancelled: \(charged.count) charges, \(refunded.count) refunds")
            expect(refunded.allSatisfy { $0.amount == row.total }, "refunded another amount")
            expect((shipment?.parcelsShipped ?? 0) == 0, "cancelled, and a parcel left")
            expect(reservation?.status != .reserved && reservation?.status != .sold, "cancelled, and stock is kept")
            expect(payment.map { [.declined, .refunded, .voided].contains($0.status) } ?? true, "money in between")
            expect(row.reason != nil, "cancelled for no reason")
        }
        expect(count(.paymentFailed, .paymentRefunded, .paymentVoided) <= 1, "a payment ended twice")
        expect(count(.inventoryReleased, .inventoryFailed) <= 1, "a reservation ended twice")
        expect(count(.inventoryReserved, .inventoryFailed) <= 1, "reserved twice")
        let story = log.filter { $0.order == order }
        expect(story.allSatisfy { $0.correlation == row.correlation }, "more than one story")
        for event in story where event.type != .orderCreated {
            expect(story.contains { $0.id == event.causation }, "\(event.type) has no cause")
        }
        return found
    }

    private func stockViolations(of product: Product) -> [String] {
        guard let stock = store(of: .inventory).row(StockRow.self, product.sku) else { return ["\(product.sku): lost"] }
        var wanted: Int32 = 0
        let orders = store(of: .order)
        for number in 0..<options.orders {
            guard let row = orders.row(OrderRow.self, Self.order(number)), row.status == blueprint.successStatus else {
                continue
            }
            for line in 0..<row.lineCount {
                let key = OrderLineKey(order: row.key, line: line)
                if let line = orders.row(OrderLineRow.self, key), line.sku == product.sku { wanted += line.quantity }
            }
        }
        let sold = blueprint.step(.ship) == nil ? 0 : wanted
        var found: [String] = []
        if stock.reserved != wanted - sold {
            found.append("\(product.sku): \(stock.reserved) are still reserved, for \(wanted - sold)")
        }
        if stock.onHand != product.initialStock - sold {
            found.append("\(product.sku): \(stock.onHand) left, \(sold) sold")
        }
        return found
    }
}
