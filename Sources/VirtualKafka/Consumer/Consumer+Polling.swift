import Kafka
import Simulation

/// What waits in the client for the application to poll, and what happens when it does not (KIP-62).
extension Consumer {
    /// Tells the application something that it learns by polling.
    mutating func tell(_ notice: ClientNotice, _ fabric: inout Fabric) {
        if isPolling { fabric.notify(core.id, notice) } else { waiting.append(notice) }
    }

    /// Whether the application may use it: after it has closed it, it is told so.
    func isInUse(_ fabric: inout Fabric) -> Bool {
        if core.isClosed { fabric.notify(core.id, .error(.destroyed, nil)) }
        return core.isAlive
    }

    /// Hands records over, or keeps them until the application polls.
    mutating func deliver(
        _ records: [ConsumerRecord], _ index: Int, _ place: TopicPartition, _ fabric: inout Fabric
    ) {
        if isPolling {
            if settings.storesOffsets, let last = records.last { assignment[index].stored = last.offset + 1 }
        } else {
            assignment[index].queuedRecords += records.count
            for record in records { assignment[index].queuedBytes += record.record.approximateSize }
        }
        tell(.records(place, records), &fabric)
    }

    /// The application stops polling, or goes on.
    mutating func setPolling(_ isPolling: Bool, _ fabric: inout Fabric) {
        guard core.isAlive, isPolling != self.isPolling else { return }
        self.isPolling = isPolling
        guard isPolling else {
            lastPoll = fabric.now
            core.wakeLater(at: lastPoll + settings.maxPollInterval, &fabric)
            return
        }
        hasExceededPollInterval = false
        let notices = waiting
        waiting.removeAll()
        for notice in notices {
            if case .records(let place, let records) = notice { noteHandedOver(records, of: place, fabric) }
            fabric.notify(core.id, notice)
        }
        service(&fabric)
    }

    private mutating func noteHandedOver(
        _ records: [ConsumerRecord], of place: TopicPartition, _ fabric: borrowing Fabric
    ) {
        guard let last = records.last, let index = index(of: place, fabric) else { return }
        assignment[index].queuedRecords = 0
        assignment[index].queuedBytes = 0
        if settings.storesOffsets { assignment[index].stored = last.offset + 1 }
    }

    /// The offset of the first record of a partition that waits for the application.
    func firstWaiting(of wanted: TopicPartition) -> Int64? {
        for case .records(wanted, let records) in waiting { return records.first?.offset }
        return nil
    }

    /// Drops what was fetched of these partitions, and the application has not seen.
    mutating func dropWaiting(of partitions: [TopicPartition]) {
        guard !waiting.isEmpty else { return }
        waiting.removeAll { notice in
            switch notice {
            case .records(let place, _), .endOfPartition(let place, _): partitions.contains(place)
            default: false
            }
        }
    }

    // MARK: `max.poll.interval.ms`

    /// When the application will have been away for too long.
    var pollDeadline: Instant {
        isPolling || hasExceededPollInterval || mode != .subscribed
            ? .distantFuture : lastPoll + settings.maxPollInterval
    }

    /// An application that does not poll is stuck: its client leaves the group, so that others get its partitions, and
    /// joins again when the application polls. A static member does not leave; its session runs out (KIP-345).
    mutating func checkPollInterval(_ fabric: inout Fabric) {
        guard fabric.now >= pollDeadline else { return }
        hasExceededPollInterval = true
        tell(.error(.maxPollExceeded, nil), &fabric)
        leaveGroup(&fabric)
        member = .none
        if hasUnseenRevocation {
            // The application has not been asked yet: there is nothing left to ask for.
            waiting.removeAll { if case .revoked = $0 { true } else { false } }
            membership = .stable
        }
        loseAssignment(&fabric)
        if membership != .revoking { membership = .outside }
    }

    private var hasUnseenRevocation: Bool {
        membership == .revoking && waiting.contains { if case .revoked = $0 { true } else { false } }
    }
}
