/// A transaction of one producer in one partition that was aborted: Kafka's entry of the `.txnindex` file.
struct AbortedTransaction: Equatable, Sendable {
    var producer: Int64
    var firstOffset: Int64
    /// Of the marker.
    var lastOffset: Int64
    /// The last stable offset once this marker was written: no later entry begins before it.
    var lastStableOffset: Int64
}

/// What a partition knows of transactions (KIP-98): which are open, which markers are not replicated yet, which were
/// aborted. Every replica keeps it up to date from the batches that it appends. Without transactions: empty arrays.
struct PartitionTransactions: Sendable {
    struct Open: Sendable {
        var producer: Int64
        var firstOffset: Int64
    }

    private struct Decided: Sendable {
        var firstOffset: Int64
        var markerOffset: Int64
    }

    /// In order of their first offsets.
    private(set) var open: [Open] = []
    /// Decided, by a marker that may not be replicated.
    private var decided: [Decided] = []
    /// In order of their markers.
    private(set) var aborted: [AbortedTransaction] = []
    /// By producer: the epoch of the coordinator that wrote the last marker.
    private var coordinators: [(producer: Int64, epoch: Int32)] = []

    /// Whether no marker and no open transaction is known here.
    var isEmpty: Bool { open.isEmpty && coordinators.isEmpty }

    /// Whether a producer has a transaction here that is not decided.
    func isOpen(_ producer: Int64) -> Bool { open.contains { $0.producer == producer } }

    /// The epoch of the coordinator that decided last for a producer.
    func coordinatorEpoch(of producer: Int64) -> Int32 {
        coordinators.first { $0.producer == producer }?.epoch ?? -1
    }

    /// The last stable offset for a high watermark: where the first transaction begins that is open, or whose marker
    /// lies beyond.
    func stableEnd(below highWatermark: Int64) -> Int64 {
        guard !open.isEmpty || !decided.isEmpty else { return highWatermark }
        var end = highWatermark
        if let first = open.first { end = min(end, first.firstOffset) }
        for transaction in decided where transaction.markerOffset >= highWatermark {
            end = min(end, transaction.firstOffset)
        }
        return end
    }

    /// Takes note of a batch that was appended.
    mutating func note(_ batch: Batch) {
        switch batch.kind {
        case .plain: break
        case .transactional:
            guard !isOpen(batch.producer.id) else { return }
            open.append(Open(producer: batch.producer.id, firstOffset: batch.baseOffset))
        case .commitMarker, .abortMarker:
            noteCoordinator(batch)
            // A marker that is repeated, or comes where nothing was written, decides nothing.
            guard let index = open.firstIndex(where: { $0.producer == batch.producer.id }) else { return }
            let transaction = open.remove(at: index)
            decided.append(Decided(firstOffset: transaction.firstOffset, markerOffset: batch.baseOffset))
            guard batch.kind == .abortMarker else { return }
            aborted.append(
                AbortedTransaction(
                    producer: batch.producer.id, firstOffset: transaction.firstOffset, lastOffset: batch.baseOffset,
                    lastStableOffset: open.first?.firstOffset ?? batch.nextOffset))
        }
    }

    private mutating func noteCoordinator(_ marker: Batch) {
        if let index = coordinators.firstIndex(where: { $0.producer == marker.producer.id }) {
            coordinators[index].epoch = marker.coordinatorEpoch
        } else {
            coordinators.append((marker.producer.id, marker.coordinatorEpoch))
        }
    }

    /// The high watermark has moved: markers below it are replicated.
    mutating func settle(below highWatermark: Int64) {
        if !decided.isEmpty { decided.removeAll { $0.markerOffset < highWatermark } }
    }

    /// The log begins later now: nobody reads any more what was aborted before.
    mutating func truncateStart(to startOffset: Int64) {
        if !aborted.isEmpty { aborted.removeAll { $0.lastOffset < startOffset } }
    }

    /// After a truncation or a restart: what the log itself says.
    mutating func rebuild(from log: PartitionLog) {
        self = PartitionTransactions()
        for index in log.batches.indices where log.batches[index].kind != .plain { note(log.batches[index]) }
    }

    /// The aborted transactions that touch a range of offsets, in order of their first offsets.
    func aborted(from start: Int64, below end: Int64) -> [AbortedTransaction] {
        guard !aborted.isEmpty else { return [] }
        var low = 0
        var high = aborted.count
        while low < high {
            let middle = (low + high) / 2
            if aborted[middle].lastOffset < start { low = middle + 1 } else { high = middle }
        }
        var found: [AbortedTransaction] = []
        while low < aborted.count {
            if aborted[low].firstOffset < end { found.append(aborted[low]) }
            if aborted[low].lastStableOffset >= end { break }
            low += 1
        }
        return found.sorted { $0.firstOffset < $1.firstOffset }
    }
}

/// Goes through batches in order of offsets and leaves out what belongs to aborted transactions, as consumers do
/// (KIP-98, *Consumer*): the answer to a fetch says whose transactions, and from which offset; their markers end them.
struct AbortedBatches {
    private let transactions: [AbortedTransaction]
    private var next = 0
    private var producers: [Int64] = []

    /// Of transactions in order of their first offsets.
    init(_ transactions: [AbortedTransaction]) { self.transactions = transactions }

    /// Control batches are never for applications.
    @inline(__always)
    mutating func leavesOut(_ batch: Batch) -> Bool { batch.kind == .plain ? false : isAborted(batch) }

    private mutating func isAborted(_ batch: Batch) -> Bool {
        while next < transactions.count, transactions[next].firstOffset <= batch.lastOffset {
            producers.append(transactions[next].producer)
            next += 1
        }
        switch batch.kind {
        case .plain: return false
        case .transactional: return producers.contains(batch.producer.id)
        case .commitMarker: return true
        case .abortMarker:
            if let index = producers.firstIndex(of: batch.producer.id) { producers.remove(at: index) }
            return true
        }
    }
}
