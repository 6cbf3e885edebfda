import Simulation

/// A way to look for runs that fail. It makes one run after the other, each of which its scenario and seed make again.
public protocol Strategy: Sendable {
    /// As users name it: `swarm`.
    var name: String { get }
    /// Makes the next run; nil when there is nothing left to try.
    mutating func next() throws -> Attempt?
    /// How far it has come, in a phrase (`412 of 1,432 crash points`); empty when that says nothing.
    var progress: String { get }
    /// How many abstract states it has reached; 0 when it does not look.
    var states: Int { get }
}

extension Strategy {
    /// Says nothing.
    public var progress: String { "" }
    /// Does not look.
    public var states: Int { 0 }
}

/// One run of a search, judged.
public struct Attempt: Sendable {
    public var run: RunResult
    /// How many events were simulated for it. A run that goes on from a checkpoint costs only what comes after.
    public var events: Int

    public init(run: RunResult, events: Int) {
        self.run = run
        self.events = events
    }
}

/// What a search looks through.
public struct SearchSpace: Sendable {
    public var scenario: Scenario
    /// The first seed.
    public var seed: UInt64 = 1
    /// How many units of work (orders) the runs have; nil for what each strategy thinks best.
    public var units: Int?
    /// Which part of the work is done here: the `index`-th of `count` searches that go on at once and share nothing.
    public var share: (index: Int, count: Int) = (0, 1)

    public init(_ scenario: Scenario, seed: UInt64 = 1, units: Int? = nil, share: (index: Int, count: Int) = (0, 1)) {
        precondition(share.index >= 0 && share.index < share.count, "share \(share.index) of \(share.count)")
        self.scenario = scenario
        self.seed = seed
        self.units = units
        self.share = share
    }

    /// The n-th seed of this share, from 0.
    func seed(_ number: Int) -> UInt64 { seed &+ UInt64(share.index) &+ UInt64(number) &* UInt64(share.count) }

    /// Whether the n-th piece of work that all shares count alike belongs to this one.
    func owns(_ number: Int) -> Bool { number % share.count == share.index }

    /// The scenario with so many units of work, or with all of them where it cannot be made smaller.
    func scenario(units: Int) -> Scenario {
        guard units < scenario.system.unitsOfWork,
            let smaller = scenario.system.with(unitsOfWork: units, isStretched: false)
        else { return scenario }
        var short = scenario
        short.system = smaller
        return short
    }

    /// The same without faults by rate. Nothing waits for a time at which faults end, beyond those of the plan, so such a run
    /// is over as soon as everything has come to rest.
    func quietScenario(units: Int) -> Scenario {
        var quiet = scenario(units: units)
        quiet.rates = FaultRates()
        quiet.rates.until = planEnd
        return quiet
    }

    /// When the last fault of the scenario's plan is over that has a time.
    var planEnd: Duration {
        let ends = scenario.plan.compactMap { fault -> Duration? in
            fault.moment.map { ($0 - Instant.zero) + (fault.length ?? Duration.zero) }
        }
        return ends.max() ?? Duration.zero
    }

    /// How many units of work a short run has: few, as most failures take one or two; but coming to rest takes as long for one
    /// as for five.
    func drawUnits(_ draws: Draws, _ number: UInt64) -> Int {
        if let units { return units }
        let sizes = [1, 2, 3, 4, 5, 6, 8, 8]
        return min(sizes[draws.index(below: sizes.count, .searchUnits, number)], scenario.system.unitsOfWork)
    }
}

extension Purpose {
    fileprivate static let searchUnits = Purpose("search.units")
}
