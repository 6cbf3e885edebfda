import Simulation

/// Faults that strike at a moment rather than at a message, a record or an effect.
extension FaultAction {
    /// When a timed fault strikes.
    var moment: Instant? {
        switch self {
        case .crashBroker(_, let at, _, _), .crashController(let at, _), .partition(_, _, let at, _, _),
            .poison(_, _, let at, _), .providerOutage(_, let at, _):
            at
        default: nil
        }
    }

    /// How long a timed fault lasts.
    var length: Duration? {
        switch self {
        case .crashBroker(_, _, let length, _), .crashController(_, let length), .partition(_, _, _, let length, _),
            .providerOutage(_, _, let length):
            length
        default: nil
        }
    }
}

extension FaultRates {
    /// Whether anything can happen to records.
    var strikesRecords: Bool { duplicateRecords > 0 || reorderedRecords > 0 || delayedRecords > 0 }

    /// Whether anything can happen to calls.
    var strikesProviders: Bool {
        providerUnavailable > 0 || providerLosesCalls > 0 || providerLosesAnswers > 0 || providerAnswersLate > 0
            || providerDeclines > 0 || providerAnswersTwice > 0
    }

    /// Whether anything can happen at all.
    var canStrike: Bool {
        strikesRecords || strikesProviders || strikesTime || lostRequests > 0 || lostResponses > 0 || latencySpikes > 0
            || serviceCrashes > 0 || storeFailuresBeforeCommit > 0 || storeFailuresAfterCommit > 0
            || slowTransactions > 0
    }

    private var strikesTime: Bool {
        poisonRate > 0 || partitionRate > 0 || brokerCrashRate > 0 || controllerCrashRate > 0 || providerOutageRate > 0
    }

    /// The timed faults of a run, drawn from the rates: each kind is a Poisson process with draws of its own.
    func drawTimedFaults(
        _ draws: Draws, brokers: Int, machines: [String], topics: [String], callers: [String]
    ) -> [FaultAction] {
        var actions: [FaultAction] = []
        for (number, at) in arrivals(brokerCrashRate, draws, .brokerCrash) {
            let broker = 1 + draws.index(below: brokers, .brokerChoice, number)
            let length = draws.duration(in: brokerDowntime, .brokerDowntime, number)
            let losingTail = draws.chance(unflushedTailLoss, .tailLoss, number)
            actions.append(.crashBroker(broker, at: at, for: length, losingTail: losingTail))
        }
        for (number, at) in arrivals(controllerCrashRate, draws, .controllerCrash) {
            actions.append(
                .crashController(at: at, for: draws.duration(in: brokerDowntime, .controllerDowntime, number)))
        }
        for (number, at) in arrivals(partitionRate, draws, .partition) {
            actions.append(drawPartition(number, at: at, draws, brokers: brokers, machines: machines))
        }
        for (number, at) in arrivals(poisonRate, draws, .poison) where !topics.isEmpty {
            let kind = PoisonKind.allCases[draws.index(below: PoisonKind.allCases.count, .poisonKind, number)]
            let topic = topics[draws.index(below: topics.count, .poisonTopic, number)]
            actions.append(.poison(kind, topic: topic, at: at, number: number))
        }
        for (number, at) in arrivals(providerOutageRate, draws, .outage) where !callers.isEmpty {
            let service = callers[draws.index(below: callers.count, .outageService, number)]
            let length = draws.duration(in: providerOutageTime, .outageTime, number)
            actions.append(.providerOutage(service: service, at: at, for: length))
        }
        return actions
    }

    /// One machine, drawn, is cut off from another, from the brokers, or from everything.
    private func drawPartition(
        _ number: UInt64, at: Instant, _ draws: Draws, brokers: Int, machines: [String]
    ) -> FaultAction {
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
    private func arrivals(_ perSecond: Double, _ draws: Draws, _ purpose: Purpose) -> [(UInt64, Instant)] {
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
    static let partition = Purpose("fault.partition")
    static let partitionChoice = Purpose("fault.partition-choice")
    static let partitionShape = Purpose("fault.partition-shape")
    static let partitionOther = Purpose("fault.partition-other")
    static let partitionTime = Purpose("fault.partition-time")
    static let partitionDirection = Purpose("fault.partition-direction")
    static let poison = Purpose("fault.poison")
    static let poisonKind = Purpose("fault.poison-kind")
    static let poisonTopic = Purpose("fault.poison-topic")
    static let outage = Purpose("fault.outage")
    static let outageService = Purpose("fault.outage-service")
    static let outageTime = Purpose("fault.outage-time")
}
