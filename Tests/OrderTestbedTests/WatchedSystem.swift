import Orders

@testable import OrderTestbed

extension Blueprint {
    /// Document 001's system, with somebody who tells customers, and somebody who counts.
    static func watched(partitions: Int32 = 6) -> Blueprint {
        var blueprint = Blueprint.inventoryFirst(partitions: partitions)
        blueprint.name = "watched"
        blueprint.topics.append(Topic("notifications", partitions: partitions))
        blueprint.participants += [Participant(.notification), Participant(.analytics)]
        blueprint.publications.append(Publication(.notificationSent, to: "notifications"))
        blueprint.watch(
            telling: [
                .orderCreated, .shipmentDispatched, .paymentFailed, .paymentRefunded, .orderCancelled,
                .cancellationRefused,
            ])
        return blueprint
    }

    /// The same with parcels that are planned, and parcels that arrive.
    static func watchedToTheEnd(partitions: Int32 = 6) -> Blueprint {
        var blueprint = watched(partitions: partitions)
        blueprint.publications += [
            Publication(.shipmentCreated, to: "shipping"), Publication(.shipmentDelivered, to: "shipping"),
        ]
        blueprint.steps.removeAll { $0.kind == .notify || $0.kind == .count }
        blueprint.watch(telling: [.orderCreated, .shipmentDispatched, .shipmentDelivered, .orderCancelled])
        return blueprint
    }

    /// Tells customers of some events, and counts all but that they were told.
    private mutating func watch(telling events: [EventType]) {
        steps.append(Step(.notify, when: events))
        steps.append(Step(.count, when: published.subtracting([.notificationSent]).types))
    }
}

extension CorrectHistories {
    /// Customers who are told, some of whom have no address, and orders that are counted.
    static let watched: OrderSystemUnderTest = {
        var system = mixed
        system.blueprint = BlueprintFile(blueprint: .watched())
        system.provider.unreachableCustomers = 0.1
        // Some of it on the first day, and some on the day before.
        system.dayStart = .milliseconds(1_500)
        return system
    }()

    static let watchedHistory = QuietWorld.history(of: watched)
}
