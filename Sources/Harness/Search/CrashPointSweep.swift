import Simulation

/// Crashes an instance at every moment between two things that it does, one crash a run: before every effect, and just
/// before and after every commit of a store.
///
/// A short run without faults is made once; every crash forks it at its moment and goes on to quiescence. So the sweep of
/// one order is exhaustive. When a seed is done, the next one follows.
public struct CrashPointSweep: Strategy {
    public let name = "crash-points"
    /// What it has come to, over all seeds.
    public private(set) var result: SweepResult
    private let space: SearchSpace
    private let options: Options
    private var seed: UInt64
    private var points: [CrashPoint] = []
    private var tried = 0
    private var triedPairs = 0
    /// The run without crashes, up to the step before the next point's.
    private var cursor: World
    private var step = 0
    private var nextPoint = 0
    /// The run without crashes, at its end; nil when it was handed out.
    private var calm: World?
    /// Simulated events that no attempt has been charged with yet.
    private var debt = 0
    private var checkpoints: [(step: Int, world: World)] = []

    /// How a sweep is made.
    public struct Options: Sendable {
        /// How long a crashed instance stays down.
        public var downtime = Duration.seconds(1)
        /// After all single crashes of a seed, so many pairs of crashes are drawn; nil for no end.
        public var pairs: Int? = 0
        /// How many seeds are swept; nil for no end.
        public var seeds: Int?

        public init() {}
    }

    public init(_ space: SearchSpace, _ options: Options = Options()) throws {
        self.space = space
        self.options = options
        seed = space.seed
        cursor = try Self.world(space, seed: space.seed)
        result = SweepResult(scenario: space.scenario.name, firstSeed: space.seed)
        try begin()
    }

    /// `seed 3: 412 of 1432 crash points`
    public var progress: String {
        let own = points.indices.count { space.owns($0) }
        let pairs = triedPairs > 0 ? ", \(triedPairs) of \(pairCount) pairs" : ""
        return "seed \(seed): \(tried) of \(own) crash points\(pairs)"
    }

    /// Makes the next run: the one without crashes, then one for each crash, then pairs.
    public mutating func next() throws -> Attempt? {
        while true {
            if let end = calm.take() { return attempt(end) }
            while nextPoint < points.count {
                nextPoint += 1
                if space.owns(nextPoint - 1) { return try crash(at: points[nextPoint - 1]) }
            }
            if pairCount > 0, options.pairs.map({ triedPairs < $0 }) ?? true {
                return try crashTwice()
            }
            guard options.seeds.map({ result.seeds < $0 }) ?? true else { return nil }
            seed &+= 1
            try begin()
        }
    }

    /// How many pairs of crashes before effects the seed has.
    private var pairCount: Int {
        let boundaries = points.count { $0.isEffectBoundary }
        return boundaries * (boundaries - 1) / 2
    }

    // MARK: One seed

    private static func world(_ space: SearchSpace, seed: UInt64) throws -> World {
        try World(space.quietScenario(units: space.units ?? 1), seed: seed, isOpenToFaults: true)
    }

    private mutating func begin() throws {
        cursor = try Self.world(space, seed: seed)
        (step, nextPoint, tried, triedPairs, checkpoints) = (0, 0, 0, 0, [])
        let end: World
        (points, end) = World.crashPoints(of: cursor)
        debt += end.eventCount
        result.seeds += 1
        result.points += points.count
        result.pairs += pairCount
        // Every share makes this run, and one of them reports it.
        calm = space.share.index == 0 ? end : nil
    }

    private mutating func crash(at point: CrashPoint) throws -> Attempt {
        tried += 1
        result.tried += 1
        let crash = point.action(restartAfter: options.downtime)
        let attempt: Attempt
        if let target = point.step {
            advance(to: target)
            attempt = self.attempt(cursor, with: [crash])
        } else {
            attempt = try self.attempt(fromStartWith: [crash])
        }
        if let violation = attempt.run.violations.first { result.add(point, breaking: violation) }
        return attempt
    }

    /// Lets the run without crashes go on until it has made so many steps.
    private mutating func advance(to target: Int) {
        let before = cursor.eventCount
        while step < target {
            if step % Self.checkpointDistance == 0 { checkpoints.append((step, cursor)) }
            cursor.step()
            step += 1
        }
        debt += cursor.eventCount - before
    }

