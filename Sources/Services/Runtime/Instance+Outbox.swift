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
    mutating func messageSent(_ key: OutboxMessage.Key, _ id: UniqueID, by instance: InstanceID) {
        guard var queue = store.row(OutboxQueue.self, key.queue), queue.owner == instance else { return }
        // Another message under the same number means that this one is gone already.
        if let row = store.row(OutboxMessage.self, key), row.id == id, queue.head == key.number {
            store.set(OutboxMessage?.none, for: key)
            queue.head += 1
            store.set(queue.head > queue.tail ? nil : queue, for: key.queue)
        }
        if queue.head <= queue.tail { queueMessage(at: queue) }
    }

    /// Adds the first message of a queue to what is sent after the commit.
    private mutating func queueMessage(at queue: OutboxQueue) {
        let key = OutboxMessage.Key(queue: queue.key, number: queue.head)
        guard let row = store.row(OutboxMessage.self, key) else {
            preconditionFailure("outbox queue \(queue.key) has no message \(queue.head)")
        }
        outcome.messages.append(.init(message: row, isDurable: true))
    }

    /// Makes everything that dead instances were sending or calling this instance's own, and finds again what it was
    /// sending itself and may have lost track of.
    mutating func takeOver(for instance: InstanceID, timeout: Duration) {
        store.set(
            InstanceRow(key: instance.number, incarnation: instance.incarnation, seenAt: now), for: instance.number)
        var alive: [InstanceID] = []
        store.forEach(InstanceRow.self) { row in
            if row.seenAt + timeout >= now { alive.append(InstanceID(number: row.key, incarnation: row.incarnation)) }
        }
        for var queue in store.rows(OutboxQueue.self, where: { $0.owner == instance || !alive.contains($0.owner) }) {
            if queue.owner != instance {
                queue.owner = instance
                store.set(queue, for: queue.key)
            }
            queueMessage(at: queue)
        }
        for var call in store.rows(CallRow.self, where: { $0.owner == instance || !alive.contains($0.owner) }) {
            if call.owner != instance {
                call.owner = instance
                store.set(call, for: call.key)
            }
            outcome.calls.append(call)
        }
    }
}
