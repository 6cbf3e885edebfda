import Kafka
import Services
import Simulation
import VirtualKafka

/// Changing the plan of a world that is running: what forks, searches and debuggers do.
extension World {
    /// Leaves faults of the plan out that have not struck yet, and adds others.
    ///
    /// The world goes on as one that was begun with the amended plan: same events, same trace. Therefore a fault that is
    /// added with a moment of its own must have it after `now`, and the world must be open to faults
    /// (`World(_:seed:isOpenToFaults:)`) unless it has a plan or rates already.
    public mutating func amend(dropping dropped: [FaultAction] = [], adding added: [FaultAction] = []) {
        precondition(
            added.isEmpty || isOpenToFaults || !faults.isIdle,
            "a world that expects no fault is healed at once: begin it with isOpenToFaults")
        for action in dropped { faults.leaveOut(action) }
        scenario.plan.removeAll { dropped.contains($0) }
        for action in added {
            precondition(action.moment.map { $0 > now } ?? true, "\(action) lies in the past of \(now)")
            precondition(
                !action.needsAdministrator || administrator.rawValue >= 0,
                "\(action) needs an administrator, whom only a plan at the beginning brings")
            scenario.plan.append(action)
            faults.enter(action)
            if let moment = action.moment { queue.push(.faultBegins(faults.timed.count - 1), at: moment) }
        }
        cluster.network.plannedFates = faults.plannedFates { node(named: $0) }
    }

    /// No fault strikes any more, neither by a rate nor by the plan, and those that are going on end now.
    public mutating func spareFaults() {
        faults.leaveOutEverything()
        scenario.plan = faultsSoFar
        scenario.rates = faults.rates
        cluster.network.plannedFates = [:]
        heal()
        drainKafka()
    }

    // MARK: What faults are told by

    /// The kinds of service.
    public var serviceNames: [String] { services.map(\.name) }

    /// Every service instance there is, running or not.
    public var instanceNames: [String] { processes.map(\.name) }

    /// Whether an instance is running: started, not crashed, not stopped.
    public func isRunning(_ instance: String) -> Bool {
        processes.contains { $0.name == instance && $0.instance != nil }
    }

    /// How many effects an instance has carried out in this run, over all its lives: the next one's number is one more.
    public func effectCount(of instance: String) -> UInt64 {
        processes.first { $0.name == instance }?.effects ?? 0
    }

    /// How many transactions an instance has begun in this run, over all its lives.
    public func transactionCount(of instance: String) -> UInt64 {
        processes.first { $0.name == instance }?.transactions ?? 0
    }

    /// The last record of each key and topic that was sent so far, in the order of topics and keys; the next one's number
    /// is one more. Counted only where record faults can strike.
    public var recordPlaces: [RecordPlace] {
        faults.recordCounts.map { entry in
            RecordPlace(
                topic: cluster.topics.name(of: entry.key.topic),
                key: String(decoding: entry.key.key ?? [], as: UTF8.self), number: entry.value)
        }.sorted { ($0.topic, $0.key) < ($1.topic, $1.key) }
    }

    /// The last call of each service and subject that was made so far, in the order of services and subjects. Counted only
    /// where provider faults can strike.
    public var callPlaces: [CallPlace] {
        faults.callCounts.map { CallPlace(service: $0.key.service, subject: $0.key.subject, number: $0.value) }
            .sorted { ($0.service, $0.subject.description) < ($1.service, $1.subject.description) }
    }

    /// The last time that a service was handed a record of each key and topic. Counted only where handler faults can strike.
    public var handlingPlaces: [HandlingPlace] {
        faults.handlingCounts.map { entry in
            HandlingPlace(
                service: services[entry.key.service].name, topic: cluster.topics.name(of: entry.key.record.topic),
                key: String(decoding: entry.key.record.key ?? [], as: UTF8.self), number: entry.value)
        }.sorted { ($0.service, $0.topic, $0.key) < ($1.service, $1.topic, $1.key) }
    }

    /// How many messages one machine has sent to another: the next one's number.
    public func messageCount(from: String, to: String) -> UInt32 {
        guard let source = node(named: from), let target = node(named: to) else { return 0 }
        return cluster.network.sentCount(from: source, to: target)
    }

    /// When the next event is going to happen; nil when there is none.
    public var nextMoment: Instant? { queue.nextTime }

    /// The faults that have begun and not ended.
    public var ongoingFaults: [FaultAction] { faults.ongoing.map(\.action) }
}
