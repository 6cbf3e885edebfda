import Kafka
import Orders
import Services
import Simulation
import Testing

@testable import Harness
@testable import OrderTestbed

/// One way to spoil a correct history, and who must notice.
struct PlantedDefect: Sendable, CustomTestStringConvertible {
    let checker: String
    let what: String
    /// Which correct history is spoiled.
    let world: CorrectHistories.World
    let spoil: @Sendable (inout History) -> Void

    var testDescription: String { "\(checker): \(what)" }

    init(
        _ checker: String, _ what: String, of world: CorrectHistories.World = .mixed,
        _ spoil: @escaping @Sendable (inout History) -> Void
    ) {
        self.checker = checker
        self.what = what
        self.world = world
        self.spoil = spoil
    }

    static let all =
        promises + stockAndMoney + sagas + logs + contracts + clusters + customers + notifications + figures
        + replaysAndFraud
}

extension PlantedDefect {
    private static let promises: [PlantedDefect] = [
        PlantedDefect("no-lost-order", "an order stays paid for ever") { history in
            let order = history.first(.shipmentDispatched).event.order
            history.change(OrderRow.self, of: "order", order) { $0.status = .confirmed }
        },
        PlantedDefect("no-lost-order", "the order service forgets an order") { history in
            history.remove(OrderRow.self, of: "order", history.first(.shipmentDispatched).event.order)
        },
        PlantedDefect("acknowledged-means-durable", "a 201 without an order") { history in
            history.remove(OrderRow.self, of: "order", history.first(.orderCreated).event.order)
        },
        PlantedDefect("acknowledged-means-durable", "an OrderCreated that never reached Kafka") { history in
            history.entries.remove(at: history.first(.orderCreated).index)
        },
        PlantedDefect("acknowledged-means-durable", "a cancellation that was accepted and forgotten") { history in
            let accepted = history.answers(.cancel, status: 202)[0]
            guard case .answered(_, let response) = history.entries[accepted].event else { return }
            let order = try! OrderAPI.decodeOrder(response.body).order
            history.change(OrderRow.self, of: "order", order) { $0.status = .shipped }
        },
        PlantedDefect("idempotent-api", "the same key gets another answer") { history in
            let repeated = history.answers(.again, status: 201)[0]
            guard case .answered(let id, var response) = history.entries[repeated].event else { return }
            response.status = 200
            history.entries[repeated].event = .answered(request: id, response)
        },
        PlantedDefect("idempotent-api", "the same key makes a second order") { history in
            var row = history.store(of: "order")!.row(OrderRow.self, history.first(.orderCreated).event.order)!
            row.key = Identifier(literal: "ORD-TWIN")
            let index = history.stores.firstIndex { $0.service == "order" }!
            history.stores[index].store.set(row, for: row.key)
        },
        PlantedDefect("nonsense-refused", "an order of nothing is accepted") { history in
            let refused = history.answers(.nonsense, status: 400)[0]
            guard case .answered(let id, _) = history.entries[refused].event else { return }
            history.entries[refused].event = .answered(request: id, Response(status: 201, body: []))
        },
    ]

    private static let stockAndMoney: [PlantedDefect] = [
        PlantedDefect("no-oversell", "what was not there is reserved all the same") { history in
            for (index, event) in history.committedEvents where event.type == .inventoryFailed {
                var reserved = event
                reserved.payload = .inventoryReserved(
                    OrderFact(order: event.order))
                history.replaceEvent(at: index, with: reserved)
            }
        },
        PlantedDefect("no-oversell", "fewer than none are available") { history in
            history.change(StockRow.self, of: "inventory", Identifier(literal: "PROD-006")) { $0.reserved = 1_000 }
        },
        PlantedDefect("stock-conserved", "a piece vanishes") { history in
            history.change(StockRow.self, of: "inventory", Identifier(literal: "PROD-001")) { $0.onHand -= 1 }
        },
        PlantedDefect("stock-conserved", "a piece stays reserved for nobody") { history in
            history.change(StockRow.self, of: "inventory", Identifier(literal: "PROD-001")) { $0.reserved += 1 }
        },
        PlantedDefect("charged-at-most-once", "a second charge under another key") { history in
            let charge = history.bookings("charge")[0]
            guard case .ledger(var entry) = history.entries[charge].event else { return }
            entry.idempotencyKey = UniqueID(drawn: 4, 2)
            history.entries.insert(History.Entry(at: history.entries[charge].at, event: .ledger(entry)), at: charge + 1)
        },
        PlantedDefect("money-conserved", "a refund that is not made") { history in
            history.entries.remove(at: history.bookings("refund")[0])
        },
        PlantedDefect("money-conserved", "a parcel that is not paid for") { history in
            let shipped = history.first(.shipmentDispatched).event.order
            history.entries.removeAll {
                if case .ledger(let entry) = $0.event { return entry.subject == shipped }
                return false
            }
        },
        PlantedDefect("money-conserved", "a charge of one cent too much") { history in
            let charge = history.bookings("charge")[0]
            guard case .ledger(var entry) = history.entries[charge].event else { return }
            entry.amount += 1
            history.entries[charge].event = .ledger(entry)
        },
        PlantedDefect("money-conserved", "a refund that is made twice") { history in
            let refund = history.bookings("refund")[0]
            history.entries.insert(history.entries[refund], at: refund + 1)
        },
    ]

