import Simulation

/// What a checker has seen so far: how many things it looked at, and those that broke its invariant.
public struct Inspection: Sendable {
    /// A run that breaks an invariant a thousand times breaks it for one reason: so many violations are told one by one.
    public static let limit = 20

    private let checker: String
    private let end: Instant
    private let limit: Int
    /// How many things were looked at.
    public private(set) var samples = 0
    private var reported: [Violation] = []
    private var unsaid = 0

    /// Nothing was seen yet; `end` is the end of the run.
    public init(checker: String, end: Instant, limit: Int = Self.limit) {
        self.checker = checker
        self.end = end
        self.limit = limit
    }

    /// Something was looked at that could have broken the invariant.
    public mutating func sample(_ count: Int = 1) { samples += count }

    /// The invariant was broken. Without a moment, it was seen at the end of the run.
    public mutating func report(_ subject: some CustomStringConvertible, at moment: Instant? = nil, _ message: String) {
        guard reported.count < limit else {
            unsaid += 1
            return
        }
        reported.append(
            Violation(checker: checker, at: moment ?? end, subject: subject.description, message: message))
    }

    /// The first violations, and how many more there were.
    public var violations: [Violation] {
        guard unsaid > 0, let last = reported.last else { return reported }
        let rest = Violation(
            checker: checker, at: last.at, subject: last.subject,
            message: "… and \(unsaid) more violations of the same invariant.")
        return reported + [rest]
    }
}

extension CheckResult {
    /// What an inspection of a run comes to.
    ///
    ///     CheckResult("no-debts", "No wallet holds less than nothing.", in: history) { inspection in
    ///         for wallet in wallets {
    ///             inspection.sample()
    ///             if wallet.balance < 0 { inspection.report(wallet.key, "The wallet holds \(wallet.balance) cents.") }
    ///         }
    ///     }
    public init(
        _ name: String, _ sentence: String, in history: History, inspecting inspect: (inout Inspection) -> Void
    ) {
        var inspection = Inspection(checker: name, end: history.end)
        inspect(&inspection)
        self.init(name: name, sentence: sentence, samples: inspection.samples, violations: inspection.violations)
    }
}
