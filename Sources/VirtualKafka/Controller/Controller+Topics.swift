import Kafka

/// CreateTopics and CreatePartitions (Kafka's `ReplicationControlManager`).
extension Controller {
    /// `MAX_PARTITIONS_PER_BATCH`
    private static let maxNewPartitions = 10_000

    mutating func handleCreateTopics(_ topics: [TopicCreation], from origin: Origin, _ fabric: inout Fabric) {
        guard let active, reachesMajority(active, fabric) else { return }
        var errors: [ErrorCode] = []
        for (index, creation) in topics.enumerated() {
            let isRepeated = topics.indices.contains { $0 != index && topics[$0].topic == creation.topic }
            errors.append(isRepeated ? .invalidRequest : create(creation, &fabric))
        }
        if errors.contains(.none) { publish(&fabric) }
        fabric.respond(.createTopics(errors), to: origin, by: active)
    }

    private mutating func create(_ creation: TopicCreation, _ fabric: inout Fabric) -> ErrorCode {
        let topic = creation.topic
        let name = fabric.topology.topics.name(of: topic)
        guard TopicSpecification.isValid(name: name) else { return .invalidTopic }
        for other in fabric.topology.topics.all where fabric.topology.partitionCount(of: other) > 0 {
            if TopicSpecification.collide(name, fabric.topology.topics.name(of: other)) { return .invalidTopic }
        }
        guard fabric.topology.partitionCount(of: topic) == 0 else { return .topicAlreadyExists }
        let specification = fabric.configuration.completed(creation.specification)
        guard specification.partitions > 0 else { return .invalidPartitions }
        guard specification.partitions <= Self.maxNewPartitions else { return .policyViolation }
        guard specification.isPossible else { return .invalidConfig }
        let live = live(fabric)
        // Without a single broker in service, replicas cannot be placed either.
        guard (1...fabric.brokerCount).contains(specification.replicationFactor), !live.isEmpty else {
            return .invalidReplicationFactor
        }
        fabric.topology.create(
            topic, specification, fabric.configuration.settings(of: specification.configuration), live: live)
        addPartitions(live: live, &fabric)
        return .none
    }

    mutating func handleCreatePartitions(
        _ topics: [PartitionsCreation], from origin: Origin, _ fabric: inout Fabric
    ) {
        guard let active, reachesMajority(active, fabric) else { return }
        let errors = topics.map { grow($0, &fabric) }
        if errors.contains(.none) { publish(&fabric) }
        fabric.respond(.createPartitions(errors), to: origin, by: active)
    }

    private mutating func grow(_ creation: PartitionsCreation, _ fabric: inout Fabric) -> ErrorCode {
        let count = fabric.topology.partitionCount(of: creation.topic)
        guard count > 0 else { return .unknownTopicOrPartition }
        guard creation.total > count else { return .invalidPartitions }
        guard creation.total - count <= Self.maxNewPartitions else { return .policyViolation }
        // Kafka would do it, and groups would lose their offsets: the partition of a group is a hash modulo their number.
        guard !fabric.topology.isInternal(creation.topic) else { return .invalidRequest }
        let live = live(fabric)
        guard !live.isEmpty else { return .invalidReplicationFactor }
        fabric.topology.grow(creation.topic, to: creation.total, live: live)
        addPartitions(live: live, &fabric)
        return .none
    }

    private func live(_ fabric: borrowing Fabric) -> BrokerSet {
        BrokerSet(0..<Int32(fabric.brokerCount)).subtracting(image.fenced)
    }

    /// The first live replica of each new partition leads it; those that are not live are not in sync.
    private mutating func addPartitions(live: BrokerSet, _ fabric: inout Fabric) {
        fabric.makeRoomForPartitions()
        for partition in image.partitions.count..<fabric.topology.partitionCount {
            let replicas = fabric.topology.replicas[partition]
            let isr = BrokerSet(replicas).intersection(live)
            let leader = replicas.first { isr.contains(Int($0)) } ?? -1
            image.partitions.append(
                PartitionMetadata(leader: leader, leaderEpoch: 0, partitionEpoch: 0, isr: isr))
            orphans.append([])
        }
    }
}
