import Kafka
import Simulation

/// What an in-flight request was for.
enum RequestPurpose: Sendable {
    case metadata
    case produce(partition: Int32, batch: UInt32)
    case initProducerID
    case transaction(TransactionPurpose)
    case fetch
    case listOffsets
    case findCoordinator
    case joinGroup(attempt: UInt32)
    case syncGroup(attempt: UInt32)
    case heartbeat
    case offsetCommit
    case offsetFetch
    /// The application's own question about offsets.
    case inquiry(UInt32)
    /// An administrator's request, for these of an operation's items.
    case admin(operation: UInt32, items: [Int])
}

extension RequestPurpose {
    /// Whether it was sent in this attempt to join a group.
    func isJoin(_ present: UInt32) -> Bool {
        switch self {
        case .joinGroup(let attempt), .syncGroup(let attempt): attempt == present
        default: false
        }
    }
}

/// A client's connection to one broker.
struct ClientConnection: Sendable {
    struct InFlight: Sendable {
        var correlation: Int32
        var deadline: Instant
        var purpose: RequestPurpose
    }

    var inFlight: [InFlight] = []
    /// After a failure it is not opened again before that.
    var usableFrom = Instant.zero
    var failures: Int32 = 0
}

/// What producers and consumers have in common: connections, timeouts, metadata.
struct ClientCore: Sendable {
    let id: ClientID
    let requester: Int32
    let node: NodeID
    /// False once it is closed, or its process is dead.
    private(set) var isAlive = true
    /// The application has closed it, and is told so when it goes on using it.
    private(set) var isClosed = false
    var image = MetadataImage()
    private(set) var connections: ContiguousArray<ClientConnection>
    private var nextCorrelation: Int32 = 0

    /// For what happens all the time (linger, back-off), and for what almost never happens (timeouts): two alarms, so
    /// that the frequent one does not leave the rare ones behind in the queue.
    private var fastAlarm = Alarm()
    private var slowAlarm = Alarm()

    private var wantsMetadata = true
    /// Topics that it needs and that are not in its metadata.
    private(set) var missingTopics: [TopicID] = []
    /// Whether those are to be created, and asked for until they are there.
    private let createsMissingTopics: Bool
    private var isMetadataInFlight = false
    private var metadataNotBefore = Instant.zero
    private var nextPeriodicRefresh: Instant
    /// Where to ask next.
    private var brokerCursor: Int

    private let socketTimeout: Duration
    private let reconnectBackoff: Duration
    private let reconnectBackoffMax: Duration
    private let metadataRefreshInterval: Duration
    let retryBackoff: Duration

    private static let jitterPurpose = Purpose("reconnect jitter")
    private static let bootstrapPurpose = Purpose("bootstrap broker")

    init(
        id: ClientID, requester: Int32, node: NodeID, properties: ClientProperties, createsMissingTopics: Bool,
        _ fabric: borrowing Fabric
    ) {
        self.id = id
        self.createsMissingTopics = createsMissingTopics
        self.requester = requester
        self.node = node
        connections = ContiguousArray(repeating: ClientConnection(), count: fabric.brokerCount)
        socketTimeout = .milliseconds(properties.integer("socket.timeout.ms"))
        reconnectBackoff = .milliseconds(properties.integer("reconnect.backoff.ms"))
        reconnectBackoffMax = .milliseconds(properties.integer("reconnect.backoff.max.ms"))
        retryBackoff = .milliseconds(properties.integer("retry.backoff.ms"))
        let refresh = properties.integer("topic.metadata.refresh.interval.ms")
        metadataRefreshInterval = refresh < 0 ? .seconds(1_000_000_000) : .milliseconds(refresh)
        nextPeriodicRefresh = fabric.now + metadataRefreshInterval
        brokerCursor = fabric.draws.index(below: fabric.brokerCount, Self.bootstrapPurpose, UInt64(id.rawValue))
    }

    // MARK: The end

