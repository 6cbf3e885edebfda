import Kafka
import Simulation

/// A broker process with its disk: replicas, what it serves as a leader, what it fetches as a follower, and the groups
/// that it coordinates.
struct Broker: Sendable {
    let id: Int
    private(set) var isUp = false
    /// How often the process was started; the controller tells a restarted broker from one that was only slow by it.
    private(set) var incarnation: Int32 = 0
    /// Whether the controller knows this incarnation. Before that, metadata may still speak of the one before.
    var isRegistered = false
    /// What the broker last heard of the cluster.
    var image = MetadataImage()
    var controller: ControllerContact
    var nextHeartbeat = Instant.zero
    private var nextCheckpoint = Instant.zero
    var nextRetentionCheck = Instant.zero
    var nextProducerExpiration = Instant.zero

    /// By partition number; only those in `hosted` mean anything.
    var replicas: ContiguousArray<Replica>
    /// The numbers of the partitions of which this broker has a replica.
    private(set) var hosted: ContiguousArray<Int32> = []

    /// As a follower, by leader.
    var fetchers: ContiguousArray<Fetcher>
    /// As a leader, by follower.
    var sessions: ContiguousArray<FollowerSession>
    /// Consumer fetches that wait for data, by requester.
    var parkedFetches: ContiguousArray<ParkedFetch> = []
    /// DeleteRecords requests that wait for followers.
    var deletions: [PendingDeletion] = []
    var coordinator: GroupCoordinator
    var transactions: TransactionCoordinator
    /// As the coordinator of groups: offsets that wait for the end of a transaction, in order.
    var pendingOffsets: [PendingOffsets] = []
    /// As the leader of partitions: what waits for a transaction coordinator, and markers that are being replicated.
    var verifications: [Verification] = []
    var markerJobs: [MarkerJob] = []
    var nextMarkerJob: UInt32 = 0

    static let tickInterval = Duration.milliseconds(500)

    /// Mistakes that it makes.
    let defects: PlantedDefects

    init(id: Int, topology: Topology, defects: PlantedDefects) {
        self.id = id
        self.defects = defects
        controller = ControllerContact(of: id)
        replicas = ContiguousArray(repeating: Replica(), count: topology.partitionCount)
        fetchers = ContiguousArray(repeating: Fetcher(), count: topology.brokerCount)
        sessions = ContiguousArray(repeating: FollowerSession(), count: topology.brokerCount)
        coordinator = GroupCoordinator(partitions: topology.offsetsPartitions)
        transactions = TransactionCoordinator(partitions: topology.transactionPartitions)
    }

    /// The topology has grown.
    mutating func makeRoom(forPartitions count: Int) {
        while replicas.count < count { replicas.append(Replica()) }
    }

    /// New partitions are in the metadata.
    mutating func host(
        _ partitions: Range<Int>, _ topology: borrowing Topology, _ configuration: borrowing ClusterConfiguration
    ) {
        for partition in partitions where topology.replicas[partition].contains(Int32(id)) {
            hosted.append(Int32(partition))
            replicas[partition].log.flushMessages = configuration.logFlushMessages
            if !topology.isInternal(partition: partition) {
                replicas[partition].log.segmentLimits = topology.settings(ofPartition: partition).segments
            }
        }
    }

    /// Why a partition cannot be served by a broker that does not lead it.
    func notLeader(of partition: Int) -> ErrorCode {
        partition < image.partitions.count ? .notLeaderOrFollower : .unknownTopicOrPartition
    }

    // MARK: Life

    /// Starts the process. A cluster that begins is formed already: its brokers are registered.
    mutating func start(formed: MetadataImage?, _ fabric: inout Fabric) {
        isUp = true
        incarnation += 1
        nextCheckpoint = fabric.now + fabric.configuration.highWatermarkCheckpointInterval
        nextRetentionCheck = fabric.now + fabric.configuration.logRetentionCheckInterval
        nextProducerExpiration = fabric.now + fabric.configuration.producerIDExpirationCheckInterval
        fabric.schedule(.brokerTick(Int32(id), incarnation: incarnation), at: fabric.now + Self.tickInterval)
        if let formed {
            isRegistered = true
            nextHeartbeat = fabric.now + fabric.configuration.brokerHeartbeatInterval
            adopt(formed, &fabric)
        } else {
            isRegistered = false
            image.version = -1
            sendHeartbeat(&fabric)
        }
    }

    /// The process ends; the disk keeps the logs, whole or up to what was flushed.
    mutating func crash(losing loss: DiskLoss, _ fabric: inout Fabric) {
        isUp = false
        isRegistered = false
        controller = ControllerContact(of: id)
        for partition in hosted {
            let partition = Int(partition)
            let oldEnd = replicas[partition].log.endOffset
            replicas[partition].restart(
                losing: loss, at: fabric.now, flushInterval: fabric.configuration.logFlushInterval)
            fabric.commitments[partition].tailLost(by: id, from: oldEnd, to: replicas[partition].log.endOffset)
        }
        for index in fetchers.indices { fetchers[index] = Fetcher() }
        for index in sessions.indices { sessions[index] = FollowerSession() }
        parkedFetches.removeAll()
        deletions = []
        coordinator = GroupCoordinator(partitions: fabric.topology.offsetsPartitions)
        transactions = TransactionCoordinator(partitions: fabric.topology.transactionPartitions)
        pendingOffsets.removeAll()
        verifications.removeAll()
        markerJobs.removeAll()
    }

