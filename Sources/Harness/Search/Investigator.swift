import Simulation

/// Makes a finding of a failing run: shrinks it, finds the decisive moment, names the cause.
public struct Investigator: Sendable {
    /// How much may be tried to make it shorter; nil to leave it as it is.
    public var budget: ShrinkBudget?
    /// Whether to look for the moment at which the outcome was decided.
    public var explains = true
    /// The CPU time used so far, for the record; the harness has no clock of its own.
    public var clock: @Sendable () -> Duration = { .zero }

    public init(budget: ShrinkBudget? = ShrinkBudget()) { self.budget = budget }

    /// What there is to say about a run that breaks an invariant: the one named, or the one that breaks first.
    ///
    /// - Returns: nil for a run that breaks nothing (nothing of `checker`).
    /// - Throws: `PropertyError` when the scenario's client properties are none.
    public func investigate(
        _ run: RunResult, breaking checker: String? = nil, discovery: Discovery
    ) throws -> Finding? {
        guard let violation = checker.map(run.violation(of:)) ?? run.firstViolation else { return nil }
        var finding = Finding(
            cause: Cause(of: violation, in: run), found: run, minimal: run, violation: violation,
            discovery: discovery)
        guard !run.target.isLive else { return finding }
        if let budget { try shrink(&finding, budget) }
        if explains {
            finding.explanation = try Explainer(finding.minimal, breaking: finding.violation.checker).explain()
        }
        return finding
    }

    private func shrink(_ finding: inout Finding, _ budget: ShrinkBudget) throws {
        let begin = clock()
        let checker = finding.violation.checker
        var shrinker = Shrinker(finding.found, breaking: checker, budget: budget)
        try shrinker.run()
        finding.minimal = shrinker.best
        finding.shrinking = shrinker.record
        finding.shrinking?.time = clock() - begin
        if let violation = shrinker.best.violation(of: checker) { finding.violation = violation }
        finding.cause = Cause(of: finding.violation, in: finding.minimal)
    }
}
