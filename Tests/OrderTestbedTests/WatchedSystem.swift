import Orders

@testable import OrderTestbed

extension Blueprint {
    /// Document 001's system with parcels that arrive, with somebody who tells customers, and with somebody who counts.
    static let watched: Blueprint = {
        var blueprint = Blueprint.inventoryFirst(partitions: 3)
        blueprint.name = "watched"
        blueprint.topics.append(Topic("notifications", partitions: 3))
        blueprint.participants += [Participant(.notification), Participant(.analytics)]
        blueprint.publications += [
            Publication(.shipmentCreated, to: "shipping"), Publication(.shipmentDelivered, to: "shipping"),
            Publication(.notificationSent, to: "notifications"),
        ]
        blueprint.steps.append(
            Step(
                .notify,
                when: [
                    .orderCreated, .shipmentDispatched, .shipmentDelivered, .paymentFailed, .paymentRefunded,
                    .orderCancelled, .cancellationRefused,
                ]))
        let counted = blueprint.published.subtracting([.notificationSent])
        blueprint.steps.append(Step(.count, when: counted.types))
        return blueprint
    }()
}

extension OrderSystemUnderTest {
    /// The defaults, with customers who are told and orders that are counted.
    static var watched: OrderSystemUnderTest {
        var system = OrderSystemUnderTest()
        system.ownBlueprint = .watched
        return system
    }
}