    private static let sagas: [PlantedDefect] = [
        PlantedDefect("compensation-complete", "the stock of a cancelled order stays reserved") { history in
            let order = history.first(.orderCancelled, with: [.inventoryReleased, .inventoryReserved]).event.order
            history.change(ReservationRow.self, of: "inventory", order) { $0.status = .reserved }
        },
        PlantedDefect("compensation-complete", "the payment of a cancelled order stays charged") { history in
            let order = history.first(.orderCancelled, with: [.paymentRefunded]).event.order
            history.change(PaymentRow.self, of: "payment", order) { $0.status = .charged }
        },
        PlantedDefect("compensation-complete", "the parcel of a cancelled order leaves") { history in
            let order = history.first(.orderCancelled, with: [.shippingCancelled]).event.order
            history.change(ShipmentRow.self, of: "shipping", order) { $0.status = .shipped }
        },
        PlantedDefect("shipped-at-most-once", "a second OrderShipped") { history in
            history.repeatEvent(at: history.first(.shipmentDispatched).index)
        },
        PlantedDefect("shipped-at-most-once", "a second parcel") { history in
            let order = history.first(.shipmentDispatched).event.order
            history.change(ShipmentRow.self, of: "shipping", order) { $0.parcelsShipped = 2 }
        },
        PlantedDefect("legal-transitions", "stock reserved twice") { history in
            history.repeatEvent(at: history.first(.inventoryReserved).index)
        },
        PlantedDefect("legal-transitions", "a shipped order is cancelled") { history in
            let (index, shipped) = history.first(.shipmentDispatched)
            var cancelled = shipped
            cancelled.id = UniqueID(drawn: 4, 2)
            cancelled.payload = .orderCancelled(OrderReason(order: shipped.order, reason: .customerRequest))
            history.append(cancelled.record, whereEntryStands: index)
        },
        PlantedDefect("legal-transitions", "a payment for what was never reserved") { history in
            history.entries.remove(at: history.first(.inventoryReserved, with: [.paymentAuthorized]).index)
        },
    ]

    private static let logs: [PlantedDefect] = [
        PlantedDefect("per-order-event-order", "a refund before its charge") { history in
            let (late, refunded) = history.first(.paymentRefunded)
            let early = history.committedEvents.first {
                $0.event.order == refunded.order && $0.event.type == .paymentAuthorized
            }!
            history.replaceEvent(at: early.index, with: refunded)
            history.replaceEvent(at: late, with: early.event)
        },
        PlantedDefect("per-order-event-order", "an order in two partitions of a topic") { history in
            let (index, _) = history.first(.orderCancelled)
            guard case .appended(var partition, _, let record) = history.entries[index].event else { return }
            partition.partition = (partition.partition + 1) % 6
            history.entries[index].event = .appended(partition, offset: 1_000, record)
        },
        PlantedDefect("causality-closed", "a cause that nobody has seen") { history in
            var (index, event) = history.first(.shipmentDispatched)
            event.causation = UniqueID(drawn: 4, 2)
            history.replaceEvent(at: index, with: event)
        },
        PlantedDefect("causality-closed", "an effect before its cause") { history in
            var (index, event) = history.first(.paymentAuthorized)
            event.at = .zero
            history.replaceEvent(at: index, with: event)
        },
        PlantedDefect("causality-closed", "a cause in another order's story") { history in
            var (index, event) = history.first(.shipmentDispatched)
            event.causation = history.committedEvents.first { $0.event.order != event.order }!.event.id
            history.replaceEvent(at: index, with: event)
        },
        PlantedDefect("state-equals-folded-log", "shipped in the store, and not in the log") { history in
            history.entries.remove(at: history.first(.shipmentDispatched).index)
        },
        PlantedDefect("state-equals-folded-log", "the till has not heard of the refund") { history in
            let order = history.first(.paymentRefunded).event.order
            history.change(PaymentRow.self, of: "payment", order) { $0.status = .refunding }
        },
        PlantedDefect("state-equals-folded-log", "the warehouse has sold what the log says it has not") { history in
            history.change(StockRow.self, of: "inventory", Identifier(literal: "PROD-002")) { $0.onHand -= 1 }
        },
    ]

