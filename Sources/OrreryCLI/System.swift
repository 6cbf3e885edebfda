import Harness

/// What this command line runs: the one place that names a system.
enum Testbed {
    static let system: any SystemUnderTest.Type = UnwiredSystem.self

    static func run(_ scenario: Scenario, seed: UInt64) -> RunResult { UnwiredSystem.run(scenario, seed: seed) }
}
