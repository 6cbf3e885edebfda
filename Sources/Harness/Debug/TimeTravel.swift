import Simulation

/// A run that one can walk through in both directions, stop at any event, and leave by a side path.
///
/// Walking back means to go on from an earlier world: worlds are values, and some of those on the way are kept.
public struct TimeTravel: Sendable {
    public let scenario: Scenario
    public let seed: UInt64
    /// The world as it stands.
    public private(set) var world: World
    /// How many steps it is from the beginning.
    public private(set) var position = 0
    /// What the last step brought: what was written down, and what passed between machines.
    public private(set) var happenings: [Happening] = []
    /// Worlds on the way with their positions, ascending, the first before anything has happened.
    private var kept: [(position: Int, world: World)]

    /// How many steps there are from one world that is kept to the next.
    private static let interval = 400

    /// Something that a step brought.
    public enum Happening: Sendable {
        case entry(History.Entry)
        case passage(Passage)
    }

    /// Stands before the first event.
    ///
    /// - Throws: `PropertyError` when the scenario's client properties are none.
    public init(_ scenario: Scenario, seed: UInt64) throws {
        self.scenario = scenario
        self.seed = seed
        var world = try World(scenario, seed: seed)
        world.watchTraffic()
        self.world = world
        kept = [(0, world)]
    }

    /// Whether nothing more happens.
    public var isAtEnd: Bool { world.isOver }

    /// Lets the next event happen; false at the end.
    @discardableResult
    public mutating func step() -> Bool {
        guard !world.isOver else { return false }
        let recorded = world.recordedCount
        world.step()
        position += 1
        happenings =
            world.entries(from: recorded).map(Happening.entry) + world.takePassages().map(Happening.passage)
        if position >= (kept.last?.position ?? 0) + Self.interval { kept.append((position, world)) }
        return true
    }

    /// Goes to the position so many steps from the beginning, or to the last one.
    public mutating func go(to target: Int) {
        let target = max(0, target)
        if target < position { restore(kept.last { $0.position < max(1, target) } ?? kept[0]) }
        while position < target, step() {}
    }

    /// Goes to the last event of a moment or before it.
    public mutating func go(to moment: Instant) {
        if moment < world.now { restore(kept.last { $0.world.now < moment } ?? kept[0]) }
        while let next = world.nextMoment, next <= moment, step() {}
    }

    private mutating func restore(_ state: (position: Int, world: World)) {
        (position, world) = state
        happenings = []
    }

    /// Goes on to the next step that a test lets through; at the end, when there is none. Returns whether there was one.
    public mutating func advance(to isWanted: (TimeTravel) -> Bool) -> Bool {
        while step() { if isWanted(self) { return true } }
        return false
    }

    /// Goes back to the last step before this one that a test lets through; to the beginning, when there is none.
    public mutating func retreat(to isWanted: (TimeTravel) -> Bool) -> Bool {
        let here = position
        // Stretch by stretch, the latest first.
        for index in kept.indices.reversed() where kept[index].position < here {
            let end = min(here - 1, index + 1 < kept.count ? kept[index + 1].position : here - 1)
            restore(kept[index])
            var found: Int?
            while position < end, step() { if isWanted(self) { found = position } }
            if let found {
                go(to: found)
                return true
            }
        }
        go(to: 0)
        return false
    }

    /// The whole run, judged. Where this stands does not matter.
    public func outcome() -> RunResult {
        var branch = world
        branch.run()
        return Runner.judge(branch, seed: seed)
    }

    // MARK: What if

    /// What becomes of the run from here without faults that have not struck yet, and with others.
    ///
    /// - Throws: `PropertyError` when the scenario's client properties are none.
    public func outcome(dropping dropped: [FaultAction] = [], adding added: [FaultAction] = []) throws -> RunResult {
        var plan = scenario.plan
        plan.removeAll { dropped.contains($0) }
        // The beginning of a run knows whether it has faults at all, and whether it needs an administrator.
        let beginsTheSame =
            plan.isEmpty == scenario.plan.isEmpty
            && (plan + added).contains(where: \.needsAdministrator)
                == scenario.plan.contains(where: \.needsAdministrator)
        guard beginsTheSame, !plan.isEmpty else {
            var changed = scenario
            changed.plan = plan + added
            return try Runner.run(changed, seed: seed)
        }
        var branch = world
        branch.amend(dropping: dropped, adding: added)
        branch.run()
        return Runner.judge(branch, seed: seed)
    }

    /// What becomes of the run when it is healed here and meets no further fault.
    public func outcomeSpared() -> RunResult {
        var branch = world
        branch.spareFaults()
        branch.run()
        return Runner.judge(branch, seed: seed)
    }
}

extension World {
    /// Whether nothing more happens.
    public var isOver: Bool { isFinished || queue.nextTime == nil }

    /// How much was written down so far.
    var recordedCount: Int { recording.count }

    /// What was written down from an entry on.
    func entries(from first: Int) -> [History.Entry] {
        (first..<max(first, recording.count)).map { recording[$0] }
    }
}
