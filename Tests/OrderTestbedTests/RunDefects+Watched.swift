import Defects
import Harness
import Kafka
import Simulation

@testable import OrderTestbed
@testable import Orders
@testable import Services

/// Defects of the services that tell customers and count.
extension RunDefect {
    private static func watched(
        _ circumstances: @escaping @Sendable (inout Scenario, inout OrderSystemUnderTest) -> Void = { _, _ in }
    ) -> @Sendable (inout Scenario, inout OrderSystemUnderTest) -> Void {
        { scenario, system in
            system.blueprint = BlueprintFile(blueprint: .watched(partitions: 3))
            circumstances(&scenario, &system)
        }
    }

    static let notifications: [RunDefect] = [
        RunDefect(
            "notified-at-most-once", "The notification service sends every third order's messages twice.",
            when: watched(),
            in: "notification",
            .event([.orderCreated, .shipmentDispatched]) { event, record, real, transaction in
                let savepoint = transaction.savepoint
                try real.handle(record, in: &transaction)
                guard event.order.stableHash % 3 == 0 else { return }
                for call in transaction.outcome.calls[savepoint.calls...] {
                    try transaction.call(subject: call.subject, payload: call.payload)
                }
            }),
        RunDefect(
            "notified-at-most-once", "The notification service does not recognise an event that comes a second time.",
            when: watched { scenario, _ in scenario.rates.duplicateRecords = 0.2 },
            in: "notification",
            .record { record, real, transaction in
                if let event = try? real.codec.decode(record.record) {
                    try transaction.delete(InboxRow.self, event.id)
                }
                try real.handle(record, in: &transaction)
            }),
        RunDefect(
            "notified-at-most-once", "The gateway is asked a second time as if for the first.",
            when: watched { scenario, _ in scenario.rates.providerLosesAnswers = 0.3 },
            spoil: { _, system in system.real.policies.providerTimeout = .retry }),
        RunDefect(
            "notified-at-last", "The notification service writes down nothing of what it is about to send.",
            when: watched { scenario, _ in
                scenario.rates.serviceCrashes = 0.02
                scenario.rates.providerLosesCalls = 0.3
            },
            in: "notification",
            .record { record, real, transaction in
                let savepoint = transaction.savepoint
                try real.handle(record, in: &transaction)
                // The process remembers them, and nobody else does.
                for call in transaction.outcome.calls[savepoint.calls...] {
                    try transaction.delete(CallRow.self, call.key)
                }
            }),
        RunDefect(
            "notified-at-last", "The notification service passes over what comes before the order.",
            when: watched { scenario, system in
                scenario.rates.serviceCrashes = 0.03
                scenario.rates.slowTransactions = 0.3
                scenario.rates.partitionRate = 0.5
                system.workload.declinedCards = 0.5
            },
            spoil: { _, system in system.real.outOfOrder = .ignore }),
        RunDefect(
            "notified-at-last", "The notification service takes the gateway's silence for an answer.",
            when: watched { scenario, _ in scenario.rates.providerLosesCalls = 0.3 },
            spoil: { _, system in system.real.policies.providerTimeout = .assumeDeclined }),
    ]

    static let figures: [RunDefect] = [
        RunDefect(
            "analytics-agree", "The analytics service counts every delivery.",
            when: watched { scenario, _ in scenario.rates.duplicateRecords = 0.2 },
            in: "analytics",
            .record { record, real, transaction in
                if let event = try? real.codec.decode(record.record) {
                    try transaction.delete(InboxRow.self, event.id)
                }
                try real.handle(record, in: &transaction)
            }),
        RunDefect(
            "analytics-agree", "The analytics service counts events on the day on which they arrive.",
            when: watched { scenario, system in
                scenario.rates.delayedRecords = 0.3
                system.dayStart = .seconds(1)
            },
            in: "analytics",
            .record { record, real, transaction in
                guard var event = try? real.codec.decode(record.record) else {
                    return try real.handle(record, in: &transaction)
                }
                event.at = transaction.now
                var late = record
                late.record = real.codec.record(event)
                try real.handle(late, in: &transaction)
            }),
        RunDefect(
            "analytics-agree", "The analytics service does not take refunds off the revenue.",
            when: watched { _, system in
                system.workload.cancellations = 0.8
                system.workload.cancellationDelay = .milliseconds(200)...(.seconds(1))
            },
            in: "analytics",
            .event([.paymentRefunded]) { event, _, _, transaction in try transaction.pass(over: event) }),
        RunDefect(
            "analytics-agree", "The analytics service forgets where an order stands when its first event comes late.",
            when: watched { scenario, system in
                scenario.rates.serviceCrashes = 0.03
                scenario.rates.slowTransactions = 0.3
                scenario.rates.partitionRate = 0.5
                system.workload.declinedCards = 0.5
            },
            in: "analytics",
            .event([.orderCreated]) { event, record, real, transaction in
                try transaction.delete(CountedOrderRow.self, event.order)
                try real.handle(record, in: &transaction)
            }),
    ]
}
