import Simulation

/// Keeps worlds that have reached a new abstract state, and lets runs branch off from them with one more fault.
///
/// A run begins without faults, with few units of work. Wherever it comes to a state that no run has been in, the world
/// is kept: just before a transaction of a service is committed, for a crash there is one between store and broker. A
/// branch is such a world with a fault that fits the moment; what it comes to that is new is kept in turn, so faults pile
/// up where they lead somewhere.
public struct BranchingSearch: Strategy {
    /// A world to branch off from.
    private struct Entry: Sendable {
        var world: World
        var seed: UInt64
        /// The instance that is about to do something, or has.
        var focus: String
        var future: FuturePlaces
        /// How many faults were added to it.
        var depth: Int
        /// What was new about it when it was kept.
        var state: UInt64
        /// How many branches it has had.
        var branches = 0
    }

    public let name = "branching"
    private let space: SearchSpace
    private let menu: FaultMenu
    private let draws: Draws
    private var corpus: [Entry] = []
    /// How often runs have come to each abstract state.
    private var visits: [UInt64: Int] = [:]
    private var baseCount = 0
    /// The beginning of the last run that began anew.
    private var beginning: Entry?
    private var attempts: UInt64 = 0

    /// How many worlds are kept at most, and with how many faults.
    private static let corpusLimit = 160
    private static let depthLimit = 40
    /// How many worlds one run adds at most.
    private static let harvestLimit = 24
    /// How many branches the beginning of a run gets: what its customers do is new, wherever it leads.
    private static let branchesOfBeginning = 2
    /// How many faults a branch adds.
    private static let faultCounts = [1, 2, 3, 5, 8, 13, 20]
    /// How many of them may go on for a while: nothing happens where everybody is stopped.
    private static let longFaults = 3
    /// How often a run begins anew although there are worlds to branch off from.
    private static let baseShare = 0.35

    public init(_ space: SearchSpace) {
        self.space = space
        menu = FaultMenu(space.rates)
        draws = Draws(seed: space.seed).substream(.branching, UInt64(space.share.index))
    }

    /// How many abstract states its runs have been in.
    public var states: Int { visits.count }

    /// A run from the beginning, or a branch.
    public mutating func next() throws -> Attempt? {
        attempts += 1
        if let first = beginning, first.branches < Self.branchesOfBeginning, !menu.isEmpty {
            beginning?.branches += 1
            return branch(from: first)
        }
        if corpus.isEmpty || menu.isEmpty || draws.chance(Self.baseShare, .beginsAnew, attempts) { return try begin() }
        let index = chooseEntry()
        corpus[index].branches += 1
        return branch(from: corpus[index])
    }

    // MARK: Runs

    private mutating func begin() throws -> Attempt {
        let seed = space.seed(baseCount)
        let units = space.drawUnits(Draws(seed: seed).substream(.branching), 0)
        baseCount += 1
        var world = try World(space.quietScenario(units: units), seed: seed, isOpenToFaults: true)
        let entry = Entry(
            world: world, seed: seed, focus: world.processes[0].name, future: FuturePlaces(), depth: 0, state: 0)
        var harvest = run(&world, from: entry)
        // What branches can come to is known now that one run has come to its end.
        let future = FuturePlaces(of: world)
        for index in harvest.indices { harvest[index].future = future }
        for entry in harvest { keep(entry) }
        beginning = entry
        beginning?.future = future
        return Attempt(run: Runner.judge(world, seed: seed), events: world.eventCount)
    }

    private mutating func branch(from origin: Entry) -> Attempt {
        var entry = origin
        let draws = draws.substream(.branchFaults, attempts)
        // Several at once: most have nothing to do with each other, so that one run tries each of them, and two that belong
        // together may not show a new state one by one. What is not needed is taken away by shrinking.
        let wanted = Self.faultCounts[draws.index(below: Self.faultCounts.count, .faultCount)]
        let menu = menu.chosen(draws)
        var world = entry.world
        var (added, long) = (0, 0)
        for number in 0..<UInt64(wanted * 2) where added < wanted {
            let choice = draws.substream(.branchFault, number)
            let moment = FaultMenu.Moment(focus: entry.focus, future: entry.future, isSharp: added == 0)
            guard let fault = menu.draw(for: world, at: moment, choice),
                fault.length == nil || long < Self.longFaults
            else { continue }
            if fault.length != nil { long += 1 }
            world.amend(adding: [fault])
            added += 1
        }
        let before = world.eventCount
        entry.depth += added
        entry.branches = 0
        for entry in run(&world, from: entry) where entry.depth < Self.depthLimit { keep(entry) }
        return Attempt(run: Runner.judge(world, seed: entry.seed), events: world.eventCount - before)
    }

    /// Runs a world to its end; gives back the worlds on its way that were in new states.
    private mutating func run(_ world: inout World, from origin: Entry) -> [Entry] {
        var harvest: [Entry] = []
        var landmark = world.landmark
        var found = 0
        while true {
            let worker = world.nextWorker
            let before = worker == nil ? nil : world
            let goesOn = world.step()
            if world.landmark != landmark {
                landmark = world.landmark
                if let state = visit(world) {
                    found += 1
                    var entry = origin
                    entry.world = before ?? world
                    entry.focus = worker ?? origin.focus
                    entry.state = state
                    harvest.append(entry)
                    if harvest.count > Self.harvestLimit {
                        harvest.remove(at: draws.index(below: harvest.count, .harvest, attempts, UInt64(found)))
                    }
                }
            }
            guard goesOn else { return harvest }
        }
    }

    /// Counts the states that anything in the world is in; gives back one that no run has been in.
    private mutating func visit(_ world: World) -> UInt64? {
        var new: UInt64?
        for state in world.abstractStates {
            let count = visits[state, default: 0]
            visits[state] = count + 1
            if count == 0 { new = state }
        }
        return new
    }

    // MARK: The corpus

    /// Of four that are drawn, the one whose state is rare, and which has had few branches.
    private func chooseEntry() -> Int {
        let drawn = (0..<4).map { draws.index(below: corpus.count, .entry, attempts, UInt64($0)) }
        func weight(_ index: Int) -> Int { (corpus[index].branches + 1) * (visits[corpus[index].state] ?? 1) }
        return drawn.min { weight($0) < weight($1) }!
    }

    /// Keeps a world; when there are too many, the one that has had the most branches goes.
    private mutating func keep(_ entry: Entry) {
        guard corpus.count >= Self.corpusLimit else { return corpus.append(entry) }
        let worn = corpus.indices.max { corpus[$0].branches < corpus[$1].branches }!
        corpus[worn] = entry
    }
}

extension Purpose {
    fileprivate static let branching = Purpose("search.branching")
    fileprivate static let beginsAnew = Purpose("search.begins-anew")
    fileprivate static let branchFaults = Purpose("search.branch-faults")
    fileprivate static let branchFault = Purpose("search.branch-fault")
    fileprivate static let faultCount = Purpose("search.fault-count")
    fileprivate static let entry = Purpose("search.entry")
    fileprivate static let harvest = Purpose("search.harvest")
}
