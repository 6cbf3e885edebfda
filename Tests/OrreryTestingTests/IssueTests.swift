import Foundation
import Harness
import OrderTestbed
import Synchronization
import Testing

@testable import OrreryTesting

/// What somebody reads whose test fails.
@Suite(.system(OrderSystemUnderTest.self), .setting("workload.orders", to: "1"))
struct IssueTests {
    /// The issues that a body records.
    private func issues(
        isolation: isolated (any Actor)? = #isolation, of body: () async throws -> Void
    ) async throws -> [String] {
        let told = Mutex<[String]>([])
        try await withKnownIssue(isIntermittent: true) {
            try await body()
        } matching: { issue in
            let text = issue.comments.map(\.rawValue).joined(separator: "\n")
            told.withLock { $0.append(issue.error.map { "\($0)" } ?? text) }
            return true
        }
        return told.withLock { $0 }
    }

    @Test(.setting("policies.deduplication", to: "none"))
    func `a violation tells its story, and how to see it again`() async throws {
        let issues = try await issues { try await check("regressions/order-delivered-twice", seeds: 4...6) }
        #expect(!issues.isEmpty)
        for issue in issues {
            let lines = issue.split(separator: "\n").map(String.init)
            #expect(lines[0].contains(" is broken: "))
            #expect(lines[1].hasPrefix("Seed "))
            #expect(lines[2].contains(" of 3 seeds break it: "))
            #expect(issue.contains("It takes one fault, and 1 of 1 units of work. Nothing of that can be left out."))
            #expect(issue.contains("  record 1 of ORD-00000001 in orders was sent again after 1 s"))
            #expect(issue.contains("What happened to "))
            let replay = try #require(lines.firstIndex(of: "Replay:"))
            #expect(lines[replay + 1].contains("swift test --filter 'IssueTests/"))
            #expect(
                lines[replay + 2].hasPrefix("  orrery run scenarios/regressions/order-delivered-twice.yaml --seed ")
                    && lines[replay + 2].hasSuffix("--set policies.deduplication=none"))
        }
    }

    @Test(.breaks("charged-at-most-once"))
    func `a defect that is not found is an issue`() async throws {
        let issues = try await issues { try await check("calm", seeds: 1...2) }
        #expect(issues.count == 1)
        #expect(issues.first?.hasPrefix("'charged-at-most-once' should be broken, and none of 2 seeds") == true)
    }

    @Test func `a scenario that is not there is named, with what was meant`() async throws {
        let issues = try await issues { try await check("duplicate") }
        #expect(issues.count == 1)
        #expect(issues.first?.contains("there is no scenario 'duplicate' in ") == true)
        #expect(issues.first?.contains("did you mean 'duplicates'?") == true)
    }

    @Test(.setting("policies.deduplicaton", to: "none"))
    func `a wrong key is told as the command line tells it`() async throws {
        let issues = try await issues { try await check("duplicates") }
        #expect(issues.first?.contains("did you mean 'policies.deduplication'?") == true)
    }

    @Test func `reports are written where somebody wants them`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(component: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: directory) }
        let test = try #require(Test.current)
        var reporting = test
        reporting.traits += [
            ScenarioOption(choice: .reports(directory.path)), .unshrunk,
            ScenarioOption(choice: .setting(key: "policies.deduplication", value: "none")),
        ]
        let scenario = try ScenarioTest(
            .file("regressions/order-delivered-twice", nil), of: reporting, seeds: Seeds(4), environment: [:])
        let issues = try await issues { _ = try await scenario.run() }
        #expect(issues.allSatisfy { $0.contains("Report: \(directory.path)/order-delivered-twice-") })
        let folders = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(!folders.isEmpty && folders.allSatisfy { $0.hasPrefix("order-delivered-twice-") })
    }
}

@Suite(.system(OrderSystemUnderTest.self), .setting("workload.orders", to: "2"), .seeds(1...50))
struct SettingsTests {
    private func settings(_ environment: [String: String]) throws -> ScenarioSettings {
        try ScenarioSettings(try #require(Test.current), environment: environment)
    }

    @Test func `seeds come from the traits, unless the environment has others`() throws {
        #expect(try settings([:]).seeds == Seeds(1...50))
        #expect(try settings(["ORRERY_SEED": ""]).seeds == Seeds(1...50))
        #expect(try settings(["ORRERY_SEED": "17"]).seeds == Seeds(17))
        #expect(try settings(["ORRERY_SEED": "1..3,9"]).seeds?.spelling == "1..3,9")
    }

    @Test func `the environment has the last word, also over a call`() async throws {
        let test = try #require(Test.current)
        let scenario = try ScenarioTest(
            .file("calm", nil), of: test, seeds: Seeds(1...5), environment: ["ORRERY_SEED": "7"])
        #expect(try await scenario.run().summaries.map(\.seed) == [7])
    }

    @Test func `a wrong seed in the environment is told`() throws {
        let error = #expect(throws: UnusableScenario.self) { try settings(["ORRERY_SEED": "seventeen"]) }
        #expect(
            error?.description
                == "ORRERY_SEED=seventeen: 'seventeen' is no seed: write a number, 1..50 or 1,5,9.")
    }

    @Test func `another file takes the place of the scenario, with its own seed`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(component: "\(UUID().uuidString).yaml")
        try Data("purpose: Another.\nseed: 23\nworkload: {orders: 3}\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let scenario = try ScenarioTest(
            .file("calm", nil), of: try #require(Test.current), environment: ["ORRERY_SCENARIO": file.path])
        let runs = try await scenario.run()
        #expect(runs.summaries.map(\.seed) == [23])
        #expect(runs.scenario.purpose == "Another.")
    }

    @Test func `a filter names the suite and the test, as a regular expression`() throws {
        let filter = try settings([:]).filter
        #expect(filter.hasPrefix("SettingsTests/"))
        #expect(!filter.contains("("))
    }

    @Test func `a test without a system is told how to name one`() throws {
        var test = try #require(Test.current)
        test.traits = []
        let error = #expect(throws: UnusableScenario.self) {
            try ScenarioTest(.file("calm", nil), of: test, environment: [:])
        }
        #expect(error?.description.contains(".system(YourSystem.self)") == true)
    }

    @Test func `long tests say how far they are`() {
        let told = Mutex<[String]>([])
        let progress = SeedProgress(test: "Wallets/rough", total: 200) { line in told.withLock { $0.append(line) } }
        let begin = ContinuousClock.now
        for second in 1...24 {
            progress.finished(second == 2 ? .violated : .held, at: begin + .seconds(second))
        }
        #expect(told.withLock { $0.count } == 2)
        #expect(told.withLock { $0.first?.hasPrefix("Wallets/rough: 10 of 200 seeds, 1 violated, ") } == true)
    }
}
