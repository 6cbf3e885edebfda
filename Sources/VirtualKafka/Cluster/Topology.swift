import Kafka

/// Which partitions there are and which brokers hold them. Partitions are numbered through over all topics, in the
/// order in which they were created: hot state is arrays by that number. A topic's partitions need not be neighbours.
///
/// Nothing is ever taken back, and a new partition gets the next number. So the partitions that a broker or client
/// knows are those below the number of partitions in its metadata.
struct Topology: Sendable {
    /// Names, of topics that exist or that somebody has asked for.
    private(set) var topics = TopicTable()
    /// By topic; nil while it does not exist.
    private(set) var specifications: [TopicSpecification?] = []
    /// By topic; meaningless while it does not exist.
    private var settings: ContiguousArray<TopicSettings> = []
    /// What the brokers say where a topic says nothing.
    private let defaults: TopicSettings
    private(set) var partitions: ContiguousArray<TopicPartition> = []
    /// By partition, the preferred leader first.
    private(set) var replicas: [[Int32]] = []
    /// `min.insync.replicas`, at most the number of replicas.
    private(set) var minInsync: ContiguousArray<Int32> = []
    /// By topic, the numbers of its partitions, ascending.
    private(set) var numbers: ContiguousArray<ContiguousArray<Int32>> = []
    let brokerCount: Int
    /// The numbers of the partitions of `__consumer_offsets`.
    private(set) var offsetsPartitions = 0..<0

    /// The numbers of the partitions of `__transaction_state`.
    private(set) var transactionPartitions = 0..<0

    static let offsetsTopicName = "__consumer_offsets"
    static let transactionTopicName = "__transaction_state"

    init(configuration: ClusterConfiguration, topics: [TopicSpecification]) {
        precondition((1...64).contains(configuration.brokers), "a cluster has 1 to 64 brokers")
        brokerCount = configuration.brokers
        defaults = configuration.settings(of: TopicConfiguration())
        for topic in topics { form(topic, configuration) }
        let factor = min(3, brokerCount)
        offsetsPartitions = form(
            TopicSpecification(
                name: Self.offsetsTopicName, partitions: configuration.offsetsTopicPartitions,
                replicationFactor: factor, minInsyncReplicas: min(2, factor)),
            configuration)
        transactionPartitions = form(
            TopicSpecification(
                name: Self.transactionTopicName, partitions: configuration.transactionTopicPartitions,
                replicationFactor: factor, minInsyncReplicas: min(2, factor)),
            configuration)
    }

    /// Adds a topic while all brokers are up.
    @discardableResult
    private mutating func form(_ topic: TopicSpecification, _ configuration: ClusterConfiguration) -> Range<Int> {
        let topic = configuration.completed(topic)
        precondition(topic.partitions > 0, "topic \(topic.name) needs at least one partition")
        precondition(
            (1...brokerCount).contains(topic.replicationFactor),
            "topic \(topic.name): a replication factor of \(topic.replicationFactor) needs as many brokers")
        let id = intern(topic.name)
        precondition(specifications[Int(id.rawValue)] == nil, "topic \(topic.name) is there twice")
        let first = partitionCount
        create(id, topic, configuration.settings(of: topic.configuration), live: BrokerSet(0..<Int32(brokerCount)))
        return first..<partitionCount
    }

    // MARK: Growing

    /// The number of a topic's name, whether or not the topic exists.
    mutating func intern(_ name: String) -> TopicID {
        let id = topics.intern(name)
        if Int(id.rawValue) == specifications.count {
            specifications.append(nil)
            settings.append(defaults)
            numbers.append([])
        }
        return id
    }

    /// Creates a topic. Its specification must be complete and possible.
    mutating func create(
        _ topic: TopicID, _ specification: TopicSpecification, _ settings: TopicSettings, live: BrokerSet
    ) {
        specifications[Int(topic.rawValue)] = specification
        self.settings[Int(topic.rawValue)] = settings
        grow(topic, to: specification.partitions, live: live)
    }

    /// Adds partitions to a topic.
    mutating func grow(_ topic: TopicID, to total: Int, live: BrokerSet) {
        let index = Int(topic.rawValue)
        guard let specification = specifications[index] else {
            preconditionFailure("topic \(topics.name(of: topic)) does not exist")
        }
        for partition in numbers[index].count..<total {
            numbers[index].append(Int32(partitions.count))
            partitions.append(TopicPartition(topic, Int32(partition)))
            minInsync.append(Int32(min(specification.minInsyncReplicas, specification.replicationFactor)))
            replicas.append(place(index + partition, specification.replicationFactor, live))
        }
        specifications[index]?.partitions = total
    }

    /// Leaders go round, each topic begins at another broker, and the other replicas follow it (`StripedReplicaPlacer`,
    /// whose beginnings are random). Brokers that are fenced come last.
    private func place(_ first: Int, _ replicationFactor: Int, _ live: BrokerSet) -> [Int32] {
        let round = (0..<brokerCount).map { Int32((first + $0) % brokerCount) }
        let preferred = round.filter { live.contains(Int($0)) }
        let others = round.filter { !live.contains(Int($0)) }
        return Array((preferred + others).prefix(replicationFactor))
    }

    // MARK: Looking

    var partitionCount: Int { partitions.count }

    /// Whether a number is that of a topic's name, in this cluster.
    func isNamed(_ topic: TopicID) -> Bool { numbers.indices.contains(Int(topic.rawValue)) }

    /// The number of a partition, if it exists.
    func number(of partition: TopicPartition) -> Int? {
        guard isNamed(partition.topic) else { return nil }
        let numbers = numbers[Int(partition.topic.rawValue)]
        guard partition.partition >= 0, Int(partition.partition) < numbers.count else { return nil }
        return Int(numbers[Int(partition.partition)])
    }

    /// How many partitions a topic has; none if it does not exist.
    func partitionCount(of topic: TopicID) -> Int { isNamed(topic) ? numbers[Int(topic.rawValue)].count : 0 }

    /// How many partitions of a topic somebody with that metadata knows.
    func partitionCount(of topic: TopicID, in image: MetadataImage) -> Int {
        let known = image.partitions.count
        guard isNamed(topic), let last = numbers[Int(topic.rawValue)].last else { return 0 }
        if last < known { return numbers[Int(topic.rawValue)].count }
        return numbers[Int(topic.rawValue)].prefix { $0 < known }.count
    }

    /// Whether a partition is one of the cluster's own topics, which never grow.
    func isInternal(partition: Int) -> Bool {
        offsetsPartitions.contains(partition) || transactionPartitions.contains(partition)
    }

    /// Whether a topic is the cluster's own.
    func isInternal(_ topic: TopicID) -> Bool {
        partitions[offsetsPartitions.lowerBound].topic == topic
            || partitions[transactionPartitions.lowerBound].topic == topic
    }

    /// The settings of the topic of a partition.
    func settings(ofPartition partition: Int) -> TopicSettings {
        settings[Int(partitions[partition].topic.rawValue)]
    }
}
