import ArgumentParser
import Foundation
import OrderTestbed
import Reports
import Simulation
import Testing

@testable import Harness
@testable import OrreryCLI

@Suite("Shards of a session")
struct ShardTests {
    private static func plan(_ shard: Shard = .whole, seeds: String = "1..7", order: RunPlan.Order = .scenarios) throws
        -> RunPlan
    {
        let files = ["scenarios/a.yaml", "scenarios/b.yaml", "scenarios/regressions/r.yaml"]
        let scenarios = files.map { file in
            var scenario = Scenario(system: OrderSystemUnderTest())
            scenario.name = file
            if file.contains("regressions") { scenario.seed = 99 }
            return LoadedScenario(file: file, scenario: scenario)
        }
        return RunPlan(
            scenarios, seeds: try Seeds(parsing: seeds), overrides: [], program: "orrery", order: order, shard: shard)
    }

    private static func pairs(_ plan: RunPlan) -> [String] {
        (0..<plan.count).map { "\(plan[$0].file) \(plan[$0].seed)" }
    }

    @Test("Every run is in exactly one shard", arguments: [1, 2, 3, 5, 20])
    func partition(_ count: Int) throws {
        let whole = Self.pairs(try Self.plan())
        let parts = try (1...count).flatMap { Self.pairs(try Self.plan(Shard(number: $0, of: count))) }
        #expect(whole.count == 15)
        #expect(parts.sorted() == whole.sorted())
    }

    @Test("What was found before comes first, with its own seed")
    func regressionsFirst() throws {
        #expect(Self.pairs(try Self.plan()).prefix(2) == ["scenarios/regressions/r.yaml 99", "scenarios/a.yaml 1"])
        #expect(
            Self.pairs(try Self.plan(order: .seeds)).prefix(4) == [
                "scenarios/regressions/r.yaml 99", "scenarios/a.yaml 1", "scenarios/b.yaml 1", "scenarios/a.yaml 2",
            ])
    }

    @Test("A shard is written k/n", arguments: ["", "2", "0/3", "4/3", "a/b", "1/2/3", "1/0", "1/99999"])
    func spelling(_ text: String) throws {
        #expect(throws: ValidationError.self) { try Shard(parsing: text) }
        #expect(try Shard(parsing: "2/5") == Shard(number: 2, of: 5))
    }

    @Test(
        "A budget is a length of time", arguments: [("90s", 90), ("5m", 300), ("2min", 120), ("1h", 3600)])
    func budgets(_ text: String, _ seconds: Double) throws {
        #expect(try TimeBudget(parsing: text).seconds == seconds)
        #expect(throws: ValidationError.self) { try TimeBudget(parsing: "\(text)x") }
    }

    @Test("--fail-on decides which verdicts are an exit code")
    func failOn() {
        let cases: [(Tally, [Int32])] = [
            (Tally(held: 1), [0, 0, 0]), (Tally(held: 1, violated: 1, inconclusive: 1), [1, 1, 0]),
            (Tally(held: 1, inconclusive: 1), [0, 2, 0]), (Tally(), [0, 2, 0]),
        ]
        for (tally, codes) in cases {
            #expect(FailOn.allCases.map { ExitCode(tally, failingOn: $0).rawValue } == codes)
        }
    }
}

@Suite("Merging shards")
struct MergeTests {
    private static func lines(_ shard: Shard, seeds: ClosedRange<UInt64> = 1...8, plan: String = "p") -> [String] {
        let total = seeds.count
        return (0..<shard.count(of: total)).map { index in
            let position = shard.position(of: index)
            let seed = seeds.lowerBound + UInt64(position)
            let violation = Violation(
                checker: "no-lost-order", at: .zero + .milliseconds(1500), subject: "ORD-1",
                message: "Gone, says \"it\".")
            var scenario = Scenario(system: OrderSystemUnderTest())
            scenario.name = "calm"
            let check = CheckResult(
                name: "no-lost-order", sentence: "No order is lost.", samples: 1,
                violations: seed == 5 ? [violation] : [])
            var hash = TraceHash()
            hash.fold(seed)
            let result = RunResult(
                scenario: scenario, seed: seed, checks: [check], traceHash: hash, unitsOfWork: 3, events: 10,
                virtualTime: .seconds(1), faults: [.crashController(at: .zero, for: .seconds(1))], history: History())
            var summary = RunSummary(result, file: "calm.yaml", replay: "orrery run calm.yaml", wallSeconds: 0.25)
            summary.shard = ShardPlace(
                number: shard.number, of: shard.of, run: position + 1, runs: total, plan: plan)
            return summary.json.compact
        }
    }