    mutating func close() {
        isClosed = isAlive || isClosed
        isAlive = false
    }

    /// Its process is dead: it says nothing any more.
    mutating func die() {
        isAlive = false
        isClosed = false
    }

    // MARK: Alarms

    /// When it was woken last. It is not woken twice within `pollInterval`: whatever is overdue and cannot be done, time
    /// goes on.
    private var lastWoken: Instant?
    private static let pollInterval = Duration.milliseconds(1)

    private func earliestWake(_ now: Instant) -> Instant { lastWoken.map { max(now, $0 + Self.pollInterval) } ?? now }

    /// Wants to be woken at a moment that comes soon.
    mutating func wake(at moment: Instant, _ fabric: inout Fabric) {
        let moment = moment > fabric.now ? moment : earliestWake(fabric.now)
        if fastAlarm.arm(at: moment) { fabric.schedule(.wakeClient(id), at: moment) }
    }

    /// Wants to be woken at a moment that will probably turn out to be irrelevant.
    mutating func wakeLater(at moment: Instant, _ fabric: inout Fabric) {
        let moment = moment > fabric.now ? moment : earliestWake(fabric.now)
        if slowAlarm.arm(at: moment) { fabric.schedule(.wakeClient(id), at: moment) }
    }

    /// After everything that was due: when to look again. What is overdue now waits for something else, such as a
    /// connection, and is looked at a little later.
    mutating func wakeAgain(at moment: Instant, _ fabric: inout Fabric) {
        wakeLater(at: max(moment, fabric.now + .milliseconds(10)), &fabric)
    }

    /// Whether a wake-up counts.
    mutating func isWoken(at now: Instant) -> Bool {
        let fast = fastAlarm.fires(at: now)
        let slow = slowAlarm.fires(at: now)
        if fast || slow { lastWoken = now }
        return (fast || slow) && isAlive
    }

    /// The next of the moments that the core itself has to see.
    func nextDeadline(after now: Instant) -> Instant {
        var next = nextPeriodicRefresh
        for connection in connections {
            // Whatever found no broker to ask waits for this, and an earlier wake-up has replaced that of the failure.
            if connection.usableFrom > now { next = min(next, connection.usableFrom) }
            if let first = connection.inFlight.first { next = min(next, first.deadline) }
        }
        return next
    }

    // MARK: Requests

    /// Whether a request can be sent to a broker now.
    func isUsable(_ broker: Int, _ now: Instant) -> Bool { connections[broker].usableFrom <= now }

    mutating func send(
        _ body: RequestBody, to broker: Int, for purpose: RequestPurpose, timeout: Duration? = nil,
        _ fabric: inout Fabric
    ) {
        let correlation = nextCorrelation
        nextCorrelation &+= 1
        let deadline = fabric.now + (timeout ?? socketTimeout)
        connections[broker].inFlight.append(.init(correlation: correlation, deadline: deadline, purpose: purpose))
        fabric.request(body, from: requester, to: broker, correlation: correlation)
        wakeLater(at: deadline, &fabric)
    }

    /// Without expecting an answer.
    mutating func sendOnly(_ body: RequestBody, to broker: Int, _ fabric: inout Fabric) {
        fabric.request(body, from: requester, to: broker, correlation: nextCorrelation)
        nextCorrelation &+= 1
    }

    /// The purpose of the request that an answer belongs to.
    mutating func take(_ correlation: Int32, from broker: Int) -> RequestPurpose? {
        guard let index = connections[broker].inFlight.firstIndex(where: { $0.correlation == correlation }) else {
            return nil
        }
        connections[broker].failures = 0
        return connections[broker].inFlight.remove(at: index).purpose
    }

