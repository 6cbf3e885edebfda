import Orders
import Services
import Simulation

@testable import Harness
@testable import OrderTestbed

/// What can be wrong with what customers ask for when they have their order.
extension PlantedDefect {
    static let customers = lines + returns + reservations + reads + updates + rebuilt

    private static let lines: [PlantedDefect] = [
        PlantedDefect("line-cancellations-settled", "nobody decides about pieces that are not wanted", of: .restless) {
            history in
            history.entries.remove(at: history.first(.lineCancelled).index)
        },
        PlantedDefect("line-cancellations-settled", "a wish to leave pieces out never reaches Kafka", of: .restless) {
            history in
            history.entries.remove(at: history.first(.lineCancellationRequested).index)
        },
        PlantedDefect("line-cancellations-settled", "other pieces are left out than were asked for", of: .restless) {
            history in
            var (index, event) = history.first(.lineCancelled)
            guard case .lineCancelled(var line) = event.payload else { return }
            line.quantity += 1
            event.payload = .lineCancelled(line)
            history.replaceEvent(at: index, with: event)
        },
        PlantedDefect("line-cancellations-settled", "pieces are left out and not paid back", of: .restless) {
            history in
            history.entries.remove(at: history.first(.paymentPartlyRefunded, without: [.paymentRefunded]).index)
        },
        PlantedDefect("line-cancellations-settled", "pieces are paid back twice", of: .restless) { history in
            history.repeatEvent(at: history.first(.paymentPartlyRefunded).index)
        },
        PlantedDefect("line-cancellations-settled", "the order costs as much as before", of: .restless) { history in
            let order = history.first(.lineCancelled, without: [.orderCancelled, .returnRequested]).event.order
            history.change(OrderRow.self, of: "order", order) { $0.cancelled = .zero($0.total.currency) }
        },
        PlantedDefect("line-cancellations-settled", "the warehouse keeps what was left out", of: .restless) {
            history in
            let order = history.first(.lineCancelled).event.order
            history.change(ReservationLineRow.self, of: "inventory", OrderLineKey(order: order, line: 0)) {
                $0.quantity += 1
            }
        },
        PlantedDefect("compensation-complete", "a refund of a cancelled order is not made", of: .restless) { history in
            let order = history.first(.orderCancelled, with: [.paymentRefunded]).event.order
            history.change(RefundRow.self, of: "payment", NumberedKey(order: order, number: 1)) { $0.isDone = false }
        },
        PlantedDefect("state-equals-folded-log", "pieces that were left out are gone from the shelf", of: .restless) {
            history in
            let (_, event) = history.first(.lineCancelled, with: [.shipmentDispatched], without: [.returnRequested])
            guard case .lineCancelled(let line) = event.payload else { return }
            history.change(StockRow.self, of: "inventory", line.sku) { $0.onHand -= line.quantity }
        },
    ]

    private static let returns: [PlantedDefect] = [
        PlantedDefect("returns-complete", "what came back never reaches the shelf", of: .restless) { history in
            let order = history.first(.shipmentReturned).event.order
            history.change(ReservationRow.self, of: "inventory", order) { $0.status = .sold }
        },
        PlantedDefect("returns-complete", "the money for what came back stays where it is", of: .restless) { history in
            let order = history.first(.shipmentReturned).event.order
            history.entries.removeAll {
                guard case .ledger(let entry) = $0.event else { return false }
                return entry.subject == order && entry.kind == "refund"
            }
        },
        PlantedDefect("returns-complete", "a return is accepted and forgotten", of: .restless) { history in
            history.entries.remove(at: history.first(.returnRequested).index)
        },
        PlantedDefect("returns-complete", "a parcel is on its way back for ever", of: .restless) { history in
            let order = history.first(.shipmentReturned).event.order
            history.change(ShipmentRow.self, of: "shipping", order) { $0.status = .returning }
        },
    ]

    private static let reservations: [PlantedDefect] = [
        PlantedDefect("reservations-end", "goods are kept for a parcel that has left", of: .restless) { history in
            let order = history.first(.shipmentDispatched).event.order
            history.change(ReservationRow.self, of: "inventory", order) { $0.status = .reserved }
        },
        PlantedDefect("reservations-end", "goods wait for too long, and the order goes on waiting", of: .restless) {
            history in
            let order = history.first(.reservationExpired, with: [.orderCancelled]).event.order
            history.change(OrderRow.self, of: "order", order) { $0.status = .paid }
        },
        PlantedDefect("reservations-end", "goods wait for minutes, and nobody says so", of: .restless) { history in
            var (index, event) = history.first(
                .inventoryReserved, with: [.shipmentDispatched], without: [.reservationExpired])
            event.at = event.at + .seconds(-120)
            history.replaceEvent(at: index, with: event)
        },
    ]

