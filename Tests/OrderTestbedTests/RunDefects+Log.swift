import Defects
import Harness
import Kafka
import Simulation

@testable import OrderTestbed
@testable import Orders
@testable import Services

/// What goes wrong between the services and Kafka.
extension RunDefect {
    static let logs: [RunDefect] = [
        RunDefect(
            "per-order-event-order", "OrderCreated is keyed by the customer.",
            when: { _, system in system.workload.declinedCards = 0.3 },
            in: "order",
            .request { request, real, transaction in
                let savepoint = transaction.savepoint
                let response = try real.handle(request, in: &transaction)
                try transaction.changeMessages(since: savepoint) { record in
                    guard let event = try? real.codec.decode(record), case .orderCreated(let order) = event.payload
                    else { return }
                    record.key = order.customer.bytes
                }
                return response
            }),
        RunDefect(
            "per-order-event-order", "The order service asks for a cancellation after it has cancelled the order.",
            when: { _, system in system.workload.declinedCards = 0.3 },
            in: "order",
            .event([.inventoryReleased]) { event, record, real, transaction in
                try real.handle(record, in: &transaction)
                let requested = OrderReason(order: event.order, reason: .other)
                try transaction.publish(.orderCancellationRequested(requested), by: real, to: "orders")
            }),
        RunDefect(
            "causality-closed", "The packing table makes up what a shipment follows from.",
            in: "shipping",
            .deadline { deadline, real, transaction in
                let madeUp = transaction.newID()
                try transaction.change(ShipmentRow.self, deadline.key.subject) { $0.cause = madeUp }
                try real.handle(deadline, in: &transaction)
            }),
        RunDefect(
            "state-equals-folded-log", "The packing table forgets to write down that the parcel has left.",
            in: "shipping",
            .deadline { deadline, real, transaction in
                try real.handle(deadline, in: &transaction)
                try transaction.change(ShipmentRow.self, deadline.key.subject) { $0.status = .preparing }
            }),
    ]

    static let deadLetters: [RunDefect] = [
        RunDefect(
            "poison-dead-lettered-once", "The warehouse swallows what it cannot read.",
            when: { scenario, _ in scenario.rates.poisonRate = 4 },
            in: "inventory",
            .record { record, real, transaction in
                do { try real.handle(record, in: &transaction) } catch is Poison {}
            }),
        RunDefect(
            "poison-dead-lettered-once", "Services pass over what they cannot read.",
            when: { scenario, _ in scenario.rates.poisonRate = 4 },
            spoil: { _, system in system.real.policies.poison = .skip }),
        RunDefect(
            "nothing-valid-dead-lettered", "The warehouse cannot read orders of three lines.",
            when: { scenario, _ in scenario.rates.poisonRate = 2 },
            in: "inventory",
            .event([.orderCreated]) { event, record, real, transaction in
                if case .orderCreated(let order) = event.payload, order.lines.count > 2 {
                    throw Poison("TooManyLines", "two lines are enough")
                }
                try real.handle(record, in: &transaction)
            }),
    ]

    static let clusters: [RunDefect] = [
        RunDefect(
            "no-acknowledged-record-lost", "Producers are content when the leader alone has a record.",
            when: { scenario, _ in
                // Followers are far away: what they do not have yet goes down with the leader.
                scenario.cluster.latency = .milliseconds(10)...(.milliseconds(50))
                scenario.plan = [.crashBroker(1, at: .zero + .seconds(1), for: .seconds(12), losing: .nothing)]
            },
            spoil: { scenario, _ in
                scenario.clients = [("acks", "1"), ("enable.idempotence", "false")]
            }),
        RunDefect(
            "offsets-never-pass-unprocessed", "The warehouse overlooks every third order.",
            in: "inventory",
            .event([.orderCreated]) { event, record, real, transaction in
                guard event.order.stableHash % 3 != 0 else { return }
                try real.handle(record, in: &transaction)
            }),
        RunDefect(
            "offsets-never-pass-unprocessed", "Consumers commit what they have only received.",
            when: { scenario, _ in
                scenario.rates.serviceCrashes = 0.02
                scenario.rates.slowTransactions = 0.3
            },
            spoil: { _, system in system.real.policies.offsetCommit = .beforeProcessing }),
        RunDefect(
            "quiescent", "The packing table looks after a parcel every second, also when it has left.",
            in: "shipping",
            .deadline { deadline, real, transaction in
                let (parcel, order) = (deadline.key.kind, deadline.key.subject)
                try transaction.setDeadline(parcel, for: order, after: .seconds(1))
                if try transaction.get(ShipmentRow.self, order)?.status == .preparing {
                    try real.handle(deadline, in: &transaction)
                }
            }),
        RunDefect(
            "quiescent", "A record that cannot be read stops its partition for good.",
            when: { scenario, _ in scenario.rates.poisonRate = 4 },
            spoil: { _, system in system.real.policies.poison = .halt }),
    ]
}
