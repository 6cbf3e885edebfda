import Kafka
import Simulation

extension Purpose {
    static let eventIDs = Purpose("service.event-ids")
}

/// One store transaction as the business logic sees it: rows to read and write, events to publish, calls and deadlines
/// to ask for. All of it takes effect together, or not at all.
public struct Transaction: Sendable {
    /// The instance's clock.
    public let now: Instant
    /// Names the whole story that the item being handled belongs to.
    public private(set) var correlation: UniqueID
    /// The event that the item being handled came with, if it came with one.
    public private(set) var causation: UniqueID?

    /// The store, in a simulation; unused when there is a working set.
    @usableFromInline package var store: ValueStore
    /// What was read and written of a database.
    @usableFromInline let workingSet: WorkingSet?
    /// What must be done once the transaction is committed.
    package var outcome: BatchOutcome

    package let instance: InstanceID
    private let policies: RuntimePolicies
    private let draws: Draws
    private let remembered: Set<UniqueID>
    /// How often the batch has been tried.
    package let attempt: UInt64
    private var idsDrawn: UInt64 = 0

    init(
        batch: Batch, store: consuming ValueStore, workingSet: WorkingSet? = nil, at now: Instant, instance: InstanceID,
        policies: RuntimePolicies,
        draws: Draws, remembered: Set<UniqueID>
    ) {
        self.now = now
        self.store = store
        self.workingSet = workingSet
        self.instance = instance
        self.policies = policies
        self.draws = draws
        self.remembered = remembered
        attempt = UInt64(batch.attempt)
        outcome = BatchOutcome(batch: batch.id)
        correlation = UniqueID(high: 0, low: 0)
    }

    // MARK: Rows

    /// The row of a key.
    @inlinable
    public func get<R: Row>(_ type: R.Type = R.self, _ key: R.Key) throws -> R? {
        if let workingSet { return try workingSet.row(R.self, key) }
        return store.row(R.self, key)
    }

    /// Writes a row, new or not.
    @inlinable
    public mutating func put<R: Row>(_ row: R) throws { try set(row, for: row.key) }

    /// Removes the row of a key, if there is one.
    @inlinable
    public mutating func delete<R: Row>(_ type: R.Type, _ key: R.Key) throws { try set(R?.none, for: key) }

    @inlinable
    mutating func set<R: Row>(_ row: R?, for key: R.Key) throws {
        if let workingSet { return try workingSet.set(row, for: key) }
        store.set(row, for: key)
    }

    // MARK: Identity

    /// A new id for an event or a call.
    public mutating func newID() -> UniqueID {
        idsDrawn += 1
        // The attempt belongs to the identity: a batch whose commit was not confirmed may have taken effect, and the ids
        // of what it published then must not be given to something else.
        let identity = attempt << 32 | idsDrawn
        return UniqueID(
            drawn: draws.bits(.eventIDs, outcome.batch, identity, 0), draws.bits(.eventIDs, outcome.batch, identity, 1))
    }

    /// Begins the handling of an event: false when it has been processed before.
    ///
    /// What is published from here on carries the event's correlation id, and the event as its cause.
    public mutating func accept(event id: UniqueID, correlation: UniqueID) throws -> Bool {
        self.correlation = correlation
        causation = id
        switch policies.deduplication {
        case .inbox:
            if try get(InboxRow.self, id) != nil { return false }
            try put(InboxRow(key: id, processedAt: now))
        case .memory:
            if remembered.contains(id) || outcome.accepted.contains(id) { return false }
            outcome.accepted.append(id)
        case .none:
            break
        }
        return true
    }

    /// Begins the handling of what came without an event: a request, an answer, a deadline. `cause` is the event that
    /// led to it, where the service remembers one.
    public mutating func beginStory(_ correlation: UniqueID, after cause: UniqueID? = nil) {
        self.correlation = correlation
        causation = cause
    }

    // MARK: Events, calls, deadlines

    /// Publishes a record; records of one key reach Kafka in the order in which they were published.
    public mutating func publish(_ record: Record, to topic: TopicID, inOrderOf key: Identifier) throws {
        let id = newID()
        switch policies.publishing {
        case .dualWrite:
            let row = OutboxMessage(key: .init(queue: key, number: 0), id: id, topic: topic, record: record)
            outcome.messages.append(.init(message: row, isDurable: false))
        case .outbox, .transactional:
            var queue =
                try get(OutboxQueue.self, key) ?? OutboxQueue(key: key, head: 1, tail: 0, owner: instance)
            queue.tail += 1
            let row = OutboxMessage(key: .init(queue: key, number: queue.tail), id: id, topic: topic, record: record)
            try put(row)
            try put(queue)
            if queue.head == queue.tail { outcome.messages.append(.init(message: row, isDurable: true)) }
        }
    }

    /// Asks for a provider call. The answer comes to `Service.handle(_:to:in:)`, perhaps in another process.
    public mutating func call(subject: Identifier, payload: [UInt8]) throws {
        let row = CallRow(key: newID(), subject: subject, payload: payload, owner: instance)
        try put(row)
        outcome.calls.append(row)
    }

    /// Asks to be reminded; a deadline of the same subject and kind is replaced.
    public mutating func setDeadline(_ kind: Int32, for subject: Identifier, after delay: Duration) throws {
        let key = Deadline.Key(subject: subject, kind: kind)
        try put(Deadline(key: key, due: now + delay))
        outcome.deadlines.append(now + delay)
    }

    /// Takes a deadline back, if it is still set.
    public mutating func clearDeadline(_ kind: Int32, for subject: Identifier) throws {
        try delete(Deadline.self, Deadline.Key(subject: subject, kind: kind))
    }

    // MARK: Savepoints

    package struct Savepoint {
        var store: Int
        package var messages: Int
        package var calls: Int
        var accepted: Int
    }

    package var savepoint: Savepoint {
        Savepoint(
            store: workingSet?.savepoint ?? store.savepoint, messages: outcome.messages.count,
            calls: outcome.calls.count,
            accepted: outcome.accepted.count)
    }

    package mutating func rollBack(to savepoint: Savepoint) {
        if let workingSet { workingSet.rollBack(to: savepoint.store) } else { store.rollBack(to: savepoint.store) }
        outcome.messages.removeSubrange(savepoint.messages...)
        outcome.calls.removeSubrange(savepoint.calls...)
        outcome.accepted.removeSubrange(savepoint.accepted...)
    }
}
