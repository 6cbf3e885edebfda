import Simulation
import VirtualKafka

/// Faults that strike at a moment rather than at a message, a record or an effect.
extension FaultAction {
    /// When a timed fault strikes.
    package var moment: Instant? {
        switch self {
        case .crashBroker(_, let at, _, _), .crashController(let at, _), .slowDisk(_, let at, _, _),
            .moveLeader(_, _, _, let at), .moveCoordinator(_, let at), .addPartitions(_, _, let at),
            .partition(_, _, let at, _, _), .slowLink(_, _, _, let at, _, _), .pauseBroker(_, let at, _),
            .electUnclean(_, _, let at), .killInstance(_, let at, _), .freezeInstance(_, let at, _),
            .stallConsumer(_, let at, _), .scale(_, _, let at, _), .skewClock(_, _, let at, _),
            .rebalanceStorm(_, let at, _), .poison(_, _, let at, _), .fullDisk(_, let at, _),
            .providerOutage(_, let at, _), .redriveDeadLetters(_, let at):
            at
        default: nil
        }
    }

    /// Whether it is done with Kafka's admin API.
    var needsAdministrator: Bool { if case .addPartitions = self { true } else { false } }

    /// How long a timed fault lasts.
    package var length: Duration? {
        switch self {
        case .crashBroker(_, _, let length, _), .crashController(_, let length), .slowDisk(_, _, let length, _),
            .partition(_, _, _, let length, _), .slowLink(_, _, _, _, let length, _), .pauseBroker(_, _, let length),
            .freezeInstance(_, _, let length), .stallConsumer(_, _, let length), .scale(_, _, _, let length),
            .skewClock(_, _, _, let length), .rebalanceStorm(_, _, let length), .fullDisk(_, _, let length),
            .providerOutage(_, _, let length):
            length
        default: nil
        }
    }
}

/// What there is for faults to strike.
package struct FaultCast: Sendable {
    package var brokers: Int
    /// `payment/1`
    package var instances: [String]
    package var services: [String]
    /// Those that somebody reads.
    package var topics: [(name: String, partitions: Int)]
    /// Services that call a provider.
    package var callers: [String]

    package init(
        brokers: Int, instances: [String], services: [String], topics: [(name: String, partitions: Int)],
        callers: [String]
    ) {
        self.brokers = brokers
        self.instances = instances
        self.services = services
        self.topics = topics
        self.callers = callers
    }
}

extension FaultRates {
    /// Whether anything can happen to records.
    var strikesRecords: Bool {
        duplicateRecords > 0 || reorderedRecords > 0 || delayedRecords > 0 || droppedRecords > 0
    }

    /// Whether anything can happen to calls.
    var strikesProviders: Bool {
        providerUnavailable > 0 || providerLosesCalls > 0 || providerLosesAnswers > 0 || providerAnswersLate > 0
            || providerDeclines > 0 || providerAnswersTwice > 0
    }

    /// Whether anything can happen at all.
    package var canStrike: Bool {
        strikesRecords || strikesProviders || strikesAtMoments || lostRequests > 0 || lostResponses > 0
            || duplicatedRequests > 0 || latencySpikes > 0 || serviceCrashes > 0 || handlerFailures > 0
            || storeFailuresBeforeCommit > 0 || storeFailuresAfterCommit > 0 || storeConflicts > 0
            || slowTransactions > 0
    }

    /// Whether some strike at moments of their own.
    package var strikesAtMoments: Bool {
        [
            poisonRate, partitionRate, brokerCrashRate, controllerCrashRate, slowDiskRate, leaderMoveRate,
            coordinatorMoveRate, serviceKillRate, freezeRate, stallRate, rebalanceStormRate, providerOutageRate,
            slowLinkRate, brokerPauseRate, scalingRate, clockSkewRate, fullDiskRate,
        ].contains { $0 > 0 }
    }

    /// The timed faults of a run, drawn from the rates: each kind is a Poisson process with draws of its own.
    func drawTimedFaults(_ draws: Draws, on cast: FaultCast) -> [FaultAction] {
        drawBrokerFaults(draws, cast) + drawClientFaults(draws, cast) + drawOutsideFaults(draws, cast)
            + drawSlowLinks(draws, cast) + drawServiceFaults(draws, cast)
    }

