import Harness
import Simulation
import Testing

@testable import LiveHarness

@Suite("What a live run comes to")
struct VerdictTests {
    private static let held = CheckResult(name: "a", sentence: "A.", samples: 1, violations: [])
    private static let violated = CheckResult(
        name: "b", sentence: "B.", samples: 1,
        violations: [Violation(checker: "b", at: .zero, subject: "ORD-1", message: "It was charged twice.")])

    private func verdict(_ checks: [CheckResult], needs: [String]) -> Verdict {
        RunResult(
            live: .embedded, scenario: Scenario(system: Idle()), seed: 1, checks: checks, unmade: [],
            unmetNeeds: needs, history: History()
        ).verdict
    }

    @Test("needs that are not met keep a run from holding, and hide no violation")
    func needs() {
        #expect(verdict([Self.held], needs: []) == .held)
        #expect(verdict([Self.held], needs: ["The history is not complete."]) == .inconclusive)
        #expect(verdict([Self.held, Self.violated], needs: ["The history is not complete."]) == .violated)
        #expect(verdict([], needs: []) == .inconclusive)
    }
}
