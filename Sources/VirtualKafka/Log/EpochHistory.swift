/// Which leader epoch began at which offset (KIP-101): what lets a follower find out where its log went another way.
struct EpochHistory: Sendable {
    private struct Entry: Sendable {
        var epoch: Int32
        var startOffset: Int64
    }

    private var entries: [Entry] = []

    /// As in Kafka's `LeaderEpochFileCache`: an epoch in which nothing was appended leaves no trace, not even when the
    /// next batch is an older one, which another leader has kept.
    mutating func assign(_ epoch: Int32, startingAt offset: Int64) {
        if let last = entries.last, last.epoch == epoch { return }
        while let last = entries.last, last.epoch >= epoch || last.startOffset >= offset { entries.removeLast() }
        entries.append(Entry(epoch: epoch, startOffset: offset))
    }

    mutating func truncate(to endOffset: Int64) {
        while let last = entries.last, last.startOffset >= endOffset, !entries.isEmpty { entries.removeLast() }
    }

    /// The log begins later now.
    mutating func truncateStart(to startOffset: Int64) {
        while entries.count > 1, entries[1].startOffset <= startOffset { entries.removeFirst() }
        if !entries.isEmpty, entries[0].startOffset < startOffset { entries[0].startOffset = startOffset }
    }

    /// The last epoch not later than `epoch`, and where it ends in a log with that end. Of epochs whose records are all
    /// deleted it is only known that they end before the first one that is not (`LeaderEpochFileCache.endOffsetFor`).
    func end(of epoch: Int32, logEnd: Int64) -> EpochEnd {
        var index = entries.count - 1
        while index >= 0, entries[index].epoch > epoch { index -= 1 }
        guard index >= 0 else {
            return entries.isEmpty
                ? EpochEnd(epoch: -1, endOffset: 0) : EpochEnd(epoch: epoch, endOffset: entries[0].startOffset)
        }
        let end = index + 1 < entries.count ? entries[index + 1].startOffset : logEnd
        return EpochEnd(epoch: entries[index].epoch, endOffset: end)
    }
}
