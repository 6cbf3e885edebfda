import Simulation

/// A replica's log: batches in order of offsets, without gaps.
struct PartitionLog: Sendable {
    private(set) var batches = PagedArray<Batch>()
    private(set) var endOffset: Int64 = 0
    private(set) var epochs = EpochHistory()
    /// Up to here the log is on the disk for certain.
    private var flushedOffset: Int64 = 0
    private var lastFlush = Instant.zero

    /// Where the log begins; retention moves it.
    let startOffset: Int64 = 0

    /// The leader epoch of the last batch, -1 in an empty log.
    var lastEpoch: Int32 { batches.isEmpty ? -1 : batches[batches.count - 1].leaderEpoch }

    mutating func append(_ batch: Batch, at now: Instant, flushInterval: Duration) {
        precondition(batch.baseOffset == endOffset, "a batch is appended where the log ends")
        if now - lastFlush >= flushInterval {
            flushedOffset = endOffset
            lastFlush = now
        }
        epochs.assign(batch.leaderEpoch, startingAt: batch.baseOffset)
        endOffset = batch.nextOffset
        batches.append(batch)
    }

    /// A leader notes its epoch when it takes over, before it appends anything (KIP-101).
    mutating func beginEpoch(_ epoch: Int32) { epochs.assign(epoch, startingAt: endOffset) }

    /// Cuts off what lies at or beyond an offset.
    mutating func truncate(to offset: Int64) {
        while !batches.isEmpty, batches[batches.count - 1].baseOffset >= offset { batches.removeLast() }
        endOffset = batches.isEmpty ? startOffset : batches[batches.count - 1].nextOffset
        precondition(endOffset <= offset, "logs diverge between batches, not within one")
        epochs.truncate(to: endOffset)
        flushedOffset = min(flushedOffset, endOffset)
    }

    /// What a crash of the machine leaves: the flushed part.
    mutating func loseUnflushedTail(at now: Instant, flushInterval: Duration) -> Bool {
        guard now - lastFlush < flushInterval, flushedOffset < endOffset else { return false }
        // The flushed offset may lie within what a later truncation has made one batch: cut whole batches only.
        truncate(to: batches[indexOfBatch(containing: flushedOffset)].baseOffset)
        return true
    }

    /// The index of the batch that holds an offset; the number of batches at the log's end.
    func indexOfBatch(containing offset: Int64) -> Int {
        var low = 0
        var high = batches.count
        // Readers are near the end most of the time.
        if high > 4, batches[high - 4].baseOffset <= offset { low = high - 4 }
        while low < high {
            let middle = (low + high) / 2
            if batches[middle].nextOffset <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whole batches from an offset up to a limit, at least one, as many as fit into a number of bytes.
    func read(from offset: Int64, below limit: Int64, maxBytes: Int) -> [Batch] {
        let first = indexOfBatch(containing: offset)
        var end = first
        var size = 0
        while end < batches.count, batches[end].nextOffset <= limit {
            size += Int(batches[end].size)
            if size > maxBytes, end > first { break }
            end += 1
        }
        guard end > first else { return [] }
        if end == first + 1 { return [batches[first]] }
        return (first..<end).map { batches[$0] }
    }

    /// The first record below a limit with at least this timestamp in milliseconds.
    func firstOffset(notBefore timestamp: Int64, below limit: Int64) -> Int64? {
        for index in batches.indices where batches[index].nextOffset <= limit {
            guard let position = batches[index].records.firstIndex(where: { $0.timestampMilliseconds >= timestamp })
            else { continue }
            return batches[index].baseOffset + Int64(position)
        }
        return nil
    }

    /// Whether two logs hold the same batches below an offset. Where two batches are the same, so are those before them:
    /// only the last few are compared.
    func agrees(with other: PartitionLog, below end: Int64) -> Bool {
        guard end > 0 else { return true }
        guard endOffset >= end, other.endOffset >= end else { return false }
        let last = indexOfBatch(containing: end - 1)
        let otherLast = other.indexOfBatch(containing: end - 1)
        guard last == otherLast else { return false }
        return (max(0, last - 15)...last).allSatisfy { batches[$0].isSame(as: other.batches[$0]) }
    }

    /// How many bytes of whole batches there are from an offset below a limit; counting stops at `enough`.
    func bytes(from offset: Int64, below limit: Int64, enough: Int) -> Int {
        var index = indexOfBatch(containing: offset)
        var size = 0
        while index < batches.count, batches[index].nextOffset <= limit, size < enough {
            size += Int(batches[index].size)
            index += 1
        }
        return size
    }
}
