import Kafka
import Orders
import Services
import Simulation

/// What defects are made of.
extension Transaction {
    /// Changes a row, if it is there.
    package mutating func change<R: Row>(_ type: R.Type, _ key: R.Key, _ body: (inout R) -> Void) throws {
        guard var row = try get(type, key) else { return }
        body(&row)
        try put(row)
    }

    /// Notes that the service has processed an event, and nothing else.
    package mutating func pass(over event: Event) throws {
        _ = try accept(event: event.id, correlation: event.correlation)
    }

    /// Publishes an event of the story that is being told.
    package mutating func publish(_ payload: Event.Payload, by service: any Service, to topic: String) throws {
        let event = Event(id: newID(), correlation: correlation, causation: causation, at: now, payload: payload)
        guard let topic = service.topics.id(of: topic) else { preconditionFailure("there is no topic '\(topic)'") }
        try publish(service.codec.record(event), to: topic, inOrderOf: event.order)
    }

    /// Changes the records of messages that were published after a savepoint.
    package mutating func changeMessages(since savepoint: Savepoint, _ body: (inout Record) -> Void) throws {
        for index in savepoint.messages..<outcome.messages.count {
            body(&outcome.messages[index].message.record)
            if outcome.messages[index].isDurable { try put(outcome.messages[index].message) }
        }
    }

    /// Sends an order's events of these kinds straight from memory, as a service does that writes to its store and then
    /// to Kafka. Behind events that still wait in the outbox they wait, too.
    mutating func publishFromMemory(
        _ types: EventSet, of order: Identifier, by service: any Service, _ body: (inout Transaction) throws -> Void
    ) throws {
        let isIdle = try get(OutboxQueue.self, order) == nil
        try body(&self)
        guard isIdle, var queue = try get(OutboxQueue.self, order) else { return }
        var fromMemory: [OutboxMessage] = []
        while queue.tail >= queue.head,
            let row = try get(OutboxMessage.self, .init(queue: order, number: queue.tail)),
            let event = try? service.codec.decode(row.record), types.contains(event.type)
        {
            try delete(OutboxMessage.self, row.key)
            queue.tail -= 1
            fromMemory.append(row)
        }
        if queue.head > queue.tail { try delete(OutboxQueue.self, order) } else { try put(queue) }
        outcome.messages.removeAll { message in fromMemory.contains { $0.id == message.message.id } }
        outcome.messages += fromMemory.reversed().map { .init(message: $0, isDurable: false) }
    }

    /// The calls that this process was making before it started again.
    func callsOfLastLife() throws -> [CallRow] {
        try rows(CallRow.self) { $0.owner.number == instance.number && $0.owner.incarnation < instance.incarnation }
    }

    /// Makes a call as if it were a new one.
    mutating func makeAnew(_ call: CallRow) throws {
        try delete(CallRow.self, call.key)
        try self.call(subject: call.subject, payload: call.payload)
    }

    /// Whether this process has lived before.
    var isRestart: Bool { instance.incarnation > 1 }
}
