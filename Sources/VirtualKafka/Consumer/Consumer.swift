import Kafka
import Simulation

/// A consumer that behaves like librdkafka's: group membership, offsets, fetch loops.
struct Consumer: Sendable {
    struct Settings: Sendable {
        var sessionTimeout: Duration
        var heartbeatInterval: Duration
        var maxPollInterval: Duration
        var socketTimeout: Duration
        var fetchWaitMax: Duration
        var fetchMinBytes: Int
        var fetchMaxBytes: Int
        var maxPartitionFetchBytes: Int32
        var queuedMinMessages: Int
        var queuedMaxBytes: Int
        /// In order of preference; all cooperative, or none of them.
        var strategies: [AssignmentStrategy]
        var offsetReset: ClientProperties.OffsetReset
        var isolation: IsolationLevel
        /// Nil when nothing is committed in the background.
        var autoCommitInterval: Duration?
        /// `enable.auto.offset.store`
        var storesOffsets: Bool
        /// `enable.partition.eof`
        var tellsEnds: Bool

        init(_ properties: ClientProperties) {
            sessionTimeout = .milliseconds(properties.integer("session.timeout.ms"))
            heartbeatInterval = .milliseconds(properties.integer("heartbeat.interval.ms"))
            maxPollInterval = .milliseconds(properties.integer("max.poll.interval.ms"))
            socketTimeout = .milliseconds(properties.integer("socket.timeout.ms"))
            fetchWaitMax = .milliseconds(properties.integer("fetch.wait.max.ms"))
            fetchMinBytes = Int(properties.integer("fetch.min.bytes"))
            fetchMaxBytes = Int(properties.integer("fetch.max.bytes"))
            maxPartitionFetchBytes = Int32(properties.integer("max.partition.fetch.bytes"))
            queuedMinMessages = Int(properties.integer("queued.min.messages"))
            queuedMaxBytes = Int(properties.integer("queued.max.messages.kbytes")) * 1_024
            strategies = properties.assignmentStrategies
            offsetReset = properties.offsetReset
            isolation = properties.isolation
            let interval = properties.integer("auto.commit.interval.ms")
            autoCommitInterval =
                properties.boolean("enable.auto.commit") && interval > 0 ? .milliseconds(interval) : nil
            storesOffsets = properties.boolean("enable.auto.offset.store")
            tellsEnds = properties.boolean("enable.partition.eof")
        }
    }

    /// Who says which partitions it reads.
    enum Mode: Sendable {
        /// The group's leader (`subscribe`).
        case subscribed
        /// The application (`assign`).
        case assigned
    }

    enum Membership: Sendable {
        case outside
        case joining
        case syncing
        case stable
        /// The application was told to give its partitions up, and has not answered yet.
        case revoking
    }

    var core: ClientCore
    let settings: Settings
    /// `none` for a consumer without one: it can only be told what to read.
    let group: GroupID
    /// `none` for a dynamic member.
    let instance: InstanceID
    let mode: Mode
    let topics: [TopicID]
    /// Of them, those that the application knows not to exist.
    var missingTopics: [TopicID] = []

    var coordinator = -1
    var isFindingCoordinator = false
    var coordinatorNotBefore = Instant.zero

    var membership = Membership.outside
    var member = MemberID.none
    var generation: Int32 = -1
    /// In which it was given what it holds, -1 while it holds nothing.
    var heldGeneration: Int32 = -1
    /// Another client has taken over its `group.instance.id`.
    var isFenced = false
    /// By topic of the subscription, as of the last time it joined.
    var knownPartitionCounts: [Int] = []
    var joinNotBefore = Instant.zero
    /// Counted, because an attempt may be abandoned while its answer is still to come.
    var joinAttempt: UInt32 = 0
    var isHeartbeatInFlight = false
    var nextHeartbeat = Instant.distantFuture
    /// When the coordinator last showed that it counts this member in.
    var lastContact = Instant.zero
    var revocationDeadline = Instant.distantFuture
    /// To be had as soon as the application has given up what leaves.
    var additions: [Int32] = []
    /// The group has gone on without it while the application was giving something up.
    var hasLostGroup = false

    /// In order of partitions.
    var assignment: [AssignedPartition] = []
    var isOffsetFetchInFlight = false
    var offsetFetchNotBefore = Instant.zero
    var offsetFetchRound: UInt32 = 0
    /// By broker.
    var isFetching: ContiguousArray<Bool>
    var isListing: ContiguousArray<Bool>
    /// Raised whenever positions change other than by reading: what was asked for in an earlier round does not count.
    var round: UInt32 = 0
    /// By broker, the partition with which the next fetch begins: the one behind those that have filled the last answer.
    var fetchStarts: ContiguousArray<Int32>
    /// By broker, the round of what is in flight.
    var fetchRounds: ContiguousArray<UInt32>
    var listRounds: ContiguousArray<UInt32>

    /// In order; one is on its way at a time, so that an older one never overtakes a newer one by being sent again.
    var commits: [PendingCommit] = []
    var isCommitInFlight = false
    var commitNotBefore = Instant.zero
    var nextAutoCommit = Instant.distantFuture
    /// How often a leader has said that a position is out of range.
    var outOfRange: Int32 = 0

    var isPolling = true
    var lastPoll = Instant.zero
    /// The application was away for too long: the client stays out of the group until it polls again.
    var hasExceededPollInterval = false
    /// What the application has not seen yet, because it does not poll.
    var waiting: [ClientNotice] = []

    var inquiries: [OffsetInquiry] = []
    var inquiryCount: UInt32 = 0

