import Foundation

/// What GitHub Actions shows beside the log of a step: annotations at lines of files, and a summary of the step.
///
/// Outside of GitHub Actions there is none.
public struct GitHubActions: Sendable {
    /// More than that of one kind GitHub does not show for a step.
    static let annotationLimit = 10
    /// GitHub refuses summaries above 1 MiB.
    static let summaryLimit = 900_000

    private let summaryPath: String?

    /// Nil when the environment is not that of a step of GitHub Actions.
    public init?(environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard environment["GITHUB_ACTIONS"] == "true" else { return nil }
        summaryPath = environment["GITHUB_STEP_SUMMARY"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The lines to print for failures: `::error file=…,line=…,title=…::…`.
    public func annotations(_ failures: [CIFailure]) -> [String] {
        var lines = failures.prefix(Self.annotationLimit).map { failure in
            let seeds = failure.seeds.count == 1 ? "" : " (and \(failure.seeds.count - 1) more seeds)"
            let report = failure.report.map { "\nReport: \($0)" } ?? ""
            return Self.command(
                "error", file: failure.file, line: failure.line,
                title: "\(failure.checker): \(failure.scenario), seed \(failure.seeds[0])\(seeds)",
                "At \(failure.moment), \(failure.subject): \(failure.message)\nReplay: \(failure.replay)\(report)")
        }
        let more = failures.count - Self.annotationLimit
        if more > 0 { lines.append("::notice::\(more) more failures are in the summary of the step") }
        return lines
    }

    /// The line to print when nothing can be said of a scenario.
    public func warning(file: String, title: String, _ message: String) -> String {
        Self.command("warning", file: file, line: CIFailure.faultLine(of: file), title: title, message)
    }

    /// Appends Markdown to the summary of the step, if it has one.
    public func summarise(_ markdown: String) throws {
        guard let summaryPath else { return }
        var text = markdown
        if text.utf8.count > Self.summaryLimit {
            text = String(decoding: text.utf8.prefix(Self.summaryLimit), as: UTF8.self) + "\n\n… cut here.\n"
        }
        if !FileManager.default.fileExists(atPath: summaryPath) {
            try Data().write(to: URL(filePath: summaryPath))
        }
        let file = try FileHandle(forWritingTo: URL(filePath: summaryPath))
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: Data((text + "\n").utf8))
    }

    private static func command(
        _ name: String, file: String, line: Int, title: String, _ message: String
    ) -> String {
        "::\(name) file=\(property(file)),line=\(line),title=\(property(title))::\(data(message))"
    }

    /// As `toolkit/packages/core/src/command.ts` of GitHub's own actions escapes it.
    private static func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private static func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
