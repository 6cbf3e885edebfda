import Foundation
import Harness

/// Writes a comparison into a folder: `index.html`, `README.md`, and a folder for the report on each cell's shortest run.
public enum ComparisonWriter {
    /// What the page for browsers is called; Markdown is in `README.md`.
    public static let page = "index.html"

    /// Writes the report on the shortest run of a cell into the folder `name` of `directory`, and returns what the pages
    /// tell of it.
    ///
    /// - Parameters:
    ///   - checker: the invariant that the run is to show broken.
    ///   - program: what the user called, for the line that replays the run.
    public static func write(
        example result: RunResult, checker: String, name: String, program: String, into directory: String
    ) throws -> ComparisonExample {
        var result = result
        result.scenario.name = name
        let scenario = joined(directory, "\(name)/scenario.yaml")
        let replay = "\(program) run \(ShellWord.quoted(scenario))"
        _ = try ReportWriter.write(
            result, file: scenario, replay: replay, program: program, into: directory, folder: name, telling: checker,
            extent: .text)
        return ComparisonExample(result, checker: checker, report: "\(name)/report.md", replay: replay)
    }

    /// Writes both pages, and takes away the reports of cells that an older comparison had and this one has not.
    ///
    /// Returns the path of the page for browsers.
    public static func write(_ table: ComparisonTable, into directory: String) throws -> String {
        let files = FileManager.default
        try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let wanted = table.cells.joined().compactMap(\.example).map(\.report)
        for report in oldReports(in: directory) where !wanted.contains(report) {
            try? files.removeItem(atPath: joined(directory, String(report.dropLast("/report.md".count))))
        }
        try Data(ComparisonPage(table: table).text.utf8).write(to: URL(filePath: joined(directory, page)))
        try Data(ComparisonMarkdown(table: table).text.utf8).write(to: URL(filePath: joined(directory, "README.md")))
        return joined(directory, page)
    }

    /// The reports that the page in a folder leads to: what else is there is not ours.
    private static func oldReports(in directory: String) -> [String] {
        guard let page = try? String(contentsOfFile: joined(directory, page), encoding: .utf8) else { return [] }
        return page.matches(of: /href="([A-Za-z0-9-]+\/report\.md)"/).map { String($0.1) }
    }

    private static func joined(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }
}
