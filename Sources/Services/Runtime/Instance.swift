import Kafka
import Simulation

/// One instance of a service: one process, in production. A value with one door.
///
/// A driver tells it what happened (`receive`), does what it asks for, and runs its batches in store transactions
/// (`perform`). Everything that makes such a service right or wrong lives behind this door: batching, deduplication, the
/// outbox, retries, dead letters, circuit breaking, rebalances, offset commits, draining. There is a simulated driver and
/// a real one, and no other copy of this logic.
public struct Instance: Sendable {
    public let id: InstanceID
    let service: any Service
    let settings: RuntimeSettings
    let draws: Draws

    /// The retry topics that it reads; empty unless the policy has some.
    let retryStages: [RetryStage]
    var partitions: [PartitionState] = []
    /// Work that is no record, in the order in which it arrived.
    var pending: [WorkItem] = [.prepare, .housekeeping]
    var inFlight: Batch?
    var lastBatch: UInt64 = 0

    /// Messages handed to the producer and not acknowledged yet.
    var sending: [UInt64: BatchOutcome.Message] = [:]
    /// Outbox queues whose head is being sent, or whose acknowledgement is on its way into the store.
    var busyQueues: Set<Identifier> = []
    var lastTag: UInt64 = 0

    /// Used by `Publishing.transactional` alone.
    var publication = Publication()

    var calls: [UniqueID: CallState] = [:]
    var breaker: CircuitBreaker

    /// Events processed in this life of the process; used by `Deduplication.memory` alone.
    var remembered: Set<UniqueID> = []

    var isCommittingOffsets = false
    /// The last offset commit was refused; the next housekeeping tries again.
    var hasFailedToCommit = false
    var isHousekeepingQueued = true
    /// When deadlines are going to be looked at.
    var deadlineChecks: [Instant] = []
    var isStopping = false
    var hasStopped = false

    /// - Parameter draws: this life's own randomness (jitter, event ids).
    public init(id: InstanceID, of service: any Service, settings: RuntimeSettings, draws: Draws) {
        self.id = id
        self.service = service
        self.settings = settings
        self.draws = draws
        retryStages = service.retryStages(with: settings.policies)
        breaker = CircuitBreaker(threshold: settings.circuitThreshold, pause: settings.circuitPause)
    }

    /// The one door.
    public mutating func receive(_ signal: Signal, at now: Instant, into effects: inout [Effect]) {
        guard !hasStopped else { return }
        switch signal {
        case .started: start(at: now, &effects)
        case .assigned(let assigned): assign(assigned)
        case .revoked(let revoked, let lost): revoke(revoked, lost: lost, &effects)
        case .records(let partition, let records): enqueue(records, of: partition, &effects)
        case .committed(let outcome): finish(outcome, at: now, &effects)
        case .transactionFailed(let batch): retryLater(batch, at: now, &effects)
        case .delivered(let tag): acknowledged(tag)
        case .deliveryFailed(let tag, _): resendLater(tag, at: now, &effects)
        case .offsetsCommitted(let error): offsetsCommitted(error)
        case .publicationStep(let step, let error): publicationStepEnded(step, error, at: now, &effects)
        case .timer(let timer): fire(timer, at: now, &effects)
        case .answered(let call, let attempt, let body): answered(call, attempt, body)
        case .callFailed(let call, let attempt): callFailed(call, attempt, at: now, &effects)
        case .request(let request): pending.append(.request(request))
        case .stop: isStopping = true
        }
        advance(at: now, &effects)
    }

    /// What it has not finished, a phrase each (`waits for the store`); empty when it is at rest.
    public var pendingWork: [String] {
        var phrases: [String] = []
        // Housekeeping never ends, and is no work.
        if let inFlight, !inFlight.items.allSatisfy(\.isHousekeeping) { phrases.append("waits for the store") }
        if !pending.allSatisfy(\.isHousekeeping) { phrases.append("has \(pending.count) things to do") }
        if !sending.isEmpty { phrases.append("has \(sending.count) events on their way to Kafka") }
        if !publication.isAtRest { phrases.append("is in the middle of a Kafka transaction") }
        if !calls.isEmpty { phrases.append("waits for \(calls.count) provider calls") }
        let unhandled = calls.values.count { $0.handlingFailures > 0 }
        if unhandled > 0 { phrases.append("has failed to handle \(unhandled) answers to provider calls") }
        for partition in partitions where !partition.waiting.isEmpty {
            let state = partition.isBlocked ? " and is stuck at offset \(partition.waiting[0].offset)" : ""
            phrases.append("holds \(partition.waiting.count) records of a partition\(state)")
        }
        return phrases
    }

    /// Does whatever can be done next.
    private mutating func advance(at now: Instant, _ effects: inout [Effect]) {
        publishIfDue(&effects)
        finishRevocationIfIdle(&effects)
        beginBatch(at: now, &effects)
        commitOffsetsIfDue(&effects)
        let isIdle =
            inFlight == nil && sending.isEmpty && pending.isEmpty && !isCommittingOffsets && publication.isAtRest
        if isStopping, isIdle {
            hasStopped = true
            effects.append(.stopped)
        }
    }

    private mutating func start(at now: Instant, _ effects: inout [Effect]) {
        effects.append(.setTimer(.housekeeping, at: now + settings.housekeepingInterval))
        if settings.policies.offsetCommit == .auto {
            effects.append(.setTimer(.autoCommit, at: now + settings.autoCommitInterval))
        }
        if isTransactional { initialisePublication(&effects) }
    }

