import Simulation

/// A failure that a search has found, as short as it gets, and what is known about it.
public struct Finding: Sendable {
    /// What makes two failures one finding.
    public var cause: Cause
    /// The run in which it was found. Its `replayScenario` is the same run without rates.
    public var found: RunResult
    /// The shortest run that fails for the same cause; `found` itself as long as nothing was shrunk. Its faults are an
    /// explicit plan.
    public var minimal: RunResult
    /// What `minimal` breaks.
    public var violation: Violation
    /// How it was found.
    public var discovery: Discovery
    /// What was done to make it short; nil when nobody tried.
    public var shrinking: ShrinkRecord?
    /// Why it fails; nil when nobody asked.
    public var explanation: Explanation?

    public init(
        cause: Cause, found: RunResult, minimal: RunResult, violation: Violation, discovery: Discovery,
        shrinking: ShrinkRecord? = nil, explanation: Explanation? = nil
    ) {
        self.cause = cause
        self.found = found
        self.minimal = minimal
        self.violation = violation
        self.discovery = discovery
        self.shrinking = shrinking
        self.explanation = explanation
    }
}

/// Why runs fail, as far as one can tell from outside: which invariant broke, and which kinds of fault it takes.
public struct Cause: Hashable, Sendable {
    /// `charged-at-most-once`.
    public var checker: String
    /// The kinds of the faults of the shortest plan, as scenario files spell them, sorted, each as often as it is needed.
    public var faults: [String]

    public init(checker: String, faults: [String]) {
        self.checker = checker
        self.faults = faults.sorted()
    }

    /// The cause of a run's violation, its plan taken as it stands.
    public init(of violation: Violation, in run: RunResult) {
        self.init(checker: violation.checker, faults: run.faults.map(\.kind))
    }
}

/// How a failure was found.
public struct Discovery: Sendable {
    /// `seeds`, `swarm`, `crash-points`, `branching`, `schedules`, `regressions`.
    public var strategy: String
    /// How many events had been simulated when it was seen first.
    public var events: Int
    /// How many runs had been made by then.
    public var runs: Int
    /// How many runs failed for this cause in all.
    public var occurrences: Int

    public init(strategy: String, events: Int = 0, runs: Int = 1, occurrences: Int = 1) {
        self.strategy = strategy
        self.events = events
        self.runs = runs
        self.occurrences = occurrences
    }
}

/// What shrinking did.
public struct ShrinkRecord: Sendable {
    /// How many shorter runs were tried, and how many of those began at a checkpoint instead of at the start.
    public var attempts: Int
    public var fromCheckpoints: Int
    /// Events simulated by them.
    public var events: Int
    /// Whether everything that is left was tried to be left out, one thing at a time, and was needed (1-minimal); false
    /// when the budget ended first.
    public var isMinimal: Bool
    /// CPU time; nil where nobody measured it.
    public var time: Duration?

    public init(attempts: Int, fromCheckpoints: Int, events: Int, isMinimal: Bool, time: Duration? = nil) {
        self.attempts = attempts
        self.fromCheckpoints = fromCheckpoints
        self.events = events
        self.isMinimal = isMinimal
        self.time = time
    }
}

/// Why the shortest run fails.
public struct Explanation: Sendable {
    /// The last moment at which the run could still be saved by mending what is broken and leaving out what was yet to
    /// come. Nil when that never helps: then no fault made the difference.
    public var lastSaved: Instant?
    /// The next event's moment: from then on the run could not be saved.
    public var decided: Instant?
    /// What was written down of that event; empty when nothing was.
    public var decisive: [History.Entry]
    /// What made the difference, in a sentence; empty until somebody has put it in words.
    public var decision: String
    /// The story, a sentence each; empty until somebody has told it.
    public var sentences: [String]
    /// The world that branches off at `lastSaved` and is spared the rest of the faults: the invariant holds in it.
    public var good: RunResult?

    public init(
        lastSaved: Instant? = nil, decided: Instant? = nil, decisive: [History.Entry] = [], decision: String = "",
        sentences: [String] = [], good: RunResult? = nil
    ) {
        self.lastSaved = lastSaved
        self.decided = decided
        self.decisive = decisive
        self.decision = decision
        self.sentences = sentences
        self.good = good
    }
}