    private static let clusters: [PlantedDefect] = [
        PlantedDefect("poison-dead-lettered-once", "a dead letter is missing") { history in
            history.entries.remove(at: history.letters[0])
        },
        PlantedDefect("poison-dead-lettered-once", "one group writes two different dead letters") { history in
            let letter = history.letters[0]
            guard case .appended(_, _, var record) = history.entries[letter].event else { return }
            record.timestampMilliseconds += 1
            history.append(record, whereEntryStands: letter)
        },
        PlantedDefect("poison-dead-lettered-once", "a dead letter lands in the wrong topic") { history in
            let letter = history.letters[0]
            guard case .appended(let partition, let offset, let record) = history.entries[letter].event else { return }
            let other = history.topics.names.indices.last { $0 != Int(partition.topic.rawValue) }!
            let wrong = TopicPartition(TopicID(rawValue: Int32(other)), 0)
            history.entries[letter].event = .appended(wrong, offset: offset + 10_000, record)
        },
        PlantedDefect("poison-dead-lettered-once", "a dead letter does not say why") { history in
            let letter = history.letters[0]
            guard case .appended(let partition, let offset, var record) = history.entries[letter].event else { return }
            record.headers.removeAll { $0.name == DeadLetterHeader.exception }
            history.entries[letter].event = .appended(partition, offset: offset, record)
        },
        PlantedDefect("nothing-valid-dead-lettered", "a sound event is dead-lettered") { history in
            let sound = history.first(.orderCreated).index
            guard case .appended(let partition, let offset, var record) = history.entries[sound].event else { return }
            record.headers += [
                Header(DeadLetterHeader.topic, history.topics.name(of: partition.topic)),
                Header(DeadLetterHeader.partition, "\(partition.partition)"),
                Header(DeadLetterHeader.offset, "\(offset)"),
            ]
            history.append(record, whereEntryStands: history.letters[0])
        },
        PlantedDefect("nothing-valid-dead-lettered", "a dead letter of no record") { history in
            guard case .appended(_, _, var record) = history.entries[history.letters[0]].event else { return }
            record.headers.removeAll { $0.name == DeadLetterHeader.offset }
            history.append(record, whereEntryStands: history.letters[0])
        },
        PlantedDefect("no-acknowledged-record-lost", "an acknowledged record is gone") { history in
            history.entries.remove(at: history.first(.orderCancelled).index)
        },
        PlantedDefect("no-acknowledged-record-lost", "an acknowledged record is overwritten by another") { history in
            let index = history.first(.orderCancelled).index
            guard case .appended(let partition, let offset, _) = history.entries[index].event else { return }
            let event = History.Event.acknowledged(partition, offset: offset, by: "order")
            history.entries.append(History.Entry(at: history.end, event: event))
        },
        PlantedDefect("offsets-never-pass-unprocessed", "an event was passed over") { history in
            history.remove(InboxRow.self, of: "inventory", history.first(.orderCreated).event.id)
        },
        PlantedDefect("offsets-never-pass-unprocessed", "an offset beyond the end of the log") { history in
            let index = history.offsets.firstIndex { $0.committed != nil }!
            history.offsets[index].committed = history.offsets[index].end + 1
        },
        PlantedDefect("quiescent", "a message that is never delivered") { history in
            history.unsettled.append("the outbox of order still holds 1 message")
        },
        PlantedDefect("cluster-invariants", "two leaders") { history in
            history.brokenInvariants.append((history.end, "orders-0 had two leaders in epoch 4"))
        },
    ]
}
