import Defects
import Harness
import Kafka
import Simulation

@testable import OrderTestbed
@testable import Orders
@testable import Services

/// The defects, in the order of `Checker.all`.
extension RunDefect {
    static let all =
        promises + stockAndMoney + sagas + logs + customers + contracts + deadLetters + clusters + notifications
        + figures + replaysAndFraud + races

    /// Checkers that no defect of a service, no policy and no option can set off, and why.
    static let unprovoked = [
        (
            checker: "cluster-invariants",
            reason: "It compares what brokers hold, which no client can touch; ClusterDefectTests breaks a broker."
        )
    ]

    private static let promises: [RunDefect] = [
        RunDefect(
            "no-lost-order", "The order service passes over every third order's InventoryReleased.",
            when: { _, system in system.workload.declinedCards = 0.5 },
            in: "order",
            .event([.inventoryReleased]) { event, record, real, transaction in
                if event.order.stableHash % 3 == 0 { return try transaction.pass(over: event) }
                try real.handle(record, in: &transaction)
            }),
        RunDefect(
            "acknowledged-means-durable", "The order service answers 201 to every third order and writes nothing.",
            in: "order",
            .request { request, real, transaction in
                let savepoint = transaction.savepoint
                let response = try real.handle(request, in: &transaction)
                let client = RequestID(rawValue: request.id)?.order ?? 0
                if client % 3 == 0 { transaction.rollBack(to: savepoint) }
                return response
            }),
        RunDefect(
            "acknowledged-means-durable", "The order service accepts cancellations and forgets them.",
            when: { _, system in system.workload.cancellations = 0.5 },
            in: "order",
            .request { request, real, transaction in
                let savepoint = transaction.savepoint
                let response = try real.handle(request, in: &transaction)
                if request.path != OrderAPI.createPath { transaction.rollBack(to: savepoint) }
                return response
            }),
        RunDefect(
            "acknowledged-means-durable", "Events go straight from memory to Kafka, and a crash takes them along.",
            when: { scenario, _ in scenario.rates.serviceCrashes = 0.02 },
            spoil: { _, system in system.real.policies.publishing = .dualWrite }),
        RunDefect(
            "idempotent-api", "The order service forgets its answers as soon as an event arrives.",
            when: { _, system in system.workload.repeatedRequests = 0.5 },
            in: "order",
            .record { record, real, transaction in
                for answer in transaction.store.rows(AnswerRow.self) {
                    try transaction.delete(AnswerRow.self, answer.key)
                }
                try real.handle(record, in: &transaction)
            }),
        RunDefect(
            "nonsense-refused", "The order service says 200 to what it refuses.",
            when: { _, system in system.workload.nonsenseRequests = 0.5 },
            in: "order",
            .request { request, real, transaction in
                var response = try real.handle(request, in: &transaction)
                if response.status >= 400 { response.status = 200 }
                return response
            }),
    ]