    /// What has to be done every now and then.
    mutating func tick(_ fabric: inout Fabric) {
        if fabric.now >= nextHeartbeat { sendHeartbeat(&fabric) }
        let isCheckpointDue = fabric.now >= nextCheckpoint
        for partition in hosted {
            let partition = Int(partition)
            fabric.commitments[partition].reached(replicas[partition].log.endOffset, by: id)
            if isCheckpointDue { replicas[partition].checkpointedHighWatermark = replicas[partition].highWatermark }
            if replicas[partition].isLeader {
                checkInSyncReplicas(partition, &fabric)
                expireWaiters(partition, &fabric)
            }
        }
        if isCheckpointDue { nextCheckpoint = fabric.now + fabric.configuration.highWatermarkCheckpointInterval }
        cleanLogs(&fabric)
        if !deletions.isEmpty { answerDeletions(&fabric) }
        checkFetchTimeouts(&fabric)
        tickTransactions(&fabric)
        fabric.schedule(.brokerTick(Int32(id), incarnation: incarnation), at: fabric.now + Self.tickInterval)
    }

    // MARK: Messages

    mutating func receive(_ request: RequestBody, from origin: Origin, _ fabric: inout Fabric) {
        switch request {
        case .produce(let request): handleProduce(request, from: origin, &fabric)
        case .fetch(let request): handleFetch(request, from: origin, &fabric)
        case .replicaFetch(let request): handleReplicaFetch(request, from: origin, &fabric)
        case .listOffsets(let partitions): handleListOffsets(partitions, from: origin, &fabric)
        case .metadata(let request): handleMetadata(request, from: origin, &fabric)
        case .findCoordinator(let group): handleFindCoordinator(group, from: origin, &fabric)
        case .joinGroup(let request): handleJoinGroup(request, from: origin, &fabric)
        case .syncGroup(let request): handleSyncGroup(request, from: origin, &fabric)
        case .heartbeat(let reference): handleGroupHeartbeat(reference, from: origin, &fabric)
        case .leaveGroup(let group, let member): handleLeaveGroup(group, member, from: origin, &fabric)
        case .offsetCommit(let request): handleOffsetCommit(request, from: origin, &fabric)
        case .offsetFetch(let reference, let partitions, let requireStable):
            handleOffsetFetch(reference, partitions, requireStable: requireStable, from: origin, &fabric)
        case .initProducerID(let producer): handleInitProducerID(producer, from: origin, &fabric)
        case .transaction(let request): handleTransaction(request, from: origin, &fabric)
        case .updateMetadata(let image):
            if isRegistered { adopt(image, &fabric) }
        case .brokerHeartbeat:
            // The controller's requests come here when this broker is not the controller (any more).
            fabric.respond(.brokerHeartbeat(.notController, image, isFenced: true), to: origin, by: id)
        case .alterPartition(let request):
            fabric.respond(
                .alterPartition(.notController, partition: request.partition, attempt: request.attempt, image),
                to: origin, by: id)
        case .createTopics(let topics):
            fabric.respond(.createTopics(topics.map { _ in .notController }), to: origin, by: id)
        case .electLeaders(let elections):
            fabric.respond(.electLeaders(elections.map { _ in .notController }), to: origin, by: id)
        case .deleteRecords(let request): handleDeleteRecords(request, from: origin, &fabric)
        case .createPartitions(let topics):
            fabric.respond(.createPartitions(topics.map { _ in .notController }), to: origin, by: id)
        }
    }

    mutating func receive(_ response: ResponseBody, from broker: Int, _ fabric: inout Fabric) {
        switch response {
        case .replicaFetch(let partitions): handleReplicaFetchResponse(partitions, from: broker, &fabric)
        case .brokerHeartbeat(let error, let image, let isFenced):
            handleHeartbeatResponse(error, image, isFenced: isFenced, from: broker, &fabric)
        case .alterPartition(let error, let partition, let attempt, let image):
            handleAlterPartitionResponse(error, Int(partition), attempt, image, from: broker, &fabric)
        case .transaction(.writeMarkers(let markers, let results)):
            handleMarkerResults(markers, results, from: broker, &fabric)
        case .transaction(.verify(let reference, let partition, let error)):
            verified(reference, partition, error, &fabric)
        case .createTopics:
            // Who has caused it will ask again.
            break
        default:
            preconditionFailure("brokers do not ask each other for this")
        }
    }

    /// The connection to another broker is gone.
    mutating func connectionFailed(to broker: Int, _ fabric: inout Fabric) {
        fetcherFailed(broker, &fabric)
        transactionConnectionFailed(to: broker, &fabric)
        if Int(controller.known) == broker {
            controller.lose(broker)
            nextHeartbeat = min(nextHeartbeat, fabric.now + Self.tickInterval)
        }
    }

    private mutating func handleInitProducerID(
        _ producer: ProducerIdentity, from origin: Origin, _ fabric: inout Fabric
    ) {
        var identity = producer
        if producer.id >= 0, producer.epoch < .max {
            // A producer that lost track begins a new epoch (KIP-360).
            identity.epoch += 1
        } else {
            identity = ProducerIdentity(id: fabric.nextProducerID, epoch: 0)
            fabric.nextProducerID += 1
        }
        fabric.respond(.initProducerID(.none, identity), to: origin, by: id)
    }
}
