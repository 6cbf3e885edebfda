import Kafka
import Services
import Simulation
import VirtualKafka

/// Decides at every point at which a fault can strike whether one does: by its rate, or because the plan says so.
///
/// It only decides; the world carries out. Every draw is keyed by the identity of what is struck, so that one fault less
/// leaves the others where they were.
package struct FaultInjector: Sendable {
    package let rates: FaultRates
    let draws: Draws

    /// Faults that have their time, earliest first.
    package private(set) var timed: [TimedFault] = []
    /// Timed faults that have begun and not ended.
    package var ongoing: [OngoingFault] = []

    private var plannedCrashes: [[UInt64: Duration]] = []
    private var plannedStoreFates: [[UInt64: StoreFate]] = []
    private var plannedRecords: [RecordPlace: FaultAction] = [:]
    private var plannedCalls: [CallPlace: ProviderFate] = [:]
    private var plannedHandlings: Set<HandlingPlace> = []
    private var plannedMessages: [(place: MessagePlace, fate: MessageFate)] = []
    private let plan: [FaultAction]

    private var recordCounts: [RecordKey: Int] = [:]
    private var callCounts: [CallKey: Int] = [:]
    private var handlingCounts: [HandlingKey: Int] = [:]

    package struct TimedFault: Sendable {
        package var at: Instant
        package var action: FaultAction
        /// Rates respect limits (how many brokers are down at once); a plan means what it says.
        package var isDrawn: Bool
    }

    package struct OngoingFault: Sendable {
        /// Its place among the timed faults.
        package var index: Int
        package var action: FaultAction

        package init(index: Int, action: FaultAction) {
            self.index = index
            self.action = action
        }
    }

    private struct RecordKey: Hashable {
        var topic: TopicID
        var key: [UInt8]?
    }

    private struct HandlingKey: Hashable {
        var service: Int
        var record: RecordKey
    }

    private struct CallKey: Hashable {
        var service: String
        var subject: Identifier
    }

    package init(rates: FaultRates, plan: [FaultAction], draws: Draws) {
        self.rates = rates
        self.plan = plan
        self.draws = draws
    }

    /// Whether faults can strike by their rates.
    package func isOpen(at now: Instant) -> Bool { now >= .zero + rates.from && now < .zero + rates.until }

    /// Whether the scenario has any faults.
    package var isIdle: Bool {
        plan.isEmpty && !rates.canStrike
    }

    // MARK: Processes and stores

    /// How long after a crash the process starts again; nil when it does not crash.
    package func crash(of process: Int, beforeEffect effect: UInt64, at now: Instant) -> Duration? {
        if let planned = plannedCrashes[process][effect] { return planned }
        guard rates.serviceCrashes > 0, isOpen(at: now),
            draws.chance(rates.serviceCrashes, .serviceCrash, UInt64(process), effect)
        else { return nil }
        return draws.duration(in: rates.serviceDowntime, .serviceDowntime, UInt64(process), effect)
    }

    package func storeFate(of process: Int, transaction: UInt64, at now: Instant) -> StoreFate? {
        if let planned = plannedStoreFates[process][transaction] { return planned }
        guard isOpen(at: now) else { return nil }
        let identity = UInt64(process)
        if draws.chance(rates.storeFailuresBeforeCommit, .storeBefore, identity, transaction) {
            return .failsBeforeCommit
        }
        if draws.chance(rates.storeFailuresAfterCommit, .storeAfter, identity, transaction) { return .failsAfterCommit }
        if draws.chance(rates.slowTransactions, .storeSlow, identity, transaction) {
            return .slow(by: draws.duration(in: rates.storeDelay, .storeDelay, identity, transaction))
        }
        return nil
    }

    // MARK: Records

    /// Which record this is; nil when no fault of records can strike in this run.
    package mutating func place(of record: Record, in topic: TopicID, _ topics: TopicTable) -> RecordPlace? {
        guard rates.strikesRecords || !plannedRecords.isEmpty else { return nil }
        let number = recordCounts[RecordKey(topic: topic, key: record.key), default: 0] + 1
        recordCounts[RecordKey(topic: topic, key: record.key)] = number
        let key = String(decoding: record.key ?? [], as: UTF8.self)
        return RecordPlace(topic: topics.name(of: topic), key: key, number: number)
    }

    package func recordFate(of place: RecordPlace, at now: Instant) -> FaultAction? {
        if let planned = plannedRecords[place] { return planned }
        guard isOpen(at: now) else { return nil }
        let identity = UniqueID(hashing: "\(place.topic)/\(place.key)".utf8)
        let number = UInt64(place.number)
        func strikes(_ rate: Double, _ purpose: Purpose) -> Bool {
            draws.chance(rate, purpose, identity.high, identity.low, number)
        }
        let delay = draws.duration(in: rates.recordDelay, .recordDelay, identity.high, identity.low, number)
        if strikes(rates.duplicateRecords, .duplicate) { return .duplicateRecord(place, after: delay) }
        if strikes(rates.reorderedRecords, .reorder) { return .reorderRecord(place, by: delay) }
        if strikes(rates.delayedRecords, .delay) { return .delayRecord(place, by: delay) }
        return nil
    }

    // MARK: Handlers

    /// Whether anything can happen to handlers in this run.
    package var strikesHandlers: Bool { rates.handlerFailures > 0 || !plannedHandlings.isEmpty }

    /// Where the handler of a record fails; nil when it does not. To be asked once for each time that a record is handed
    /// to one.
    package mutating func handlerFailure(
        of record: ConsumerRecord, service: (index: Int, name: String), _ topics: TopicTable, at now: Instant
    ) -> HandlingPlace? {
        let key = HandlingKey(
            service: service.index, record: RecordKey(topic: record.partition.topic, key: record.record.key))
        let number = handlingCounts[key, default: 0] + 1
        handlingCounts[key] = number
        let place = HandlingPlace(
            service: service.name, topic: topics.name(of: record.partition.topic),
            key: String(decoding: record.record.key ?? [], as: UTF8.self), number: number)
        if plannedHandlings.contains(place) { return place }
        guard isOpen(at: now) else { return nil }
        let identity = UniqueID(hashing: "\(place.service)/\(place.topic)/\(place.key)".utf8)
        return draws.chance(rates.handlerFailures, .handlerFailure, identity.high, identity.low, UInt64(number))
            ? place : nil
    }

    // MARK: Providers

    package mutating func providerFate(
        of call: ProviderCall, service: String, at now: Instant
    ) -> (place: CallPlace, fate: ProviderFate)? {
        guard rates.strikesProviders || !plannedCalls.isEmpty else { return nil }
        let key = CallKey(service: service, subject: call.key)
        let number = callCounts[key, default: 0] + 1
        callCounts[key] = number
        let place = CallPlace(service: service, subject: call.key, number: number)
        if let planned = plannedCalls[place] { return (place, planned) }
        guard isOpen(at: now) else { return nil }
        let identity = call.key.stableHash
        func strikes(_ rate: Double, _ purpose: Purpose) -> Bool {
            draws.chance(rate, purpose, identity, UInt64(number))
        }
        if strikes(rates.providerUnavailable, .unavailable) { return (place, .unavailable) }
        if strikes(rates.providerLosesCalls, .callLost) { return (place, .lost) }
        if strikes(rates.providerLosesAnswers, .answerLost) { return (place, .answerLost) }
        if strikes(rates.providerAnswersLate, .answerLate) {
            let delay = draws.duration(in: rates.providerDelay, .answerDelay, identity, UInt64(number))
            return (place, .late(by: delay))
        }
        if strikes(rates.providerDeclines, .declined) { return (place, .declined) }
        if strikes(rates.providerAnswersTwice, .answersTwice) { return (place, .answersTwice) }
        return nil
    }

    /// Whether a provider outage is going on for a service's calls.
    package func isOut(_ service: String) -> Bool {
        ongoing.contains { fault in
            if case .providerOutage(service, _, _) = fault.action { true } else { false }
        }
    }

    // MARK: Network

    /// The conditions of the network while faults are on.
    func conditions(latency: ClosedRange<Duration>) -> NetworkConditions {
        var conditions = NetworkConditions(latency: latency)
        conditions.requestLoss = rates.lostRequests
        conditions.responseLoss = rates.lostResponses
        conditions.spike = rates.latencySpikes
        conditions.spikeDelay = rates.spikeDelay
        return conditions
    }

    // MARK: Preparation

    /// Puts the plan where it can be looked up, and draws the faults that have their time.
    package mutating func prepare(for cast: FaultCast) {
        plannedCrashes = Array(repeating: [:], count: cast.instances.count)
        plannedStoreFates = Array(repeating: [:], count: cast.instances.count)
        for action in plan { enter(action, processes: cast.instances) }
        for action in rates.drawTimedFaults(draws, on: cast) {
            timed.append(TimedFault(at: action.moment ?? .zero, action: action, isDrawn: true))
        }
        // Faults of one moment strike in the order of the list: the sort has to be stable, and is.
        timed.sort { $0.at < $1.at }
    }

    private mutating func enter(_ action: FaultAction, processes: [String]) {
        switch action {
        case .crashInstance(let name, let effect, let restartAfter):
            if let index = processes.firstIndex(of: name) { plannedCrashes[index][effect] = restartAfter }
        case .store(let name, let transaction, let fate):
            if let index = processes.firstIndex(of: name) { plannedStoreFates[index][transaction] = fate }
        case .duplicateRecord(let place, _), .delayRecord(let place, _), .reorderRecord(let place, _):
            plannedRecords[place] = action
        case .provider(let place, let fate): plannedCalls[place] = fate
        case .failHandler(let place, let times):
            for further in 0..<max(0, min(times, 1_000)) where place.number <= Int.max - further {
                var place = place
                place.number += further
                plannedHandlings.insert(place)
            }
        case .loseMessage(let place): plannedMessages.append((place, .lose))
        case .delayMessage(let place, let delay): plannedMessages.append((place, .deliver(extra: delay)))
        case .crashBroker, .crashController, .slowDisk, .moveLeader, .moveCoordinator, .addPartitions, .partition,
            .killInstance, .freezeInstance, .stallConsumer, .rebalanceStorm, .poison, .providerOutage,
            .redriveDeadLetters:
            timed.append(TimedFault(at: action.moment ?? .zero, action: action, isDrawn: false))
        }
    }

    /// The plan's faults of messages, for the network to look up.
    func plannedFates(node: (String) -> NodeID?) -> [MessageIdentity: MessageFate] {
        var fates: [MessageIdentity: MessageFate] = [:]
        for (place, fate) in plannedMessages {
            guard let from = node(place.from), let to = node(place.to) else { continue }
            fates[MessageIdentity(from: from, to: to, number: place.number)] = fate
        }
        return fates
    }
}

extension Purpose {
    static let serviceCrash = Purpose("fault.service-crash")
    static let serviceDowntime = Purpose("fault.service-downtime")
    static let storeBefore = Purpose("fault.store-before")
    static let storeAfter = Purpose("fault.store-after")
    static let storeSlow = Purpose("fault.store-slow")
    static let storeDelay = Purpose("fault.store-delay")
    static let handlerFailure = Purpose("fault.handler-failure")
    static let duplicate = Purpose("fault.duplicate")
    static let reorder = Purpose("fault.reorder")
    static let delay = Purpose("fault.delay")
    static let recordDelay = Purpose("fault.record-delay")
    static let unavailable = Purpose("fault.provider-unavailable")
    static let callLost = Purpose("fault.call-lost")
    static let answerLost = Purpose("fault.answer-lost")
    static let answerLate = Purpose("fault.answer-late")
    static let answerDelay = Purpose("fault.answer-delay")
    static let declined = Purpose("fault.declined")
    static let answersTwice = Purpose("fault.answers-twice")
}
