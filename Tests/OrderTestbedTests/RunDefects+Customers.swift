import Defects
import Harness
import Kafka
import Simulation

@testable import OrderTestbed
@testable import Orders
@testable import Services

/// What goes wrong with what customers ask for when they have their order.
extension RunDefect {
    static let customers: [RunDefect] = [
        RunDefect(
            "line-cancellations-settled", "The packing table passes over wishes to leave pieces out.",
            when: restless, in: "shipping",
            .event([.lineCancellationRequested]) { event, _, _, transaction in try transaction.pass(over: event) }),
        RunDefect(
            "line-cancellations-settled", "Services leave the same pieces out a second time.",
            when: { scenario, system in
                restless(&scenario, &system)
                scenario.rates.duplicateRecords = 0.3
            },
            spoil: { _, system in system.real.policies.deduplication = .none }),
        RunDefect(
            "line-cancellations-settled",
            "The till leaves it to the customer to ask for the money of what was left out.",
            when: restless, in: "payment",
            .event([.lineCancelled]) { event, _, _, transaction in try transaction.pass(over: event) }),
        RunDefect(
            "returns-complete", "The warehouse does not put back what has come back.",
            when: restless, in: "inventory",
            .event([.shipmentReturned]) { event, _, real, transaction in
                try transaction.pass(over: event)
                try transaction.publish(
                    .inventoryRestocked(OrderFact(order: event.order)), by: real, to: "inventory")
            }),
        RunDefect(
            "returns-complete", "The till gives nothing back for what has come back.",
            when: restless, in: "payment",
            .event([.shipmentReturned]) { event, _, _, transaction in try transaction.pass(over: event) }),
        RunDefect(
            "reservations-end", "The warehouse goes on keeping what was cancelled.",
            when: { scenario, system in
                restless(&scenario, &system)
                system.workload.declinedCards = 0.3
                // Who waits for a parcel goes on asking for longer than the run has to settle.
                system.workload.returns = 0
            },
            in: "inventory",
            .event([.paymentFailed]) { event, _, _, transaction in try transaction.pass(over: event) }),
        RunDefect(
            "reservations-end", "The warehouse gives away what has waited too long, whatever becomes of the order.",
            when: { scenario, system in
                restless(&scenario, &system)
                system.provider.latency = .milliseconds(300)...(.milliseconds(900))
                system.reservationTime = .milliseconds(500)
            },
            spoil: { _, system in system.real.reservationExpiry = .release }),
        RunDefect(
            "reads-never-go-back", "Every third look at an order shows it as it was in the beginning.",
            when: { scenario, system in
                restless(&scenario, &system)
                system.workload.looks = 1
            },
            in: "order",
            .request { request, real, transaction in
                var response = try real.handle(request, in: &transaction)
                guard request.method == .get, let round = RequestID(rawValue: request.id)?.round, round % 3 == 2
                else { return response }
                let text = String(decoding: response.body, as: UTF8.self)
                let stations = ["reserved", "paid", "confirmed", "scheduled", "shipped", "delivered"]
                let before = stations.reduce(text) {
                    $0.replacing("\"status\":\"\($1)\"", with: "\"status\":\"pending\"")
                }
                response.body = Array(before.utf8)
                return response
            }),
        RunDefect(
            "reads-never-go-back", "Every third look at an order finds nothing.",
            when: { scenario, system in
                restless(&scenario, &system)
                system.workload.looks = 1
            },
            in: "order",
            .request { request, real, transaction in
                if request.method == .get, let round = RequestID(rawValue: request.id)?.round, round % 3 == 2 {
                    return .problem(404, "Unknown order", "There is no order with this id.")
                }
                return try real.handle(request, in: &transaction)
            }),
        RunDefect(
            "status-updates-in-order", "The order service passes over updates that come before those they follow.",
            when: { scenario, system in
                byHand(&scenario, &system)
                scenario.rates.reorderedRecords = 0.3
            },
            spoil: { _, system in system.real.outOfOrder = .ignore }),
        RunDefect(
            "status-updates-in-order", "The order service passes over the second update of every order.",
            when: byHand, in: "order",
            .event([.orderStatusUpdated]) { event, record, real, transaction in
                if case .orderStatusUpdated(let update) = event.payload, update.number == 2 {
                    return try transaction.pass(over: event)
                }
                try real.handle(record, in: &transaction)
            }),
        RunDefect(
            "orders-rebuilt", "The order service forgets how an order began.",
            in: "order",
            .event([.paymentAuthorized]) { event, record, real, transaction in
                try real.handle(record, in: &transaction)
                try transaction.delete(OrderEventRow.self, NumberedKey(order: event.order, number: 1))
            }),
        RunDefect(
            "orders-rebuilt", "The order service changes an order without an event.",
            in: "order",
            .event([.paymentAuthorized]) { event, record, real, transaction in
                try real.handle(record, in: &transaction)
                try transaction.change(OrderRow.self, event.order) { $0.customer = Identifier(literal: "CUST-X") }
            }),
    ]

    private static let restless: @Sendable (inout Scenario, inout OrderSystemUnderTest) -> Void = { _, system in
        system.use(.withEverything)
        system.workload.lineCancellations = 0.8
        system.workload.cancellationDelay = .milliseconds(100)...(.seconds(1))
        system.workload.returns = 0.5
        system.workload.looks = 0.5
    }

    private static let byHand: @Sendable (inout Scenario, inout OrderSystemUnderTest) -> Void = { _, system in
        system.use(.cartAlone)
        system.workload.statusUpdates = 1
    }
}
