import Foundation
import Harness
import Testing

/// Runs a scenario from inside a test, and records an issue for every invariant that a run breaks.
///
///     @Test(.seeds(1...50), arguments: try scenarioNames(in: "scenarios"))
///     func every(_ name: String) async throws { try await check(name) }
///
/// The traits of the test and its suite say what the call leaves open: the system, the directory, the seeds.
///
/// - Parameters:
///   - name: that of a file in the suite's directory of scenarios, or its path from the root of the package.
///   - inspect: looks at each run, in the order of the seeds, for what no checker says: that something was seen at all,
///     for example.
@discardableResult
public func check(
    _ name: String, of system: (any SystemUnderTest.Type)? = nil, seeds: ClosedRange<UInt64>? = nil,
    sourceLocation: SourceLocation = #_sourceLocation, inspecting inspect: (RunResult) throws -> Void = { _ in }
) async throws -> ScenarioRuns {
    try await check(.file(name, system), seeds, sourceLocation, inspect)
}

/// Runs a scenario that was made in code, and records an issue for every invariant that a run breaks.
///
///     @Test func `a wallet survives everything at once`() async throws {
///         var scenario = Scenario(system: WalletSystem())
///         scenario.rates.brokerCrashRate = 0.5
///         scenario.rates.serviceCrashes = 0.001
///         try await check(scenario, seeds: 1...100)
///     }
@discardableResult
public func check(
    _ scenario: Scenario, seeds: ClosedRange<UInt64>? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    inspecting inspect: (RunResult) throws -> Void = { _ in }
) async throws -> ScenarioRuns {
    try await check(.value(scenario), seeds, sourceLocation, inspect)
}

/// The names of the scenarios in a directory, from the root of the package: arguments for a test.
public func scenarioNames(in directory: String, filePath: String = #filePath) throws -> [String] {
    try ScenarioDirectory(root: PackageRoot(of: filePath), directory: directory).names()
}

private func check(
    _ source: ScenarioSource, _ seeds: ClosedRange<UInt64>?, _ location: SourceLocation,
    _ inspect: (RunResult) throws -> Void
) async throws -> ScenarioRuns {
    guard let test = Test.current else {
        throw UnusableScenario("a scenario is checked inside of a test, and not in a task that is detached from it")
    }
    return try await ScenarioTest(source, of: test, seeds: seeds.map { Seeds($0) }).run(at: location, inspect)
}
