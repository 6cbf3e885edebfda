import Simulation

/// Runs the scenario with another choice of its faults for each seed: which are on, and how strong they are.
///
/// A run with everything on hides what takes a quiet neighbour to show (Groce et al., "Swarm Testing", 2012). The
/// choices come from a stream of their own, so a seed means the same run inside as it does without them.
public struct SwarmSearch: Strategy {
    public let name = "swarm"
    private let space: SearchSpace
    private var count = 0

    public init(_ space: SearchSpace) { self.space = space }

    /// Draws a configuration and runs it.
    public mutating func next() throws -> Attempt? {
        let seed = space.seed(count)
        count += 1
        let run = try Runner.run(configuration(of: seed), seed: seed)
        return Attempt(run: run, events: run.events)
    }

    /// What a seed draws. A scenario without faults by rate draws from all there are.
    func configuration(of seed: UInt64) -> Scenario {
        let draws = Draws(seed: seed).substream(.swarm)
        let full = space.scenario.system.unitsOfWork
        let sizes = [1, 2, 3, 5, 8, 13, 20, 40, full].filter { $0 <= full }
        let units = space.units ?? sizes[draws.index(below: sizes.count, .swarmUnits)]
        var scenario = space.scenario(units: units)
        let length = Self.duration(of: units, outOf: full, space.rates)
        scenario.rates = space.rates.drawn(draws, during: max(length, space.planEnd - space.rates.from))
        return scenario
    }

    /// Faults go on for as long as the units of work need, and for some seconds more: what has come to rest already
    /// cannot be disturbed.
    private static func duration(of units: Int, outOf full: Int, _ rates: FaultRates) -> Duration {
        let whole = rates.until - rates.from
        let share = Duration(nanoseconds: whole.nanoseconds / Int64(max(full, 1)) * Int64(units))
        return min(whole, share + .seconds(4))
    }
}

extension SearchSpace {
    /// The rates that tell which faults the system has to survive: the scenario's, or moderate ones of every kind for a
    /// scenario that has no faults at all.
    var rates: FaultRates {
        guard !scenario.rates.canStrike, scenario.plan.isEmpty else { return scenario.rates }
        var rates = FaultRates.moderate
        (rates.from, rates.until) = (scenario.rates.from, scenario.rates.until)
        return rates
    }
}

extension FaultRates {
    /// A choice among these faults: each is on or off, and weaker or stronger than here. They go on for a shorter time,
    /// in which as many of those strike that are counted by the second.
    func drawn(_ draws: Draws, during length: Duration) -> FaultRates {
        var drawn = self
        let whole = until - from
        drawn.until = from + length
        for (number, knob) in FaultKnob.all.enumerated() where self[keyPath: knob.rate] > 0 {
            let identity = UInt64(number)
            guard draws.chance(0.5, .swarmChoice, identity) else {
                drawn[keyPath: knob.rate] = 0
                continue
            }
            let strengths = [0.25, 0.5, 1, 2, 4]
            var rate =
                self[keyPath: knob.rate] * strengths[draws.index(below: strengths.count, .swarmStrength, identity)]
            if knob.isPerSecond {
                if length > .zero { rate *= Double(whole.nanoseconds) / Double(length.nanoseconds) }
            } else {
                // Nothing comes to an end in a world where most of what is tried fails.
                rate = min(rate, max(knob.limit, self[keyPath: knob.rate]))
            }
            drawn[keyPath: knob.rate] = rate
        }
        return drawn
    }
}

extension Purpose {
    fileprivate static let swarm = Purpose("search.swarm")
    fileprivate static let swarmUnits = Purpose("search.swarm-units")
    fileprivate static let swarmChoice = Purpose("search.swarm-choice")
    fileprivate static let swarmStrength = Purpose("search.swarm-strength")
}
