import Defects
import Harness
import Kafka
import Simulation

@testable import OrderTestbed
@testable import Orders
@testable import Services

/// Services that take a replay for news, and fraud checks that are none.
extension RunDefect {
    static let replaysAndFraud: [RunDefect] = [
        RunDefect(
            "replay-without-side-effects", "The warehouse does not look whether an order is replayed.",
            when: replayed(to: "orders"), in: "inventory",
            .event([.orderCreated]) { event, record, real, transaction in
                var (event, record) = (event, record)
                event.isReplay = false
                record.record = real.codec.record(event)
                try real.handle(record, in: &transaction)
            }),
        RunDefect(
            "replay-without-side-effects", "The order service replays orders without a word that it is a replay.",
            when: replayed(), in: "order",
            .deadline { deadline, real, transaction in
                let savepoint = transaction.savepoint
                try real.handle(deadline, in: &transaction)
                try transaction.changeMessages(since: savepoint) { record in
                    guard var event = try? real.codec.decode(record), event.isReplay else { return }
                    event.isReplay = false
                    record = real.codec.record(event)
                }
            }),
        RunDefect(
            "replay-without-side-effects", "The order service replays one order less than it promises.",
            when: replayed(), in: "order",
            .request { request, real, transaction in
                let response = try real.handle(request, in: &transaction)
                guard request.path == ReplayAPI.path, let accepted = try? ReplayAccepted.decode(response.body) else {
                    return response
                }
                try transaction.change(ReplayRow.self, accepted.replay) { $0.last -= 1 }
                return response
            }),
        RunDefect(
            "replay-without-side-effects", "The order service replays every order twice, as two events.",
            when: replayed(), in: "order",
            .deadline { deadline, real, transaction in
                let savepoint = transaction.savepoint
                try real.handle(deadline, in: &transaction)
                for message in Array(transaction.outcome.messages[savepoint.messages...]).map(\.message) {
                    guard var event = try? real.codec.decode(message.record), event.isReplay else { continue }
                    event.id = transaction.newID()
                    try transaction.publish(real.codec.record(event), to: message.topic, inOrderOf: event.order)
                }
            }),
        RunDefect(
            "fraud-decisions-explained", "The fraud desk counts all orders of a customer, however old they are.",
            when: guarded, in: "fraud",
            .event([.orderCreated]) { event, record, real, transaction in
                var (event, record) = (event, record)
                event.at = .zero
                record.record = real.codec.record(event)
                try real.handle(record, in: &transaction)
            }),
        RunDefect(
            "fraud-decisions-explained", "The fraud desk finds everything in order.",
            when: guarded, in: "fraud",
            .event([.orderCreated]) { _, record, real, transaction in
                let savepoint = transaction.savepoint
                try real.handle(record, in: &transaction)
                try transaction.changeMessages(since: savepoint) { record in
                    guard var event = try? real.codec.decode(record),
                        case .fraudCheckFailed(var decision) = event.payload
                    else { return }
                    decision.rule = nil
                    event.payload = .fraudCheckPassed(decision)
                    record = real.codec.record(event)
                }
            }),
        RunDefect(
            "fraud-decisions-explained", "The fraud desk passes over every third order.",
            when: guarded, in: "fraud",
            .event([.orderCreated]) { event, record, real, transaction in
                if event.order.stableHash % 3 == 0 { return try transaction.pass(over: event) }
                try real.handle(record, in: &transaction)
            }),
        RunDefect(
            "fraud-decisions-explained", "The packing table does not wait for the fraud check.",
            when: guarded, in: "shipping",
            .event([.paymentAuthorized]) { event, record, real, transaction in
                var arrivals = try transaction.get(Arrivals.self, event.order) ?? Arrivals(key: event.order)
                arrivals.seen.insert(.fraudCheckPassed)
                try transaction.put(arrivals)
                try real.handle(record, in: &transaction)
            }),
    ]

    /// Customers who order a lot, in a system that looks for fraud.
    private static func guarded(_ scenario: inout Scenario, _ system: inout OrderSystemUnderTest) {
        system.use(.guarded)
        system.guardsAgainstFraud()
    }

    /// The same, and its orders are replayed while they are under way.
    private static func replayed(
        to topic: String = ""
    ) -> @Sendable (inout Scenario, inout OrderSystemUnderTest) -> Void {
        { scenario, system in
            guarded(&scenario, &system)
            system.workload.replays.count = 1
            system.workload.replays.topic = topic
            system.workload.replays.delay = .milliseconds(800)...(.seconds(2))
            system.replayPortion = 5
        }
    }
}
