import Defects
import Harness
import Kafka
import Simulation

@testable import OrderTestbed
@testable import Orders
@testable import Services

/// Defects that nobody notices as long as nothing overtakes anything.
extension RunDefect {
    static let races: [RunDefect] = [
        RunDefect(
            "no-lost-order", "The till forgets a cancellation that comes while it charges.",
            when: cancellations, in: "payment",
            .event([.shippingCancelled]) { event, record, real, transaction in
                if try transaction.get(PaymentRow.self, event.order)?.status == .charging {
                    return try transaction.pass(over: event)
                }
                try real.handle(record, in: &transaction)
            }),
        RunDefect(
            "money-conserved", "The till leaves the door open when a cancellation overtakes the order.",
            when: overtaken, in: "payment",
            .event([.shippingCancelled]) { event, record, real, transaction in
                let isFirst = try transaction.get(PaymentRow.self, event.order) == nil
                try real.handle(record, in: &transaction)
                if isFirst { try transaction.delete(PaymentRow.self, event.order) }
            }),
        RunDefect(
            "compensation-complete", "The warehouse leaves the door open when a cancellation overtakes the order.",
            when: { scenario, system in
                overtaken(&scenario, &system)
                scenario.rates.reorderedRecords = 0.3
            },
            in: "inventory",
            .event([.paymentVoided]) { event, record, real, transaction in
                let isFirst = try transaction.get(ReservationRow.self, event.order) == nil
                try real.handle(record, in: &transaction)
                if isFirst { try transaction.delete(ReservationRow.self, event.order) }
            }),
        RunDefect(
            "legal-transitions", "The packing table sends what was stopped while it was being packed.",
            when: cancellations, in: "shipping",
            .event([.orderCancellationRequested]) { event, record, real, transaction in
                let parcel = try transaction.get(ShipmentRow.self, event.order)
                try real.handle(record, in: &transaction)
                guard let parcel, parcel.status == .preparing else { return }
                try transaction.put(parcel)
                try transaction.setDeadline(parcel.parcelsOrdered, for: event.order, after: .milliseconds(500))
            }),
        RunDefect(
            "no-lost-order", "The order service overlooks a payment that fails while the order is being cancelled.",
            when: { scenario, system in
                cancellations(&scenario, &system)
                system.workload.declinedCards = 0.5
            },
            in: "order",
            .event([.paymentFailed, .inventoryReleased]) { event, record, real, transaction in
                if try transaction.get(OrderRow.self, event.order)?.seen.contains(.shippingCancelled) == true {
                    return try transaction.pass(over: event)
                }
                try real.handle(record, in: &transaction)
            }),
    ]

    /// Customers change their minds at every stage of their orders.
    private static let cancellations: @Sendable (inout Scenario, inout OrderSystemUnderTest) -> Void = {
        _, system in
        system.workload.cancellations = 0.5
        system.workload.cancellationDelay = .milliseconds(1)...(.seconds(1))
    }

    /// At once, and what they said first comes last.
    private static let overtaken: @Sendable (inout Scenario, inout OrderSystemUnderTest) -> Void = {
        scenario, system in
        system.workload.cancellations = 1
        system.workload.cancellationDelay = .milliseconds(1)...(.milliseconds(20))
        scenario.rates.delayedRecords = 0.3
    }
}
