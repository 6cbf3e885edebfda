import Defects
import Harness
import Kafka

@testable import OrderTestbed
@testable import Orders
@testable import Services

/// Services that do not keep to what was agreed upon.
extension RunDefect {
    static let contracts: [RunDefect] = [
        RunDefect(
            "events-match-contract", "The warehouse publishes events without the headers of the story.",
            in: "inventory",
            .record { record, real, transaction in
                let savepoint = transaction.savepoint
                try real.handle(record, in: &transaction)
                try transaction.changeMessages(since: savepoint) { message in
                    message.headers.removeAll { $0.name == EventHeader.correlation }
                }
            }),
        RunDefect(
            "events-match-contract", "The packing table writes down more than was agreed upon.",
            in: "shipping",
            .deadline { deadline, real, transaction in
                let savepoint = transaction.savepoint
                try real.handle(deadline, in: &transaction)
                try transaction.changeMessages(since: savepoint) { message in
                    let (before, after) = ("\"trackingNumber\"", "\"weight\":2,\"trackingNumber\"")
                    message.value = message.value?.replacing(Array(before.utf8), with: Array(after.utf8))
                }
            }),
        RunDefect(
            "events-match-contract", "The order service calls the sum by another name, and nobody can read it.",
            in: "order",
            .request { request, real, transaction in
                let savepoint = transaction.savepoint
                let response = try real.handle(request, in: &transaction)
                try transaction.changeMessages(since: savepoint) { message in
                    message.value = message.value?.replacing(Array("totalAmount".utf8), with: Array("total".utf8))
                }
                return response
            }),
    ]
}
