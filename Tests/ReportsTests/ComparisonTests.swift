import Foundation
import Simulation
import Testing

@testable import Harness
@testable import Reports

@Suite("A comparison on paper")
struct ComparisonTests {
    private static let charged = ComparisonTable.Amount(
        name: "charged-twice", count: 1_234, unit: "order", label: "charged twice", isHarm: true)
    private static let lost = ComparisonTable.Amount(
        name: "records-lost", count: 2, unit: "record", label: "records lost", isHarm: false)

    /// The shortest run of a cell, as if one had been found.
    private static func example(_ folder: String, faults: Int) -> ComparisonExample {
        let twice = Violation(
            checker: "charged-at-most-once", at: .zero, subject: "ORD-1", message: "Charged for the second time.")
        let action = FaultAction.duplicateRecord(
            RecordPlace(topic: "orders", key: "ORD-1", number: 1), after: .seconds(1))
        let result = RunResult(
            scenario: Scenario(system: NoSystem()), seed: 9,
            checks: [
                CheckResult(name: "other", sentence: "No.", samples: 1, violations: []),
                CheckResult(name: twice.checker, sentence: "No.", samples: 1, violations: [twice]),
            ], traceHash: TraceHash(), unitsOfWork: 1, events: 1, virtualTime: .zero,
            faults: Array(repeating: action, count: faults), history: History())
        return ComparisonExample(
            result, checker: twice.checker, report: "\(folder)/report.md", replay: "orrery run \(folder)/scenario.yaml")
    }

    /// Two designs, two faults, and every kind of cell.
    static var table: ComparisonTable {
        var harmful = ComparisonTable.Cell(.harmful, reproduce: "orrery run a.yaml --set x=y")
        (harmful.runs, harmful.violatedRuns, harmful.orders, harmful.harmed) = (20, 19, 4_000, 1_280)
        harmful.amounts = [charged, lost]
        harmful.example = example("cart-as-written-a-b", faults: 1)
        var flawed = ComparisonTable.Cell(.flawed, reproduce: "orrery run b.yaml")
        (flawed.runs, flawed.violatedRuns, flawed.orders) = (20, 1, 4_000)
        flawed.amounts = [lost]
        flawed.takesNoFault = true
        return ComparisonTable(
            title: "Designs <b>", introduction: ["One & all."],
            columns: [
                .init(name: "standard", sentence: "It loses nothing."),
                .init(
                    name: "cart-as-written", group: "cart", sentence: "It says \"x\" | y.",
                    settings: ["policies.poison=skip"]),
            ], rows: [.init(name: "a-b", sentence: "It comes twice."), .init(name: "c", sentence: "It is gone.")],
            cells: [
                [ComparisonTable.Cell(.held, reproduce: "orrery run a.yaml"), harmful],
                [ComparisonTable.Cell(.notRun, reason: "Nothing to strike.", reproduce: "r"), flawed],
            ], glossary: [("charged twice", "Money was taken twice.")],
            groupSentences: [("cart", "A cart & more.")], seeds: "1..20", reproduce: "orrery compare")
    }

