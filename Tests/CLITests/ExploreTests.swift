import ArgumentParser
import Foundation
import Harness
import Testing

@testable import OrreryCLI

@Suite("orrery explore")
struct ExploreTests {
    private static let calm = """
        purpose: Nothing goes wrong.
        services: {order: 1, payment: 1, inventory: 1, fraud: 1, shipping: 1, notification: 1, analytics: 1}
        workload: {orders: 2}
        """

    @Test("reads lengths of time and lists of strategies")
    func options() throws {
        #expect(try TimeBudget(parsing: "90s").seconds == 90)
        #expect(try TimeBudget(parsing: "5m").seconds == 300)
        #expect(try TimeBudget(parsing: "1.5h").seconds == 5_400)
        #expect(try TimeBudget(parsing: "250ms").seconds == 0.25)
        for text in ["", "5", "m", "-3s", "0s", "5 lightyears"] {
            #expect(throws: ValidationError.self, "\(text)") { try TimeBudget(parsing: text) }
        }
        #expect(try StrategyList(parsing: "swarm,seeds,swarm").names == ["swarm", "seeds"])
        #expect(throws: ValidationError.self) { try StrategyList(parsing: "swarm,luck") }
    }

    @Test("finds what is planted, writes reports that replay it, and says so in JSON as its schema has it")
    func finds() throws {
        let search = try Called(
            [
                "explore", "calm.yaml", "--strategy", "branching", "--stop-after", "1", "--for", "60s", "--jobs", "1",
                "--set", "policies.publishing=dual-write", "--no-canary", "--no-shrink", "--json",
            ], files: ["calm.yaml": Self.calm])
        #expect(search.code == 1, "\(search.error)")
        let object = try #require(try Self.object(search.output))
        #expect(object["verdict"] as? String == "violated")
        #expect(object["ending"] as? String == "stop-after")
        let findings = try #require(object["findings"] as? [[String: Any]])
        #expect(!findings.isEmpty)
        #expect((findings.first?["replay"] as? String)?.contains("reports/") == true)
        try Self.expectKeys(of: object)
    }

    @Test("sweeps one order, and is done when every crash point is tried")
    func sweeps() throws {
        let sweep = try Called(
            "explore", "calm.yaml", "--strategy", "crash-points", "--no-canary", "--json", "--jobs", "2",
            files: ["calm.yaml": Self.calm])
        #expect(sweep.code == 0, "\(sweep.output) \(sweep.error)")
        let object = try #require(try Self.object(sweep.output))
        #expect(object["ending"] as? String == "exhausted")
        let points = try #require((object["crashPoints"] as? [[String: Any]])?.first)
        #expect((points["tried"] as? Int ?? 0) > 100)
        #expect(points["tried"] as? Int == points["points"] as? Int)
        #expect((points["failing"] as? [Any])?.isEmpty == true)
        try Self.expectKeys(of: object)
    }

    @Test("finds the canary before it says that all is well")
    func canary() throws {
        let search = try Called(
            "explore", "calm.yaml", "--strategy", "seeds", "--orders", "1", "--for", "3s", "--json",
            files: ["calm.yaml": Self.calm])
        #expect(search.code == 0, "\(search.error)")
        let canary = try #require(try Self.object(search.output)?["canary"] as? [String: Any])
        #expect(canary["found"] as? Bool == true)
    }

    @Test("is inconclusive when the canary lives")
    func livingCanary() {
        let plan = ExplorePlan(
            scenarios: [], regressions: [], strategies: ["seeds"], seed: 1, jobs: 1)
        var state = ExploreBoard.State()
        state.statistics.conclusiveRuns = 5
        let found = ExploreSession.Canary(wasFound: true, runs: 3, events: 30)
        let missed = ExploreSession.Canary(wasFound: false, runs: 3, events: 30)
        #expect(ExploreSummary(plan: plan, state: state, ending: .budget, canary: found).verdict == .held)
        #expect(ExploreSummary(plan: plan, state: state, ending: .budget, canary: missed).verdict == .inconclusive)
        #expect(ExploreSummary(plan: plan, state: state, ending: .budget, canary: nil).verdict == .held)
        state.statistics.conclusiveRuns = 0
        #expect(ExploreSummary(plan: plan, state: state, ending: .budget, canary: found).verdict == .inconclusive)
    }

    @Test("refuses what makes no sense")
    func refusals() throws {
        for arguments in [
            ["explore"], ["explore", "calm.yaml", "--for", "long"], ["explore", "calm.yaml", "--strategy", "luck"],
            ["explore", "calm.yaml", "--jobs", "0"], ["explore", "calm.yaml", "--stop-after", "0"],
        ] {
            #expect(try Called(arguments, files: ["calm.yaml": Self.calm]).code == 64, "\(arguments)")
        }
        #expect(try Called("explore", "missing.yaml").code == 65)
    }

    // MARK: JSON

    private static func object(_ text: String) throws -> [String: Any]? {
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    }

    /// The object has the keys that the schema asks for, and no others; so have the objects in its lists.
    private static func expectKeys(of object: [String: Any]) throws {
        let text = try Repository.text("docs/schemas/explore-result.schema.json")
        let schema = try #require(try Self.object(text))
        let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
        expect(object, schema)
        for (key, definition) in [("findings", "finding"), ("strategies", "strategy"), ("crashPoints", "sweep")] {
            for entry in object[key] as? [[String: Any]] ?? [] {
                expect(entry, try #require(definitions[definition]))
            }
        }
    }

    private static func expect(_ object: [String: Any], _ schema: [String: Any]) {
        let properties = (schema["properties"] as? [String: Any])?.keys.sorted()
        #expect(object.keys.sorted() == properties)
        #expect((schema["required"] as? [String])?.sorted() == properties)
    }
}