    init(
        core: ClientCore, properties: ClientProperties, group: GroupID, instance: InstanceID, topics: [TopicID]
    ) {
        self.core = core
        settings = Settings(properties)
        self.group = group
        self.instance = instance
        self.topics = topics
        mode = topics.isEmpty ? .assigned : .subscribed
        isFetching = ContiguousArray(repeating: false, count: core.connections.count)
        isListing = ContiguousArray(repeating: false, count: core.connections.count)
        fetchStarts = ContiguousArray(repeating: 0, count: core.connections.count)
        fetchRounds = ContiguousArray(repeating: 0, count: core.connections.count)
        listRounds = ContiguousArray(repeating: 0, count: core.connections.count)
    }

    var reference: MemberReference {
        MemberReference(group: group, member: member, generation: generation, instance: instance)
    }

    var isCooperative: Bool { settings.strategies.first?.isCooperative ?? false }

    func index(of partition: Int32) -> Int? { assignment.firstIndex { $0.partition == partition } }

    func index(of place: TopicPartition, _ fabric: borrowing Fabric) -> Int? {
        fabric.topology.number(of: place).flatMap { index(of: Int32($0)) }
    }

    // MARK: What is due

    mutating func service(_ fabric: inout Fabric) {
        guard core.isAlive else { return }
        while let broker = core.timedOutBroker(at: fabric.now) {
            fabric.close(core.requester, broker)
            connectionFailed(broker, .timedOut, &fabric)
        }
        core.refreshMetadataIfDue(&fabric)
        checkPollInterval(&fabric)
        checkSession(&fabric)
        findCoordinator(&fabric)
        join(&fabric)
        sendHeartbeat(&fabric)
        fetchOffsets(&fabric)
        autoCommit(&fabric)
        sendCommit(&fabric)
        serveInquiries(&fabric)
        fetchAll(&fabric)
        core.wakeAgain(at: nextDeadline(after: fabric.now), &fabric)
    }

    private func nextDeadline(after now: Instant) -> Instant {
        var next = min(core.nextDeadline(after: now), min(revocationDeadline, pollDeadline))
        if isReading { next = min(next, nextAutoCommit) }
        for assigned in assignment where assigned.retryAt > now { next = min(next, assigned.retryAt) }
        if isSessionAtStake {
            // While the application gives something up, its own deadline counts.
            if membership != .revoking { next = min(next, lastContact + settings.sessionTimeout) }
            if !isHeartbeatInFlight, reachableCoordinator(now) != nil { next = min(next, nextHeartbeat) }
        }
        if let commit = commits.first { next = min(next, commit.deadline) }
        for inquiry in inquiries { next = min(next, inquiry.deadline) }
        return next
    }

    mutating func connectionFailed(_ broker: Int, _ error: ErrorCode, _ fabric: inout Fabric) {
        isFetching[broker] = false
        isListing[broker] = false
        for purpose in core.fail(broker, &fabric) { requestFailed(purpose, at: broker, error, &fabric) }
        if broker == coordinator { coordinator = -1 }
        core.wantMetadata(&fabric)
        core.wake(at: fabric.now, &fabric)
    }

    private mutating func requestFailed(
        _ purpose: RequestPurpose, at broker: Int, _ error: ErrorCode, _ fabric: inout Fabric
    ) {
        switch purpose {
        case .metadata: core.metadataFailed(&fabric)
        case .findCoordinator: isFindingCoordinator = false
        case .joinGroup, .syncGroup:
            if purpose.isJoin(joinAttempt), membership == .joining || membership == .syncing { membership = .outside }
        case .heartbeat: isHeartbeatInFlight = false
        case .offsetFetch: isOffsetFetchInFlight = false
        case .offsetCommit: commitAnswered(error, &fabric)
        case .inquiry(let number): postponeInquiry(number, of: broker, &fabric)
        case .fetch, .listOffsets, .produce, .initProducerID, .transaction, .admin: break
        }
    }

    mutating func receive(_ response: ResponseBody, _ correlation: Int32, from broker: Int, _ fabric: inout Fabric) {
        guard let purpose = core.take(correlation, from: broker) else { return }
        if case .inquiry(let number) = purpose {
            receive(response, to: number, from: broker, &fabric)
            return
        }
        switch response {
        case .fetch(let partitions):
            fetched(partitions, from: broker, &fabric)
            fetch(from: broker, &fabric)
            return
        case .offsetCommit(let error):
            commitAnswered(error, &fabric)
            sendCommit(&fabric)
            return
        case .heartbeat(let error):
            heartbeatAnswered(error, &fabric)
        case .metadata(let image, _):
            core.metadataArrived(image, &fabric)
            reportMissingTopics(&fabric)
            checkPartitionCounts(&fabric)
        case .findCoordinator(let error, let broker): coordinatorFound(error, Int(broker), &fabric)
        case .joinGroup(let response):
            if purpose.isJoin(joinAttempt) { joinAnswered(response, &fabric) }
        case .syncGroup(let error, let partitions):
            if purpose.isJoin(joinAttempt) { syncAnswered(error, partitions, &fabric) }
        case .offsetFetch(let error, let offsets): offsetsFetched(error, offsets, &fabric)
        case .listOffsets(let offsets): offsetsListed(offsets, by: broker, &fabric)
        default: preconditionFailure("an answer that a consumer did not ask for")
        }
        service(&fabric)
    }

    private mutating func receive(
        _ response: ResponseBody, to inquiry: UInt32, from broker: Int, _ fabric: inout Fabric
    ) {
        switch response {
        case .offsetFetch(let error, let offsets): committedAnswered(inquiry, by: broker, error, offsets, &fabric)
        case .listOffsets(let offsets):
            inquiryAnswered(inquiry, by: broker, offsets.map { ($0.partition, $0.offset, $0.error) }, &fabric)
        default: preconditionFailure("no answer to an inquiry about offsets")
        }
        service(&fabric)
    }
}
