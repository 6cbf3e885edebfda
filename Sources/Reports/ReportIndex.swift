import Foundation
import Harness

/// The page over all reports of a directory, `index.html`.
public enum ReportIndex {
    /// The most reports that are listed.
    static let limit = 1_000

    /// Writes the page, and returns its path; nil when there is no report in the directory.
    @discardableResult
    public static func write(in directory: String) throws -> String? {
        let entries = entries(in: directory)
        guard !entries.isEmpty else { return nil }
        let path = ReportWriter.joined(directory, "index.html")
        try Data(page(entries).utf8).write(to: URL(filePath: path), options: .atomic)
        return path
    }

    private struct Entry {
        var folder: String
        var record: ReportRecord
        var isDrawn: Bool

        var checker: String {
            let told = record.object["told"] as? [String: Any]
            return told?["checker"] as? String ?? record.object["verdict"] as? String ?? "?"
        }
    }

    private static func entries(in directory: String) -> [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let entries = names.filter { !$0.hasPrefix(".") }.compactMap { name -> Entry? in
            let path = ReportWriter.joined(directory, name)
            guard let record = ReportRecord(directory: path), record.object["verdict"] != nil else { return nil }
            let isDrawn = FileManager.default.fileExists(atPath: ReportWriter.joined(path, "report.html"))
            return Entry(folder: name, record: record, isDrawn: isDrawn)
        }
        return entries.sorted { ($0.checker, $0.folder) < ($1.checker, $1.folder) }
    }

    private static func page(_ entries: [Entry]) -> String {
        let findings = entries.prefix(limit).map(finding).joined(separator: "\n")
        let more = entries.count - limit
        let note =
            more > 0 ? "\(more) more reports are in this directory." : "Made from the reports in this directory."
        return PageAssets.filled(
            PageAssets.index,
            with: [
                ("style", PageAssets.style), ("title", ReportSource.count(entries.count, "finding")),
                ("findings", findings), ("note", note),
            ])
    }

    private static func finding(_ entry: Entry) -> String {
        let object = entry.record.object
        let told = object["told"] as? [String: Any]
        let scenario = object["scenario"] as? String ?? entry.folder
        let seed = (object["seed"] as? NSNumber).map { "seed \($0)" } ?? ""
        let faults = (object["faults"] as? [Any])?.count ?? 0
        var place = [scenario, seed, ReportSource.count(faults, "fault")]
        if let found = entry.record.finding.flatMap({ FindingRecord($0) }) {
            place.append(
                "found by \(found.discovery.strategy), \(ReportSource.count(found.discovery.occurrences, "time"))")
        }
        let subject = told?["order"] as? String ?? ""
        let message = told?["message"] as? String ?? ""
        let page = entry.isDrawn ? "report.html" : "report.md"
        return """
            <a class="finding" href="\(HTML.path("\(entry.folder)/\(page)"))"><h3>\(HTML.text(entry.checker))</h3>
            <p><b>\(HTML.text(subject))</b> \(HTML.text(message))</p>
            <p class="hint">\(HTML.text(object["difference"] as? String ?? ""))</p>
            <p class="where">\(place.filter { !$0.isEmpty }.map { "<span>\(HTML.text($0))</span>" }.joined(separator: " "))</p></a>
            """
    }
}
