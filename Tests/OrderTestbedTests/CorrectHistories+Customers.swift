import Orders
import Simulation

@testable import OrderTestbed

/// Systems in which customers can do everything there is to do.
extension CorrectHistories {
    /// Customers who cancel lines, send orders back, click twice and keep looking, while goods are not kept for long.
    static let restless: OrderSystemUnderTest = {
        var system = OrderSystemUnderTest.inventoryFirst
        system.use(.withEverything)
        system.reservationTime = .milliseconds(650)
        system.provider.latency = .milliseconds(20)...(.milliseconds(300))
        system.workload.orders = 60
        system.workload.rate = 40
        system.workload.cancellations = 0.2
        system.workload.cancellationDelay = .milliseconds(20)...(.milliseconds(600))
        system.workload.doubleCancels = 0.8
        system.workload.lineCancellations = 0.6
        system.workload.looks = 0.8
        system.workload.returns = 0.5
        return system
    }()

    static let restlessHistory = QuietWorld.history(of: restless)

    /// Statuses that are set by hand.
    static let cart: OrderSystemUnderTest = {
        var system = OrderSystemUnderTest.inventoryFirst
        system.use(.cartAlone)
        system.workload.orders = 30
        system.workload.statusUpdates = 0.8
        system.workload.looks = 0.5
        system.workload.nonsenseRequests = 0.3
        return system
    }()

    static let cartHistory = QuietWorld.history(of: cart)
}

extension Blueprint {
    /// Document 001 with everything that customers can ask for beside.
    static let withEverything: Blueprint = {
        var blueprint = Blueprint.inventoryFirst
        blueprint.name = "with-everything"
        blueprint.publications += [
            Publication(.lineCancellationRequested, to: "orders"),
            Publication(.returnRequested, to: "orders"),
            Publication(.reservationExpired, to: "inventory"),
            Publication(.inventoryRestocked, to: "inventory"),
            Publication(.paymentPartlyRefunded, to: "payments"),
            Publication(.shipmentDelivered, to: "shipping"),
            Publication(.shipmentReturned, to: "shipping"),
            Publication(.lineCancelled, to: "shipping"),
            Publication(.lineCancellationRefused, to: "shipping"),
        ]
        // Money also goes back for what has come back, so that a refund is no reason to release anything.
        blueprint.steps[0].undo = [.paymentFailed, .shippingCancelled]
        return blueprint
    }()

    /// Document 004: a cart, and a service that keeps its orders.
    static let cartAlone = Blueprint(
        name: "cart-alone", topics: [Topic("orders", partitions: 3)],
        participants: [Participant(.cart), Participant(.order)],
        publications: [Publication(.orderCreated, to: "orders"), Publication(.orderStatusUpdated, to: "orders")],
        steps: [Step(.accept, when: [.orderCreated, .orderStatusUpdated])])
}
