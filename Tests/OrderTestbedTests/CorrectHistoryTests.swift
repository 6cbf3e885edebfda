import Harness
import Orders
import Simulation
import Testing

@testable import OrderTestbed

/// Histories of services that do what they should: of every stage of an order, and of everything that clients do.
enum CorrectHistories {
    /// A little of everything.
    static let mixed: OrderSystemUnderTest = {
        var system = OrderSystemUnderTest.inventoryFirst
        system.blueprint = BlueprintFile(blueprint: .watched())
        // Some of it on the first day, and some on the day before.
        system.dayStart = .milliseconds(1_500)
        system.provider.unreachableCustomers = 0.1
        system.workload.orders = 60
        system.workload.rate = 40
        system.workload.scarceProducts = 0.3
        system.workload.declinedCards = 0.2
        system.workload.cancellations = 0.4
        system.workload.cancellationDelay = .milliseconds(1)...(.seconds(2))
        system.workload.repeatedRequests = 0.3
        system.workload.nonsenseRequests = 0.3
        system.stock.factor = 0.4
        return system
    }()

    static let mixedHistory = QuietWorld.history(of: mixed)

    /// The systems, and what they leave when nothing goes wrong.
    enum World: CaseIterable {
        case mixed, guarded, restless, cart, watched

        var system: OrderSystemUnderTest {
            switch self {
            case .mixed: CorrectHistories.mixed
            case .guarded: CorrectHistories.guarded
            case .restless: CorrectHistories.restless
            case .cart: CorrectHistories.cart
            case .watched: CorrectHistories.watched
            }
        }

        var history: History {
            switch self {
            case .mixed: CorrectHistories.mixedHistory
            case .guarded: CorrectHistories.guardedHistory
            case .restless: CorrectHistories.restlessHistory
            case .cart: CorrectHistories.cartHistory
            case .watched: CorrectHistories.watchedHistory
            }
        }
    }
}

@Suite struct CorrectHistoryTests {
    @Test func `every checker has something to look at, and nothing to say`() {
        var samples: [String: Int] = [:]
        for world in CorrectHistories.World.allCases {
            for result in world.system.judge(world.history) {
                samples[result.name, default: 0] += result.samples
                for violation in result.violations { Issue.record("\(world): \(violation)") }
            }
        }
        for checker in Checker.all { #expect(samples[checker.name, default: 0] > 0, "\(checker.name)") }
    }

    @Test func `orders end in every way there is`() {
        let history = OrderHistory(CorrectHistories.mixedHistory, of: CorrectHistories.mixed)
        #expect(history.orders.count { $0.row != nil } == 60)
        #expect(history.orders.contains { $0.has(.shipmentDispatched) })
        #expect(history.orders.contains { $0.has(.inventoryFailed) })
        #expect(history.orders.contains { $0.has(.paymentFailed) })
        #expect(history.orders.contains { $0.has(.paymentRefunded) })
        #expect(history.orders.contains { $0.has(.paymentVoided) })
    }

    @Test(arguments: 2...6 as ClosedRange<UInt64>) func `silence on other seeds`(seed: UInt64) {
        for world in CorrectHistories.World.allCases {
            let history = QuietWorld.history(of: world.system, seed: seed)
            for violation in world.system.judge(history).flatMap(\.violations) {
                Issue.record("\(world): \(violation)")
            }
        }
    }

    @Test func `customers get all that they can ask for`() {
        let history = OrderHistory(CorrectHistories.restlessHistory, of: CorrectHistories.restless)
        let wanted: [EventType] = [
            .lineCancelled, .lineCancellationRefused, .paymentPartlyRefunded, .returnRequested, .inventoryRestocked,
            .reservationExpired, .orderCancelled,
        ]
        for type in wanted { #expect(history.orders.contains { $0.has(type) }, "\(type)") }
        #expect(history.orders.contains { $0.row?.status == .returned })
        let cart = OrderHistory(CorrectHistories.cartHistory, of: CorrectHistories.cart)
        #expect(cart.orders.count { $0.row?.status == .delivered } > 10)
    }

    @Test func `a history of nothing holds nothing and breaks nothing`() {
        for result in OrderSystemUnderTest.inventoryFirst.judge(History()) {
            #expect(result.verdict != .violated, "\(result)")
        }
    }

    @Test func `checkers have names, sentences, and are all different`() {
        let names = Checker.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Checker.all.allSatisfy { $0.sentence.hasSuffix(".") })
    }
}
