import Harness
import OrderTestbed
import OrreryTesting
import Testing

/// The scenarios of this package, as a user would test them.
@Suite(.system(OrderSystemUnderTest.self), .setting("workload.orders", to: "4"), .seeds(1...2))
struct ScenarioTraitTests {
    @Test(.scenario("duplicates"))
    func `runs come before the body`() throws {
        let runs = try #require(ScenarioRuns.current)
        #expect(runs.scenario.name == "duplicates")
        #expect(runs.summaries.map(\.seed) == [1, 2])
        #expect(runs.verdict == .held)
        #expect(runs.summaries.allSatisfy { $0.orders == 4 })
    }

    @Test(.scenario("scenarios/calm.yaml"), .seeds(3, 8))
    func `what stands at the test wins`() {
        #expect(ScenarioRuns.current?.summaries.map(\.seed) == [3, 8])
    }

    @Test(
        .scenario("regressions/order-delivered-twice"), .setting("policies.deduplication", to: "none"),
        .breaks("charged-at-most-once"), .seeds(4...9))
    func `a planted defect is found`() {
        #expect(ScenarioRuns.current?.verdict == .violated)
        #expect(ScenarioRuns.current?.count == 1, "no further seed is run once it is broken")
    }

    @Test(arguments: ["calm", "duplicates"])
    func `a scenario by an argument`(_ name: String) async throws {
        var seen = 0
        let runs = try await check(name, seeds: 5...5) { run in
            seen += 1
            #expect(!run.history.entries.isEmpty)
        }
        #expect(seen == 1 && runs.count == 1)
    }

    @Test func `names are those of files`() throws {
        let names = try scenarioNames(in: "scenarios")
        #expect(names.contains("broker-loss") && names == names.sorted())
        #expect(throws: (any Error).self) { try scenarioNames(in: "nowhere") }
    }

    @Test func `outside of such a test there are no runs`() { #expect(ScenarioRuns.current == nil) }
}
