import Harness
import OrderTestbed

/// What this command line runs: the one place that names a system.
enum Testbed {
    static let system: any SystemUnderTest.Type = OrderSystemUnderTest.self

    static func run(_ scenario: Scenario, seed: UInt64) throws -> RunResult { try Runner.run(scenario, seed: seed) }
}
