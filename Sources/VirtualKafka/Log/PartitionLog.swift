import Simulation

/// A replica's log: batches in order of offsets, without gaps.
struct PartitionLog: Sendable {
    private(set) var batches = PagedArray<Batch>()
    /// Where the log begins: what lies before was deleted.
    private(set) var startOffset: Int64 = 0
    private(set) var endOffset: Int64 = 0
    private(set) var epochs = EpochHistory()
    /// The segments that are full, in order; then the one that is appended to.
    private(set) var closedSegments: [LogSegment] = []
    private(set) var activeSegment = LogSegment(baseOffset: 0)
    var segmentLimits = LogSegment.Limits()
    /// `flush.messages`: after so many records, the log is written to the disk.
    var flushMessages = Int64.max
    /// Of the last batch that was deleted: in a log without batches, what it knows of epochs.
    private(set) var deletedEpoch: Int32 = -1
    /// Up to here the log is on the disk for certain.
    private var flushedOffset: Int64 = 0
    private var lastFlush = Instant.zero

    /// The leader epoch of the last batch, -1 in a log that never had one.
    var lastEpoch: Int32 { batches.isEmpty ? deletedEpoch : batches[batches.endIndex - 1].leaderEpoch }

    mutating func append(_ batch: Batch, at now: Instant, flushInterval: Duration) {
        precondition(batch.baseOffset == endOffset, "a batch is appended where the log ends")
        if now - lastFlush >= flushInterval {
            flushedOffset = endOffset
            lastFlush = now
        }
        if activeSegment.isFull(for: batch, segmentLimits) {
            closedSegments.append(activeSegment)
            activeSegment = LogSegment(baseOffset: endOffset)
        }
        activeSegment.add(batch)
        epochs.assign(batch.leaderEpoch, startingAt: batch.baseOffset)
        endOffset = batch.nextOffset
        batches.append(batch)
        if endOffset - flushedOffset >= flushMessages {
            flushedOffset = endOffset
            lastFlush = now
        }
    }

    /// A leader notes its epoch when it takes over, before it appends anything (KIP-101).
    mutating func beginEpoch(_ epoch: Int32) { epochs.assign(epoch, startingAt: endOffset) }

    // MARK: Cutting

    /// Cuts off what lies at or beyond an offset, and a batch around it: one that the leader knows of only that it has
    /// begun before its own log does.
    mutating func truncate(to offset: Int64) {
        guard offset >= startOffset else {
            restart(at: offset)
            return
        }
        while let last = batches.last, last.nextOffset > offset {
            batches.removeLast()
            activeSegment.size -= Int64(last.size)
            if last.baseOffset <= activeSegment.baseOffset, let before = closedSegments.popLast() {
                activeSegment = before
            }
        }
        endOffset = batches.isEmpty ? startOffset : batches[batches.endIndex - 1].nextOffset
        epochs.truncate(to: endOffset)
        flushedOffset = min(flushedOffset, endOffset)
    }

    /// Drops everything and goes on at an offset (`truncateFullyAndStartAt`).
    mutating func restart(at offset: Int64) {
        batches.removeAll()
        epochs = EpochHistory()
        closedSegments = []
        activeSegment = LogSegment(baseOffset: offset)
        deletedEpoch = -1
        startOffset = offset
        endOffset = offset
        flushedOffset = offset
    }

    /// Deletes what lies before an offset. A batch around it stays as it is: readers skip what they did not ask for.
    mutating func advanceStart(to offset: Int64) {
        precondition((startOffset...endOffset).contains(offset), "a log begins somewhere within itself")
        startOffset = offset
        let first = indexOfBatch(containing: offset)
        if first > batches.startIndex { deletedEpoch = batches[first - 1].leaderEpoch }
        for index in batches.startIndex..<first {
            let size = Int64(batches[index].size)
            if closedSegments.isEmpty { activeSegment.size -= size } else { closedSegments[0].size -= size }
            if let oldest = closedSegments.first, oldest.size == 0 { closedSegments.removeFirst() }
        }
        batches.removePrefix(upTo: first)
        epochs.truncateStart(to: offset)
        flushedOffset = max(flushedOffset, offset)
    }

    /// What a crash of the machine leaves: the flushed part.
    mutating func loseUnflushedTail(at now: Instant, flushInterval: Duration) -> Bool {
        guard now - lastFlush < flushInterval, flushedOffset < endOffset else { return false }
        // The flushed offset may lie within what a later truncation has made one batch: cut whole batches only.
        let cut = batches[indexOfBatch(containing: flushedOffset)].baseOffset
        if cut < startOffset { restart(at: startOffset) } else { truncate(to: cut) }
        return true
    }

    // MARK: Reading

    /// The index of the batch that holds an offset; the end of the batches at the log's end.
    func indexOfBatch(containing offset: Int64) -> Int {
        var low = batches.startIndex
        var high = batches.endIndex
        // Readers are near the end most of the time.
        if high - low > 4, batches[high - 4].baseOffset <= offset { low = high - 4 }
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
        while end < batches.endIndex, batches[end].nextOffset <= limit {
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
            var offset = batches[index].baseOffset
            for record in batches[index].records {
                if offset >= startOffset, record.timestampMilliseconds >= timestamp { return offset }
                offset += 1
            }
        }
        return nil
    }

    /// How many bytes of whole batches there are from an offset below a limit; counting stops at `enough`.
    func bytes(from offset: Int64, below limit: Int64, enough: Int) -> Int {
        var index = indexOfBatch(containing: offset)
        var size = 0
        while index < batches.endIndex, batches[index].nextOffset <= limit, size < enough {
            size += Int(batches[index].size)
            index += 1
        }
        return size
    }

    // MARK: Comparing

    /// Up to where a log with these epochs, which ends at that offset, has the same records.
    func commonEnd(with other: EpochHistory, ending end: Int64) -> Int64 {
        var epoch = Int32.max
        while true {
            let there = other.end(of: epoch, logEnd: end)
            let here = epochs.end(of: there.epoch, logEnd: endOffset)
            if here.epoch == there.epoch { return min(here.endOffset, there.endOffset) }
            epoch = here.epoch
        }
    }

    /// Whether two logs hold the same batches below an offset, from where both begin. Where two batches are the same, so
    /// are those before them: only the last few are compared.
    func agrees(with other: PartitionLog, below end: Int64) -> Bool {
        guard end > max(startOffset, other.startOffset) else { return true }
        guard endOffset >= end, other.endOffset >= end else { return false }
        var index = indexOfBatch(containing: end - 1)
        var otherIndex = other.indexOfBatch(containing: end - 1)
        for _ in 0..<16 where index >= batches.startIndex && otherIndex >= other.batches.startIndex {
            guard batches[index].isSame(as: other.batches[otherIndex]) else { return false }
            index -= 1
            otherIndex -= 1
        }
        return true
    }
}