    /// The connection is gone: what was in flight on it, in order. It is opened again after a pause that doubles with
    /// every failure, between -25 % and +50 % of it (librdkafka, `reconnect.backoff.jitter.ms`).
    mutating func fail(_ broker: Int, _ fabric: inout Fabric) -> [RequestPurpose] {
        let purposes = connections[broker].inFlight.map(\.purpose)
        connections[broker].inFlight.removeAll(keepingCapacity: true)
        var pause = reconnectBackoff
        for _ in 0..<connections[broker].failures where pause < reconnectBackoffMax { pause = pause * 2 }
        pause = min(pause, reconnectBackoffMax)
        let failures = connections[broker].failures
        pause = fabric.draws.duration(
            in: pause * 3 / 4...pause * 3 / 2, Self.jitterPurpose, UInt64(id.rawValue), UInt64(broker),
            UInt64(fabric.now.nanoseconds))
        connections[broker].failures = min(failures + 1, 30)
        connections[broker].usableFrom = fabric.now + pause
        wake(at: fabric.now + pause, &fabric)
        return purposes
    }

    /// A broker with a connection on which a request has waited too long.
    func timedOutBroker(at now: Instant) -> Int? {
        connections.firstIndex { connection in connection.inFlight.contains { $0.deadline <= now } }
    }

    // MARK: Brokers and metadata

    /// Any broker that can be asked now; another one each time.
    mutating func anyBroker(_ now: Instant) -> Int? {
        for _ in connections.indices {
            let broker = brokerCursor
            brokerCursor = (brokerCursor + 1) % connections.count
            if isUsable(broker, now) { return broker }
        }
        return nil
    }

    /// -1 without one, and of a partition that the client has not heard of or that does not exist.
    func leader(of partition: Int) -> Int {
        partition >= 0 && partition < image.partitions.count ? Int(image.partitions[partition].leader) : -1
    }

    func leaderEpoch(of partition: Int) -> Int32 { image.partitions[partition].leaderEpoch }

    /// Needs a topic that may not be in the metadata.
    mutating func need(_ topic: TopicID, _ fabric: inout Fabric) {
        guard fabric.topology.partitionCount(of: topic, in: image) == 0, !missingTopics.contains(topic),
            fabric.topology.isNamed(topic)
        else { return }
        missingTopics.append(topic)
        wantMetadata(&fabric)
    }

    /// Goes on without a topic.
    mutating func giveUp(_ topic: TopicID) { missingTopics.removeAll { $0 == topic } }

    /// The metadata has proved to be old, or there is none yet.
    mutating func wantMetadata(_ fabric: inout Fabric) {
        wantsMetadata = true
        refreshMetadataIfDue(&fabric)
    }

    mutating func refreshMetadataIfDue(_ fabric: inout Fabric) {
        if fabric.now >= nextPeriodicRefresh { wantsMetadata = true }
        guard wantsMetadata, !isMetadataInFlight else { return }
        guard fabric.now >= metadataNotBefore else {
            wake(at: metadataNotBefore, &fabric)
            return
        }
        // Without a usable connection, the end of a back-off wakes.
        guard let broker = anyBroker(fabric.now) else { return }
        isMetadataInFlight = true
        metadataNotBefore = fabric.now + retryBackoff
        let request = MetadataRequest(missing: missingTopics, allowsAutoCreation: createsMissingTopics)
        send(.metadata(request), to: broker, for: .metadata, &fabric)
    }

    mutating func metadataArrived(_ newImage: MetadataImage, _ fabric: inout Fabric) {
        isMetadataInFlight = false
        wantsMetadata = false
        nextPeriodicRefresh = fabric.now + metadataRefreshInterval
        if newImage.version > image.version { image = newImage }
        guard !missingTopics.isEmpty else { return }
        missingTopics.removeAll { fabric.topology.partitionCount(of: $0, in: image) > 0 }
        if createsMissingTopics, !missingTopics.isEmpty { wantMetadata(&fabric) }
    }

    mutating func metadataFailed(_ fabric: inout Fabric) {
        isMetadataInFlight = false
        refreshMetadataIfDue(&fabric)
    }
}