    private static let reads: [PlantedDefect] = [
        PlantedDefect("reads-never-go-back", "a customer is shown the order as it was before", of: .restless) {
            history in
            let looks = history.answers(.look, status: 200)
            let order = history.client(at: looks.last { history.status(at: $0) == .delivered }!)
            let mine = looks.filter { history.client(at: $0) == order }
            guard let first = mine.first, let last = mine.last,
                case .answered(_, let before) = history.entries[first].event,
                case .answered(let id, _) = history.entries[last].event
            else { return }
            history.entries[last].event = .answered(request: id, before)
        },
        PlantedDefect("reads-never-go-back", "an order that was shown is unknown", of: .restless) { history in
            let look = history.answers(.look, status: 200).last!
            guard case .answered(let id, _) = history.entries[look].event else { return }
            history.entries[look].event = .answered(request: id, Response(status: 404, body: []))
        },
    ]

    private static let updates: [PlantedDefect] = [
        PlantedDefect("status-updates-in-order", "an update that was taken never reaches Kafka", of: .cart) { history in
            history.entries.remove(at: history.first(.orderStatusUpdated).index)
        },
        PlantedDefect("status-updates-in-order", "the last update is not applied", of: .cart) { history in
            let order = history.first(.orderStatusUpdated).event.order
            history.change(OrderRow.self, of: "order", order) { $0.status = .confirmed }
        },
        PlantedDefect("status-updates-in-order", "two updates are applied the wrong way round", of: .cart) { history in
            let order = history.first(.orderStatusUpdated).event.order
            let store = history.store(of: "order")!
            let keys = [2, 3].map { NumberedKey(order: order, number: $0) }
            let events = keys.map { store.row(OrderEventRow.self, $0)!.event }
            history.change(OrderEventRow.self, of: "order", keys[0]) { $0.event = events[1] }
            history.change(OrderEventRow.self, of: "order", keys[1]) { $0.event = events[0] }
        },
        PlantedDefect("status-updates-in-order", "an update is made twice", of: .cart) { history in
            history.repeatEvent(at: history.first(.orderStatusUpdated).index)
        },
    ]

    private static let rebuilt: [PlantedDefect] = [
        PlantedDefect("orders-rebuilt", "an order's history has a gap", of: .restless) { history in
            let order = history.first(.shipmentDelivered).event.order
            history.remove(OrderEventRow.self, of: "order", NumberedKey(order: order, number: 2))
        },
        PlantedDefect("orders-rebuilt", "an order has changed, and nothing has happened to it", of: .restless) {
            history in
            let order = history.first(.shipmentDelivered).event.order
            history.change(OrderRow.self, of: "order", order) { $0.customer = Identifier(literal: "CUST-X") }
        },
        PlantedDefect("orders-rebuilt", "a line has changed, and nothing has happened to it", of: .restless) {
            history in
            let order = history.first(.shipmentDelivered).event.order
            history.change(OrderLineRow.self, of: "order", OrderLineKey(order: order, line: 0)) { $0.cancelled += 1 }
        },
        PlantedDefect("orders-rebuilt", "the log tells more of an order than its history", of: .restless) { history in
            let order = history.first(.shipmentDelivered, without: [.returnRequested]).event.order
            history.change(OrderRow.self, of: "order", order) { $0.eventCount -= 1 }
        },
        PlantedDefect("orders-rebuilt", "an order's history tells what nobody has published", of: .restless) {
            history in
            history.entries.remove(at: history.first(.shipmentDelivered).index)
        },
    ]
}

extension History {
    /// The client's number of the order that an answer is about.
    fileprivate func client(at index: Int) -> Int? {
        guard case .answered(let id, _) = entries[index].event else { return nil }
        return RequestID(rawValue: id)?.order
    }

    /// The status that an answer shows.
    fileprivate func status(at index: Int) -> OrderStatus? {
        guard case .answered(_, let response) = entries[index].event else { return nil }
        return (try? OrderAPI.decodeOrder(response.body))?.status
    }
}
