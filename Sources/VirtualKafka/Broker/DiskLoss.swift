import Simulation

/// What is missing on a broker's disk when its process has ended.
public enum DiskLoss: String, CaseIterable, Sendable, Codable {
    /// Only the process died: the operating system writes its pages back.
    case nothing
    /// The machine went down: what was not flushed yet is gone (`log.flush.interval.ms`, `log.flush.interval.messages`).
    case unflushedTail = "unflushed-tail"
    /// The disk was replaced: all logs are empty. What the broker is to lead again, it has to copy first.
    case everything
}

extension Replica {
    /// What is left when the process has ended and the disk is read again.
    mutating func restart(losing loss: DiskLoss, at now: Instant, flushInterval: Duration) {
        switch loss {
        case .nothing:
            // The high watermark goes back, so markers have to be replicated again.
            if !transactions.isEmpty { transactions.rebuild(from: log) }
        case .unflushedTail:
            if log.loseUnflushedTail(at: now, flushInterval: flushInterval) {
                rebuildProducers()
            } else if !transactions.isEmpty {
                transactions.rebuild(from: log)
            }
        case .everything:
            log.restart(at: 0)
            producers.forget()
            transactions = PartitionTransactions()
            checkpointedHighWatermark = 0
        }
        highWatermark = max(log.startOffset, min(checkpointedHighWatermark, log.endOffset))
        checkpointedHighWatermark = highWatermark
        leaderEpoch = -1
        partitionEpoch = -1
        isLeader = false
        fetchesFrom = -1
        isr = BrokerSet()
        proposedISR = nil
        followers = []
        waiters = WaiterQueue()
        watchers = []
    }
}