    private func drawBrokerFaults(_ draws: Draws, _ cast: FaultCast) -> [FaultAction] {
        var actions: [FaultAction] = []
        for (number, at) in arrivals(brokerCrashRate, draws, .brokerCrash) {
            let broker = 1 + draws.index(below: cast.brokers, .brokerChoice, number)
            let length = draws.duration(in: brokerDowntime, .brokerDowntime, number)
            let loss: DiskLoss =
                draws.chance(wipedDisks, .wipedDisk, number)
                ? .everything : draws.chance(unflushedTailLoss, .tailLoss, number) ? .unflushedTail : .nothing
            actions.append(.crashBroker(broker, at: at, for: length, losing: loss))
        }
        for (number, at) in arrivals(controllerCrashRate, draws, .controllerCrash) {
            actions.append(
                .crashController(at: at, for: draws.duration(in: brokerDowntime, .controllerDowntime, number)))
        }
        for (number, at) in arrivals(slowDiskRate, draws, .slowDisk) {
            let broker = 1 + draws.index(below: cast.brokers, .slowDiskChoice, number)
            let length = draws.duration(in: slowDiskTime, .slowDiskTime, number)
            actions.append(.slowDisk(broker, at: at, for: length, factor: slowDiskFactor))
        }
        for (number, at) in arrivals(leaderMoveRate, draws, .leaderMove) where !cast.topics.isEmpty {
            let topic = cast.topics[draws.index(below: cast.topics.count, .leaderMoveTopic, number)]
            let partition = draws.index(below: topic.partitions, .leaderMovePartition, number)
            let broker = 1 + draws.index(below: cast.brokers, .leaderMoveTarget, number)
            actions.append(.moveLeader(topic: topic.name, partition: partition, to: broker, at: at))
        }
        for (number, at) in arrivals(coordinatorMoveRate, draws, .coordinatorMove) {
            let service = cast.services[draws.index(below: cast.services.count, .coordinatorMoveGroup, number)]
            actions.append(.moveCoordinator(service: service, at: at))
        }
        return actions
    }

    private func drawClientFaults(_ draws: Draws, _ cast: FaultCast) -> [FaultAction] {
        var actions: [FaultAction] = []
        for (number, at) in arrivals(serviceKillRate, draws, .kill) {
            let instance = cast.instances[draws.index(below: cast.instances.count, .killChoice, number)]
            let downtime = draws.duration(in: serviceDowntime, .killDowntime, number)
            actions.append(.killInstance(instance, at: at, restartAfter: downtime))
        }
        for (number, at) in arrivals(freezeRate, draws, .freeze) {
            let instance = cast.instances[draws.index(below: cast.instances.count, .freezeChoice, number)]
            actions.append(.freezeInstance(instance, at: at, for: draws.duration(in: freezeTime, .freezeTime, number)))
        }
        for (number, at) in arrivals(stallRate, draws, .stall) {
            let instance = cast.instances[draws.index(below: cast.instances.count, .stallChoice, number)]
            actions.append(.stallConsumer(instance, at: at, for: draws.duration(in: stallTime, .stallTime, number)))
        }
        for (number, at) in arrivals(rebalanceStormRate, draws, .storm) {
            let service = cast.services[draws.index(below: cast.services.count, .stormGroup, number)]
            let length = draws.duration(in: rebalanceStormTime, .stormTime, number)
            actions.append(.rebalanceStorm(service: service, at: at, for: length))
        }
        return actions
    }

    private func drawOutsideFaults(_ draws: Draws, _ cast: FaultCast) -> [FaultAction] {
        var actions: [FaultAction] = []
        for (number, at) in arrivals(partitionRate, draws, .partition) {
            actions.append(drawPartition(number, at: at, draws, cast))
        }
        for (number, at) in arrivals(poisonRate, draws, .poison) where !cast.topics.isEmpty {
            let kind = PoisonKind.allCases[draws.index(below: PoisonKind.allCases.count, .poisonKind, number)]
            let topic = cast.topics[draws.index(below: cast.topics.count, .poisonTopic, number)]
            actions.append(.poison(kind, topic: topic.name, at: at, number: number))
        }
        for (number, at) in arrivals(providerOutageRate, draws, .outage) where !cast.callers.isEmpty {
            let service = cast.callers[draws.index(below: cast.callers.count, .outageService, number)]
            let length = draws.duration(in: providerOutageTime, .outageTime, number)
            actions.append(.providerOutage(service: service, at: at, for: length))
        }
        return actions
    }

