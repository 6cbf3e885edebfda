import Services
import Simulation

/// Faults that a search can add to a world, drawn to fit the moment: those that its scenario has to survive.
struct FaultMenu: Sendable {
    private let rates: FaultRates
    /// By what they strike, so that many knobs for one thing do not crowd out the one for another.
    private let groups: [[FaultKnob]]

    /// - Parameter rates: Which faults are on it, and how long they last.
    init(_ rates: FaultRates) {
        self.rates = rates
        var groups: [[FaultKnob]] = Array(repeating: [], count: FaultKnob.groupCount)
        for knob in FaultKnob.all where rates[keyPath: knob.rate] > 0 {
            if let group = knob.group { groups[group].append(knob) }
        }
        self.groups = groups.filter { !$0.isEmpty }
    }

    private init(_ rates: FaultRates, groups: [[FaultKnob]]) { (self.rates, self.groups) = (rates, groups) }

    var isEmpty: Bool { groups.isEmpty }

    /// Every other time all of it, else only one or two of the things that faults can strike: a run with everything on hides
    /// what takes several faults of a kind.
    func chosen(_ draws: Draws) -> FaultMenu {
        guard !isEmpty, draws.chance(0.5, .menuChoice) else { return self }
        let first = draws.index(below: groups.count, .menuGroup, 1)
        let second = draws.index(below: groups.count, .menuGroup, 2)
        return FaultMenu(rates, groups: first == second ? [groups[first]] : [groups[first], groups[second]])
    }

    /// What a search knows of the moment at which faults are added.
    struct Moment: Sendable {
        /// The instance that is about to do something.
        var focus: String
        var future: FuturePlaces
        /// Whether the fault has to strike at once; else it may come later, and elsewhere.
        var isSharp: Bool
    }

    /// Something that can go wrong from now on; nil when what was drawn does not fit.
    func draw(for world: World, at moment: Moment, _ draws: Draws) -> FaultAction? {
        let group = groups[draws.index(below: groups.count, .menuGroup)]
        let knob = group[draws.index(below: group.count, .menuKnob)]
        switch knob.target {
        case .modifier: return nil
        case .time: return drawTimed(knob, for: world, moment, draws)
        case .effect:
            let instance = drawInstance(of: world, moment, draws)
            let number = world.effectCount(of: instance) + 1 + ahead(moment, draws)
            // Mostly short: while somebody is down, little happens.
            let downtime = (0..<2).map { draws.duration(in: rates.serviceDowntime, .menuLength, UInt64($0)) }
            return .crashInstance(instance, beforeEffect: number, restartAfter: min(downtime[0], downtime[1]))
        case .transaction(let fate):
            let instance = drawInstance(of: world, moment, draws)
            let number = world.transactionCount(of: instance) + 1 + ahead(moment, draws)
            return .store(instance, transaction: number, fate(draws.duration(in: rates.storeDelay, .menuLength)))
        case .handler:
            return moment.future.handling(after: world, isNext: moment.isSharp, draws)
                .flatMap { world.hasPatience(at: $0) ? .failHandler($0, times: 1) : nil }
        case .record(let action):
            return moment.future.record(after: world, isNext: moment.isSharp, draws).map { place in
                action(place, draws.duration(in: rates.recordDelay, .menuLength))
            }
        case .call(let fate):
            return moment.future.call(after: world, isNext: moment.isSharp, draws).map { place in
                .provider(place, fate(draws.duration(in: rates.providerDelay, .menuLength)))
            }
        case .message(let action):
            let place = drawMessage(of: world, moment, draws)
            return action(place, draws.duration(in: rates.spikeDelay, .menuLength))
        case .request(let action):
            let instance = drawInstance(of: world, moment, draws)
            let number = world.messageCount(from: "client", to: instance) + UInt32(ahead(moment, draws))
            return action(MessagePlace(from: "client", to: instance, number: number))
        }
    }

    // MARK: Kinds

    /// The instance that has just done something is about to do more.
    private func drawInstance(of world: World, _ moment: Moment, _ draws: Draws) -> String {
        if moment.isSharp || draws.chance(0.3, .menuFocus) { return moment.focus }
        return world.processes[draws.index(below: world.processes.count, .menuInstance)].name
    }

    /// How many effects or transactions lie between now and the fault.
    private func ahead(_ moment: Moment, _ draws: Draws) -> UInt64 {
        let distances: [UInt64] = moment.isSharp ? [0, 0, 0, 1, 1, 2, 3] : [0, 0, 1, 2, 3, 5, 8, 13]
        return distances[draws.index(below: distances.count, .menuDistance)]
    }

    private func drawMessage(of world: World, _ moment: Moment, _ draws: Draws) -> MessagePlace {
        let instance = drawInstance(of: world, moment, draws)
        let peers = (1...world.scenario.cluster.brokers).map { "broker \($0)" } + ["client", "provider"]
        let peer = peers[draws.index(below: peers.count, .menuPeer)]
        let (from, to) = draws.chance(0.5, .menuDirection) ? (instance, peer) : (peer, instance)
        let number = world.messageCount(from: from, to: to) + UInt32(ahead(moment, draws))
        return MessagePlace(from: from, to: to, number: number)
    }

