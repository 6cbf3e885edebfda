import Foundation
import Harness
import Reports

/// Why files are not the shards of one session.
struct UnmergeableShards: Error {
    /// A sentence each, at least one.
    let problems: [String]
}

/// The runs of a session that was spread over machines, in the order in which one would have made them.
struct MergedSession {
    private struct Entry {
        let line: String
        let summary: RunSummary
        let place: ShardPlace
        let source: String
    }

    /// As the shards have printed them.
    let lines: [String]
    let table: VerdictTable
    let failures: [CIFailure]
    let suites: JUnitReport
    /// What was not run.
    let remarks: [String]

    init(files: [String]) throws(UnmergeableShards) {
        var problems: [String] = []
        var entries: [Entry] = []
        for file in files { Self.read(file, into: &entries, &problems) }
        let first = entries.first?.place
        var seen: [Int: String] = [:]
        for entry in entries {
            let place = entry.place
            if let first, (place.plan, place.of, place.runs) != (first.plan, first.of, first.runs) {
                problems.append(
                    "\(entry.source): this shard is of another session than \(entries[0].source): its scenarios, seeds, "
                        + "overrides or number of shards differ")
            } else if let other = seen[place.run] {
                problems.append("\(entry.source): the run is also in \(other): name each shard once")
            }
            seen[place.run] = entry.source
        }
        guard let first else {
            throw UnmergeableShards(problems: problems.isEmpty ? ["the files hold no runs"] : problems)
        }
        var remarks: [String] = []
        for number in 1...first.of {
            let made = entries.count { $0.place.number == number }
            let planned = Shard(number: number, of: first.of).count(of: first.runs)
            if made == 0, planned > 0 {
                problems.append("shard \(number) of \(first.of) is missing: nothing of its \(planned) runs is here")
            } else if made < planned {
                remarks.append("shard \(number) of \(first.of) has made \(made) of its \(planned) runs")
            }
        }
        // One sentence for each file says enough.
        guard problems.isEmpty else { throw UnmergeableShards(problems: Array(problems.prefix(20))) }
        entries.sort { $0.place.run < $1.place.run }
        var table = VerdictTable()
        var suites = JUnitReport()
        for entry in entries {
            table.add(entry.summary)
            suites.add(entry.summary)
        }
        self.table = table
        self.suites = suites
        self.remarks = remarks
        lines = entries.map(\.line)
        failures = CIFailure.collect(entries.map(\.summary))
    }

    private static func read(_ file: String, into entries: inout [Entry], _ problems: inout [String]) {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            problems.append("\(file): cannot be read")
            return
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard !line.isEmpty else { continue }
            let source = "\(file):\(index + 1)"
            do throws(UnreadableSummary) {
                let summary = try RunSummary(jsonLine: String(line))
                guard let place = summary.shard else {
                    problems.append("\(source): this run belongs to no shard: run it with --shard")
                    return
                }
                entries.append(Entry(line: String(line), summary: summary, place: place, source: source))
            } catch {
                problems.append("\(source): \(error)")
                return
            }
        }
    }

    /// Writes `index.md`, for people, and `results.jsonl`, for programs.
    func write(into directory: String) throws {
        let folder = URL(filePath: directory, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let page = StepSummary(table, failures, remarks).text
        try Data(page.utf8).write(to: folder.appending(component: "index.md"))
        let results = lines.map { $0 + "\n" }.joined()
        try Data(results.utf8).write(to: folder.appending(component: "results.jsonl"))
    }
}
