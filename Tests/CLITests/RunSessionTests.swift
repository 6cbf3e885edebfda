import Foundation
import OrderTestbed
import Reports
import Simulation
import Synchronization
import Testing

@testable import Harness
@testable import OrreryCLI

@Suite("Sessions of runs")
struct RunSessionTests {
    /// A result that depends on the seed: 5 is violated, 6 inconclusive, the rest hold.
    private static func result(_ scenario: Scenario, _ seed: UInt64) -> RunResult {
        let violation = Violation(
            checker: "no-lost-order", at: .zero + .milliseconds(1500), subject: "ORD-1", message: "The order is gone.")
        var hash = TraceHash()
        hash.fold(seed)
        return RunResult(
            scenario: scenario, seed: seed,
            checks: [
                CheckResult(
                    name: "no-lost-order", sentence: "No order is lost.", samples: seed == 6 ? 0 : 10,
                    violations: seed == 5 ? [violation] : [])
            ], traceHash: hash, unitsOfWork: 100, events: 1_234_567, virtualTime: .seconds(12), faults: [],
            history: History())
    }

    /// What a command prints, stream by stream.
    private final class Recorder: Sendable {
        let lines = Mutex<(output: String, error: String)>(("", ""))

        var console: Console {
            let dumb = Console.Stream(isTerminal: false, hasColour: false)
            return Console(output: dumb, error: dumb) { [self] text, isError in
                lines.withLock { if isError { $0.error += text } else { $0.output += text } }
            }
        }

        var output: [String] {
            lines.withLock { $0.output }.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
    }

    private func run(
        seeds: String, jobs: Int = 2, json: Bool = false, overrides: [String] = [], files: [String] = ["calm.yaml"],
        delay: Bool = false
    ) async throws -> (code: Int32, lines: [String]) {
        let reports = FileManager.default.temporaryDirectory.appending(component: "orrery-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: reports) }
        let scenarios = files.map { file in
            var scenario = Scenario(system: OrderSystemUnderTest())
            scenario.name = String(file.dropLast(5))
            return LoadedScenario(file: "scenarios/" + file, scenario: scenario)
        }
        let plan = RunPlan(
            scenarios, seeds: try Seeds(parsing: seeds), overrides: try overrides.map { try Override(parsing: $0) },
            program: "orrery")
        let session = RunSession(plan: plan, jobs: jobs, reports: reports, program: "orrery") { scenario, seed in
            // Later runs end earlier.
            if delay { usleep(UInt32(20 - seed % 20) * 1_000) }
            return Self.result(scenario, seed)
        }
        let recorder = Recorder()
        let code = await RunOutput(console: recorder.console, isJSON: json).run(session)
        return (code.rawValue, recorder.output.map { $0.replacing(reports, with: "reports") })
    }

    @Test("One run is told in a block")
    func single() async throws {
        let (code, lines) = try await run(seeds: "7", overrides: ["policies.poison=skip", "purpose=two words"])
        #expect(code == 0)
        #expect(lines[0] == "held          calm  seed 7")
        #expect(lines[1] == "  orders  100 in 12 s of virtual time, 1,234,567 events")
        #expect(lines[3].wholeMatch(of: /\ \ trace   [0-9a-f]{32}/) != nil)
        #expect(
            lines[4] == "  replay  orrery run scenarios/calm.yaml --seed 7 --set policies.poison=skip "
                + "--set 'purpose=two words'")
    }

    @Test("A violated run says what broke, and where the report is")
    func violated() async throws {
        let (code, lines) = try await run(seeds: "5")
        #expect(code == 1)
        #expect(lines.contains("  no-lost-order  at 1.500s  ORD-1"))
        #expect(lines.contains("    The order is gone."))
        #expect(lines.contains("  report  reports/calm-5/report.md"))
    }

