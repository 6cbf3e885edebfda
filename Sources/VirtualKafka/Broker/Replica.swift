import Kafka
import Simulation

/// One broker's copy of one partition.
struct Replica: Sendable {
    var log = PartitionLog()
    var producers = ProducerStates()
    var transactions = PartitionTransactions()
    /// Below it, records are on all in-sync replicas: what consumers may read.
    var highWatermark: Int64 = 0
    /// As last written to the disk.
    var checkpointedHighWatermark: Int64 = 0

    // What the metadata said last; -1 before anything was said.
    var leaderEpoch: Int32 = -1
    var partitionEpoch: Int32 = -1
    var isLeader = false
    /// As a follower: from whom it fetches, -1 from nobody.
    var fetchesFrom: Int32 = -1

    // As a leader:
    var isr = BrokerSet()
    /// Proposed to the controller. Until the answer is known, both sets count (KIP-497): a member that the controller
    /// may have added already must not miss a record.
    var proposedISR: BrokerSet?
    /// How often this replica has sent a proposal, repetitions included.
    var proposalAttempts: Int32 = 0
    /// Where the log ended when the epoch began.
    var epochStartOffset: Int64 = 0
    /// By broker; meaningful for the other replicas.
    var followers: ContiguousArray<FollowerProgress> = []
    var waiters = WaiterQueue()
    /// Requesters whose parked fetches mention this partition.
    var watchers: [Int32] = []

    /// Below it, everything is committed and decided: what a `read_committed` reader may have (KIP-98).
    var lastStableOffset: Int64 { stableEnd(below: highWatermark) }

    /// The last stable offset for a high watermark. What is deleted needs no decision any more.
    func stableEnd(below highWatermark: Int64) -> Int64 {
        max(transactions.stableEnd(below: highWatermark), log.startOffset)
    }

    /// Where a reader's log ends.
    func readableEnd(_ isolation: IsolationLevel) -> Int64 {
        isolation == .readCommitted ? lastStableOffset : highWatermark
    }

    /// Takes note of a batch that was appended.
    mutating func note(_ batch: Batch) {
        producers.note(batch)
        if batch.kind != .plain {
            transactions.settle(below: highWatermark)
            transactions.note(batch)
        }
    }

    /// After a truncation or a restart: what the log itself says.
    mutating func rebuildProducers() {
        producers.rebuild(from: log)
        transactions.rebuild(from: log)
    }

    var maximalISR: BrokerSet { proposedISR.map { isr.union($0) } ?? isr }
}

/// What a leader knows of a follower.
struct FollowerProgress: Sendable {
    /// Where the follower's log ends, as its last fetch said; -1 before it fetched in this epoch.
    var endOffset: Int64 = -1
    /// Where it begins.
    var startOffset: Int64 = -1
    /// When it last had everything.
    var lastCaughtUp = Instant.zero
    /// Of its last fetch: when, and where the leader's log ended then.
    var lastFetch = Instant.zero
    var leaderEndAtLastFetch: Int64 = .max
    /// The high watermark that it was told last.
    var sentHighWatermark: Int64 = -1
    /// Whether its session has the partition on the list of stale high watermarks.
    var isWatermarkListed = false
    /// Whether its session has the partition on the list of what is to be sent.
    var isListed = false
}

/// Who waits for the high watermark to pass an offset, in order of offsets.
struct WaiterQueue: Sendable {
    struct Waiter: Sendable {
        var requiredOffset: Int64
        var deadline: Instant
        var purpose: Purpose
    }

    enum Purpose: Sendable {
        case produce(Origin, baseOffset: Int64)
        case offsetCommit(Origin, OffsetCommitRequest, position: Int64)
        case assignment(GroupID, generation: Int32)
        case groupMetadata
        indirect case staticMember(StaticReplacement)
        case transaction(TransactionStep)
        case transactionalOffsets(Origin)
        case marker(job: UInt32, partition: Int32)
    }

    private var waiters: [Waiter] = []
    private var head = 0

    var isEmpty: Bool { head == waiters.count }

    /// Mostly at the end. Who sends again what is in the log already waits for an earlier offset than others.
    mutating func append(_ waiter: Waiter) {
        var place = waiters.count
        while place > head, waiters[place - 1].requiredOffset > waiter.requiredOffset { place -= 1 }
        waiters.insert(waiter, at: place)
    }

    /// The first waiter, if the watermark has reached it.
    mutating func popFirst(reachedBy highWatermark: Int64) -> Waiter? {
        guard head < waiters.count, waiters[head].requiredOffset <= highWatermark else { return nil }
        let first = waiters[head]
        head += 1
        if head == waiters.count {
            waiters.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64 {
            waiters.removeFirst(head)
            head = 0
        }
        return first
    }

    /// Takes out those whose deadline has passed.
    mutating func removeExpired(at now: Instant) -> [Waiter] {
        guard waiters[head...].contains(where: { $0.deadline <= now }) else { return [] }
        let expired = waiters[head...].filter { $0.deadline <= now }
        waiters = waiters[head...].filter { $0.deadline > now }
        head = 0
        return expired
    }

    mutating func removeAll() -> [Waiter] {
        let all = Array(waiters[head...])
        waiters = []
        head = 0
        return all
    }
}
