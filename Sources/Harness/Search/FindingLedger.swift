/// What a search has found so far, sorted by cause: a thousand failing runs are three findings.
public struct FindingLedger: Sendable {
    /// Makes a finding of a failing run and what it breaks: shrinks the run, if it likes.
    public typealias Reduction = @Sendable (RunResult, Violation, Discovery) throws -> Finding

    public private(set) var findings: [Finding] = []
    /// Runs that failed, and did not when they were made again from their scenario and seed alone. Always 0, unless
    /// something in the harness is not deterministic.
    public private(set) var unconfirmed = 0
    /// Which checkers the shortest run of each finding breaks.
    private var checkers: [Set<String>] = []
    private let reduce: Reduction
    private let confirms: @Sendable (RunResult) throws -> Bool

    public init(reducing reduce: @escaping Reduction = Self.unshortened) {
        self.init(reducing: reduce, confirming: Self.failsAgain)
    }

    /// - Parameter confirms: Whether a failing run fails when it is made again.
    init(
        reducing reduce: @escaping Reduction = Self.unshortened,
        confirming confirms: @escaping @Sendable (RunResult) throws -> Bool
    ) {
        self.reduce = reduce
        self.confirms = confirms
    }

    /// Sorts a failing run in. What a known finding explains is another occurrence of it; anything else is reduced to a
    /// finding of its own, or turns out to be a known one.
    ///
    /// - Returns: How many findings are new.
    @discardableResult
    public mutating func take(_ run: RunResult, _ discovery: Discovery) throws -> Int {
        let before = findings.count
        var counted: Set<Int> = []
        var isConfirmed = false
        let kinds = Set(run.faults.map(\.kind).map(Self.family))
        for violation in Self.firsts(of: run.violations) {
            if let known = explanation(of: violation.checker, kinds) {
                guard counted.insert(known).inserted else { continue }
                findings[known].discovery.occurrences += 1
                // What is counted as known may be something else with faults of the same kinds: now and then one looks.
                guard Self.looks.contains(findings[known].discovery.occurrences) else { continue }
            }
            if !isConfirmed {
                guard try confirms(run) else {
                    unconfirmed += 1
                    return 0
                }
                isConfirmed = true
            }
            counted.insert(enter(try reduce(run, violation, discovery)))
        }
        return findings.count - before
    }

    /// Adds what another search has found.
    public mutating func merge(_ other: FindingLedger) {
        unconfirmed += other.unconfirmed
        for finding in other.findings {
            let known = findings.count
            let index = enter(finding)
            if index < known { findings[index].discovery.occurrences += finding.discovery.occurrences }
        }
    }

    // MARK: Causes

    /// At which occurrences of a finding a run that it seems to explain is reduced all the same.
    private static let looks: Set = [8, 64, 512]

    /// The place of a finding, new or known.
    private mutating func enter(_ finding: Finding) -> Int {
        if let known = findings.firstIndex(where: { Self.areAlike($0.cause, finding.cause) }) {
            if finding.minimal.faults.count < findings[known].minimal.faults.count {
                var shorter = finding
                shorter.discovery = findings[known].discovery
                findings[known] = shorter
                checkers[known].formUnion(finding.minimal.violations.map(\.checker))
            }
            return known
        }
        // One cause breaks several invariants, and which of them a run breaks first is chance.
        let broken = Set(finding.minimal.violations.map(\.checker)).union([finding.cause.checker])
        if let known = findings.indices.first(where: {
            Self.families(findings[$0].cause) == Self.families(finding.cause)
                && checkers[$0].contains(finding.cause.checker) && broken.contains(findings[$0].cause.checker)
        }) {
            return known
        }
        findings.append(finding)
        checkers.append(broken)
        return findings.count - 1
    }

    private func explanation(of checker: String, _ kinds: Set<String>) -> Int? {
        findings.indices.first { index in
            checkers[index].contains(checker) && kinds.isSuperset(of: Self.families(findings[index].cause))
        }
    }

    private static func areAlike(_ left: Cause, _ right: Cause) -> Bool {
        left.checker == right.checker && families(left) == families(right)
    }

    private static func families(_ cause: Cause) -> [String] { cause.faults.map(family).sorted() }

    /// A process that is killed between two effects, and one that is killed before an effect, are lost alike.
    private static func family(_ kind: String) -> String { kind == "kill-instance" ? "crash-instance" : kind }

    /// The first violation of each checker.
    private static func firsts(of violations: [Violation]) -> [Violation] {
        var firsts: [Violation] = []
        for violation in violations where !firsts.contains(where: { $0.checker == violation.checker }) {
            firsts.append(violation)
        }
        return firsts
    }

    /// Whether the run breaks the same when it is made from its scenario and seed alone.
    private static func failsAgain(_ run: RunResult) throws -> Bool {
        let again = try Runner.run(run.replayScenario, seed: run.seed)
        return again.violations.map(\.checker) == run.violations.map(\.checker)
    }
}

extension FindingLedger {
    /// The most faults of which a plan tells, as it stands, what a failure takes.
    private static let tellingCount = 4

    /// Takes the run as it is. The kinds of its faults belong to the cause only when they are few.
    public static let unshortened: Reduction = { run, violation, discovery in
        let cause =
            run.faults.count <= tellingCount
            ? Cause(of: violation, in: run) : Cause(checker: violation.checker, faults: [])
        return Finding(cause: cause, found: run, minimal: run, violation: violation, discovery: discovery)
    }
}