    /// One machine, drawn, is cut off from another, from the brokers, or from everything.
    private func drawPartition(_ number: UInt64, at: Instant, _ draws: Draws, _ cast: FaultCast) -> FaultAction {
        let machines = cast.instances + (1...cast.brokers).map { "broker \($0)" }
        let lonely = machines[draws.index(below: machines.count, .partitionChoice, number)]
        var others = machines.filter { $0 != lonely }
        switch draws.index(below: 3, .partitionShape, number) {
        case 0: others = [others[draws.index(below: others.count, .partitionOther, number)]]
        case 1: others = others.filter { $0.hasPrefix("broker ") }
        default: break
        }
        let length = draws.duration(in: partitionTime, .partitionTime, number)
        let oneWay = draws.chance(0.25, .partitionDirection, number)
        return .partition(from: [lonely], to: others, at: at, for: length, oneWay: oneWay)
    }

    /// The moments of a Poisson process of so many a second while faults are on, numbered.
    func arrivals(_ perSecond: Double, _ draws: Draws, _ purpose: Purpose) -> [(UInt64, Instant)] {
        guard perSecond > 0 else { return [] }
        let mean = Duration(nanoseconds: Int64(1e9 / perSecond))
        var moments: [(UInt64, Instant)] = []
        var at = Instant.zero + from
        while true {
            at = at + draws.exponential(mean: mean, purpose, UInt64(moments.count))
            guard at < .zero + until else { return moments }
            moments.append((UInt64(moments.count), at))
        }
    }
}

extension Purpose {
    static let brokerCrash = Purpose("fault.broker-crash")
    static let brokerChoice = Purpose("fault.broker-choice")
    static let brokerDowntime = Purpose("fault.broker-downtime")
    static let tailLoss = Purpose("fault.tail-loss")
    static let controllerCrash = Purpose("fault.controller-crash")
    static let controllerDowntime = Purpose("fault.controller-downtime")
    static let wipedDisk = Purpose("fault.wiped-disk")
    static let slowDisk = Purpose("fault.slow-disk")
    static let slowDiskChoice = Purpose("fault.slow-disk-choice")
    static let slowDiskTime = Purpose("fault.slow-disk-time")
    static let leaderMove = Purpose("fault.leader-move")
    static let leaderMoveTopic = Purpose("fault.leader-move-topic")
    static let leaderMovePartition = Purpose("fault.leader-move-partition")
    static let leaderMoveTarget = Purpose("fault.leader-move-target")
    static let coordinatorMove = Purpose("fault.coordinator-move")
    static let coordinatorMoveGroup = Purpose("fault.coordinator-move-group")
    static let kill = Purpose("fault.kill")
    static let killChoice = Purpose("fault.kill-choice")
    static let killDowntime = Purpose("fault.kill-downtime")
    static let freeze = Purpose("fault.freeze")
    static let freezeChoice = Purpose("fault.freeze-choice")
    static let freezeTime = Purpose("fault.freeze-time")
    static let stall = Purpose("fault.stall")
    static let stallChoice = Purpose("fault.stall-choice")
    static let stallTime = Purpose("fault.stall-time")
    static let storm = Purpose("fault.rebalance-storm")
    static let stormGroup = Purpose("fault.rebalance-storm-group")
    static let stormTime = Purpose("fault.rebalance-storm-time")
    static let partition = Purpose("fault.partition")
    static let partitionChoice = Purpose("fault.partition-choice")
    static let partitionShape = Purpose("fault.partition-shape")
    static let partitionOther = Purpose("fault.partition-other")
    static let partitionTime = Purpose("fault.partition-time")
    static let partitionDirection = Purpose("fault.partition-direction")
    package static let poison = Purpose("fault.poison")
    static let poisonKind = Purpose("fault.poison-kind")
    static let poisonTopic = Purpose("fault.poison-topic")
    static let outage = Purpose("fault.outage")
    static let outageService = Purpose("fault.outage-service")
    static let outageTime = Purpose("fault.outage-time")
}
