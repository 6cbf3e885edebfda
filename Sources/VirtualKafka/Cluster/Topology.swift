import Kafka

/// Which partitions there are and which brokers hold them. Partitions are numbered through over all topics: hot state
/// is arrays by that number.
struct Topology: Sendable {
    private(set) var topics = TopicTable()
    private(set) var specifications: [TopicSpecification] = []
    private(set) var partitions: ContiguousArray<TopicPartition> = []
    /// By partition, the preferred leader first.
    private(set) var replicas: [[Int32]] = []
    /// `min.insync.replicas`, at most the number of replicas.
    private(set) var minInsync: ContiguousArray<Int32> = []
    /// By topic, its first partition's number.
    private(set) var bases: ContiguousArray<Int> = []
    let brokerCount: Int
    private(set) var offsetsTopic = TopicID(rawValue: -1)

    static let offsetsTopicName = "__consumer_offsets"

    init(configuration: ClusterConfiguration, topics: [TopicSpecification]) {
        precondition((1...64).contains(configuration.brokers), "a cluster has 1 to 64 brokers")
        brokerCount = configuration.brokers
        for topic in topics { add(topic) }
        let factor = min(3, brokerCount)
        add(
            TopicSpecification(
                name: Self.offsetsTopicName, partitions: configuration.offsetsTopicPartitions,
                replicationFactor: factor, minInsyncReplicas: min(2, factor)))
        offsetsTopic = TopicID(rawValue: Int32(specifications.count - 1))
    }

    private mutating func add(_ topic: TopicSpecification) {
        precondition(topic.partitions > 0, "topic \(topic.name) needs at least one partition")
        precondition(
            (1...brokerCount).contains(topic.replicationFactor),
            "topic \(topic.name): a replication factor of \(topic.replicationFactor) needs as many brokers")
        let id = topics.intern(topic.name)
        precondition(Int(id.rawValue) == specifications.count, "topic \(topic.name) is there twice")
        bases.append(partitions.count)
        for partition in 0..<topic.partitions {
            partitions.append(TopicPartition(id, Int32(partition)))
            minInsync.append(Int32(min(topic.minInsyncReplicas, topic.replicationFactor)))
            // Leaders go round; each topic begins at another broker.
            let first = specifications.count + partition
            replicas.append((0..<topic.replicationFactor).map { Int32((first + $0) % brokerCount) })
        }
        specifications.append(topic)
    }

    var partitionCount: Int { partitions.count }

    func index(of partition: TopicPartition) -> Int { bases[Int(partition.topic.rawValue)] + Int(partition.partition) }

    func partitionCount(of topic: TopicID) -> Int { specifications[Int(topic.rawValue)].partitions }

    /// The numbers of the partitions of `__consumer_offsets`.
    var offsetsPartitions: Range<Int> { bases[Int(offsetsTopic.rawValue)]..<partitions.count }
}
