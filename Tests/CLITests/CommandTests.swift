import Foundation
import Testing

@Suite("The command line")
struct CommandTests {
    private let calm = "purpose: Nothing goes wrong.\nworkload: {orders: 3}\n"

    @Test("Without a subcommand it helps")
    func help() throws {
        let called = try Called()
        #expect(called.code == 0)
        for word in ["run ", "scenarios ", "check ", "schema ", "EXIT CODES", "65  a scenario is wrong"] {
            #expect(called.output.contains(word))
        }
    }

    @Test(
        "A wrong command line is exit code 64, and says what is wrong",
        arguments: [
            (["run"], "Missing expected argument '<scenarios> ...'"),
            (["run", "x.yaml", "--seeds", "50..1"], "'50..1' ends before it begins: write 1..50."),
            (["run", "x.yaml", "--seed", "x"], "The value 'x' is invalid for '--seed <seed>'"),
            (["run", "x.yaml", "--seed", "1", "--seeds", "1..2"], "Give either --seed or --seeds."),
            (["run", "x.yaml", "--set", "x"], "'x' is no override: write KEY=VALUE"),
            (["run", "x.yaml", "--jobs", "0"], "--jobs must be from 1 to 1024."),
            (["run", "x.yaml", "--sed", "1"], "Unknown option '--sed'. Did you mean '--seed'?"),
            (["schema", "world"], "The value 'world' is invalid for '<subject>'"),
        ])
    func usage(_ arguments: [String], _ message: String) throws {
        let called = try call(arguments)
        #expect(called.code == 64)
        #expect(called.error.contains(message))
        #expect(called.output.isEmpty)
    }

    private func call(_ arguments: [String]) throws -> Called {
        switch arguments.count {
        case 1: try Called(arguments[0])
        case 2: try Called(arguments[0], arguments[1])
        case 4: try Called(arguments[0], arguments[1], arguments[2], arguments[3])
        default:
            try Called(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5])
        }
    }

    @Test("A bad scenario is exit code 65, with all errors of all files")
    func badScenario() throws {
        let files = [
            "scenarios/a.yaml": "purpose: x\npolices: {}\n", "scenarios/b/c.yaml": "cluster: {brokers: no}\n",
            "scenarios/calm.yaml": calm, "scenarios/scenario.schema.json": "{}",
            "scenarios/blueprints/x.yaml": "nothing: of a scenario",
        ]
        let called = try Called("run", "scenarios", files: files)
        #expect(called.code == 65)
        #expect(called.output.isEmpty)
        #expect(
            called.error == """
                scenarios/a.yaml:2:1: unknown key 'polices' – did you mean 'policies'?
                scenarios/b/c.yaml:1:20: expected a whole number from 1 to 9, found 'no'

                """)
        let checked = try Called("check", "scenarios", files: files)
        #expect(checked.code == 65)
        #expect(checked.error == called.error)
        #expect(checked.output == "scenarios/calm.yaml: valid\n")
    }

    @Test(
        "A wrong override or a missing file is a bad scenario too",
        arguments: [
            (
                "calm.yaml", "polices.deduplication=none",
                "--set polices.deduplication=none: unknown key 'polices.deduplication' – did you mean "
                    + "'policies.deduplication'?\n"
            ),
            ("clam.yaml", "seed=1", "clam.yaml: there is no such file\n"),
        ])
    func badOverride(_ file: String, _ override: String, _ message: String) throws {
        let called = try Called("run", file, "--set", override, files: ["calm.yaml": calm])
        #expect(called.code == 65)
        #expect(called.error == message)
    }

    @Test("A directory without scenarios is a mistake")
    func emptyDirectory() throws {
        let called = try Called("run", "empty", files: ["empty/README.md": ""])
        #expect(called.code == 65)
        #expect(called.error == "empty: there is no scenario in this directory\n")
    }

    @Test("A run prints its result on standard output, and the line that replays it replays it")
    func replay() throws {
        let first = try Called("run", "calm.yaml", "--seed", "7", "--json", files: ["calm.yaml": calm])
        let second = try Called("run", "calm.yaml", "--seed", "7", files: ["calm.yaml": calm])
        #expect(first.code == 0 && second.code == 0)
        #expect(first.error.isEmpty)
        let hash = try #require(first.output.firstMatch(of: /"traceHash": "([0-9a-f]{32})"/)?.1)
        #expect(second.output.contains("trace   \(hash)"))
        #expect(second.output.contains("orrery run calm.yaml --seed 7\n"))
        #expect(!second.output.contains("\u{1b}"))
    }

    @Test("The scenario's own seed counts when none is named")
    func ownSeed() throws {
        let called = try Called("run", "calm.yaml", "--json", files: ["calm.yaml": calm + "seed: 41\n"])
        #expect(called.output.contains("\"seed\": 41,"))
    }

    @Test("A violated run leaves a report whose scenario comes to the same")
    func report() throws {
        // Without deduplication a second delivery is a second reservation.
        let text = """
            purpose: Every record comes twice.
            workload: {orders: 5}
            policies: {deduplication: none}
            faults: {until: 10s, duplicate-records: 1}
            """
        let directory = FileManager.default.temporaryDirectory.appending(component: "orrery-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let files = ["twice.yaml": text]
        let first = try Called("run", "twice.yaml", "--json", "--reports", directory, files: files)
        #expect(first.code == 1)
        let report = try #require(first.output.firstMatch(of: /"report": "([^"]*)"/)?.1)
        #expect(report == "\(directory)/twice-1/report.md")
        let again = try Called("run", "\(directory)/twice-1/scenario.yaml", "--json", "--reports", "r", files: files)
        #expect(again.code == 1)
        let hash = /"traceHash": "([0-9a-f]{32})"/
        #expect(first.output.firstMatch(of: hash)?.1 == again.output.firstMatch(of: hash)?.1)
    }

    @Test("A report that cannot be written is an internal error")
    func unwritableReport() throws {
        let text = "policies: {deduplication: none}\nworkload: {orders: 5}\nfaults: {duplicate-records: 1}\n"
        let called = try Called("run", "x.yaml", "--reports", "x.yaml/y", files: ["x.yaml": text])
        #expect(called.code == 70)
        #expect(called.error.contains("error: cannot write the report on x, seed 1, to x.yaml/y"))
    }

    @Test("Scenarios are listed with their purposes")
    func list() throws {
        let files = ["scenarios/b.yaml": "purpose: Second.", "scenarios/a-long-name.yaml": "purpose: First."]
        let listed = try Called("scenarios", files: files)
        #expect(
            listed.output == """
                a-long-name  scenarios/a-long-name.yaml  First.
                b            scenarios/b.yaml            Second.

                """)
        let objects = try Called("scenarios", "--json", files: files)
        #expect(
            objects.output.hasPrefix(
                #"{"schemaVersion": 1, "scenario": "a-long-name", "file": "scenarios/a-long-name.yaml", "#))
    }

    @Test("The committed schema and reference page are what the command prints")
    func documents() throws {
        let advice: Comment = "run `orrery schema scenario` (with --markdown for the page) and commit what it prints"
        #expect(try Called("schema", "scenario").output == Repository.text("scenarios/scenario.schema.json"), advice)
        #expect(
            try Called("schema", "scenario", "--markdown").output == Repository.text("docs/scenario-files.md"), advice)
    }
}
