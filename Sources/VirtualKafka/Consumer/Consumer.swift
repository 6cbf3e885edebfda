import Kafka
import Simulation

/// A partition that is assigned to a consumer.
struct AssignedPartition: Sendable {
    enum Phase: Sendable {
        /// Its committed offset is not known yet.
        case needsCommitted
        /// There is none, or it is out of range: the log is asked where it begins or ends.
        case needsReset
        case ready
    }

    var partition: Int32
    var phase = Phase.needsCommitted
    /// The next offset to read.
    var position: Int64 = -1
    var isPaused = false
    /// After an error it is not fetched before that.
    var retryAt = Instant.zero
}

/// A commit that was asked for and is not answered yet.
struct PendingCommit: Sendable {
    var tag: UInt64
    var offsets: [CommittedOffset]
    var reference: MemberReference
    var deadline: Instant
    /// The background's own: nobody is told.
    var isAutomatic = false
}

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
        var offsetReset: ClientProperties.OffsetReset
        var isolation: IsolationLevel
        var autoCommitInterval: Duration?

        init(_ properties: ClientProperties) {
            sessionTimeout = .milliseconds(properties.integer("session.timeout.ms"))
            heartbeatInterval = .milliseconds(properties.integer("heartbeat.interval.ms"))
            maxPollInterval = .milliseconds(properties.integer("max.poll.interval.ms"))
            socketTimeout = .milliseconds(properties.integer("socket.timeout.ms"))
            fetchWaitMax = .milliseconds(properties.integer("fetch.wait.max.ms"))
            fetchMinBytes = Int(properties.integer("fetch.min.bytes"))
            fetchMaxBytes = Int(properties.integer("fetch.max.bytes"))
            maxPartitionFetchBytes = Int32(properties.integer("max.partition.fetch.bytes"))
            offsetReset = properties.offsetReset
            isolation = properties.isolation
            let interval = properties.integer("auto.commit.interval.ms")
            autoCommitInterval =
                properties.boolean("enable.auto.commit") && interval > 0 ? .milliseconds(interval) : nil
        }
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
    let group: GroupID
    let topics: [TopicID]

    var coordinator = -1
    var isFindingCoordinator = false
    var coordinatorNotBefore = Instant.zero

    var membership = Membership.outside
    var member = MemberID.none
    var generation: Int32 = -1
    var joinNotBefore = Instant.zero
    var isHeartbeatInFlight = false
    var nextHeartbeat = Instant.distantFuture
    /// When the coordinator last showed that it counts this member in.
    var lastContact = Instant.zero
    var revocationDeadline = Instant.distantFuture

    /// In order of partitions.
    var assignment: [AssignedPartition] = []
    var isOffsetFetchInFlight = false
    var offsetFetchNotBefore = Instant.zero
    /// By broker.
    var isFetching: ContiguousArray<Bool>
    var isListing: ContiguousArray<Bool>

    /// In order; one is on its way at a time, so that an older one never overtakes a newer one by being sent again.
    var commits: [PendingCommit] = []
    var isCommitInFlight = false
    var commitNotBefore = Instant.zero
    var nextAutoCommit = Instant.distantFuture
    /// What the background has committed, in step with nothing: partition and offset.
    var autoCommitted: [CommittedOffset] = []

    init(core: ClientCore, properties: ClientProperties, group: GroupID, topics: [TopicID]) {
        self.core = core
        settings = Settings(properties)
        self.group = group
        self.topics = topics
        isFetching = ContiguousArray(repeating: false, count: core.connections.count)
        isListing = ContiguousArray(repeating: false, count: core.connections.count)
    }

    var reference: MemberReference { MemberReference(group: group, member: member, generation: generation) }

    func index(of partition: Int32) -> Int? { assignment.firstIndex { $0.partition == partition } }

    // MARK: What is due

    mutating func service(_ fabric: inout Fabric) {
        guard core.isAlive else { return }
        while let broker = core.timedOutBroker(at: fabric.now) {
            fabric.close(core.requester, broker)
            connectionFailed(broker, .timedOut, &fabric)
        }
        core.refreshMetadataIfDue(&fabric)
        checkSession(&fabric)
        findCoordinator(&fabric)
        join(&fabric)
        sendHeartbeat(&fabric)
        fetchOffsets(&fabric)
        autoCommit(&fabric)
        sendCommit(&fabric)
        fetchAll(&fabric)
        core.wakeAgain(at: nextDeadline(after: fabric.now), &fabric)
    }

    private func nextDeadline(after now: Instant) -> Instant {
        var next = min(core.nextDeadline(after: now), min(revocationDeadline, nextAutoCommit))
        for assigned in assignment where assigned.retryAt > now { next = min(next, assigned.retryAt) }
        if membership == .stable || membership == .revoking {
            next = min(next, lastContact + settings.sessionTimeout)
            if !isHeartbeatInFlight { next = min(next, nextHeartbeat) }
        }
        if let commit = commits.first { next = min(next, commit.deadline) }
        return next
    }

    mutating func connectionFailed(_ broker: Int, _ error: ErrorCode, _ fabric: inout Fabric) {
        isFetching[broker] = false
        isListing[broker] = false
        for purpose in core.fail(broker, &fabric) { requestFailed(purpose, error, &fabric) }
        if broker == coordinator { coordinator = -1 }
        core.wantMetadata(&fabric)
        core.wake(at: fabric.now, &fabric)
    }

    private mutating func requestFailed(_ purpose: RequestPurpose, _ error: ErrorCode, _ fabric: inout Fabric) {
        switch purpose {
        case .metadata: core.metadataFailed(&fabric)
        case .findCoordinator: isFindingCoordinator = false
        case .joinGroup, .syncGroup:
            if membership == .joining || membership == .syncing { membership = .outside }
        case .heartbeat: isHeartbeatInFlight = false
        case .offsetFetch: isOffsetFetchInFlight = false
        case .offsetCommit: commitAnswered(error, &fabric)
        case .fetch, .listOffsets, .produce, .initProducerID, .admin: break
        }
    }

    mutating func receive(_ response: ResponseBody, _ correlation: Int32, from broker: Int, _ fabric: inout Fabric) {
        guard core.take(correlation, from: broker) != nil else { return }
        switch response {
        case .fetch(let partitions):
            isFetching[broker] = false
            fetched(partitions, &fabric)
            fetch(from: broker, &fabric)
            return
        case .offsetCommit(let error):
            commitAnswered(error, &fabric)
            sendCommit(&fabric)
            return
        case .heartbeat(let error):
            heartbeatAnswered(error, &fabric)
        case .metadata(let image, _): core.metadataArrived(image, &fabric)
        case .findCoordinator(let error, let broker): coordinatorFound(error, Int(broker), &fabric)
        case .joinGroup(let response): joinAnswered(response, &fabric)
        case .syncGroup(let error, let partitions): syncAnswered(error, partitions, &fabric)
        case .offsetFetch(let error, let offsets): offsetsFetched(error, offsets, &fabric)
        case .listOffsets(let offsets):
            isListing[broker] = false
            offsetsListed(offsets, &fabric)
        default: preconditionFailure("an answer that a consumer did not ask for")
        }
        service(&fabric)
    }
}
