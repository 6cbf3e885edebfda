import Kafka
import Simulation

/// What a coordinator keeps of a transactional id in `__transaction_state`: Kafka's `TransactionLogValue`.
struct TransactionMetadata: Sendable {
    enum State: Sendable {
        case empty
        case ongoing
        /// Decided; the markers are being written.
        case prepareCommit
        case prepareAbort
        /// All markers are written.
        case completeCommit
        case completeAbort
    }

    var producer: ProducerIdentity
    /// Before the epoch was raised last: who asks with it has missed the answer (KIP-360).
    var lastProducer = ProducerIdentity.none
    var timeout: Duration
    var state = State.empty
    /// In order of their numbers; those of `__consumer_offsets` among them.
    var partitions: [Int32] = []
    var startedAt = Instant.zero

    var isPrepared: Bool { state == .prepareCommit || state == .prepareAbort }

    var isComplete: Bool { state == .completeCommit || state == .completeAbort }

    /// The epoch cannot be raised once more for another producer: the last one is kept for fencing.
    var isEpochExhausted: Bool { producer.epoch >= .max - 1 }

    /// Decided now.
    func prepared(isCommit: Bool) -> TransactionMetadata {
        var next = self
        next.state = isCommit ? .prepareCommit : .prepareAbort
        return next
    }

    /// Decided now against its producer, which is fenced by a new epoch.
    func fenced() -> TransactionMetadata {
        var next = prepared(isCommit: false)
        next.producer.epoch += 1
        next.lastProducer = .none
        return next
    }

    /// All markers are written.
    func completed() -> TransactionMetadata {
        var next = self
        next.state = state == .prepareCommit ? .completeCommit : .completeAbort
        next.partitions = []
        return next
    }

    /// With more partitions.
    func adding(_ more: [Int32], at now: Instant) -> TransactionMetadata {
        var next = self
        if state != .ongoing {
            next.state = .ongoing
            next.startedAt = now
        }
        for partition in more where !next.partitions.contains(partition) { next.partitions.append(partition) }
        next.partitions.sort()
        return next
    }

    /// What a request of a client for a transaction is refused with, whatever it asks for.
    func refusal(of producer: ProducerIdentity) -> ErrorCode? {
        if producer.id != self.producer.id { return .invalidProducerIDMapping }
        return producer.epoch == self.producer.epoch ? nil : .producerFenced
    }
}

/// A transactional id at its coordinator.
struct CoordinatedTransaction: Sendable {
    /// As in the log; nil before the first InitProducerId.
    var metadata: TransactionMetadata?
    /// On its way into the log.
    var pending: TransactionMetadata?
    /// Partitions whose marker is not acknowledged.
    var unmarked: [Int32] = []
}

/// The transactional ids of a broker: of those partitions of `__transaction_state` that it leads.
struct TransactionCoordinator: Sendable {
    /// Markers on their way to a leader.
    struct Delivery: Sendable {
        var markers: TransactionMarkers
        var broker: Int
        var deadline: Instant
    }

    /// The first partition of `__transaction_state`.
    let firstPartition: Int
    var states: [GroupCoordinator.State]
    /// By transactional id.
    var entries: ContiguousArray<CoordinatedTransaction> = []
    var deliveries: [Delivery] = []
    var retryAlarm = Alarm()
    var nextExpiryCheck = Instant.zero

    init(partitions: Range<Int>) {
        firstPartition = partitions.lowerBound
        states = Array(repeating: .inactive, count: partitions.count)
    }
}

/// What happens when a change of a transactional id has reached its log.
struct TransactionStep: Sendable {
    enum Reply: Sendable {
        case none
        case initProducerID(Origin)
        /// Its transaction had to be aborted first: it has to ask again.
        case initProducerIDAgain(Origin)
        case addPartitions(Origin)
        case addOffsets(Origin)
        case end(Origin)
    }

    var id: TransactionalID
    var reply: Reply
}
