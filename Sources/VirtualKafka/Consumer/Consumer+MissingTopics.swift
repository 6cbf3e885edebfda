import Kafka

extension Consumer {
    /// Tells the application of topics that it subscribes to and that do not exist: once, until they do (librdkafka,
    /// *Subscribed topic not available*). They are read as soon as they are there.
    mutating func reportMissingTopics(_ fabric: inout Fabric) {
        for topic in topics {
            let isMissing = fabric.topology.partitionCount(of: topic, in: core.image) == 0
            let known = missingTopics.firstIndex(of: topic)
            if isMissing, known == nil {
                missingTopics.append(topic)
                tell(.error(.unknownTopicOrPartition, TopicPartition(topic, -1)), &fabric)
            } else if !isMissing, let known {
                missingTopics.remove(at: known)
            }
        }
    }
}
