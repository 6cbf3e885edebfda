import Kafka
import Simulation

/// One life of one instance of a service: `inventory/2`, third start.
public struct InstanceID: Hashable, Sendable, Codable {
    /// From 1, within the service.
    public var number: Int32
    /// Counts the starts of the process, from 1.
    public var incarnation: Int32

    public init(number: Int32, incarnation: Int32) {
        self.number = number
        self.incarnation = incarnation
    }
}

extension Instance {
    /// The tables that every service has.
    public static var tables: [any Row.Type] {
        [
            InstanceRow.self, InboxRow.self, OutboxQueue.self, OutboxMessage.self, CallRow.self, AnswerRow.self,
            Deadline.self,
        ]
    }
}

extension Instance {
    /// Counts a new life of an instance, and gives back which it is: for drivers that do not know how often a process has
    /// started.
    public static func beginLife(of number: Int32, in workingSet: WorkingSet, at now: Instant) throws -> Int32 {
        let incarnation = (try workingSet.row(InstanceRow.self, number)?.incarnation ?? 0) + 1
        try workingSet.set(InstanceRow(key: number, incarnation: incarnation, seenAt: now), for: number)
        return incarnation
    }
}

/// When an instance was last seen alive; what an instance leaves behind is taken over by another one.
public struct InstanceRow: Row {
    public static let table = "instances"
    public var key: Int32
    public var incarnation: Int32
    public var seenAt: Instant
}

/// That an event has been processed.
public struct InboxRow: Row {
    public static let table = "inbox"
    public var key: UniqueID
    public var processedAt: Instant
}

/// The messages of one key that Kafka has not acknowledged yet. They are sent one after the other by one instance: the
/// one that found the queue empty, or the one that took it over.
public struct OutboxQueue: Row {
    public static let table = "outbox_queues"
    public var key: Identifier
    /// The number of the message that is being sent.
    public var head: Int64
    /// The number of the last one.
    public var tail: Int64
    public var owner: InstanceID
}

/// One message of an outbox queue.
public struct OutboxMessage: Row {
    /// The queue and the place in it.
    public struct Key: RowKey {
        public var queue: Identifier
        public var number: Int64

        package init(queue: Identifier, number: Int64) {
            self.queue = queue
            self.number = number
        }

        /// Spreads queues and messages over shards.
        public var stableHash: UInt64 { mixed(queue.stableHash &+ UInt64(bitPattern: number)) }
    }

    public static let table = "outbox"
    public var key: Key
    /// Numbers start again when a queue was empty; the id never does.
    public var id: UniqueID
    public var topic: TopicID
    public var record: Record
}

/// A provider call that has not been answered yet.
public struct CallRow: Row {
    public static let table = "calls"
    public var key: UniqueID
    public var subject: Identifier
    public var payload: [UInt8]
    public var owner: InstanceID
}

/// What was answered to a request with an idempotency key; the same key gets the same answer.
public struct AnswerRow: Row {
    public static let table = "answers"
    public var key: UniqueID
    /// Of method, path and body: a key that is used for another request is refused.
    public var fingerprint: UniqueID
    public var response: Response
}
