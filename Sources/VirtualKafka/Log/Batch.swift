import Kafka
import Simulation

/// Records that were appended together. Replicas share the array of records; a batch is never changed.
struct Batch: Sendable {
    var baseOffset: Int64
    var appendedAt: Instant
    var records: [Record]
    /// In `__consumer_offsets`: what the coordinator wrote, instead of records.
    var groupRecords: [GroupRecord]
    var producer: ProducerIdentity
    var kind = BatchKind.plain
    var baseSequence: Int32
    var leaderEpoch: Int32
    var size: Int32
    var count: Int32
    /// Of a marker: the leader epoch of the transaction coordinator that decided.
    var coordinatorEpoch: Int32 = -1

    var lastOffset: Int64 { baseOffset + Int64(count) - 1 }
    var nextOffset: Int64 { baseOffset + Int64(count) }
    var lastSequence: Int32 { sequence(baseSequence, plus: count - 1) }

    /// Whether it is another replica's copy of this batch.
    func isSame(as other: Batch) -> Bool {
        baseOffset == other.baseOffset && count == other.count && leaderEpoch == other.leaderEpoch
            && producer == other.producer && kind == other.kind && baseSequence == other.baseSequence
    }
}

/// A sequence number a few further on: after the largest comes 0 (`DefaultRecordBatch.incrementSequence`).
func sequence(_ sequence: Int32, plus count: Int32) -> Int32 {
    sequence > .max - count ? count - (.max - sequence) - 1 : sequence + count
}
