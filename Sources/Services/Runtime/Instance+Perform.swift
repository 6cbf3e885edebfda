import Kafka
import Simulation

/// Running a batch: what the driver calls inside a store transaction.
extension Instance {
    /// Runs every item of a batch against a store; an item that fails takes back its own writes and no others.
    ///
    /// The driver commits, and reports the outcome with `Signal.committed`, or `Signal.transactionFailed`.
    ///
    /// - Parameter failing: the items, all of them records, whose handlers are to fail for a reason that may pass.
    public func perform(
        _ batch: Batch, in store: inout ValueStore, at now: Instant, failing: [Int] = []
    ) -> BatchOutcome {
        var transaction = Transaction(
            batch: batch, store: store, at: now, instance: id, policies: settings.policies, draws: draws,
            remembered: remembered)
        // The transaction is the store's only owner now: its writes copy nothing.
        store = ValueStore()
        do { try run(batch, in: &transaction, failing: failing) } catch {
            preconditionFailure("a store in memory does not fail: \(error)")
        }
        store = transaction.store
        return transaction.outcome
    }

    /// The same on a database: afterwards the working set holds what is to be written.
    ///
    /// - Throws: what the database threw; the transaction must be rolled back then, and reported as failed.
    public func perform(
        _ batch: Batch, in workingSet: WorkingSet, at now: Instant, failing: [Int] = []
    ) throws -> BatchOutcome {
        var transaction = Transaction(
            batch: batch, store: ValueStore(), workingSet: workingSet, at: now, instance: id,
            policies: settings.policies, draws: draws, remembered: remembered)
        try run(batch, in: &transaction, failing: failing)
        return transaction.outcome
    }

    private func run(_ batch: Batch, in transaction: inout Transaction, failing: [Int]) throws {
        var stuck: [TopicPartition] = []
        transaction.outcome.results.reserveCapacity(batch.items.count)
        for (number, item) in batch.items.enumerated() {
            let isToFail = !failing.isEmpty && failing.contains(number)
            let result = try run(item, in: &transaction, stuck: stuck, failing: isToFail ? number : nil)
            // Whatever a handler made of it: nothing that a database failed to say can be relied upon.
            if let failure = transaction.workingSet?.failure { throw failure }
            if case .record(let record, _) = item, result != .done { stuck.append(record.partition) }
            transaction.outcome.results.append(result)
        }
    }

    private func run(
        _ item: WorkItem, in transaction: inout Transaction, stuck: [TopicPartition], failing: Int?
    ) throws -> BatchOutcome.Result {
        switch item {
        case .record(let record, let attempt):
            if stuck.contains(record.partition) { return .skipped }
            return handle(record, attempt: attempt, failing: failing, in: &transaction)
        case .request(let request):
            try handle(request, in: &transaction)
        case .answer(let id, let answer):
            return try handle(answer, to: id, in: &transaction)
        case .sent(let key, let message):
            try transaction.messageSent(key, message, by: id)
        case .prepare:
            return attempt(in: &transaction) { service, transaction in try service.prepare(&transaction) }
        case .deadlines:
            try meetDeadlines(in: &transaction)
        case .housekeeping:
            try transaction.takeOver(for: id, timeout: settings.instanceTimeout)
            try meetDeadlines(in: &transaction)
        }
        return .done
    }

    /// Runs a part of the service's logic that has nobody to complain to: what throws is taken back, and has to be tried
    /// again.
    private func attempt(
        in transaction: inout Transaction, _ body: (any Service, inout Transaction) throws -> Void
    ) -> BatchOutcome.Result {
        let savepoint = transaction.savepoint
        do {
            try body(service, &transaction)
            return .done
        } catch {
            transaction.rollBack(to: savepoint)
            return .retry
        }
    }

    private func handle(
        _ answer: ProviderAnswer, to id: UniqueID, in transaction: inout Transaction
    ) throws -> BatchOutcome.Result {
        guard let row = try transaction.get(CallRow.self, id) else { return .done }
        let call = ProviderCall(id: id, attempt: 0, idempotencyKey: id, key: row.subject, payload: row.payload)
        return attempt(in: &transaction) { service, transaction in
            transaction.beginStory(id)
            try transaction.delete(CallRow.self, id)
            try service.handle(answer, to: call, in: &transaction)
        }
    }

    /// A deadline is never given up, however often its handler fails: its row stays, and falls due again after a while.
    private func meetDeadlines(in transaction: inout Transaction) throws {
        let now = transaction.now
        for var deadline in try transaction.rows(Deadline.self, where: { $0.due <= now }) {
            // One that was met just now may have taken this one back.
            guard try transaction.get(Deadline.self, deadline.key) == deadline else { continue }
            let result = attempt(in: &transaction) { [deadline] service, transaction in
                transaction.beginStory(transaction.newID())
                try transaction.delete(Deadline.self, deadline.key)
                try service.handle(deadline, in: &transaction)
            }
            guard result == .retry else { continue }
            deadline.failures += 1
            let delay = settings.retryBackoff.delay(
                after: Int(deadline.failures), drawing: draws, .deadlineRetry, deadline.key.stableHash)
            deadline.due = now + delay
            try transaction.put(deadline)
        }
    }

    // MARK: Requests

    private func handle(_ request: Request, in transaction: inout Transaction) throws {
        let key = request.idempotencyKey.map { UniqueID(hashing: $0.utf8) }
        let fingerprint = UniqueID(hashing: Array("\(request.method.rawValue) \(request.path)\n".utf8) + request.body)
        if let key, let stored = try transaction.get(AnswerRow.self, key) {
            let response = stored.fingerprint == fingerprint ? stored.response : .keyReused
            transaction.outcome.responses.append(.init(id: request.id, response: response))
            return
        }
        let savepoint = transaction.savepoint
        transaction.beginStory(transaction.newID())
        let response: Response
        do {
            response = try service.handle(request, in: &transaction)
        } catch {
            transaction.rollBack(to: savepoint)
            response = .failed
        }
        if let key, response.status < 500 {
            try transaction.put(AnswerRow(key: key, fingerprint: fingerprint, response: response))
        }
        transaction.outcome.responses.append(.init(id: request.id, response: response))
    }
}

extension Response {
    /// An error in the shape of RFC 9457: `title` says what kind, `detail` what to do.
    public static func problem(_ status: Int, _ title: StaticString, _ detail: StaticString) -> Response {
        Response(
            status: status,
            body: Array("{\"title\":\"\(title)\",\"status\":\(status),\"detail\":\"\(detail)\"}".utf8))
    }

    static let keyReused = problem(
        422, "Idempotency-Key reused", "This key was used for another request. Use a new key for a new request.")
    static let failed = problem(500, "Internal error", "Nothing was changed. Try again with the same idempotency key.")
}
