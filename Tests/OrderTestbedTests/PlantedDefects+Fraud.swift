import Kafka
import Orders
import Services
import Simulation

@testable import Harness
@testable import OrderTestbed

/// What can be wrong with replays and with the fraud check.
extension PlantedDefect {
    static let replaysAndFraud = replays + fraud

    private static let replays: [PlantedDefect] = [
        PlantedDefect("replay-without-side-effects", "an order is left out", of: .guarded) { history in
            history.entries.remove(at: history.replays[0].index)
        },
        PlantedDefect("replay-without-side-effects", "an order is replayed twice in one replay", of: .guarded) {
            history in history.repeatEvent(at: history.replays[0].index)
        },
        PlantedDefect("replay-without-side-effects", "a replay does not say that it is one", of: .guarded) { history in
            var (index, event) = history.replays[0]
            event.isReplay = false
            history.replaceEvent(at: index, with: event)
        },
        PlantedDefect("replay-without-side-effects", "another total than the order had", of: .guarded) { history in
            var (index, event) = history.replays[0]
            guard case .orderCreated(var created) = event.payload else { return }
            created.total = Money(minorUnits: 1)
            event.payload = .orderCreated(created)
            history.replaceEvent(at: index, with: event)
        },
        PlantedDefect("replay-without-side-effects", "goods are reserved because of a replay", of: .guarded) {
            history in
            var (index, event) = history.first(.inventoryReserved)
            event.causation = history.replays.first { $0.event.order == event.order }!.event.id
            history.replaceEvent(at: index, with: event)
        },
        PlantedDefect("replay-without-side-effects", "a charge because of a replay", of: .guarded) { history in
            let replay = history.replays.first { replay in
                history.store(of: "payment")!.row(PaymentRow.self, replay.event.order) != nil
            }!
            history.change(PaymentRow.self, of: "payment", replay.event.order) { $0.cause = replay.event.id }
        },
    ]

    private static let fraud: [PlantedDefect] = [
        PlantedDefect("fraud-decisions-explained", "an order is never checked", of: .guarded) { history in
            history.entries.remove(at: history.first(.fraudCheckPassed).index)
        },
        PlantedDefect("fraud-decisions-explained", "an order is checked twice", of: .guarded) { history in
            history.repeatEvent(at: history.first(.fraudCheckPassed).index)
        },
        PlantedDefect("fraud-decisions-explained", "orders are counted that are not there", of: .guarded) { history in
            history.changeDecision(.fraudCheckFailed) { $0.orders += 20 }
        },
        PlantedDefect("fraud-decisions-explained", "refused, and no limit is passed", of: .guarded) { history in
            history.changeDecision(.fraudCheckFailed) { decision in
                decision.orders = 1
                decision.amount = Money(minorUnits: 1)
            }
        },
        PlantedDefect("fraud-decisions-explained", "no rule is given", of: .guarded) { history in
            history.changeDecision(.fraudCheckFailed) { $0.rule = nil }
        },
        PlantedDefect("fraud-decisions-explained", "a suspicious order is shipped", of: .guarded) { history in
            var (index, event) = history.first(.shipmentDispatched)
            let order = history.first(.fraudCheckFailed).event.order
            event.payload = .shipmentDispatched(Shipment(order: order, trackingNumber: Identifier(literal: "TRK-1")))
            history.replaceEvent(at: index, with: event)
        },
        PlantedDefect("fraud-decisions-explained", "a replayed order is not judged again", of: .guarded) { history in
            let order = history.replays[0].event.order
            history.remove(FraudReplayRow.self, of: "fraud", .init(order: order, number: 2))
        },
    ]
}

extension History {
    /// The replayed orders in the log, with the position of their entries.
    fileprivate var replays: [(index: Int, event: Orders.Event)] { committedEvents.filter(\.event.isReplay) }

    fileprivate mutating func changeDecision(_ type: EventType, _ change: (inout FraudDecision) -> Void) {
        var (index, event) = first(type)
        guard case .fraudCheckFailed(var decision) = event.payload else { return }
        change(&decision)
        event.payload = .fraudCheckFailed(decision)
        replaceEvent(at: index, with: event)
    }
}
