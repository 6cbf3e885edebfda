import Harness
import Simulation
import Testing

@testable import OrderTestbed

/// Histories of services that do what they should: of every stage of an order, and of everything that clients do.
enum CorrectHistories {
    /// A little of everything.
    static let mixed: OrderSystemUnderTest = {
        var system = OrderSystemUnderTest()
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
}

@Suite struct CorrectHistoryTests {
    @Test func `every checker has something to look at, and nothing to say`() {
        for result in CorrectHistories.mixed.judge(CorrectHistories.mixedHistory) {
            #expect(result.samples > 0, "\(result.name)")
            for violation in result.violations { Issue.record("\(violation)") }
        }
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
        let history = QuietWorld.history(of: CorrectHistories.mixed, seed: seed)
        for violation in CorrectHistories.mixed.judge(history).flatMap(\.violations) { Issue.record("\(violation)") }
    }

    @Test func `a history of nothing holds nothing and breaks nothing`() {
        for result in OrderSystemUnderTest().judge(History()) { #expect(result.verdict != .violated, "\(result)") }
    }

    @Test func `checkers have names, sentences, and are all different`() {
        let names = Checker.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Checker.all.allSatisfy { $0.sentence.hasSuffix(".") })
    }
}
