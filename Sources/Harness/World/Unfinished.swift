import Services

/// What has not come to rest, in sentences that are the same for a simulated run and a live one.
package enum Unfinished {
    /// The tables whose rows stand for something that goes on.
    package static let tables: [any Row.Type] = [OutboxQueue.self, CallRow.self, Deadline.self]

    /// What a service's store says is still to be done; a few sentences of each kind.
    package static func sentences(on store: ValueStore, of service: String) -> [String] {
        var sentences: [String] = []
        for queue in store.rows(OutboxQueue.self).prefix(5) {
            sentences.append("\(service)'s outbox holds \(queue.tail - queue.head + 1) events of \(queue.key)")
        }
        for call in store.rows(CallRow.self).prefix(5) {
            sentences.append("\(service)'s provider has not answered the call for \(call.subject)")
        }
        for deadline in store.rows(Deadline.self).prefix(5) {
            sentences.append("\(service) waits until \(deadline.due) for \(deadline.key.subject)")
        }
        return sentences
    }

    /// That a group has not read everything.
    package static func sentence(
        onLagOf service: String, in partition: String, committed: Int64, end: Int64
    ) -> String { "\(service) has read \(partition) up to \(committed) of \(end)" }
}
