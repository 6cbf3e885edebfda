/// What a search has done so far.
public struct SearchStatistics: Sendable {
    /// The part of one strategy.
    public struct Part: Sendable {
        public var strategy: String
        public var runs = 0
        /// Simulated events.
        public var events = 0
        public var violatedRuns = 0
        /// New findings.
        public var findings = 0
        /// Abstract states that were reached; 0 where nobody looked.
        public var states = 0
        /// How far it has come, in a phrase; may be empty.
        public var progress = ""
        /// Whether nothing is left to try.
        public var isExhausted = false

        public init(strategy: String) { self.strategy = strategy }
    }

    /// How often things were counted, sorted by their names.
    public typealias Tally = [(name: String, count: Int)]

    /// In the order of the strategies.
    public var parts: [Part]
    /// How many runs there were in which anything was seen from which one could tell.
    public var conclusiveRuns = 0
    /// Faults that struck, by kind.
    public private(set) var faults: Tally = []
    /// Runs that were violated, by checker.
    public private(set) var violations: Tally = []

    public init(strategies: [String]) { parts = strategies.map { Part(strategy: $0) } }

    /// All of them.
    public var runs: Int { parts.reduce(0) { $0 + $1.runs } }
    /// Simulated events of all runs.
    public var events: Int { parts.reduce(0) { $0 + $1.events } }
    /// Runs that broke something.
    public var violatedRuns: Int { parts.reduce(0) { $0 + $1.violatedRuns } }
    /// Abstract states that were reached.
    public var states: Int { parts.reduce(0) { $0 + $1.states } }

    mutating func add(_ attempt: Attempt, to part: Int) {
        parts[part].runs += 1
        parts[part].events += attempt.events
        if attempt.run.verdict != .inconclusive { conclusiveRuns += 1 }
        for fault in attempt.run.faults { Self.add(1, to: fault.kind, in: &faults) }
        guard attempt.run.verdict == .violated else { return }
        parts[part].violatedRuns += 1
        for check in attempt.run.checks where check.verdict == .violated {
            Self.add(1, to: check.name, in: &violations)
        }
    }

    /// The sum of two searches; parts of the same strategy are one.
    public mutating func merge(_ other: SearchStatistics) {
        conclusiveRuns += other.conclusiveRuns
        for (kind, count) in other.faults { Self.add(count, to: kind, in: &faults) }
        for (checker, count) in other.violations { Self.add(count, to: checker, in: &violations) }
        for part in other.parts {
            guard let index = parts.firstIndex(where: { $0.strategy == part.strategy }) else {
                parts.append(part)
                continue
            }
            parts[index].runs += part.runs
            parts[index].events += part.events
            parts[index].violatedRuns += part.violatedRuns
            parts[index].findings += part.findings
            parts[index].states += part.states
            parts[index].isExhausted = parts[index].isExhausted && part.isExhausted
            if parts[index].progress.isEmpty { parts[index].progress = part.progress }
        }
    }

    private static func add(_ count: Int, to name: String, in tally: inout Tally) {
        let index = tally.firstIndex { $0.name >= name } ?? tally.endIndex
        if index < tally.endIndex, tally[index].name == name {
            tally[index].count += count
        } else {
            tally.insert((name, count), at: index)
        }
    }
}