    /// Files with these lines; their names are `0.jsonl`, `1.jsonl`, ….
    private func merge(_ shards: [[String]]) throws -> (session: MergedSession?, problems: [String]) {
        let folder = FileManager.default.temporaryDirectory.appending(component: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try shards.enumerated().map { number, lines in
            let file = folder.appending(component: "\(number).jsonl")
            try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: file)
            return file.path
        }
        do throws(UnmergeableShards) {
            return (try MergedSession(files: files), [])
        } catch {
            return (nil, error.problems.map { $0.replacing(folder.path + "/", with: "") })
        }
    }

    @Test("Shards come together as one machine would have run them")
    func together() throws {
        let all = Self.lines(.whole)
        let shards = (1...3).map { Self.lines(Shard(number: $0, of: 3)) }
        let session = try #require(try merge([shards[2], shards[0], shards[1]]).session)
        let seeds = session.lines.compactMap { $0.firstMatch(of: /"seed": (\d+)/)?.1 }
        #expect(seeds == ["1", "2", "3", "4", "5", "6", "7", "8"])
        #expect(session.table.tally == Tally(held: 7, violated: 1))
        #expect(session.failures.map(\.seeds) == [[5]])
        #expect(session.failures[0].moment == "1.500s" && session.failures[0].message == "Gone, says \"it\".")
        #expect(session.remarks.isEmpty && all.count == 8)
    }

    @Test("A line is read as it was written")
    func reading() throws {
        let line = Self.lines(.whole)[4]
        #expect(try RunSummary(jsonLine: line).json.compact == line)
    }

    @Test("A missing shard is an error")
    func missing() throws {
        let problems = try merge([Self.lines(Shard(number: 1, of: 3)), Self.lines(Shard(number: 3, of: 3))]).problems
        #expect(problems == ["shard 2 of 3 is missing: nothing of its 3 runs is here"])
        #expect(try merge([[]]).problems == ["the files hold no runs"])
    }

    @Test("A shard of another session is an error, and so is one that is named twice")
    func mismatch() throws {
        let first = Self.lines(Shard(number: 1, of: 2))
        let other = try merge([first, Self.lines(Shard(number: 2, of: 2), plan: "q")]).problems
        #expect(other.first?.hasPrefix("1.jsonl:1: this shard is of another session than 0.jsonl:1") == true)
        let twice = try merge([first, first]).problems
        #expect(twice.first == "1.jsonl:1: the run is also in 0.jsonl:1: name each shard once")
    }

    @Test("What is no result is named with its line")
    func noise() throws {
        let line = Self.lines(.whole)[0]
        #expect(try merge([[line, "hello"]]).problems.first == "0.jsonl:2: this is no line of 'orrery run --json'")
        let newer = line.replacing("\"schemaVersion\": 1", with: "\"schemaVersion\": 9")
        #expect(try merge([[newer]]).problems.first?.contains("another version of orrery") == true)
    }

    @Test("A shard that ran out of time is told")
    func unfinished() throws {
        let session = try #require(
            try merge([Self.lines(Shard(number: 1, of: 2)), Array(Self.lines(Shard(number: 2, of: 2)).prefix(1))])
                .session)
        #expect(session.remarks == ["shard 2 of 2 has made 1 of its 4 runs"])
    }
}