    private static let stockAndMoney: [RunDefect] = [
        RunDefect(
            "no-oversell", "The warehouse reserves what it does not have.",
            when: { _, system in system.stock.factor = 0.05 },
            in: "inventory",
            .event([.orderCreated]) { event, record, real, transaction in
                guard case .orderCreated(let order) = event.payload else { return }
                for line in order.lines { try transaction.change(StockRow.self, line.sku) { $0.onHand += 1_000 } }
                try real.handle(record, in: &transaction)
                for line in order.lines { try transaction.change(StockRow.self, line.sku) { $0.onHand -= 1_000 } }
            }),
        RunDefect(
            "stock-conserved", "The warehouse releases an order and does not put its pieces back.",
            when: { _, system in system.workload.declinedCards = 0.3 },
            in: "inventory",
            .event([.paymentFailed]) { _, record, real, transaction in
                let shelves = transaction.store.rows(StockRow.self)
                try real.handle(record, in: &transaction)
                for shelf in shelves { try transaction.put(shelf) }
            }),
        RunDefect(
            "charged-at-most-once", "The till asks for the same charge twice.",
            in: "payment",
            .event([.inventoryReserved]) { _, record, real, transaction in
                let savepoint = transaction.savepoint
                try real.handle(record, in: &transaction)
                for call in transaction.outcome.calls[savepoint.calls...] {
                    try transaction.call(subject: call.subject, payload: call.payload)
                }
            }),
        RunDefect(
            "charged-at-most-once", "Services do not recognise an event that comes a second time.",
            when: { scenario, _ in scenario.rates.duplicateRecords = 0.2 },
            spoil: { _, system in system.real.policies.deduplication = .none }),
        RunDefect(
            "charged-at-most-once", "The till repeats a call that was not answered as if it were a new one.",
            when: { scenario, _ in scenario.rates.providerLosesAnswers = 0.3 },
            spoil: { _, system in system.real.policies.providerTimeout = .retry }),
        RunDefect(
            "money-conserved", "The till charges a cent too much.",
            in: "payment",
            .event([.orderCreated]) { event, record, real, transaction in
                guard case .orderCreated(var created) = event.payload else { return }
                created.total = try created.total.adding(Money(minorUnits: 1))
                var (event, record) = (event, record)
                event.payload = .orderCreated(created)
                record.record = real.codec.record(event)
                try real.handle(record, in: &transaction)
            }),
        RunDefect(
            "money-conserved", "The till books refunds that it does not ask the provider for.",
            when: { _, system in
                system.workload.cancellations = 0.8
                system.workload.cancellationDelay = .milliseconds(200)...(.seconds(1))
            },
            in: "payment",
            .event([.shippingCancelled]) { _, record, real, transaction in
                let savepoint = transaction.savepoint
                try real.handle(record, in: &transaction)
                guard transaction.outcome.calls.count > savepoint.calls,
                    let row = transaction.outcome.calls.popLast()
                else { return }
                try transaction.delete(CallRow.self, row.key)
                let call = ProviderCall(
                    id: row.key, attempt: 1, idempotencyKey: row.key, key: row.subject, payload: row.payload)
                let invented = ProviderReply.approved(reference: nil).encode()
                try real.handle(.answered(invented), to: call, in: &transaction)
            }),
        RunDefect(
            "money-conserved", "The till takes the provider's silence for a refusal.",
            when: { scenario, _ in scenario.rates.providerLosesAnswers = 0.3 },
            spoil: { _, system in system.real.policies.providerTimeout = .assumeDeclined }),
    ]

    private static let sagas: [RunDefect] = [
        RunDefect(
            "compensation-complete", "The warehouse says that it has released an order and keeps the goods for it.",
            when: { _, system in system.workload.declinedCards = 0.3 },
            in: "inventory",
            .event([.paymentFailed]) { event, _, real, transaction in
                try transaction.pass(over: event)
                try transaction.publish(
                    .inventoryReleased(OrderFact(order: event.order)), by: real, to: "inventory")
            }),
        RunDefect(
            "shipped-at-most-once", "The packing table sends two parcels.",
            in: "shipping",
            .deadline { deadline, real, transaction in
                try real.handle(deadline, in: &transaction)
                try real.handle(deadline, in: &transaction)
            }),
        RunDefect(
            "legal-transitions", "The packing table stops a parcel and sends it all the same.",
            when: { _, system in system.workload.cancellations = 0.5 },
            in: "shipping",
            .event([.orderCancellationRequested]) { event, record, real, transaction in
                try real.handle(record, in: &transaction)
                guard try transaction.get(ShipmentRow.self, event.order)?.status == .stopped else { return }
                let shipped = Shipment(order: event.order, trackingNumber: Identifier(literal: "TRK-1"))
                try transaction.publish(.shipmentDispatched(shipped), by: real, to: "shipping")
            }),
    ]
}
