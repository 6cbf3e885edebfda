import Orders
import Simulation

@testable import OrderTestbed

/// A system that looks for fraud, and replays of its orders.
extension CorrectHistories {
    static let guarded: OrderSystemUnderTest = {
        var system = OrderSystemUnderTest.inventoryFirst
        system.use(.guarded)
        system.guardsAgainstFraud()
        system.workload.orders = 60
        system.workload.rate = 40
        system.workload.replays.count = 2
        system.workload.replays.delay = .milliseconds(500)...(.seconds(3))
        system.replayPortion = 10
        return system
    }()

    static let guardedHistory = QuietWorld.history(of: guarded)
}

extension OrderSystemUnderTest {
    /// Customers who order a lot, and limits that they pass.
    mutating func guardsAgainstFraud() {
        workload.suspiciousCustomers = 0.5
        fraudLimits.window = .milliseconds(600)
        fraudLimits.orders = 3
        fraudLimits.amount = 100_000
        fraudLimits.singleAmount = 60_000
    }
}

extension Blueprint {
    /// Document 001 with a fraud check beside its steps, and a topic for replays.
    static let guarded: Blueprint = {
        var blueprint = Blueprint.inventoryFirst
        blueprint.name = "guarded"
        blueprint.topics += [Topic("fraud", partitions: 3), Topic("orders-replay", partitions: 3)]
        blueprint.participants.append(Participant(.fraud))
        blueprint.publications += [
            Publication(.fraudCheckPassed, to: "fraud"), Publication(.fraudCheckFailed, to: "fraud"),
        ]
        blueprint.steps = [
            Step(.reserve, when: [.orderCreated], undo: [.paymentFailed, .paymentRefunded, .paymentVoided]),
            Step(.charge, when: [.inventoryReserved], undo: [.shippingCancelled, .fraudCheckFailed]),
            Step(.validate, when: [.orderCreated]),
            Step(.ship, when: [.paymentAuthorized, .fraudCheckPassed], undo: [.orderCancellationRequested]),
        ]
        blueprint.replayTopics = ["orders-replay"]
        return blueprint
    }()
}
