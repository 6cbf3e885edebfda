/// A page of Markdown on many runs: for the summary of a CI step, or the index of merged shards.
public struct StepSummary: Sendable {
    /// The most failures, and the most seeds of one, that are told.
    private static let failureLimit = 50
    private static let seedLimit = 10

    public var title: String
    /// A sentence below the title: what was asked for, what was not run.
    public var remarks: [String] = []
    /// Rows of cells, the first the names of the columns.
    public var table: [[String]] = []
    public var failures: [CIFailure] = []

    public init(title: String) { self.title = title }

    /// The page.
    public var text: String {
        var page = "## \(Markdown.text(title))\n\n"
        for remark in remarks { page += "\(Markdown.text(remark))\n\n" }
        if let head = table.first {
            page += row(head) + "|---" + String(repeating: "|---:", count: head.count - 1) + "|\n"
            for cells in table.dropFirst() { page += row(cells) }
            page += "\n"
        }
        for failure in failures.prefix(Self.failureLimit) { page += section(failure) }
        let more = failures.count - Self.failureLimit
        if more > 0 { page += "… and \(more) more.\n" }
        return page
    }

    private func row(_ cells: [String]) -> String { "| " + cells.map(Markdown.text).joined(separator: " | ") + " |\n" }

    private func section(_ failure: CIFailure) -> String {
        let told = failure.seeds.prefix(Self.seedLimit).map(String.init).joined(separator: ", ")
        let more = failure.seeds.count > Self.seedLimit ? ", …" : ""
        var section = "### \(Markdown.text(failure.checker)) in \(Markdown.text(failure.scenario))\n\n"
        section += "\(failure.seeds.count == 1 ? "Seed" : "\(failure.seeds.count) seeds:") \(told)\(more). "
        section += "At \(failure.moment), \(Markdown.code(failure.subject)): \(Markdown.text(failure.message))\n\n"
        for fault in failure.faults.prefix(10) { section += "- \(Markdown.text(fault))\n" }
        section += (failure.faults.isEmpty ? "" : "\n") + "```sh\n\(failure.replay)\n```\n\n"
        if let report = failure.report { section += "Report: \(Markdown.code(report))\n\n" }
        return section
    }
}
