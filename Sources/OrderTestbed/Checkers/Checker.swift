import Harness

/// One invariant, and how to see from the history of a run whether it held.
struct Checker: Sendable {
    /// `charged-at-most-once`.
    let name: String
    /// The invariant, as a sentence in plain English.
    let sentence: String
    /// Whether a record that could not be read back may look like a violation.
    let needsWholeLog: Bool
    private let check: @Sendable (OrderHistory, inout Findings) -> Void

    init(
        _ name: String, _ sentence: String, needsWholeLog: Bool = true,
        check: @escaping @Sendable (OrderHistory, inout Findings) -> Void
    ) {
        self.name = name
        self.sentence = sentence
        self.needsWholeLog = needsWholeLog
        self.check = check
    }

    /// Judges a run, as far as that can be done from what was read back of it; `limit` is how many violations are told one
    /// by one.
    func judge(_ history: OrderHistory, limit: Int = Findings.limit) -> CheckResult {
        var findings = Findings(checker: name, end: history.source.end, limit: limit)
        if history.source.missing.isEmpty || !needsWholeLog { check(history, &findings) }
        return CheckResult(
            name: name, sentence: sentence, samples: findings.samples, violations: findings.violations)
    }
}

/// What a checker has seen so far.
typealias Findings = Inspection
