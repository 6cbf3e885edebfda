import Harness
import Testing

/// Runs a scenario with many seeds before the test that has it, and records an issue for every invariant that a run breaks.
///
/// A test of a service of one's own, in whole:
///
///     @Suite(.system(WalletSystem.self), .seeds(1...50))
///     struct WalletTests {
///         @Test(.scenario("broker-loss"), .seeds(1...200)) func brokerLoss() {}
///         @Test(.scenario("duplicates")) func duplicates() {}
///     }
///
/// Names are those of files: `scenarios/broker-loss.yaml` in the package that the test belongs to. What the runs came to
/// is `ScenarioRuns.current` in the test's body, which comes afterwards.
///
/// Each issue holds what broke, the story of one run, and the line that makes it again:
///
///     ORRERY_SEED=17 swift test --filter WalletTests/brokerLoss
///
/// `ORRERY_SEED` (`17`, `1..50`, `3,8`) takes the place of every test's seeds, `ORRERY_SCENARIO` (a file) that of every
/// test's scenario. The reports on broken runs are attachments: `swift test --attachments-path DIR` keeps them.
public struct ScenarioTrait: TestTrait, TestScoping {
    let source: ScenarioSource

    /// Runs the scenario, then the test.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let runs = try await ScenarioTest(source, of: test).run()
        try await ScenarioRuns.$current.withValue(runs) { try await function() }
    }
}

extension Trait where Self == ScenarioTrait {
    /// Runs a scenario file: by its name in the suite's directory of scenarios, or by its path from the root of the package.
    ///
    /// - Parameter system: whose scenario it is; that of `.system(_:)` unless given.
    public static func scenario(_ name: String, of system: (any SystemUnderTest.Type)? = nil) -> Self {
        ScenarioTrait(source: .file(name, system))
    }

    /// Runs a scenario that was made in code.
    ///
    ///     static var rough: Scenario {
    ///         var scenario = Scenario(system: WalletSystem())
    ///         scenario.name = "rough"
    ///         scenario.rates.duplicateRecords = 0.2
    ///         return scenario
    ///     }
    ///
    ///     @Test(.scenario(rough), .seeds(1...100)) func rough() {}
    public static func scenario(_ scenario: Scenario) -> Self { ScenarioTrait(source: .value(scenario)) }
}
