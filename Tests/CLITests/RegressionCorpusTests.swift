import Foundation
import Harness
import OrderTestbed
import Testing

@testable import OrreryCLI

/// What was found once, and is repaired or forbidden: `scenarios/regressions/`.
@Suite("The regression corpus")
struct RegressionCorpusTests {
    private static let directory = Repository.root.appending(path: "scenarios/regressions").path

    private static var files: [String] {
        (try? ScenarioPaths.expand([directory])) ?? []
    }

    @Test("has files") func exists() { #expect(Self.files.count >= 6) }

    @Test("holds", arguments: files)
    func holds(_ file: String) throws {
        let scenario = try ScenarioFile.load(path: file, system: OrderSystemUnderTest.self)
        let seed = try #require(scenario.seed, "the plan belongs to a seed: name it")
        let run = try Runner.run(scenario, seed: seed)
        #expect(run.verdict == .held, "\(run.violations.first?.message ?? "")")
    }

    @Test("still breaks what it broke", arguments: files)
    func bites(_ file: String) throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let comment = try #require(
            text.prefixMatch(of: /# Broke: ([a-z.-]+)=([a-z-]+), ([a-z-]+)\n/),
            "say what it broke: '# Broke: KEY=VALUE, CHECKER'")
        let scenario = try ScenarioFile.load(
            path: file, system: OrderSystemUnderTest.self, overrides: [(String(comment.1), String(comment.2))])
        let run = try Runner.run(scenario, seed: try #require(scenario.seed))
        #expect(run.violations.contains { $0.checker == comment.3 })
    }
}
