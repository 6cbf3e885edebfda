import Harness
import OrderTestbed
import Testing

@Suite("Shrinking")
struct ShrinkerTests {
    /// A short run under many faults, with one choice of design made badly.
    private func scenario(_ choice: String) throws -> Scenario {
        let text = """
            blueprint: inventory-first
            workload: {orders: 8, rate: 10, cancellations: 0.3, cancellation-delay: 1ms..500ms}
            faults:
              until: 3s
              duplicate-records: 0.1
              delayed-records: 0.1
              service-crashes: 0.01
              service-downtime: 100ms..1s
            policies: {\(choice)}
            """
        return try ScenarioFile.parse(text: text, file: "shrinking.yaml", system: OrderSystemUnderTest.self)
    }

    private func failure(_ choice: String) throws -> RunResult {
        let scenario = try scenario(choice)
        return try #require(
            try (UInt64(1)...60).lazy.map { try Runner.run(scenario, seed: $0) }.first { $0.verdict == .violated })
    }

    @Test(
        "leaves a plan from which nothing can be taken, and which breaks the same from its file",
        arguments: ["deduplication: none", "publishing: dual-write", "out-of-order: ignore"])
    func minimal(choice: String) throws {
        let failing = try failure(choice)
        let violation = try #require(failing.firstViolation)
        var shrinker = Shrinker(failing, breaking: violation.checker)
        try shrinker.run()
        let best = shrinker.best
        #expect(shrinker.record.isMinimal)
        #expect(best.unitsOfWork <= 3 && best.faults.count <= 5, "\(best.length)")
        #expect(best.violation(of: violation.checker) != nil)

        // From the file that a report holds.
        let text = ScenarioFile.write(best.replayScenario, seed: best.seed)
        let file = try ScenarioFile.parse(text: text, file: "minimal.yaml", system: OrderSystemUnderTest.self)
        let replay = try Runner.run(file, seed: best.seed)
        #expect(replay.traceHash == best.traceHash)
        #expect(replay.violations == best.violations)

        // 1-minimal, tried from the start and not from a checkpoint.
        for index in best.faults.indices {
            var without = best.replayScenario
            without.plan.remove(at: index)
            let shape = try Runner.run(without, seed: best.seed)
            #expect(shape.violation(of: violation.checker)?.message != best.violation(of: violation.checker)?.message)
        }
    }

    @Test("is explained by a moment before which the order can be saved, and after which not")
    func explained() throws {
        let failing = try failure("publishing: dual-write")
        let finding = try #require(try Investigator().investigate(failing, discovery: Discovery(strategy: "seeds")))
        let explanation = try #require(finding.explanation)
        let good = try #require(explanation.good)
        #expect(good.violation(of: finding.violation.checker) == nil)
        let decided = try #require(explanation.decided)
        // Mended a moment later, it is lost.
        var late = try World(finding.minimal.replayScenario, seed: finding.minimal.seed)
        late.run(until: decided)
        late.spareFaults()
        late.run()
        #expect(Runner.judge(late, seed: finding.minimal.seed).violation(of: finding.violation.checker) != nil)
    }
}
