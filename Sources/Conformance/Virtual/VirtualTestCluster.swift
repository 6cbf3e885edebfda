import Kafka
import Simulation
import VirtualKafka

/// The virtual cluster behind the protocol of the cases: `wait` runs virtual time, event by event.
final class VirtualTestCluster: TestCluster {
    private var cluster: VirtualCluster?
    private var queue = EventQueue<KafkaEvent>()
    private var output = KafkaOutput()
    /// The virtual clock shows what a wall clock would: records' timestamps and retention are about the same time.
    private(set) var now = VirtualTestCluster.newYear
    private static let newYear = Instant(nanoseconds: 1_767_225_600 * 1_000_000_000)
    /// Topics that were asked for before the first client.
    private var topics: [TopicSpecification] = []
    private var names = 0
    /// By client number, who is told.
    private var listeners: [any NoticeListener] = []
    /// What clients were told while they were being made.
    private var early: [(client: ClientID, notice: ClientNotice)] = []
    private let seed: UInt64
    private let planted: Virtual.Planted

    static let brokerCount = 3

    /// - Parameter seed: which latencies, which random partitions.
    init(seed: UInt64, planted: Virtual.Planted) {
        self.seed = seed
        self.planted = planted
    }

    func reasonToLack(_ ability: Ability) -> String? { nil }

    func uniqueName(_ prefix: String) -> String {
        names += 1
        return "\(prefix)-\(names)"
    }

    func makeTopic(_ topic: TopicWish) throws -> String {
        let name = uniqueName("conformance")
        if cluster == nil {
            topics.append(try TopicSpecification(name, topic))
        } else {
            try makeAdmin().createTopic(name, topic)
        }
        return name
    }

    func makeProducer(_ properties: ClientProperties) throws -> any TestProducer {
        VirtualTestProducer(self, addNode("producer"), try worsened(properties))
    }

    func makeConsumer(
        _ properties: ClientProperties, defersRevocation: Bool
    ) throws -> any TestConsumer {
        VirtualTestConsumer(
            self, addNode("consumer"), try worsened(properties), defersRevocation: defersRevocation)
    }

    private func worsened(_ properties: ClientProperties) throws -> ClientProperties {
        try properties.setting(planted.properties.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) })
    }

    func makeAdmin() throws -> any TestAdmin { VirtualTestAdmin(self, addNode("admin")) }

    func shutDown() {
        cluster = nil
        listeners = []
    }

    // MARK: Time

    var elapsed: Swift.Duration { .nanoseconds((now - Self.newYear).nanoseconds) }

    var clockMilliseconds: Int64 { now.milliseconds }

    func wait(within limit: Swift.Duration, until condition: () throws -> Bool) throws -> Bool {
        start()
        let end = now + Simulation.Duration(limit)
        while true {
            if try condition() { return true }
            guard let next = queue.nextTime, next <= end, let (time, event) = queue.popFirst() else { break }
            now = time
            act { $0.receive(event, at: $1, into: &$2) }
        }
        now = end
        return try condition()
    }

    /// Runs until a client has been told something, at most so long.
    func await<Answer>(within limit: Swift.Duration, _ answer: () -> Answer?) throws -> Answer {
        var found: Answer?
        _ = try wait(within: limit) {
            found = answer()
            return found != nil
        }
        guard let found else { throw CallFailure(.timedOut) }
        return found
    }

    /// Does something to the cluster, and passes on what it says.
    @discardableResult
    func act<Result>(_ body: (inout VirtualCluster, Instant, inout KafkaOutput) -> Result) -> Result {
        start()
        let result = body(&cluster!, now, &output)
        for (time, event) in output.scheduled { queue.push(event, at: max(time, now)) }
        let notices = output.notices
        output.removeAll()
        for (client, notice) in notices { tell(client, notice) }
        return result
    }

    private func start() {
        guard cluster == nil else { return }
        var configuration = ClusterConfiguration(brokers: Self.brokerCount)
        planted.configure(&configuration)
        cluster = VirtualCluster(
            configuration: configuration, topics: topics, network: NetworkConditions(), draws: Draws(seed: seed))
        act { $0.start(at: $1, into: &$2) }
    }

    // MARK: Clients

    private func tell(_ client: ClientID, _ notice: ClientNotice) {
        let number = Int(client.rawValue)
        guard number < listeners.count else { return early.append((client, notice)) }
        listeners[number].receive(notice)
    }

    /// Makes a client and lets somebody hear what it is told.
    func begin(
        _ listener: any NoticeListener, _ make: (inout VirtualCluster, Instant, inout KafkaOutput) -> ClientID
    ) -> ClientID {
        let client = act(make)
        precondition(Int(client.rawValue) == listeners.count, "clients are made one after another")
        listeners.append(listener)
        let waiting = early
        early.removeAll()
        for (client, notice) in waiting { tell(client, notice) }
        return client
    }

    private func addNode(_ name: String) -> NodeID { act { cluster, _, _ in cluster.network.addNode(name) } }

    // MARK: Names

    func topicID(_ name: String) -> TopicID { act { cluster, _, _ in cluster.topicID(named: name) } }

    func partition(_ named: NamedPartition) -> TopicPartition { TopicPartition(topicID(named.topic), named.number) }

    func named(_ partition: TopicPartition) -> NamedPartition {
        act { cluster, _, _ in NamedPartition(cluster.topics.name(of: partition.topic), partition.partition) }
    }
}

/// A client's application, on a machine of its own.
protocol NoticeListener: AnyObject {
    var node: NodeID { get }
    func receive(_ notice: ClientNotice)
}

extension Simulation.Duration {
    init(_ duration: Swift.Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(nanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

extension TopicSpecification {
    /// Configuration by Kafka's names, as CreateTopics carries it.
    init(_ name: String, _ topic: TopicWish) throws {
        self.init(
            name: name, partitions: topic.partitions, replicationFactor: topic.replicationFactor,
            minInsyncReplicas: topic.minInsyncReplicas)
        for (key, value) in topic.configuration.sorted(by: { $0.key < $1.key }) {
            let number = Int64(value) ?? 0
            switch key {
            case "retention.ms": configuration.retention = .milliseconds(number)
            case "retention.bytes": configuration.retentionBytes = number
            case "segment.ms": configuration.segmentTime = .milliseconds(number)
            case "segment.bytes": configuration.segmentBytes = number
            case "max.message.bytes": configuration.maxMessageBytes = Int(number)
            case "unclean.leader.election.enable": configuration.isUncleanLeaderElectionEnabled = value == "true"
            default: throw CallFailure(.invalidRequest)
            }
        }
    }
}
