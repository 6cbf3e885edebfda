import Simulation

/// A file of a log. Retention deletes whole ones.
struct LogSegment: Sendable {
    /// When a segment is full.
    struct Limits: Sendable {
        /// `segment.bytes`
        var bytes = Int64.max
        /// `segment.ms`, since its first batch was appended.
        var time = Duration.seconds(1_000_000_000)
    }

    let baseOffset: Int64
    var size: Int64 = 0
    /// When the first batch was appended.
    private var openedAt = Instant.zero

    init(baseOffset: Int64) { self.baseOffset = baseOffset }

    /// Whether a batch has to go into the next segment.
    func isFull(for batch: Batch, _ limits: Limits) -> Bool {
        size > 0 && (size + Int64(batch.size) > limits.bytes || batch.appendedAt - openedAt >= limits.time)
    }

    mutating func add(_ batch: Batch) {
        if size == 0 { openedAt = batch.appendedAt }
        size += Int64(batch.size)
    }
}

/// What may be deleted (`UnifiedLog.deleteOldSegments`).
extension PartitionLog {
    var size: Int64 { closedSegments.reduce(activeSegment.size) { $0 + $1.size } }

    /// Where the log is to begin so that nothing older than `time` and no more than `bytes` are kept; negative: without
    /// limit. Only whole segments go, and none with anything at or beyond the high watermark.
    func retentionStart(time: Duration, bytes: Int64, highWatermark: Int64, at now: Instant) -> Int64 {
        // Virtual time begins at 0, and so do timestamps: in a run that is shorter nothing can be too old.
        let hasTimeLimit = time >= .zero && now.milliseconds > time.milliseconds
        var excess = bytes >= 0 ? size - bytes : -1
        guard hasTimeLimit || excess > 0 else { return startOffset }
        var start = startOffset
        var isTooOld = hasTimeLimit
        for index in 0...closedSegments.count {
            let segment = index < closedSegments.count ? closedSegments[index] : activeSegment
            let end =
                index + 1 < closedSegments.count
                ? closedSegments[index + 1].baseOffset
                : index < closedSegments.count ? activeSegment.baseOffset : endOffset
            guard segment.size > 0, end <= highWatermark else { break }
            // Timestamps are the application's: any number.
            isTooOld =
                isTooOld && newestTimestamp(from: segment.baseOffset, below: end) < now.milliseconds - time.milliseconds
            excess -= segment.size
            guard isTooOld || excess >= 0 else { break }
            start = end
        }
        return start
    }

    /// The latest timestamp in a segment, in milliseconds.
    private func newestTimestamp(from base: Int64, below end: Int64) -> Int64 {
        var newest = Int64.min
        var index = indexOfBatch(containing: base)
        while index < batches.endIndex, batches[index].baseOffset < end {
            for record in batches[index].records { newest = max(newest, record.timestampMilliseconds) }
            // Markers and the like have the time at which they were written.
            if batches[index].records.isEmpty { newest = max(newest, batches[index].appendedAt.milliseconds) }
            index += 1
        }
        return newest
    }
}
