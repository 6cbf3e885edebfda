/// A search: several strategies that take turns, and what they have found.
///
/// A value without threads and clocks: whoever runs it decides when it is enough. Searches that are given different shares
/// of one `SearchSpace` can go on at once, and be merged.
public struct Explorer: Sendable {
    /// What was found, by cause.
    public private(set) var ledger: FindingLedger
    public private(set) var statistics: SearchStatistics
    private var strategies: [any Strategy]

    /// - Parameter reduce: Makes a finding of a failing run; keeps the run as it is unless given.
    public init(
        _ strategies: [any Strategy], reducing reduce: @escaping FindingLedger.Reduction = FindingLedger.unshortened
    ) {
        self.strategies = strategies
        ledger = FindingLedger(reducing: reduce)
        statistics = SearchStatistics(strategies: strategies.map(\.name))
    }

    /// Findings so far.
    public var findings: [Finding] { ledger.findings }

    /// What the sweep of crash points has come to, if there is one.
    public var sweep: SweepResult? { strategies.lazy.compactMap { ($0 as? CrashPointSweep)?.result }.first }

    /// Makes one more run; false when every strategy has tried all it can.
    ///
    /// It is the turn of the strategy for which the fewest events were simulated: runs are short here and long there.
    public mutating func advance() throws -> Bool {
        let waiting = strategies.indices.filter { !statistics.parts[$0].isExhausted }
        guard let turn = waiting.min(by: { statistics.parts[$0].events < statistics.parts[$1].events }) else {
            return false
        }
        guard let attempt = try strategies[turn].next() else {
            statistics.parts[turn].isExhausted = true
            statistics.parts[turn].progress = strategies[turn].progress
            return true
        }
        statistics.add(attempt, to: turn)
        statistics.parts[turn].states = strategies[turn].states
        statistics.parts[turn].progress = strategies[turn].progress
        guard attempt.run.verdict == .violated else { return true }
        let discovery = Discovery(
            strategy: strategies[turn].name, events: statistics.events, runs: statistics.runs)
        statistics.parts[turn].findings += try ledger.take(attempt.run, discovery)
        return true
    }

    /// Goes on until somebody has had enough, or nothing is left to try.
    public mutating func run(until isEnough: (Explorer) -> Bool) throws {
        while !isEnough(self), try advance() {}
    }
}
