import Foundation
import Harness
import OrderTestbed
import Testing

@Suite("An unsafe choice of design")
struct UnsafePolicyTests {
    static let choices = [
        "policies.deduplication=none", "policies.deduplication=memory", "policies.publishing=dual-write",
        "policies.offset-commit=before-processing", "policies.provider-timeout=assume-declined",
        "policies.provider-timeout=retry", "policies.out-of-order=ignore", "policies.retry=none",
        "policies.state=memory",
    ]

    private func scenario(_ choice: String) throws -> Scenario {
        let file = "scenarios/everything.yaml"
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let parts = choice.split(separator: "=").map(String.init)
        return try ScenarioFile.parse(
            text: String(contentsOf: root.appending(path: file), encoding: .utf8), file: file,
            system: OrderSystemUnderTest.self, overrides: [(parts[0], parts[1])])
    }

    @Test("breaks something within 200 seeds, and its list of faults breaks the same again", arguments: choices)
    func violates(choice: String) throws {
        let scenario = try scenario(choice)
        for seed in UInt64(1)...200 {
            let result = try Runner.run(scenario, seed: seed)
            guard result.verdict == .violated else { continue }
            let text = ScenarioFile.write(result.replayScenario, seed: seed)
            let plan = try ScenarioFile.parse(text: text, file: "scenario.yaml", system: OrderSystemUnderTest.self)
            let replay = try Runner.run(plan, seed: seed)
            #expect(replay.traceHash == result.traceHash)
            #expect(replay.violations == result.violations)
            return
        }
        Issue.record("nothing was violated in 200 seeds")
    }
}
