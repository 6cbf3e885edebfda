import Harness
import OrderTestbed
import Services
import Simulation
import Testing

@Suite("Orders whose events became dead letters")
struct RedriveTests {
    private func scenario() -> Scenario {
        var system = OrderSystemUnderTest.inventoryFirst
        system.policies.retry = .none
        system.workload.orders = 40
        system.workload.rate = 20
        var scenario = Scenario(system: system)
        scenario.rates.until = .seconds(5)
        scenario.rates.handlerFailures = 0.05
        return scenario
    }

    private func violated(_ result: RunResult) -> [String] {
        var names: [String] = []
        for violation in result.violations where !names.contains(violation.checker) { names.append(violation.checker) }
        return names.sorted()
    }

    @Test("are left undone, and come to their end, once, when the letters are redriven", arguments: UInt64(1)...3)
    func redrive(seed: UInt64) throws {
        let stuck = try Runner.run(scenario(), seed: seed)
        #expect(violated(stuck).contains("offsets-never-pass-unprocessed"))

        var redriven = scenario()
        redriven.rates = FaultRates()
        redriven.rates.until = .seconds(30)
        redriven.plan = stuck.faults
        // The letters of a story's next step can only be there after the step before it was redriven.
        for second in [Int64(8), 12, 16, 20] {
            for topic in redriven.system.topics.map(\.name) where topic.hasSuffix(".dlq") {
                redriven.plan.append(.redriveDeadLetters(topic: topic, at: .zero + .seconds(second)))
            }
        }
        let result = try Runner.run(redriven, seed: seed)
        #expect(violated(result) == ["nothing-valid-dead-lettered"])
    }
}