    @Test("The Markdown page has a table that links to the shortest runs")
    func markdown() {
        let text = ComparisonMarkdown(table: Self.table).text
        #expect(text.hasPrefix("# Designs \\<b\\>\n\nOne & all.\n\n"))
        #expect(
            text.contains(
                """
                | | standard | cart as written |
                |---|---|---|
                | **a b** | held | [**32 %**](cart-as-written-a-b/report.md)<br>1,234 charged twice<br>2 records lost |
                | **c** | *does not apply* | **books wrong**<br>2 records lost |
                | *kinds of trouble that harm customers* | 0 of 1 | 1 of 2 |

                """))
        #expect(
            text.contains(
                """
                **cart as written**: 1,280 of 4,000 orders came to harm, in 19 of 20 runs: 1,234 charged twice, 2 records lost.
                [Shortest run](cart-as-written-a-b/report.md), 1 order, 1 fault: What struck: record 1 of ORD-1 in orders was sent again after 1 s. ORD-1: Charged for the second time. Replay: `orrery run cart-as-written-a-b/scenario.yaml`
                All runs: `orrery run a.yaml --set x=y`
                """))
        #expect(
            text.contains(
                "**cart as written**: No customer was harmed; something is wrong in 1 of 20 runs: 2 records lost. "
                    + "This happens without the fault, too.\n"))
        #expect(text.contains("- standard, c: Nothing to strike.\n"))
        #expect(text.contains("- **cart** – A cart & more.\n"))
        #expect(text.contains("(`policies.poison=skip`)"))
        #expect(text.contains("- **charged twice** – Money was taken twice.\n"))
        #expect(text.hasSuffix("```sh\norrery compare\n```\n"))
    }

    @Test("The page for browsers says everything in words, needs nothing else, and takes nothing for markup")
    func html() {
        let text = ComparisonPage(table: Self.table).text
        #expect(text.contains("<h1>Designs &lt;b&gt;</h1>"))
        #expect(text.contains("<p>One &amp; all.</p>"))
        #expect(text.contains("title=\"It says &quot;x&quot; | y.\">as written</a>"))
        #expect(text.contains("<th scope=\"colgroup\" colspan=\"1\"><a href=\"#group-cart\">cart</a></th>"))
        #expect(text.contains("<dt id=\"group-cart\">cart</dt><dd>A cart &amp; more.</dd>"))
        #expect(text.contains("<dt id=\"design-cart-as-written\" class=\"part\">as written</dt>"))
        #expect(text.contains("<td><b>1</b><span>of 2</span></td>"))
        #expect(text.contains("<td class=\"held\">held</td>"))
        #expect(
            text.contains(
                "<td class=\"harm s3\"><a href=\"#cart-as-written--a-b\"><b>32 %</b><span>1,234 charged twice</span>"
                    + "<span>2 records lost</span></a></td>"))
        #expect(text.contains("<td class=\"none\">does not apply<small>Nothing to strike.</small></td>"))
        #expect(text.components(separatedBy: "<span class=\"more\">without the fault, too</span>").count == 2)
        #expect(text.contains("<article id=\"cart-as-written--a-b\">"))
        #expect(text.contains("<a href=\"cart-as-written-a-b/report.md\">Shortest run</a> (1 order, 1 fault): "))
        #expect(text.contains("<code>orrery run a.yaml --set x=y</code>"))
        #expect(text.contains("prefers-color-scheme: dark"))
        for foreign in ["<script", "http:", "https:", "<img", "<link"] { #expect(!text.contains(foreign)) }
        // Whatever leads somewhere on the page arrives.
        for match in text.matches(of: /href="#([^"]+)"/) { #expect(text.contains("id=\"\(match.1)\"")) }
    }

    @Test(
        "Shares are told as people do",
        arguments: [(0, "harm"), (1, "< 1 %"), (9, "< 1 %"), (10, "1 %"), (125, "13 %"), (1_000, "100 %")])
    func shares(harmed: Int, words: String) {
        var cell = ComparisonTable.Cell(.harmful, reproduce: "")
        (cell.orders, cell.harmed) = (1_000, harmed)
        #expect(cell.headline == words)
    }

    @Test("Of many faults, a few are told")
    func manyFaults() {
        let cause = Self.example("x", faults: 7).cause
        #expect(cause.hasSuffix("; and 3 more."))
        #expect(Self.example("x", faults: 0).cause.isEmpty)
        #expect(Self.example("x", faults: 0).size == "1 order, no fault")
    }

    @Test("A new comparison takes away the reports that only the old one leads to, and nothing else")
    func replaced() throws {
        let directory = FileManager.default.temporaryDirectory.appending(component: "compare-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let files = FileManager.default
        for name in ["cart-as-written-a-b", "of-somebody-else"] {
            try files.createDirectory(atPath: "\(directory)/\(name)", withIntermediateDirectories: true)
            try Data().write(to: URL(filePath: "\(directory)/\(name)/report.md"))
        }
        var table = Self.table
        #expect(try ComparisonWriter.write(table, into: directory) == "\(directory)/index.html")
        #expect(files.fileExists(atPath: "\(directory)/cart-as-written-a-b/report.md"))
        table.cells[0][1].example = nil
        _ = try ComparisonWriter.write(table, into: directory)
        #expect(
            try files.contentsOfDirectory(atPath: directory).sorted() == [
                "README.md", "index.html", "of-somebody-else",
            ])
    }

    @Test("The object for programs has every cell")
    func object() {
        let object = Self.table.json
        guard case .array(let cells) = object[key: "cells"] else { return #expect(Bool(false), "no cells") }
        #expect(cells.count == 4)
        #expect(cells[1][key: "counterexample"]?[key: "report"] == .text("cart-as-written-a-b/report.md"))
        #expect(cells[2][key: "standing"] == .text("not-run"))
        #expect(cells[2][key: "reason"] == .text("Nothing to strike."))
    }
}
