import Kafka
import Simulation

/// A message whose topic is not in the metadata yet: librdkafka's *unassigned* partition.
struct UnassignedMessage: Sendable {
    var record: Record
    var topic: TopicID
    /// As the application wants it.
    var partition: Int32?
    var message: PendingMessage
}

extension Producer {
    /// Keeps a message until its topic is known. A topic that has proved not to exist is not waited for again.
    mutating func wait(
        for topic: TopicID, _ record: Record, _ partition: Int32?, _ message: PendingMessage, _ fabric: inout Fabric
    ) {
        if unknownTopics.contains(topic) || !fabric.topology.isNamed(topic) {
            fabric.notify(core.id, .deliveryFailed(tag: message.tag, .unknownTopic))
            return
        }
        core.need(topic, &fabric)
        queued += 1
        unassigned.append(UnassignedMessage(record: record, topic: topic, partition: partition, message: message))
        core.wakeLater(at: fabric.now + settings.messageTimeout, &fabric)
    }

    /// New metadata: messages of topics that are known now go to their partitions. Without its topic a message fails, at
    /// once if the name is invalid, else `topic.metadata.propagation.max.ms` after the topic was first used; with the
    /// broker's error (`rd_kafka_topic_set_notexists`).
    mutating func assignUnassigned(_ errors: [TopicError], _ fabric: inout Fabric) {
        if !unknownTopics.isEmpty {
            unknownTopics.removeAll { fabric.topology.partitionCount(of: $0, in: core.image) > 0 }
        }
        guard !unassigned.isEmpty else { return }
        let waiting = unassigned
        unassigned = []
        for message in waiting {
            let count = fabric.topology.partitionCount(of: message.topic, in: core.image)
            if count > 0 {
                assign(message, among: count, &fabric)
            } else if let error = terminalError(message, errors, fabric.now) {
                if !unknownTopics.contains(message.topic) { unknownTopics.append(message.topic) }
                core.giveUp(message.topic)
                report([message.message], error, &fabric)
            } else {
                unassigned.append(message)
            }
        }
    }

    private mutating func assign(_ waiting: UnassignedMessage, among count: Int, _ fabric: inout Fabric) {
        let record = waiting.record
        if let partition = choosePartition(record, waiting.topic, waiting.partition, among: count, fabric) {
            enqueue(record, waiting.message, record.approximateSize, partition)
        } else {
            report([waiting.message], .unknownPartition, &fabric)
        }
    }

    private func terminalError(_ message: UnassignedMessage, _ errors: [TopicError], _ now: Instant) -> ErrorCode? {
        guard let error = errors.first(where: { $0.topic == message.topic })?.error else { return nil }
        let isGivenUp = unknownTopics.contains(message.topic)
        return error == .invalidTopic || isGivenUp || now - message.message.enqueuedAt >= settings.metadataPropagation
            ? error : nil
    }

    /// Messages that have waited too long for their topic.
    mutating func expireUnassigned(_ fabric: inout Fabric) {
        guard !unassigned.isEmpty else { return }
        let deadline = fabric.now - settings.messageTimeout
        let expired = unassigned.filter { $0.message.enqueuedAt <= deadline }
        guard !expired.isEmpty else { return }
        unassigned.removeAll { $0.message.enqueuedAt <= deadline }
        report(expired.map(\.message), .messageTimedOut, &fabric)
    }
}
