import Kafka
import Simulation

/// Publishing: from the outbox to Kafka, one message per key at a time.
extension Instance {
    /// Hands a message to the producer, unless its queue is being worked on already.
    mutating func send(_ message: BatchOutcome.Message, _ effects: inout [Effect]) {
        if message.isDurable, !busyQueues.insert(message.message.key.queue).inserted { return }
        if isTransactional {
            publication.waiting.append(message)
            return
        }
        lastTag += 1
        sending[lastTag] = message
        effects.append(.produce(tag: lastTag, message.message.topic, message.message.record))
    }

    /// Kafka has it: the row can go, and the next message of the key may follow.
    mutating func acknowledged(_ tag: UInt64) {
        guard let message = sending.removeValue(forKey: tag), message.isDurable else { return }
        pending.append(.sent(message.message.key, message.message.id))
    }

    /// The client gave up. A message with a row is sent for as long as it takes; one without is lost.
    mutating func resendLater(_ tag: UInt64, at now: Instant, _ effects: inout [Effect]) {
        guard let message = sending[tag] else { return }
        guard message.isDurable else {
            sending[tag] = nil
            return
        }
        let delay = settings.retryBackoff.delay(after: 1, drawing: draws, .messageRetry, tag)
        effects.append(.setTimer(.resend(tag), at: now + delay))
    }

    mutating func resend(_ tag: UInt64, _ effects: inout [Effect]) {
        guard let message = sending[tag] else { return }
        effects.append(.produce(tag: tag, message.message.topic, message.message.record))
    }
}

/// The outbox's part of a transaction.
extension Transaction {
    /// Removes an acknowledged message and goes on to the next of its queue.
    mutating func messageSent(_ key: OutboxMessage.Key, _ id: UniqueID, by instance: InstanceID) throws {
        guard var queue = try get(OutboxQueue.self, key.queue), queue.owner == instance else { return }
        // Another message under the same number means that this one is gone already.
        if let row = try get(OutboxMessage.self, key), row.id == id, queue.head == key.number {
            try delete(OutboxMessage.self, key)
            queue.head += 1
            try set(queue.head > queue.tail ? nil : queue, for: key.queue)
        }
        if queue.head <= queue.tail { try queueMessage(at: queue) }
    }

    /// Adds the first message of a queue to what is sent after the commit.
    private mutating func queueMessage(at queue: OutboxQueue) throws {
        let key = OutboxMessage.Key(queue: queue.key, number: queue.head)
        guard let row = try get(OutboxMessage.self, key) else {
            preconditionFailure("outbox queue \(queue.key) has no message \(queue.head)")
        }
        outcome.messages.append(.init(message: row, isDurable: true))
    }

    /// Makes everything that dead instances were sending or calling this instance's own, and finds again what it was
    /// sending itself and may have lost track of.
    mutating func takeOver(for instance: InstanceID, timeout: Duration) throws {
        try put(InstanceRow(key: instance.number, incarnation: instance.incarnation, seenAt: now))
        let alive = try rows(InstanceRow.self) { $0.seenAt + timeout >= now }
            .map { InstanceID(number: $0.key, incarnation: $0.incarnation) }
        for var queue in try rows(OutboxQueue.self, where: { $0.owner == instance || !alive.contains($0.owner) }) {
            if queue.owner != instance {
                queue.owner = instance
                try put(queue)
            }
            try queueMessage(at: queue)
        }
        for var call in try rows(CallRow.self, where: { $0.owner == instance || !alive.contains($0.owner) }) {
            if call.owner != instance {
                call.owner = instance
                try put(call)
            }
            outcome.calls.append(call)
        }
    }
}
