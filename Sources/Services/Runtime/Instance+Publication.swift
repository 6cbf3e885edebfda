import Kafka
import Simulation

/// The Kafka transactions in which an instance publishes, one after the other.
struct Publication: Sendable {
    enum Phase: Sendable {
        /// The `transactional.id` is not ours yet.
        case uninitialised
        /// No transaction is open.
        case ready
        /// A step was asked for, and has not been answered.
        case awaiting
        /// A step failed and is tried again after a while; nothing else, if it is nil.
        case pausing(PublicationStep?)
    }

    var phase = Phase.uninitialised
    /// Whether a transaction is open, with what is in it.
    var isOpen = false
    var messages: [BatchOutcome.Message] = []
    var offsets: [(TopicPartition, Int64)] = []
    /// Messages for the next transaction.
    var waiting: [BatchOutcome.Message] = []
    /// Failures since the last success.
    var failures = 0

    /// Nothing is open and nothing waits.
    var isAtRest: Bool { !isOpen && waiting.isEmpty }
}

/// Publishing with `Publishing.transactional`.
///
/// The rows of the outbox and the offsets of the records behind them leave in one Kafka transaction. A transaction that
/// is aborted is made again from the rows: nothing is lost when Kafka and the store do not end together.
extension Instance {
    var isTransactional: Bool { settings.policies.publishing == .transactional }

    mutating func initialisePublication(_ effects: inout [Effect]) { take(.initialise, &effects) }

    private mutating func take(_ step: PublicationStep, _ effects: inout [Effect]) {
        publication.phase = .awaiting
        effects.append(.publication(step))
    }

    /// Opens a transaction with everything that waits, unless one is open.
    mutating func publishIfDue(_ effects: inout [Effect]) {
        guard isTransactional, case .ready = publication.phase else { return }
        let offsets = takeUncommittedOffsets()
        guard !offsets.isEmpty || !publication.waiting.isEmpty else { return }
        publication.isOpen = true
        publication.messages = publication.waiting
        publication.waiting = []
        publication.offsets = offsets
        effects.append(.beginPublication)
        for message in publication.messages {
            lastTag += 1
            effects.append(.produce(tag: lastTag, message.message.topic, message.message.record))
        }
        take(offsets.isEmpty ? .commit : .sendOffsets(offsets), &effects)
    }

    mutating func publicationStepEnded(
        _ step: PublicationStep, _ error: TransactionError?, at now: Instant, _ effects: inout [Effect]
    ) {
        guard case .awaiting = publication.phase else { return }
        guard let error else { return publicationStepSucceeded(step, at: now, &effects) }
        publication.failures += 1
        switch (error.consequence, step) {
        case (.fatal, _), (.misuse, _):
            effects.append(.failed(error.code))
        case (.retriable, _), (.abortable, .initialise), (.abortable, .abort):
            pausePublishing(before: step, at: now, &effects)
        case (.abortable, .sendOffsets), (.abortable, .commit):
            take(.abort, &effects)
        }
    }

    private mutating func publicationStepSucceeded(
        _ step: PublicationStep, at now: Instant, _ effects: inout [Effect]
    ) {
        switch step {
        case .initialise:
            publication.failures = 0
            publication.phase = .ready
        case .sendOffsets:
            take(.commit, &effects)
        case .commit:
            for message in publication.messages where message.isDurable {
                pending.append(.sent(message.message.key, message.message.id))
            }
            publication.failures = 0
            closePublication()
            publication.phase = .ready
        case .abort:
            publication.waiting = publication.messages + publication.waiting
            for (partition, offset) in publication.offsets {
                guard let index = index(of: partition), partitions[index].committed == offset else { continue }
                partitions[index].committed = nil
            }
            closePublication()
            pausePublishing(before: nil, at: now, &effects)
        }
    }

    private mutating func closePublication() {
        publication.isOpen = false
        publication.messages = []
        publication.offsets = []
    }

    /// Whatever has gone wrong may last: a pause that grows.
    private mutating func pausePublishing(
        before step: PublicationStep?, at now: Instant, _ effects: inout [Effect]
    ) {
        publication.phase = .pausing(step)
        let attempt = max(publication.failures, 1)
        let delay = settings.retryBackoff.delay(after: attempt, drawing: draws, .publicationRetry, lastTag)
        effects.append(.setTimer(.publish, at: now + delay))
    }

    mutating func goOnPublishing(_ effects: inout [Effect]) {
        guard case .pausing(let step) = publication.phase else { return }
        switch step {
        // The group has changed since: the consumer would send them as a member of another generation.
        case .sendOffsets(let offsets)? where offsets.contains { index(of: $0.0) == nil }: take(.abort, &effects)
        case let step?: take(step, &effects)
        case nil: publication.phase = .ready
        }
    }
}

extension Purpose {
    static let publicationRetry = Purpose("service.publication-retry")
}