    /// The first fault that a rate brings that is high for a moment: soon, on one scale of time or another.
    private func drawTimed(_ knob: FaultKnob, for world: World, _ moment: Moment, _ draws: Draws) -> FaultAction? {
        let scales: [Duration] = [
            .microseconds(300), .milliseconds(3), .milliseconds(30), .milliseconds(300), .seconds(2),
        ]
        let scale = scales[draws.index(below: moment.isSharp ? 3 : scales.count, .menuScale)]
        var one = rates
        for other in FaultKnob.all where other.isPerSecond { one[keyPath: other.rate] = 0 }
        one[keyPath: knob.rate] = 1e9 / Double(scale.nanoseconds)
        one.from = world.now - .zero + .nanoseconds(1)
        one.until = one.from + scale * 4
        guard let action = one.drawTimedFaults(draws.substream(.menuTime), on: world.faultCast).first else {
            return nil
        }
        return action.strikesBroker && !hasBrokerToSpare(world, until: action) ? nil : action
    }

    /// How long a broker may need, once it is up again, to be in sync again.
    private static let recovery = Duration.seconds(10)

    /// Whether one more broker may be down: a plan means what it says, so the limit of rates is kept here.
    private func hasBrokerToSpare(_ world: World, until action: FaultAction) -> Bool {
        let others = world.scenario.plan.filter { other in
            guard other.strikesBroker, let at = other.moment, let length = other.length else { return false }
            return at + length + Self.recovery > action.moment ?? world.now
        }
        return others.count < rates.brokersDownAtOnce
    }
}

extension FaultAction {
    /// Whether a broker is down or silent for a while.
    fileprivate var strikesBroker: Bool {
        switch self {
        case .crashBroker, .crashController, .pauseBroker: true
        default: false
        }
    }
}

extension World {
    /// Whether one more failure of a handler is no reason to give the record up: what fails again and again, services may
    /// take for hopeless.
    fileprivate func hasPatience(at place: HandlingPlace) -> Bool {
        let failures = scenario.plan.count { fault in
            guard case .failHandler(let other, _) = fault else { return false }
            return other.service == place.service && other.topic == place.topic && other.key == place.key
        }
        return failures < 2
    }
}

/// Places that a run comes to: what a search knows of the future of worlds that branch off from it.
struct FuturePlaces: Sendable {
    private var records: [RecordPlace] = []
    private var calls: [CallPlace] = []
    private var handlings: [HandlingPlace] = []

    init() {}

    /// What a world that has ended came to.
    init(of world: World) {
        records = world.recordPlaces
        calls = world.callPlaces
        handlings = world.handlingPlaces
    }

    /// A record that is still to be sent.
    func record(after world: World, isNext: Bool, _ draws: Draws) -> RecordPlace? {
        let sent = world.recordPlaces
        return Self.draw(records, isNext, draws, last: \.number) { place in
            sent.first { $0.topic == place.topic && $0.key == place.key }?.number
        }
    }

    /// A call that is still to be made.
    func call(after world: World, isNext: Bool, _ draws: Draws) -> CallPlace? {
        let made = world.callPlaces
        return Self.draw(calls, isNext, draws, last: \.number) { place in
            made.first { $0.service == place.service && $0.subject == place.subject }?.number
        }
    }

    /// A record that is still to be handled.
    func handling(after world: World, isNext: Bool, _ draws: Draws) -> HandlingPlace? {
        let handled = world.handlingPlaces
        return Self.draw(handlings, isNext, draws, last: \.number) { place in
            handled.first { $0.service == place.service && $0.topic == place.topic && $0.key == place.key }?.number
        }
    }

    /// Of each place its last number is known: one of those that come after what has been, or the very next.
    private static func draw<Place>(
        _ places: [Place], _ isNext: Bool, _ draws: Draws, last: WritableKeyPath<Place, Int>, past: (Place) -> Int?
    ) -> Place? {
        let open = places.compactMap { place in
            let first = (past(place) ?? 0) + 1
            return first <= place[keyPath: last] ? (place, first) : nil
        }
        guard !open.isEmpty else { return nil }
        var (place, first) = open[draws.index(below: open.count, .menuPlace)]
        if isNext {
            place[keyPath: last] = first
            return place
        }
        place[keyPath: last] = first + draws.index(below: place[keyPath: last] - first + 1, .menuNumber)
        return place
    }
}

extension Purpose {
    fileprivate static let menuChoice = Purpose("search.menu.choice")
    fileprivate static let menuGroup = Purpose("search.menu.group")
    fileprivate static let menuKnob = Purpose("search.menu.knob")
    fileprivate static let menuFocus = Purpose("search.menu.focus")
    fileprivate static let menuInstance = Purpose("search.menu.instance")
    fileprivate static let menuDistance = Purpose("search.menu.distance")
    fileprivate static let menuPeer = Purpose("search.menu.peer")
    fileprivate static let menuDirection = Purpose("search.menu.direction")
    fileprivate static let menuScale = Purpose("search.menu.scale")
    fileprivate static let menuTime = Purpose("search.menu.time")
    fileprivate static let menuLength = Purpose("search.menu.length")
    fileprivate static let menuPlace = Purpose("search.menu.place")
    fileprivate static let menuNumber = Purpose("search.menu.number")
}
