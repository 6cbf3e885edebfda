import Harness

/// The story of a violation in lines of plain text, for a terminal or the message of a failed test.
package enum StoryText {
    /// The most steps that are told; the report has more.
    private static let limit = 14
    /// The most characters of what a request or a call carried.
    private static let detailLimit = 80

    /// The subject's own steps and what befell it up to the violation, a line each, in order of time; the last ones when
    /// there are many.
    package static func lines(about violation: Violation, in history: History) -> [String] {
        // What comes after it did not cause it.
        let steps = Story(of: violation, in: history).steps.filter { $0.at <= violation.at }
        let left = steps.count - limit
        return (left > 0 ? ["… \(left) more steps, in the report"] : []) + steps.suffix(limit).map(line)
    }

    private static func line(_ step: Story.Step) -> String {
        let line = "\(step.at.brief)  " + (step.from.map { "\($0) → \(step.to)" } ?? step.to) + ": \(step.what)"
        // Records are known by their names; what they carry begins with ids and moments.
        guard !step.detail.isEmpty, !step.to.hasPrefix("topic ") else { return line }
        return line + "  " + (step.detail.count > detailLimit ? step.detail.prefix(detailLimit) + "…" : step.detail)
    }
}
