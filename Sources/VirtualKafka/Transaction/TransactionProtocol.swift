import Kafka
import Simulation

/// What the requests about transactions have in common: who speaks, under which epoch.
struct TransactionReference: Hashable, Sendable {
    var id: TransactionalID
    var producer: ProducerIdentity
}

/// The requests about transactions, under their names in the protocol guide.
enum TransactionRequest: Sendable {
    /// FindCoordinator with the key type *transaction*.
    case findCoordinator(TransactionalID)
    /// InitProducerId: `expected` is what a producer that lost track had before (KIP-360).
    case initProducerID(TransactionalID, timeout: Duration, expected: ProducerIdentity)
    /// AddPartitionsToTxn
    case addPartitions(TransactionReference, [Int32])
    /// AddOffsetsToTxn
    case addOffsets(TransactionReference, GroupID)
    /// TxnOffsetCommit, to the coordinator of the group.
    case commitOffsets(TransactionalOffsets)
    /// EndTxn
    case end(TransactionReference, isCommit: Bool)
    /// WriteTxnMarkers, from a transaction coordinator to a leader.
    case writeMarkers(TransactionMarkers)
    /// AddPartitionsToTxn with *verify only*, from a leader to a transaction coordinator (KIP-890).
    case verify(TransactionReference, partition: Int32)
}

/// The answers to `TransactionRequest`, in the same order.
enum TransactionResponse: Sendable {
    case findCoordinator(ErrorCode, broker: Int32)
    case initProducerID(ErrorCode, ProducerIdentity)
    case addPartitions(ErrorCode)
    case addOffsets(ErrorCode)
    case commitOffsets(ErrorCode)
    case end(ErrorCode)
    case writeMarkers(TransactionMarkers, [MarkerResult])
    case verify(TransactionReference, partition: Int32, ErrorCode)
}

/// The offsets of a group that become valid with a transaction; who commits them is checked as if it did so without
/// one (KIP-447).
struct TransactionalOffsets: Sendable {
    var transaction: TransactionReference
    var reference: MemberReference
    var offsets: [CommittedOffset]
}

/// The decision about a transaction, for the partitions that one broker leads.
struct TransactionMarkers: Sendable {
    var transaction: TransactionReference
    var isCommit: Bool
    var coordinatorEpoch: Int32
    var partitions: [Int32]
}

struct MarkerResult: Sendable {
    var partition: Int32
    var error: ErrorCode
}

extension VirtualCluster {
    static func fold(_ request: TransactionRequest, into hash: inout TraceHash) {
        switch request {
        case .findCoordinator(let id): hash.fold(UInt64(id.index) &+ 60)
        case .initProducerID(let id, _, let expected):
            hash.fold(UInt64(id.index) &+ 61)
            hash.fold(expected.id)
        case .addPartitions(let reference, let partitions): fold(62, reference, partitions.last ?? -1, &hash)
        case .addOffsets(let reference, let group): fold(63, reference, group.rawValue, &hash)
        case .commitOffsets(let request):
            fold(64, request.transaction, request.reference.generation, &hash)
            hash.fold(request.offsets.first?.offset ?? -1)
        case .end(let reference, let isCommit): fold(65, reference, isCommit ? 1 : 0, &hash)
        case .writeMarkers(let markers):
            fold(markers.isCommit ? 66 : 67, markers.transaction, markers.partitions.first ?? -1, &hash)
        case .verify(let reference, let partition): fold(68, reference, partition, &hash)
        }
    }

    static func fold(_ response: TransactionResponse, into hash: inout TraceHash) {
        switch response {
        case .findCoordinator(let error, let broker): fold(70, error, broker, &hash)
        case .initProducerID(let error, let producer):
            fold(71, error, Int32(producer.epoch), &hash)
            hash.fold(producer.id)
        case .addPartitions(let error): fold(72, error, 0, &hash)
        case .addOffsets(let error): fold(73, error, 0, &hash)
        case .commitOffsets(let error): fold(74, error, 0, &hash)
        case .end(let error): fold(75, error, 0, &hash)
        case .writeMarkers(let markers, let results):
            fold(76, markers.transaction, Int32(results.first?.error.rawValue ?? 0), &hash)
        case .verify(let reference, let partition, let error):
            fold(77, error, partition, &hash)
            hash.fold(reference.producer.id)
        }
    }

    private static func fold(_ kind: UInt64, _ reference: TransactionReference, _ value: Int32, _ hash: inout TraceHash)
    {
        hash.fold(
            kind | UInt64(UInt32(bitPattern: value)) << 8 | UInt64(UInt16(bitPattern: reference.producer.epoch)) << 40)
        hash.fold(reference.producer.id)
    }

    private static func fold(_ kind: UInt64, _ error: ErrorCode, _ value: Int32, _ hash: inout TraceHash) {
        hash.fold(kind | UInt64(UInt32(bitPattern: value)) << 8 | UInt64(UInt16(bitPattern: error.rawValue)) << 40)
    }
}
