import Foundation
import Testing

@testable import OrreryCLI

@Suite("The command line: compare")
struct CompareCommandTests {
    private let files = [
        "scenarios/compare/twice.yaml": """
        purpose: Every record comes twice.
        workload: {orders: 5}
        faults: {until: 5s, duplicate-records: 1}
        """,
        "scenarios/compare/calm.yaml": "purpose: Nothing goes wrong.\nworkload: {orders: 5}\n",
    ]

    private let careless = "careless:policies.deduplication=none,policies.poison=skip"

    @Test("It explains itself")
    func help() throws {
        let called = try Called("compare", "--help")
        #expect(called.code == 0)
        for word in ["which fault costs which design what", "--designs", "--design ", "--faults", "no verdict"] {
            #expect(called.output.contains(word), "\(word)")
        }
        #expect(try Called().output.contains("compare "))
    }

    @Test(
        "A wrong command line is exit code 64, and says what is wrong",
        arguments: [
            ("--designs=standart", "There is no design 'standart'. There are shipping-only-as-written, "),
            ("--faults=twise", "There is no fault 'twise'. There are calm, twice."),
            ("--design=careless", "'careless' is no design: write NAME:KEY=VALUE"),
            ("--design=../x:a=b", "'../x' cannot name a design"),
            ("--design=-x:a=b", "'-x' cannot name a design"),
            ("--design=x:", "The design 'x' changes nothing"),
            ("--design=x:a", "'a' is no override"),
            ("--design=standard:a=b", "There are two designs 'standard'"),
            ("--seeds=9..1", "'9..1' ends before it begins"),
            ("--jobs=0", "--jobs must be from 1 to 1024."),
        ])
    func usage(_ argument: String, _ message: String) throws {
        let called = try Called("compare", argument, files: files)
        #expect(called.code == 64)
        #expect(called.error.contains(message), "\(called.error)")
        #expect(called.output.isEmpty)
    }

    @Test(
        "A bad scenario is exit code 65: a fault's file, or a design that no fault takes",
        arguments: [
            ("nowhere", "x:policies.poison=skip", "nowhere: there is no such file\n"),
            (
                "scenarios/compare", "x:polices.poison=skip",
                "--set polices.poison=skip: unknown key 'polices.poison' – did you mean 'policies.poison'?\n"
            ),
        ])
    func badScenario(_ path: String, _ design: String, _ message: String) throws {
        let called = try Called("compare", path, "--design", design, files: files)
        #expect(called.code == 65)
        #expect(called.error == message)
    }

    @Test("A design that one fault does not take is compared under the others, and the cell says why")
    func misfit() throws {
        var files = files
        files["scenarios/compare/grown.yaml"] = """
            purpose: A topic grows.
            workload: {orders: 5}
            plan: [{add-partitions: {topic: orders, total: 8, at: 1s}}]
            """
        let called = try Called("compare", "--design", "wide:partitions=8", "--seeds=1", "--json", files: files)
        #expect(called.code == 0)
        let cell = try #require(
            try cells(of: called.output).first {
                ($0["design"], $0["fault"]) as? (String, String) ?? ("", "") == ("wide", "grown")
            })
        #expect(cell["standing"] as? String == "not-run")
        #expect(cell["reason"] as? String == "topic 'orders' has 8 partitions already")
    }

    @Test("It compares, writes its pages and reports, and is content whatever is lost")
    func pages() throws {
        let directory = FileManager.default.temporaryDirectory.appending(component: "orrery-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let called = try Called("compare", "--design", careless, "--seeds=1..2", "--output=\(directory)", files: files)
        #expect(called.code == 0)
        #expect(
            called.output == """
                design    calm  twice
                standard  held  held
                careless  held  100 %

                \(directory)/index.html

                """)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
        #expect(names == ["README.md", "careless-twice", "index.html"])
        let page = try String(contentsOfFile: "\(directory)/index.html", encoding: .utf8)
        #expect(page.contains("compare --design \(careless) --seeds 1..2 --output \(directory)</code>"))
        // The shortest run is replayed by its file alone.
        let again = try Called("run", "\(directory)/careless-twice/scenario.yaml", "--json", "--reports=r")
        #expect(again.code == 1)
        #expect(again.output.contains("\"orders\": 1, "))
    }

    @Test("The object of --json has exactly the keys of its schema, and depends neither on the jobs nor on the moment")
    func jsonKeys() throws {
        let one = try Called("compare", "--design", careless, "--seeds=1..3", "--json", "--jobs=1", files: files)
        let four = try Called("compare", "--design", careless, "--seeds=1..3", "--json", "--jobs=4", files: files)
        #expect(one.code == 0 && one.output == four.output)
        let schema = try object(Repository.text("docs/schemas/compare-result.schema.json"))
        let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
        let result = try object(one.output)
        #expect(try Set(result.keys) == keys(of: schema))
        #expect(result["schemaVersion"] as? Int == 1)
        for kind in ["designs", "faults"] {
            for heading in try #require(result[kind] as? [[String: Any]]) {
                #expect(try Set(heading.keys) == keys(of: #require(definitions["heading"])))
            }
        }
        let cell = try #require(definitions["cell"])
        let properties = try #require(cell["properties"] as? [String: [String: Any]])
        let cells = try cells(of: one.output)
        #expect(cells.count == 4)
        for found in cells {
            #expect(try Set(found.keys) == keys(of: cell))
            let words = try #require(properties["standing"]?["enum"] as? [String])
            #expect(words.contains(try #require(found["standing"] as? String)))
            for cost in try #require(found["costs"] as? [[String: Any]]) {
                #expect(try Set(cost.keys) == keys(of: #require(properties["costs"]?["items"] as? [String: Any])))
            }
        }
        let example = try #require(cells.compactMap { $0["counterexample"] as? [String: Any] }.first)
        #expect(try Set(example.keys) == keys(of: #require(properties["counterexample"])))
    }

    @Test("What cannot be written is an internal error")
    func unwritable() throws {
        let called = try Called(
            "compare", "--designs=standard", "--seeds=1", "--output=scenarios/compare/calm.yaml/x", files: files)
        #expect(called.code == 70)
        #expect(called.error.contains("error: the comparison failed: "))
    }

    /// All keys of an object of the schema; each is required.
    private func keys(of schema: [String: Any]) throws -> Set<String> {
        let properties = try #require(schema["properties"] as? [String: Any])
        #expect(Set(try #require(schema["required"] as? [String])) == Set(properties.keys))
        return Set(properties.keys)
    }

    private func cells(of output: String) throws -> [[String: Any]] {
        try #require(try object(output)["cells"] as? [[String: Any]])
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}
