import Harness
import Simulation

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
struct Findings {
    /// A run that breaks an invariant a thousand times breaks it for one reason.
    static let limit = 20

    let checker: String
    let end: Instant
    private let limit: Int
    private(set) var samples = 0
    private var reported: [Violation] = []
    private var unsaid = 0

    init(checker: String, end: Instant, limit: Int = Self.limit) {
        self.checker = checker
        self.end = end
        self.limit = limit
    }

    /// Something was looked at that could have broken the invariant.
    mutating func sample(_ count: Int = 1) { samples += count }

    /// The invariant was broken. Without a moment, it was seen at the end of the run.
    mutating func report(_ subject: some CustomStringConvertible, at moment: Instant? = nil, _ message: String) {
        guard reported.count < limit else {
            unsaid += 1
            return
        }
        reported.append(
            Violation(checker: checker, at: moment ?? end, subject: subject.description, message: message))
    }

    /// The first violations, and how many more there were.
    var violations: [Violation] {
        guard unsaid > 0, let last = reported.last else { return reported }
        let rest = Violation(
            checker: checker, at: last.at, subject: last.subject,
            message: "… and \(unsaid) more violations of the same invariant.")
        return reported + [rest]
    }
}
