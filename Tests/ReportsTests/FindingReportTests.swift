import Foundation
import Simulation
import Testing

@testable import Harness
@testable import Reports

/// The report on a finding, and how it is drawn again.
@Suite("Reports on findings")
struct FindingReportTests {
    private let directory = FileManager.default.temporaryDirectory.appending(component: "reports-\(UUID())").path

    private func finding() throws -> Finding {
        let found = try Runner.run(Registry.scenario(), seed: 1)
        let minimal = try Runner.run(Registry.scenario(faults: [Registry.faults[0]]), seed: 1)
        let violation = try #require(minimal.violations.first)
        var explanation = try Explainer(minimal, breaking: violation.checker).explain()
        explanation.decision = "The record came twice."
        explanation.sentences = ["NAME-2 was given.", "At 0.042s it came again."]
        return Finding(
            cause: Cause(of: violation, in: minimal), found: found, minimal: minimal, violation: violation,
            discovery: Discovery(strategy: "swarm", events: 12_345, runs: 7, occurrences: 3),
            shrinking: ShrinkRecord(
                attempts: 9, fromCheckpoints: 4, events: 800, isMinimal: true, time: .milliseconds(1_500)),
            explanation: explanation)
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(directory)/registry-1").sorted()
    }

    @Test("tell how it was found, what was shrunk, what decided it, and how to see it again")
    func writing() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let finding = try finding()
        let saved = try #require(finding.explanation?.lastSaved)
        let decided = try #require(finding.explanation?.decided)
        let path = try ReportWriter.write(
            finding, file: "registry.yaml", replay: "orrery run registry.yaml --seed 1", into: directory)
        #expect(path == "\(directory)/registry-1/report.md")
        #expect(
            try files() == [
                "events.jsonl", "junit.xml", "minimal.yaml", "report.html", "report.md", "result.json",
                "scenario.yaml", "trace.json",
            ])
        let page = try String(contentsOfFile: path, encoding: .utf8)
        for part in [
            "1. NAME-2 was given.",
            "**What made the difference:** Record 1 of NAME-2 in names was sent again after 30 ms.",
            "The outcome was decided at \(decided.brief), and could still be saved at \(saved.brief).",
            "Found by swarm after 7 runs and 12,345 events; 3 runs failed for this cause in all.",
            "Shrunk from 2 faults and 3 units of work to 1 fault and 3 units, in 9 attempts (4 of them from checkpoints",
            "1-minimal: the one fault that remains was left out, and then the invariant held.",
            "orrery run \(directory)/registry-1/minimal.yaml", "orrery run registry.yaml --seed 1",
            "- duplicate-record:",
        ] {
            #expect(page.contains(part), "the page lacks: \(part)")
        }
        let html = try String(contentsOfFile: "\(directory)/registry-1/report.html", encoding: .utf8)
        for part in [
            "\"spared the rest of the faults\", \"end\": ", "class=\"gone\"",
            "<button class=\"time\" data-t=\"42000\">0.042s</button>",
        ] {
            #expect(html.contains(part), "the page lacks: \(part)")
        }
        #expect(html.ranges(of: "\"watched\": true").count == 2)
        let minimal = try ScenarioFile.load(
            path: "\(directory)/registry-1/minimal.yaml", system: Registry.self)
        #expect(minimal.plan == [Registry.faults[0]])
    }

    @Test("are drawn again from their scenario files")
    func redrawing() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        _ = try ReportWriter.write(
            try finding(), file: "registry.yaml", replay: "orrery run registry.yaml --seed 1", into: directory)
        func contents() throws -> [String: String] {
            try files().reduce(into: [:]) {
                $0[$1] = try String(contentsOfFile: "\(directory)/registry-1/\($1)", encoding: .utf8)
            }
        }
        let before = try contents()
        try FileManager.default.removeItem(atPath: "\(directory)/registry-1/report.html")
        _ = try ReportRedraw.redraw("\(directory)/registry-1/", system: Registry.self)
        let after = try contents()
        #expect(before.keys.sorted() == after.keys.sorted())
        for (name, text) in before { #expect(after[name] == text, "\(name) is another") }
        #expect(throws: ReportRedraw.Failure.self) {
            _ = try ReportRedraw.redraw(directory, system: Registry.self)
        }
    }

    @Test("on a live run are drawn again from its events")
    func live() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var result = try Runner.run(Registry.scenario(), seed: 1)
        result.target = .kafka
        let path = try ReportWriter.write(
            result, file: "registry.yaml", replay: "orrery run registry.yaml --target kafka", into: directory)
        let html = "\(directory)/registry-1/report.html"
        let before = try String(contentsOfFile: html, encoding: .utf8)
        #expect(try ReportRedraw.redraw("\(directory)/registry-1", system: Registry.self) == path)
        let after = try String(contentsOfFile: html, encoding: .utf8)
        #expect(after.contains("<h1>registered-once</h1>") && after.contains("\"NAME-2\""))
        #expect(abs(after.count - before.count) < 600)
    }

    @Test("do not overwrite the report on another file, and have a page over all of them")
    func collisions() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let result = try Runner.run(Registry.scenario(), seed: 1)
        func write(_ file: String) throws -> String {
            try ReportWriter.write(result, file: file, replay: "x", into: directory, extent: .text)
        }
        let first = try write("a.yaml")
        #expect(try write("a.yaml") == first)
        // The report's own scenario has its name and its seed.
        let own = try write("\(directory)/registry-1/scenario.yaml")
        #expect(own == "\(directory)/registry-1-2/report.md")
        #expect(ReportRedraw.reports(in: directory).count == 2)
        let index = try #require(try ReportIndex.write(in: directory))
        let page = try String(contentsOfFile: index, encoding: .utf8)
        #expect(page.contains("<h1>2 findings</h1>"))
        #expect(page.contains("href=\"registry-1/report.md\"") && page.contains("registered-once"))
    }
}
