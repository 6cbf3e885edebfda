import Kafka
import Simulation

/// A message that waits for its delivery report.
struct PendingMessage: Sendable {
    var tag: UInt64
    var enqueuedAt: Instant
}

/// A batch that was formed and is not acknowledged yet.
struct OutgoingBatch: Sendable {
    enum State: Sendable {
        /// To be sent, not before a moment.
        case ready(Instant)
        case inFlight(broker: Int)
    }

    /// Counted per producer.
    var number: UInt32
    /// Counted per partition.
    var ordinal: UInt32
    var records: [Record]
    var messages: [PendingMessage]
    var size: Int
    var state: State
    var attempts: Int64 = 0
    /// -1 until it is sent for the first time.
    var baseSequence: Int32 = -1

    var isInFlight: Bool { if case .inFlight = state { true } else { false } }
}

/// What a producer has for one partition.
struct ProducerPartition: Sendable {
    /// Not in a batch yet, and who waits for them: arrays in step.
    var records: [Record] = []
    var messages: [PendingMessage] = []
    var size = 0
    /// In order; retried batches keep their place, so that the order is kept.
    var batches: [OutgoingBatch] = []
    var nextSequence: Int32 = 0
    private var nextOrdinal: UInt32 = 0
    /// Whether it is on the producer's list of partitions with something to do.
    var isActive = false

    /// How many batches have been formed since the oldest that is not settled, with that one.
    var batchesInDoubt: UInt32 { batches.first.map { nextOrdinal &- $0.ordinal } ?? 0 }

    var isIdle: Bool { records.isEmpty && batches.isEmpty }

    /// When the oldest message was handed over.
    var oldest: Instant? { batches.first?.messages.first?.enqueuedAt ?? messages.first?.enqueuedAt }

    /// Takes as many records as fit into a batch.
    mutating func formBatch(number: UInt32, maxCount: Int, maxSize: Int, at now: Instant) -> OutgoingBatch {
        let ordinal = nextOrdinal
        nextOrdinal &+= 1
        if records.count <= maxCount, size <= maxSize {
            let batch = OutgoingBatch(
                number: number, ordinal: ordinal, records: records, messages: messages, size: size, state: .ready(now))
            records = []
            messages = []
            size = 0
            return batch
        }
        var count = 0
        var batchSize = 0
        while count < min(records.count, maxCount) {
            let next = records[count].approximateSize
            if count > 0, batchSize + next > maxSize { break }
            batchSize += next
            count += 1
        }
        let batch = OutgoingBatch(
            number: number, ordinal: ordinal, records: Array(records[..<count]), messages: Array(messages[..<count]),
            size: batchSize,
            state: .ready(now))
        records.removeFirst(count)
        messages.removeFirst(count)
        size -= batchSize
        return batch
    }
}
