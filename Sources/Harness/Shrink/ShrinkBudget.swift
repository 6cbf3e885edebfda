/// How much may be tried to make a failing run shorter; counted and not timed, so that every machine finds the same.
public struct ShrinkBudget: Hashable, Sendable {
    /// Runs.
    public var runs = 400
    /// Simulated events of all runs together.
    public var events = 2_000_000

    public init() {}

    /// So many runs, and so many events.
    public init(runs: Int, events: Int) {
        self.runs = runs
        self.events = events
    }
}

/// How long a story is to read: units of work count more than faults, and those more than what is seen to happen.
public struct StoryLength: Comparable, Sendable {
    public var units: Int
    public var faults: Int
    public var entries: Int

    /// The first thing in which they differ decides.
    public static func < (left: StoryLength, right: StoryLength) -> Bool {
        (left.units, left.faults, left.entries) < (right.units, right.faults, right.entries)
    }
}

extension RunResult {
    /// How long its story is.
    public var length: StoryLength {
        StoryLength(units: unitsOfWork, faults: faults.count, entries: history.entries.count)
    }
}
