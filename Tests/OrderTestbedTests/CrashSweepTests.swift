import Harness
import Services
import Testing

@testable import OrderTestbed

/// The crash points of one order through `standard`. `orrery explore scenarios/calm.yaml --strategy crash-points` tries all
/// of them; here a share of them has to do.
@Suite struct CrashSweepTests {
    private static func sweep(_ publishing: Publishing, share: (index: Int, count: Int)) throws -> SweepResult {
        var system = OrderSystemUnderTest()
        system.policies.publishing = publishing
        var options = CrashPointSweep.Options()
        options.seeds = 1
        var sweep = try CrashPointSweep(SearchSpace(Scenario(system: system), units: 1, share: share), options)
        while try sweep.next() != nil {}
        return sweep.result
    }

    @Test func `one order survives a crash at any moment`() throws {
        let result = try Self.sweep(.outbox, share: (0, 8))
        #expect(result.points > 300)
        #expect(result.tried > 35)
        #expect(result.failing.isEmpty, "\(result.failing.map { "\($0.point): \($0.violation.message)" })")
    }

    @Test func `with dual writes it does not survive one between store and broker`() throws {
        let result = try Self.sweep(.dualWrite, share: (1, 4))
        #expect(!result.failing.isEmpty)
        #expect(result.failing.allSatisfy { $0.point.unacknowledged > 0 }, "\(result.failing.map(\.point))")
        #expect(Set(result.failing.map(\.point.instance)).count > 1)
    }

    @Test func `the canary is the system that does not recognise what comes twice`() {
        #expect(OrderSystemUnderTest().canary?.policies.deduplication == Deduplication.none)
    }
}
