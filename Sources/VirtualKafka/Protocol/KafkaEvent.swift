import Kafka
import Simulation

/// Something that the cluster wants back at a time: opaque, small, and to be handed to `VirtualCluster.receive`.
public struct KafkaEvent: Sendable {
    var kind: Kind

    enum Kind: Sendable {
        case request(Origin, broker: Int32, RequestBody)
        case response(Origin, broker: Int32, ResponseBody)
        /// The requester notices that its connection to a broker is gone.
        case connectionReset(requester: Int32, broker: Int32, connection: UInt32)
        case wakeClient(ClientID)
        case brokerTick(Int32, incarnation: Int32)
        case fetchDeadline(broker: Int32, requester: Int32)
        case replicaFetchDeadline(broker: Int32, follower: Int32)
        case fetcherWake(broker: Int32, leader: Int32)
        case groupAlarm(broker: Int32, GroupID)
        case loadCoordinator(broker: Int32, partition: Int32, leaderEpoch: Int32)
        case quorumTick
        case transactionAlarm(broker: Int32)
    }

    init(_ kind: Kind) { self.kind = kind }
}

/// Where a request came from, and so where its answer goes.
struct Origin: Sendable {
    /// A broker below the number of brokers, else a client.
    var requester: Int32
    /// The connection's incarnation: answers on a connection that was closed since are dropped.
    var connection: UInt32
    var correlation: Int32
}

extension VirtualCluster {
    /// Folds into a trace hash what identifies an event.
    public static func fold(_ event: KafkaEvent, into hash: inout TraceHash) {
        switch event.kind {
        case .request(let origin, let broker, let body):
            hash.fold(1 | UInt64(UInt32(bitPattern: broker)) << 8 | UInt64(UInt32(bitPattern: origin.requester)) << 32)
            hash.fold(UInt64(UInt32(bitPattern: origin.correlation)) << 32 | UInt64(origin.connection))
            fold(body, into: &hash)
        case .response(let origin, let broker, let body):
            hash.fold(2 | UInt64(UInt32(bitPattern: broker)) << 8 | UInt64(UInt32(bitPattern: origin.requester)) << 32)
            hash.fold(UInt64(UInt32(bitPattern: origin.correlation)) << 32 | UInt64(origin.connection))
            fold(body, into: &hash)
        case .connectionReset(let requester, let broker, let connection):
            fold(3, requester, broker, &hash)
            hash.fold(UInt64(connection))
        case .wakeClient(let client): fold(4, client.rawValue, 0, &hash)
        case .brokerTick(let broker, let incarnation): fold(5, broker, incarnation, &hash)
        case .fetchDeadline(let broker, let requester): fold(6, broker, requester, &hash)
        case .replicaFetchDeadline(let broker, let follower): fold(7, broker, follower, &hash)
        case .fetcherWake(let broker, let leader): fold(8, broker, leader, &hash)
        case .groupAlarm(let broker, let group): fold(9, broker, group.rawValue, &hash)
        case .loadCoordinator(let broker, let partition, let epoch):
            fold(10, broker, partition, &hash)
            hash.fold(Int64(epoch))
        case .quorumTick: hash.fold(11 as UInt64)
        case .transactionAlarm(let broker): fold(12, broker, 0, &hash)
        }
    }

    private static func fold(_ kind: UInt64, _ a: Int32, _ b: Int32, _ hash: inout TraceHash) {
        hash.fold(kind | UInt64(UInt32(bitPattern: a)) << 8 | UInt64(UInt32(bitPattern: b)) << 40)
    }

