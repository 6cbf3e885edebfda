import Services
import Simulation
import Testing

@testable import Harness
@testable import OrderTestbed

/// The search for the shortest run, with a system of which everything is known: it breaks when two of its faults strike
/// together while there are enough orders.
@Suite("The search for the shortest counterexample")
struct CounterexampleTests {
    private static func fault(_ number: Int) -> FaultAction {
        .duplicateRecord(RecordPlace(topic: "orders", key: "ORD-\(number)", number: 1), after: .seconds(1))
    }

    /// `orders` orders, struck by `count` faults.
    private func scenario(orders: Int, faults count: Int) -> Scenario {
        var system = OrderSystemUnderTest.inventoryFirst
        system.workload.orders = orders
        var scenario = Scenario(system: system)
        scenario.plan = (0..<count).map(Self.fault)
        return scenario
    }

    /// What a run comes to in which `checker` is violated, and nothing else.
    private static func result(_ scenario: Scenario, _ seed: UInt64, violated checker: String?) -> RunResult {
        let orders = (scenario.system as? OrderSystemUnderTest)?.workload.orders ?? 0
        let checks = ["charged-at-most-once", "no-lost-order"].map { name in
            CheckResult(
                name: name, sentence: "It holds.", samples: 1,
                violations: name == checker
                    ? [Violation(checker: name, at: .zero, subject: "ORD-1", message: "It broke.")] : [])
        }
        return RunResult(
            scenario: scenario, seed: seed, checks: checks, traceHash: TraceHash(), unitsOfWork: orders,
            events: 100 * orders, virtualTime: .seconds(1), faults: scenario.plan, history: History())
    }

    private func search(
        _ scenario: Scenario, budget: ShrinkBudget = .init(),
        simulate: (Scenario, UInt64) throws -> RunResult
    ) throws -> Counterexample {
        try Counterexample(
            from: simulate(scenario, 1), showing: .chargedTwice, budget: budget, simulate: simulate)
    }

    /// Breaks the invariant that is looked for when faults 3 and 17 strike four orders; with fewer, another one.
    private static func picky(_ scenario: Scenario, _ seed: UInt64) -> RunResult {
        let orders = (scenario.system as? OrderSystemUnderTest)?.workload.orders ?? 0
        let isWhole = orders >= 4 && scenario.plan.contains(fault(3)) && scenario.plan.contains(fault(17))
        return result(scenario, seed, violated: isWhole ? "charged-at-most-once" : "no-lost-order")
    }

    @Test func `nothing is left that can be taken away, and the same invariant breaks`() throws {
        let found = try search(scenario(orders: 50, faults: 30), simulate: Self.picky)
        #expect(found.checker == "charged-at-most-once")
        #expect(found.result.unitsOfWork == 4)
        #expect(found.result.faults == [Self.fault(3), Self.fault(17)])
        #expect(found.result.violations.map(\.checker) == ["charged-at-most-once"])
    }

    @Test(arguments: [0, 1, 5, 20, 60]) func `the budget is kept, and what is found breaks the invariant`(
        runs: Int
    ) throws {
        var count = 0
        let found = try search(scenario(orders: 50, faults: 30), budget: .init(runs: runs, events: .max)) {
            count += 1
            return Self.picky($0, $1)
        }
        #expect(count <= runs + 1)
        #expect(found.result.violations.map(\.checker) == ["charged-at-most-once"])
        #expect(runs > 0 || found.result.unitsOfWork == 50)
    }

    @Test func `simulated events are a budget, too`() throws {
        var events = 0
        _ = try search(scenario(orders: 50, faults: 30), budget: .init(runs: .max, events: 9_000)) {
            let result = Self.picky($0, $1)
            events += result.events
            return result
        }
        // The first run is given, and the last one may go over.
        #expect(events <= 9_000 + 5_000 + 5_000)
    }

    @Test func `what cannot be made smaller stays as it is`() throws {
        let found = try search(scenario(orders: 7, faults: 2)) { scenario, seed in
            let isWhole = (scenario.system as? OrderSystemUnderTest)?.workload.orders == 7 && scenario.plan.count == 2
            return Self.result(scenario, seed, violated: isWhole ? "charged-at-most-once" : nil)
        }
        #expect(found.result.unitsOfWork == 7 && found.result.faults.count == 2 && found.result.seed == 1)
    }

    @Test func `another seed may show it with one order`() throws {
        let found = try search(scenario(orders: 7, faults: 0)) { scenario, seed in
            let orders = (scenario.system as? OrderSystemUnderTest)?.workload.orders
            return Self.result(scenario, seed, violated: orders == 7 || seed == 5 ? "charged-at-most-once" : nil)
        }
        #expect(found.result.unitsOfWork == 1 && found.result.seed == 5)
    }
}
