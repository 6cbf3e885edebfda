import Simulation

/// Looks for orders of events that fail: a few messages and transactions are held up, so that what comes later comes first.
///
/// In the manner of probabilistic concurrency testing (Burckhardt et al., 2010): a run of a few units of work is made
/// once, to know what there is to hold up; then runs follow in which a handful of points among all of these are drawn,
/// 1 to `depth` of them. Links keep their order, so what is held up holds up all that follows on its link: its sender
/// has the lowest priority for that long. A failure that takes d such points is met with a probability that falls with
/// the d-th power of the length of the run, not exponentially.
public struct ScheduleSearch: Strategy {
    public let name = "schedules"
    /// The most things that are held up in one run.
    public static let depth = 3
    private let space: SearchSpace
    private var base: Base?
    private var baseCount = 0
    private var attempts = 0

    /// A run, and what can be held up in it.
    private struct Base: Sendable {
        var scenario: Scenario
        var seed: UInt64
        /// Machines that have sent something to each other, and how many messages.
        var links: [(from: String, to: String, messages: UInt32)]
        /// Instances, and how many transactions each has made.
        var transactions: [(instance: String, count: UInt64)]
        var runsLeft: Int
    }

    /// How many runs are made of one seed and size.
    private static let runsOfBase = 24
    /// How long things are held up: long against what else happens, short against timeouts; or longer than those.
    private static let delays: [Duration] = [
        .milliseconds(2), .milliseconds(20), .milliseconds(200), .seconds(2), .seconds(8),
    ]

    public init(_ space: SearchSpace) { self.space = space }

    /// The next run of a seed, or the first of the next one.
    public mutating func next() throws -> Attempt? {
        guard var current = base, current.runsLeft > 0 else { return try begin() }
        current.runsLeft -= 1
        base = current
        attempts += 1
        let draws = Draws(seed: current.seed).substream(.schedules, UInt64(attempts))
        var scenario = current.scenario
        scenario.plan += (0..<(1 + attempts % Self.depth)).map {
            delay(in: current, draws.substream(.schedulePoint, UInt64($0)))
        }
        let run = try Runner.run(scenario, seed: current.seed)
        return Attempt(run: run, events: run.events)
    }

    private mutating func begin() throws -> Attempt {
        let seed = space.seed(baseCount)
        baseCount += 1
        let scenario = space.quietScenario(units: space.drawUnits(Draws(seed: seed).substream(.schedules), 0))
        var world = try World(scenario, seed: seed, isOpenToFaults: true)
        world.run()
        let machines =
            world.instanceNames + (1...scenario.cluster.brokers).map { "broker \($0)" } + ["client", "provider"]
        let links = machines.flatMap { from in
            machines.map { to in (from: from, to: to, messages: world.messageCount(from: from, to: to)) }
        }
        base = Base(
            scenario: scenario, seed: seed, links: links.filter { $0.messages > 0 },
            transactions: world.instanceNames.map { ($0, world.transactionCount(of: $0)) }.filter { $0.1 > 0 },
            runsLeft: Self.runsOfBase)
        return Attempt(run: Runner.judge(world, seed: seed), events: world.eventCount)
    }

    /// Holds one thing up.
    private func delay(in base: Base, _ draws: Draws) -> FaultAction {
        let length = Self.delays[draws.index(below: Self.delays.count, .scheduleDelay)]
        if draws.chance(0.2, .scheduleKind), !base.transactions.isEmpty {
            let chosen = base.transactions[draws.index(below: base.transactions.count, .scheduleLink)]
            let number = UInt64(draws.index(below: Int(chosen.count), .scheduleNumber)) + 1
            return .store(chosen.instance, transaction: number, .slow(by: length))
        }
        let link = base.links[draws.index(below: base.links.count, .scheduleLink)]
        let number = UInt32(draws.index(below: Int(link.messages), .scheduleNumber))
        return .delayMessage(MessagePlace(from: link.from, to: link.to, number: number), by: length)
    }
}

extension Purpose {
    fileprivate static let schedules = Purpose("search.schedules")
    fileprivate static let schedulePoint = Purpose("search.schedule-point")
    fileprivate static let scheduleDelay = Purpose("search.schedule-delay")
    fileprivate static let scheduleKind = Purpose("search.schedule-kind")
    fileprivate static let scheduleLink = Purpose("search.schedule-link")
    fileprivate static let scheduleNumber = Purpose("search.schedule-number")
}