    private mutating func fire(_ timer: Timer, at now: Instant, _ effects: inout [Effect]) {
        switch timer {
        case .housekeeping:
            hasFailedToCommit = false
            if !isHousekeepingQueued {
                isHousekeepingQueued = true
                pending.append(.housekeeping)
            }
            effects.append(.setTimer(.housekeeping, at: now + settings.housekeepingInterval))
        case .deadlines:
            deadlineChecks.removeAll { $0 <= now }
            pending.append(.deadlines)
        case .autoCommit:
            for index in partitions.indices { partitions[index].due = partitions[index].fetched }
            effects.append(.setTimer(.autoCommit, at: now + settings.autoCommitInterval))
        case .retryBatch(let id):
            if let batch = inFlight, batch.id == id { effects.append(.transact(batch)) }
        case .retryPartition(let partition):
            if let index = index(of: partition) { partitions[index].isBlocked = false }
        case .resend(let tag): resend(tag, &effects)
        case .publish: goOnPublishing(&effects)
        case .callTimeout(let call, let attempt): callTimedOut(call, attempt, at: now, &effects)
        case .retryCall(let call): makeCall(call, at: now, &effects)
        case .retryAnswer(let call): handleAnswerAgain(call)
        case .retryPreparation: pending.append(.prepare)
        }
    }

    // MARK: Batches

    /// Puts everything that waits into one transaction, unless one is under way.
    private mutating func beginBatch(at now: Instant, _ effects: inout [Effect]) {
        guard inFlight == nil else { return }
        var items = Array(pending.prefix(settings.batchSize))
        pending.removeFirst(items.count)
        if !isStopping {
            for index in partitions.indices where !partitions[index].isBlocked && !partitions[index].isRevoking {
                let wasLong = partitions[index].isPaused
                var limit = settings.batchSize - items.count
                if partitions[index].isRetrying { limit = waitUntilDue(index, upTo: limit, at: now, &effects) }
                partitions[index].take(upTo: limit, into: &items)
                if wasLong, partitions[index].waiting.count <= settings.queueLimit / 2 {
                    partitions[index].isPaused = false
                    effects.append(.resume([partitions[index].partition]))
                }
            }
        }
        guard !items.isEmpty else { return }
        lastBatch += 1
        let batch = Batch(id: lastBatch, items: items)
        inFlight = batch
        effects.append(.transact(batch))
    }

    /// The store refused, or could not say: the same batch again, later.
    private mutating func retryLater(_ id: UInt64, at now: Instant, _ effects: inout [Effect]) {
        guard var batch = inFlight, batch.id == id else { return }
        let delay = settings.retryBackoff.delay(after: batch.attempt, drawing: draws, .batchRetry, batch.id)
        batch.attempt += 1
        // Records of partitions that are going away are for whoever gets them next.
        batch.items.removeAll { item in
            guard case .record(let record, _) = item else { return false }
            return partitions.first { $0.partition == record.partition }?.isRevoking ?? true
        }
        if batch.items.isEmpty {
            inFlight = nil
            return
        }
        inFlight = batch
        effects.append(.setTimer(.retryBatch(id), at: now + delay))
    }

    /// Deadlines that fall due soon are met in their time, those of a tenth of a second together; housekeeping meets the
    /// others, and those of which a crash has made nobody think any more.
    private mutating func check(deadline due: Instant, _ now: Instant, _ effects: inout [Effect]) {
        guard due - now <= settings.deadlineHorizon else { return }
        let step = max(settings.deadlineTolerance.nanoseconds, 1)
        // Later than now in any case: work in portions, each of which asks for the next, lets others in between.
        let moment = Instant(nanoseconds: (max(due, now).nanoseconds / step + 1) * step)
        guard !deadlineChecks.contains(moment) else { return }
        deadlineChecks.append(moment)
        effects.append(.setTimer(.deadlines, at: moment))
    }

    private mutating func finish(_ outcome: BatchOutcome, at now: Instant, _ effects: inout [Effect]) {
        guard let batch = inFlight, batch.id == outcome.batch else { return }
        inFlight = nil
        if settings.policies.deduplication == .memory { remembered.formUnion(outcome.accepted) }
        for (item, result) in zip(batch.items, outcome.results) {
            switch item {
            case .record(let record, let attempt): finish(record, attempt, result, at: now, &effects)
            case .sent(let key, _): busyQueues.remove(key.queue)
            case .answer(let call, _): answerHandled(call, result, at: now, &effects)
            case .housekeeping: isHousekeepingQueued = false
            case .prepare:
                if result == .retry {
                    effects.append(.setTimer(.retryPreparation, at: now + settings.housekeepingInterval))
                }
            case .request, .deadlines: break
            }
        }
        for due in outcome.deadlines { check(deadline: due, now, &effects) }
        for message in outcome.messages { send(message, &effects) }
        for call in outcome.calls { beginCall(call, at: now, &effects) }
        for answer in outcome.responses { effects.append(.respond(id: answer.id, answer.response)) }
    }
}

extension Purpose {
    static let batchRetry = Purpose("service.batch-retry")
    static let recordRetry = Purpose("service.record-retry")
    static let messageRetry = Purpose("service.message-retry")
    static let callRetry = Purpose("service.call-retry")
    static let callKey = Purpose("service.call-key")
    static let answerRetry = Purpose("service.answer-retry")
    static let deadlineRetry = Purpose("service.deadline-retry")
}
