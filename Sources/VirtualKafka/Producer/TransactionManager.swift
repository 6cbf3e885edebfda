import Kafka
import Simulation

/// The transactional side of a producer: what librdkafka keeps in `rk_eos.txn_…`.
struct TransactionManager: Sendable {
    /// librdkafka's `rd_kafka_txn_state_t`.
    enum State: Sendable {
        /// Nobody has called `initTransactions`.
        case initial
        case waitingForID
        /// Has an id, but the call that wanted it had timed out: it is to be made again.
        case readyUnacknowledged
        case ready
        case inTransaction
        /// What was produced is being delivered, before the commit.
        case flushing
        case committing
        case committedUnacknowledged
        /// What was not sent is dropped; what is in flight is waited for.
        case draining
        case aborting
        /// Aborted; a new epoch begins, because sequences have holes (KIP-360).
        case raisingEpoch
        case abortedUnacknowledged
        /// Nothing but an abort is possible.
        case abortableError
        case fatalError
    }

    enum Step: Sendable {
        case initialize
        case sendOffsets
        case commit
        case abort
    }

    /// A call of the application that waits for its result.
    struct Call: Sendable {
        var tag: UInt64
        var step: Step
        var deadline: Instant
    }

    let id: TransactionalID
    let timeout: Duration
    var state = State.initial
    var call: Call?
    /// A call that has timed out and goes on in the background: only the same may be made again.
    var unfinished: Step?
    /// Why the transaction must be aborted, or the producer is of no use.
    var error = ErrorCode.none

    var coordinator = -1
    var isFindingCoordinator = false
    var coordinatorNotBefore = Instant.zero

    /// Takes part in the transaction, as the coordinator knows.
    var partitions: [Int32] = []
    /// Is to be added.
    var newPartitions: [Int32] = []
    /// Is being added.
    var underway: [Int32] = []
    var addNotBefore = Instant.zero
    /// Whether the coordinator may know of the transaction: else there is nothing to end.
    var isRegistered = false
    var isEndInFlight = false
    /// For InitProducerId and EndTxn, after an error.
    var notBefore = Instant.zero
    var needsNewEpoch = false
    var offsets: OffsetsCall?
    private var offsetsCalls: UInt32 = 0

    init(id: TransactionalID, timeout: Duration) {
        self.id = id
        self.timeout = timeout
    }

    /// Whether messages go out.
    var isSending: Bool {
        switch state {
        case .inTransaction, .flushing: true
        default: false
        }
    }

    mutating func beginOffsets(_ committed: [CommittedOffset], of reference: MemberReference) {
        offsetsCalls &+= 1
        offsets = OffsetsCall(number: offsetsCalls, reference: reference, offsets: committed)
    }

    mutating func forgetTransaction() {
        partitions = []
        newPartitions = []
        underway = []
        isRegistered = false
        offsets = nil
        error = .none
        state = .ready
    }
}

/// Offsets on their way into a transaction: AddOffsetsToTxn, FindCoordinator of the group, TxnOffsetCommit.
struct OffsetsCall: Sendable {
    enum Phase: Sendable {
        case register
        case findGroup
        case commit
    }

    /// Tells it from a former one that has timed out, and whose answers may still come.
    let number: UInt32
    var reference: MemberReference
    var offsets: [CommittedOffset]
    var phase = Phase.register
    var groupCoordinator = -1
    var isInFlight = false
    var notBefore = Instant.zero
}

/// What a request of a transactional producer was for.
enum TransactionPurpose: Sendable {
    case findCoordinator
    case initProducerID
    case addPartitions
    case offsets(call: UInt32)
    case end(isCommit: Bool)
}
