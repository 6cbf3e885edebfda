import Kafka

extension Broker {
    /// Metadata. A topic that is missing is created if client and broker allow it (`AutoTopicCreationManager`); the client
    /// does not find it yet, and asks again.
    func handleMetadata(_ request: MetadataRequest, from origin: Origin, _ fabric: inout Fabric) {
        var errors: [TopicError] = []
        var creations: [TopicCreation] = []
        for topic in request.missing where fabric.topology.partitionCount(of: topic, in: image) == 0 {
            let name = fabric.topology.topics.name(of: topic)
            let isValid = TopicSpecification.isValid(name: name)
            errors.append(TopicError(topic: topic, error: isValid ? .unknownTopicOrPartition : .invalidTopic))
            if isValid { creations.append(TopicCreation(topic: topic, specification: TopicSpecification(name: name))) }
        }
        if !creations.isEmpty, request.allowsAutoCreation, fabric.configuration.isTopicAutoCreationEnabled,
            controller.known >= 0
        {
            fabric.request(.createTopics(creations), from: Int32(id), to: Int(controller.known), correlation: 0)
        }
        fabric.respond(.metadata(image, errors), to: origin, by: id)
    }
}