    /// The run with crashes while the world is being made, and perhaps later.
    private mutating func attempt(fromStartWith crashes: [FaultAction]) throws -> Attempt {
        var scenario = space.quietScenario(units: space.units ?? 1)
        scenario.plan += crashes
        var world = try World(scenario, seed: seed, isOpenToFaults: true)
        world.run()
        debt += world.eventCount
        return attempt(world)
    }

    /// The run that goes on from a world with some crashes to come.
    private mutating func attempt(_ world: World, with crashes: [FaultAction]) -> Attempt {
        var branch = world
        branch.amend(adding: crashes)
        branch.run()
        debt += branch.eventCount - world.eventCount
        return attempt(branch)
    }

    /// The judged run of a world that has ended.
    private mutating func attempt(_ end: World) -> Attempt {
        defer { debt = 0 }
        return Attempt(run: Runner.judge(end, seed: seed), events: debt)
    }

    // MARK: Pairs

    /// How many steps lie between two worlds that are kept for pairs to begin at.
    private static let checkpointDistance = 64

    /// Draws two moments of the run without crashes and lets both instances crash there. The second crash may be of
    /// something that the first one prevents; then there is one.
    private mutating func crashTwice() throws -> Attempt {
        let boundaries = points.filter(\.isEffectBoundary)
        let draws = Draws(seed: seed).substream(.crashPairs, UInt64(space.share.index))
        let number = UInt64(triedPairs)
        let first = draws.index(below: boundaries.count - 1, .firstOfPair, number)
        let second = first + 1 + draws.index(below: boundaries.count - 1 - first, .secondOfPair, number)
        triedPairs += 1
        result.triedPairs += 1
        let pair = [boundaries[first], boundaries[second]]
        let crashes = pair.map { $0.action(restartAfter: options.downtime) }
        let attempt: Attempt
        if let step = pair[0].step, let start = checkpoints.last(where: { $0.step <= step }) {
            attempt = self.attempt(start.world, with: crashes)
        } else {
            attempt = try self.attempt(fromStartWith: crashes)
        }
        if attempt.run.verdict == .violated { result.failingPairs += 1 }
        return attempt
    }
}

/// What a sweep of crash points has come to.
public struct SweepResult: Sendable {
    /// `everything`
    public var scenario: String
    public var firstSeed: UInt64
    /// How many seeds were begun.
    public var seeds = 0
    /// How many moments there are at which somebody can crash, in the runs of these seeds.
    public var points = 0
    /// How many of them were tried.
    public var tried = 0
    /// At how many of them a crash broke something.
    public var failingCount = 0
    /// The first of those, and the first thing that broke.
    public var failing: [(point: CrashPoint, violation: Violation)] = []
    /// How many pairs of crashes before effects there are, how many were tried, and how many of those broke something.
    public var pairs = 0
    public var triedPairs = 0
    public var failingPairs = 0

    /// The most failing points that are kept.
    private static let limit = 1_000

    init(scenario: String, firstSeed: UInt64) {
        self.scenario = scenario
        self.firstSeed = firstSeed
    }

    mutating func add(_ point: CrashPoint, breaking violation: Violation) {
        failingCount += 1
        if failing.count < Self.limit { failing.append((point, violation)) }
    }

    /// Adds what another share of the same sweep has come to.
    public mutating func merge(_ other: SweepResult) {
        seeds = max(seeds, other.seeds)
        points = max(points, other.points)
        pairs = max(pairs, other.pairs)
        tried += other.tried
        failingCount += other.failingCount
        let all = (failing + other.failing).sorted {
            ($0.point.at, $0.point.instance) < ($1.point.at, $1.point.instance)
        }
        failing = Array(all.prefix(Self.limit))
        triedPairs += other.triedPairs
        failingPairs += other.failingPairs
    }
}

extension Purpose {
    fileprivate static let crashPairs = Purpose("search.crash-pairs")
    fileprivate static let firstOfPair = Purpose("search.first-of-pair")
    fileprivate static let secondOfPair = Purpose("search.second-of-pair")
}