    @Test("Every one of many runs has a line with seed, hash and replay, and the table comes last")
    func many() async throws {
        let (code, lines) = try await run(seeds: "4..7", files: ["calm.yaml", "poison.yaml"])
        #expect(code == 1)
        let runs = lines.filter { $0.contains("  orrery run scenarios/") && $0.contains("seed") && !$0.hasPrefix(" ") }
        #expect(runs.count == 8)
        for line in runs {
            #expect(
                line.wholeMatch(
                    of: /(held|violated|inconclusive) +(calm|poison)  seed \d  [0-9a-f]{32}  orrery run .* --seed \d/)
                    != nil)
        }
        #expect(lines[8].isEmpty)
        #expect(lines[9].hasPrefix("scenario  seeds  held  violated  inconclusive  orders     events  virtual"))
        #expect(lines[10].hasPrefix("calm          4     2         1             1     400  4,938,268"))
        #expect(lines[12].hasPrefix("all           8     4         2             2     800  9,876,536"))
        #expect(lines.filter { $0 == "  replay  orrery run scenarios/poison.yaml --seed 5" }.count == 1)
    }

    @Test("The output does not depend on the number of jobs")
    func deterministicOrder() async throws {
        let one = try await run(seeds: "1..24", jobs: 1, json: true)
        let four = try await run(seeds: "1..24", jobs: 4, json: true, delay: true)
        func seeds(_ lines: [String]) -> [Substring] { lines.compactMap { $0.firstMatch(of: /"seed": (\d+)/)?.1 } }
        #expect(seeds(one.lines) == seeds(four.lines))
        #expect(seeds(one.lines).count == 24)
    }

    @Test("Inconclusive is an exit code of its own, and violated outweighs it")
    func exitCodes() async throws {
        #expect(try await run(seeds: "6").code == 2)
        #expect(try await run(seeds: "6,7").code == 2)
        #expect(try await run(seeds: "5..6").code == 1)
    }

    @Test("An object of --json has exactly the keys of its schema")
    func jsonKeys() async throws {
        let schema = try object(
            String(contentsOf: Repository.root.appending(path: "docs/schemas/run-result.schema.json"), encoding: .utf8))
        let properties = try #require(schema["properties"] as? [String: Any])
        let required = try #require(schema["required"] as? [String])
        #expect(Set(required) == Set(properties.keys))
        let items = try #require((properties["violations"] as? [String: Any])?["items"] as? [String: Any])
        for seed in ["5", "7"] {
            let line = try await run(seeds: seed, json: true).lines[0]
            let result = try object(line)
            #expect(Set(result.keys) == Set(required))
            #expect(result["schemaVersion"] as? Int == 1)
            for violation in try #require(result["violations"] as? [[String: Any]]) {
                #expect(Set(violation.keys) == Set(items["required"] as? [String] ?? []))
            }
            #expect((result["report"] is NSNull) == (seed == "7"))
        }
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("After an interruption no run begins")
    func interruption() async throws {
        let scenario = LoadedScenario(file: "calm.yaml", scenario: Scenario(system: OrderSystemUnderTest()))
        let plan = RunPlan([scenario], seeds: try Seeds(parsing: "10..99"), overrides: [], program: "orrery")
        let session = RunSession(plan: plan, jobs: 2, reports: "nowhere", program: "orrery", simulate: Self.result)
        let done = Mutex(0)
        var reported = 0
        try await session.run(
            isInterrupted: { done.withLock { $0 >= 5 } }, finished: { _ in done.withLock { $0 += 1 } },
            report: { _ in reported += 1 })
        #expect((5...7).contains(reported))
    }

    @Test("Progress tells done, rate, time left and what broke")
    func progress() {
        #expect(Progress.line(Tally(), of: 600, after: 0) == "0/600 runs")
        #expect(
            Progress.line(Tally(held: 118, violated: 2), of: 600, after: 3)
                == "120/600 runs, 40/s, 12 s left, 2 violated")
    }

    @Test(
        "Words are quoted for the shell",
        arguments: [
            ("a.yaml", "a.yaml"), ("", "''"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("$HOME", "'$HOME'"),
            ("[1ms, 2ms]", "'[1ms, 2ms]'"), ("é", "'é'"), ("-x", "-x"), ("~", "'~'"),
        ])
    func quoting(_ word: String, _ quoted: String) {
        #expect(ShellWord.quoted(word) == quoted)
    }

    @Test(
        "Numbers are set for readers",
        arguments: [
            (0.123, "0.12 s"), (48.4, "48 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (.infinity, "very long"),
        ])
    func times(_ seconds: Double, _ text: String) {
        #expect(Text.time(seconds) == text)
        #expect(Text.count(-1_234_567) == "-1,234,567")
    }
}
