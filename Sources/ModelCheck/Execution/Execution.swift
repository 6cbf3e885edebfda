import Kafka
import Simulation
import VirtualKafka

/// Runs one program on a virtual cluster, with the reference model beside it.
package struct Execution: Sendable {
    /// A client's process.
    struct Process: Sendable {
        var client: ClientID
        var node: NodeID
        var isFrozen = false
        /// Whether the application of a consumer listens. If not, it does nothing with its consumer either.
        var isPolling = true
        /// Of a transactional producer.
        var stage: TransactionStage?
    }

    /// What judges: both, unless a test wants to see what one of them finds alone.
    package enum Judges: Sendable {
        case both
        /// Only what a client can see.
        case model
    }

    let program: Program
    private let judges: Judges
    var cluster: VirtualCluster
    private var queue = EventQueue<KafkaEvent>()
    private var output = KafkaOutput()
    private(set) var now = Instant.zero
    var reference = Reference()
    var statistics = Statistics()
    /// By number; nil while it does not run.
    var producers: [Process?]
    var consumers: [Process?]
    /// Reads everything, in a group of its own, when faults are undone.
    var auditors: [Process] = []
    /// Started when the first step needs it.
    var administrator: Process?

    private var notices: [(client: ClientID, notice: ClientNotice)] = []
    private var isHandlingNotices = false
    private var eventsOfMoment = 0
    /// What happened, in words, when somebody wants to read it.
    private var story: [String]?

    /// How long the cluster may take to come to rest.
    private static let patience = Duration.seconds(600)
    /// Somebody wakes himself for ever when there are more events in one moment.
    private static let mostEventsOfMoment = 20_000

    init(_ program: Program, defects: PlantedDefects, judges: Judges) {
        self.program = program
        self.judges = judges
        let setup = program.setup
        cluster = VirtualCluster(
            configuration: setup.configuration(defects), topics: setup.specifications, network: setup.conditions,
            draws: Draws(seed: program.seed))
        producers = Array(repeating: nil, count: setup.producers.count)
        consumers = Array(repeating: nil, count: setup.consumers.count)
        let groups = (setup.consumers.map(\.group).max() ?? -1) + 1
        reference.groups = (0..<groups).map { group in
            let properties = setup.consumers.first { $0.group == group }?.properties ?? []
            return Reference.GroupHistory(
                name: "group-\(group)",
                commitsInBackground: Self.consumerProperties(properties, group: "").boolean("enable.auto.commit"))
        }
        // The auditor's.
        reference.groups.append(Reference.GroupHistory(name: "audit", commitsInBackground: false))
    }

    /// Runs a program to its end, or to the first violation.
    package static func run(
        _ program: Program, defects: PlantedDefects = [], judges: Judges = .both
    ) -> (violation: Violation?, statistics: Statistics) {
        var execution = Execution(program, defects: defects, judges: judges)
        let violation = execution.run()
        execution.conclude()
        return (violation, execution.statistics)
    }

    /// What happens while a program runs: its steps, what an operator would see, and the violation.
    package static func story(
        of program: Program, defects: PlantedDefects = [], judges: Judges = .both
    ) -> [String] {
        var execution = Execution(program, defects: defects, judges: judges)
        execution.story = []
        let violation = execution.run()
        return execution.story! + (violation.map { ["\(execution.now) \($0.sentence)"] } ?? [])
    }

    mutating func tell(_ sentence: @autoclosure () -> String) {
        if story != nil { story!.append("\(now) \(sentence())") }
    }

    private mutating func run() -> Violation? {
        act { $0.start(at: $1, into: &$2) }
        for step in program.steps {
            if let violation = run(until: .zero + step.at) { return violation }
            statistics.steps += 1
            tell("> \(step.action)")
            if perform(step.action) { statistics.actions[step.action.kind.rawValue] += 1 }
            if let violation = firstViolation() { return violation }
        }
        tell("> undo all faults")
        undoFaults()
        let end = now + Self.patience
        while now < end {
            if let violation = run(until: now + .milliseconds(500)) ?? firstViolation() { return violation }
            if unrest().isEmpty { break }
        }
        judgeRest()
        judgeLogs()
        judgeTransactions()
        judgeReadings()
        judgeCommits()
        return firstViolation()
    }

    private func firstViolation() -> Violation? {
        if let finding = reference.findings.first { return Violation(finding, at: now - .zero) }
        guard judges == .both else { return nil }
        return cluster.checkInvariants().first.map { Violation(complaint: $0, at: now - .zero) }
    }

    private mutating func conclude() {
        statistics.programs = 1
        statistics.virtualTime = now - .zero
        statistics.lostMessages = cluster.network.firedFates.count { $0.fate == .lose }
        statistics.delayedMessages = cluster.network.firedFates.count - statistics.lostMessages
        statistics.produced = reference.messages.count
        if isAnyLossExcused { statistics.excusedLosses = 1 }
    }

    // MARK: Time

    private mutating func run(until end: Instant) -> Violation? {
        while let next = queue.nextTime, next <= end, let (time, event) = queue.popFirst() {
            eventsOfMoment = time == now ? eventsOfMoment + 1 : 0
            now = time
            statistics.events += 1
            cluster.receive(event, at: time, into: &output)
            collect()
            if !notices.isEmpty { handleNotices() }
            if eventsOfMoment > Self.mostEventsOfMoment {
                return Violation(Finding(.stalledClock, "beyond \(time)"), at: now - .zero)
            }
        }
        now = max(now, end)
        return nil
    }

    /// Does something to the cluster.
    @discardableResult
    mutating func act<Result>(_ body: (inout VirtualCluster, Instant, inout KafkaOutput) -> Result) -> Result {
        let result = body(&cluster, now, &output)
        collect()
        handleNotices()
        return result
    }

    private mutating func collect() {
        for (time, event) in output.scheduled { queue.push(event, at: max(time, now)) }
        notices += output.notices
        for observation in output.observations { note(observation) }
        output.removeAll()
    }

    /// In their order, also when an application's answer to one causes others.
    private mutating func handleNotices() {
        guard !isHandlingNotices else { return }
        isHandlingNotices = true
        var next = 0
        while next < notices.count {
            handle(notices[next].notice, for: notices[next].client)
            next += 1
        }
        notices.removeAll(keepingCapacity: true)
        isHandlingNotices = false
    }

    private mutating func note(_ observation: ClusterObservation) {
        tell("\(observation)")
        switch observation {
        case .leaderElected: statistics.elections += 1
        case .truncated: statistics.truncations += 1
        case .generation: statistics.generations += 1
        case .memberEvicted: statistics.evictions += 1
        default: break
        }
    }
}
