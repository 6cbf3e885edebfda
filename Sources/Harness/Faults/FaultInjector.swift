import Kafka
import Services
import Simulation
import VirtualKafka

/// Decides at every point at which a fault can strike whether one does: by its rate, or because the plan says so.
///
/// It only decides; the world carries out. Every draw is keyed by the identity of what is struck, so that one fault less
/// leaves the others where they were.
package struct FaultInjector: Sendable {
    package internal(set) var rates: FaultRates
    let draws: Draws

    /// Whether what faults are told by is counted even while no fault can strike: one may be added later.
    package var countsEverything = false

    /// Faults that have their time, earliest first; behind them those that were added while the world ran.
    package internal(set) var timed: [TimedFault] = []
    /// Timed faults that have begun and not ended.
    package var ongoing: [OngoingFault] = []

    var plannedCrashes: [[UInt64: Duration]] = []
    var plannedStoreFates: [[UInt64: StoreFate]] = []
    var plannedRecords: [RecordPlace: FaultAction] = [:]
    var plannedCalls: [CallPlace: ProviderFate] = [:]
    var plannedHandlings: Set<HandlingPlace> = []
    var plannedMessages: [(place: MessagePlace, fate: MessageFate)] = []
    let plan: [FaultAction]
    var processes: [String] = []

    var recordCounts: [RecordKey: Int] = [:]
    var callCounts: [CallKey: Int] = [:]
    var handlingCounts: [HandlingKey: Int] = [:]

    package struct TimedFault: Sendable {
        package var at: Instant
        package var action: FaultAction
        /// Rates respect limits (how many brokers are down at once); a plan means what it says.
        package var isDrawn: Bool
        /// Left out after the world had begun.
        package var isDropped = false
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

    struct RecordKey: Hashable {
        var topic: TopicID
        var key: [UInt8]?
    }

    struct HandlingKey: Hashable {
        var service: Int
        var record: RecordKey
    }

    struct CallKey: Hashable {
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
        if draws.chance(rates.storeConflicts, .storeConflict, identity, transaction) { return .conflict }
        if draws.chance(rates.slowTransactions, .storeSlow, identity, transaction) {
            return .slow(by: draws.duration(in: rates.storeDelay, .storeDelay, identity, transaction))
        }
        return nil
    }

    // MARK: Records

    /// Which record this is; nil when no fault of records can strike in this run.
    package mutating func place(of record: Record, in topic: TopicID, _ topics: TopicTable) -> RecordPlace? {
        guard rates.strikesRecords || !plannedRecords.isEmpty || countsEverything else { return nil }
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
        if strikes(rates.droppedRecords, .drop) { return .dropRecord(place, after: delay) }
        return nil
    }

    // MARK: Handlers

    /// Whether anything can happen to handlers in this run.
    package var strikesHandlers: Bool { rates.handlerFailures > 0 || !plannedHandlings.isEmpty || countsEverything }

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
        guard rates.strikesProviders || !plannedCalls.isEmpty || countsEverything else { return nil }
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

    /// Whether the disk of a service's store is full.
    package func isDiskFull(of service: String) -> Bool {
        ongoing.contains { fault in
            if case .fullDisk(service, _, _) = fault.action { true } else { false }
        }
    }

    // MARK: Network

    /// The conditions of the network while faults are on.
    func conditions(latency: ClosedRange<Duration>) -> NetworkConditions {
        var conditions = NetworkConditions(latency: latency)
        conditions.requestLoss = rates.lostRequests
        conditions.responseLoss = rates.lostResponses
        conditions.requestDuplication = rates.duplicatedRequests
        conditions.spike = rates.latencySpikes
        conditions.spikeDelay = rates.spikeDelay
        return conditions
    }
}

extension Purpose {
    static let serviceCrash = Purpose("fault.service-crash")
    static let serviceDowntime = Purpose("fault.service-downtime")
    static let storeBefore = Purpose("fault.store-before")
    static let storeAfter = Purpose("fault.store-after")
    static let storeConflict = Purpose("fault.store-conflict")
    static let storeSlow = Purpose("fault.store-slow")
    static let storeDelay = Purpose("fault.store-delay")
    static let handlerFailure = Purpose("fault.handler-failure")
    static let duplicate = Purpose("fault.duplicate")
    static let reorder = Purpose("fault.reorder")
    static let delay = Purpose("fault.delay")
    static let drop = Purpose("fault.drop")
    static let recordDelay = Purpose("fault.record-delay")
    static let unavailable = Purpose("fault.provider-unavailable")
    static let callLost = Purpose("fault.call-lost")
    static let answerLost = Purpose("fault.answer-lost")
    static let answerLate = Purpose("fault.answer-late")
    static let answerDelay = Purpose("fault.answer-delay")
    static let declined = Purpose("fault.declined")
    static let answersTwice = Purpose("fault.answers-twice")
}