    private static func fold(_ body: RequestBody, into hash: inout TraceHash) {
        switch body {
        case .produce(let request):
            fold(20, request.partition, request.batch.baseSequence, &hash)
            hash.fold(request.batch.size)
        case .fetch(let request):
            fold(21, Int32(request.partitions.count), request.partitions.first?.partition ?? -1, &hash)
            hash.fold(request.partitions.first?.fetchOffset ?? -1)
        case .replicaFetch(let request):
            fold(22, Int32(request.positions.count), request.positions.first?.partition ?? -1, &hash)
            hash.fold(request.positions.first?.fetchOffset ?? -1)
        case .listOffsets(let partitions): fold(23, Int32(partitions.count), 0, &hash)
        case .metadata(let request): fold(24, Int32(request.missing.count), 0, &hash)
        case .findCoordinator(let group): fold(25, group.rawValue, 0, &hash)
        case .joinGroup(let request): hash.fold(request.member.rawValue &+ 26)
        case .syncGroup(let request): fold(27, request.reference.generation, 0, &hash)
        case .heartbeat(let reference): fold(28, reference.generation, 0, &hash)
        case .leaveGroup(let group, let member): hash.fold(member.rawValue &+ UInt64(group.index) &+ 29)
        case .offsetCommit(let request):
            fold(30, request.reference.generation, request.offsets.first?.partition ?? -1, &hash)
            hash.fold(request.offsets.first?.offset ?? -1)
        case .offsetFetch(let reference, let partitions, _):
            fold(31, reference.generation, Int32(partitions.count), &hash)
        case .initProducerID(let producer): hash.fold(producer.id &+ 32)
        case .brokerHeartbeat(let request): hash.fold(request.metadataVersion &+ 33)
        case .alterPartition(let request):
            fold(34, request.partition, request.partitionEpoch, &hash)
            hash.fold(request.newISR.bits)
        case .updateMetadata(let image): hash.fold(image.version &+ 35)
        case .transaction(let request): fold(request, into: &hash)
        case .createTopics(let topics): fold(36, Int32(topics.count), topics.first?.topic.rawValue ?? -1, &hash)
        case .createPartitions(let topics): fold(37, Int32(topics.count), topics.first?.topic.rawValue ?? -1, &hash)
        case .deleteRecords(let request):
            fold(38, Int32(request.partitions.count), request.partitions.first?.partition ?? -1, &hash)
            hash.fold(request.partitions.first?.before ?? -1)
        case .electLeaders(let elections): fold(39, Int32(elections.count), elections.first?.partition ?? -1, &hash)
        }
    }

    private static func fold(_ body: ResponseBody, into hash: inout TraceHash) {
        switch body {
        case .produce(let error, let offset):
            fold(40, Int32(error.rawValue), 0, &hash)
            hash.fold(offset)
        case .fetch(let partitions):
            fold(41, Int32(partitions.count), partitions.first?.partition ?? -1, &hash)
            hash.fold(partitions.first?.batches.last?.lastOffset ?? -1)
        case .replicaFetch(let partitions):
            fold(42, Int32(partitions.count), partitions.first?.partition ?? -1, &hash)
            hash.fold(partitions.first?.batches.last?.lastOffset ?? -1)
        case .listOffsets(let offsets): hash.fold((offsets.first?.offset ?? -1) &+ 43)
        case .metadata(let image, let errors):
            hash.fold(image.version &+ 44)
            if !errors.isEmpty { hash.fold(Int64(errors.count)) }
        case .findCoordinator(let error, let broker): fold(45, Int32(error.rawValue), broker, &hash)
        case .joinGroup(let response): fold(46, Int32(response.error.rawValue), response.generation, &hash)
        case .syncGroup(let error, let partitions): fold(47, Int32(error.rawValue), Int32(partitions.count), &hash)
        case .heartbeat(let error): fold(48, Int32(error.rawValue), 0, &hash)
        case .leaveGroup(let error): fold(49, Int32(error.rawValue), 0, &hash)
        case .offsetCommit(let error): fold(50, Int32(error.rawValue), 0, &hash)
        case .offsetFetch(let error, let offsets):
            fold(51, Int32(error.rawValue), Int32(offsets.count), &hash)
            hash.fold(offsets.first?.offset ?? -1)
        case .initProducerID(let error, let producer):
            fold(52, Int32(error.rawValue), Int32(producer.epoch), &hash)
            hash.fold(producer.id)
        case .brokerHeartbeat(let error, let image, let isFenced):
            fold(53, Int32(error.rawValue), isFenced ? 1 : 0, &hash)
            hash.fold(image.version)
        case .alterPartition(let error, let partition, _, let image):
            fold(54, Int32(error.rawValue), partition, &hash)
            hash.fold(image.version)
        case .createTopics(let errors): fold(55, Int32(errors.count), Int32(errors.first?.rawValue ?? 0), &hash)
        case .transaction(let response): fold(response, into: &hash)
        case .createPartitions(let errors): fold(56, Int32(errors.count), Int32(errors.first?.rawValue ?? 0), &hash)
        case .deleteRecords(let deleted):
            fold(57, Int32(deleted.count), Int32(deleted.first?.error.rawValue ?? 0), &hash)
            hash.fold(deleted.first?.lowWatermark ?? -1)
        case .electLeaders(let errors): fold(58, Int32(errors.count), Int32(errors.first?.rawValue ?? 0), &hash)
        }
    }
}
