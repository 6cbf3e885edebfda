import Kafka
import Simulation
import Testing
import VirtualKafka

/// A world with nothing but a cluster: runs its events, and writes down what clients are told.
struct Driver {
    var cluster: VirtualCluster
    var queue = EventQueue<KafkaEvent>()
    var output = KafkaOutput()
    var now = Instant.zero
    var hash = TraceHash()
    var events = 0
    private var lastMoment = Instant.zero
    private var eventsOfMoment = 0

    /// By tag: the delivery reports.
    var delivered: [UInt64: (partition: TopicPartition, offset: Int64)] = [:]
    var failed: [UInt64: ErrorCode] = [:]
    var received: [(client: ClientID, records: [ConsumerRecord])] = []
    var committed: [(client: ClientID, tag: UInt64, error: ErrorCode)] = []
    var assignments: [(client: ClientID, partitions: [TopicPartition])] = []
    var revoked: [[TopicPartition]] = []
    var fatal: [(client: ClientID, error: ErrorCode)] = []
    var revocations: [(client: ClientID, lost: Bool)] = []
    /// By tag: the offsets that were asked for.
    var answers: [UInt64: [PartitionOffset]] = [:]
    var ends: [(client: ClientID, partition: TopicPartition, offset: Int64)] = []
    var errors: [(client: ClientID, error: ErrorCode, partition: TopicPartition?)] = []
    var observations: [ClusterObservation] = []
    /// By tag: the steps of transactions that have ended, with their errors.
    var steps: [UInt64: TransactionError?] = [:]
    var stepCount: UInt64 = 0
    /// By tag.
    var adminResults: [UInt64: [AdminResult]] = [:]
    /// Whether the application answers revocations at once.
    var completesRevocations = true

    static let orders = TopicID(rawValue: 0)

    init(
        brokers: Int = 3, partitions: Int = 3, replicationFactor: Int = 3, minInsync: Int = 2, seed: UInt64 = 1,
        network: NetworkConditions = NetworkConditions(), configure: (inout ClusterConfiguration) -> Void = { _ in }
    ) {
        var configuration = ClusterConfiguration(brokers: brokers)
        configure(&configuration)
        let topic = TopicSpecification(
            name: "orders", partitions: partitions, replicationFactor: replicationFactor, minInsyncReplicas: minInsync)
        cluster = VirtualCluster(
            configuration: configuration, topics: [topic], network: network, draws: Draws(seed: seed))
        cluster.start(at: now, into: &output)
        drain()
    }

    // MARK: Time

    mutating func run(until end: Instant) {
        while let next = queue.nextTime, next <= end, let (time, event) = queue.popFirst() {
            now = time
            events += 1
            hash.fold(time)
            VirtualCluster.fold(event, into: &hash)
            cluster.receive(event, at: time, into: &output)
            drain()
            guard !hasStalled(at: time) else { return }
        }
        now = end
    }

    /// A client or broker that wakes itself at one moment for ever would hang the test: it fails instead.
    private mutating func hasStalled(at time: Instant) -> Bool {
        eventsOfMoment = time == lastMoment ? eventsOfMoment + 1 : 0
        lastMoment = time
        guard eventsOfMoment > 5_000 else { return false }
        Issue.record("the clock does not advance beyond \(time)")
        return true
    }

    mutating func run(for duration: Duration) { run(until: now + duration) }

    private mutating func drain() {
        for (time, event) in output.scheduled { queue.push(event, at: max(time, now)) }
        observations += output.observations
        let notices = output.notices
        output.removeAll()
        for (client, notice) in notices { handle(client, notice) }
    }

    private mutating func handle(_ client: ClientID, _ notice: ClientNotice) {
        switch notice {
        case .delivered(let tag, let partition, let offset): delivered[tag] = (partition, offset)
        case .deliveryFailed(let tag, let error): failed[tag] = error
        case .records(_, let records): received.append((client, records))
        case .offsetsCommitted(let tag, let error): committed.append((client, tag, error))
        case .assigned(let partitions, _): assignments.append((client, partitions))
        case .revoked(let partitions, let lost, _):
            revoked.append(partitions)
            revocations.append((client, lost))
            if !lost, completesRevocations { act { $0.completeRevocation(by: client, at: $1, into: &$2) } }
        case .adminCompleted(let tag, let results): adminResults[tag] = results
        case .fatal(let error): fatal.append((client, error))
        case .transactionStep(let tag, let error): steps[tag] = .some(error)
        case .committedOffsets(let tag, let offsets), .offsetsListed(let tag, let offsets): answers[tag] = offsets
        case .endOfPartition(let partition, let offset): ends.append((client, partition, offset))
        case .error(let error, let partition): errors.append((client, error, partition))
        }
    }

    @discardableResult
    mutating func act<Result>(_ body: (inout VirtualCluster, Instant, inout KafkaOutput) -> Result) -> Result {
        let result = body(&cluster, now, &output)
        drain()
        return result
    }

    // MARK: Clients

    mutating func producer(_ properties: [(name: String, value: String)] = []) -> ClientID {
        let node = cluster.network.addNode("producer")
        let properties = try! ClientProperties(properties)
        return act { $0.addProducer(on: node, properties: properties, at: $1, into: &$2) }
    }

    mutating func consumer(
        group: String = "shipping", _ properties: [(name: String, value: String)] = []
    ) -> (client: ClientID, node: NodeID) {
        let node = cluster.network.addNode("consumer")
        let all: [(name: String, value: String)] =
            [
                ("group.id", group), ("auto.offset.reset", "earliest"), ("enable.auto.commit", "false"),
                ("session.timeout.ms", "6000"), ("heartbeat.interval.ms", "2000"),
            ] + properties
        let parsed = try! ClientProperties(all)
        let client = act {
            $0.addConsumer(on: node, topics: [Self.orders], properties: parsed, at: $1, into: &$2)
        }
        return (client, node)
    }

    mutating func produce(_ tag: UInt64, key: String? = nil, by producer: ClientID) {
        let record = Record(key: key.map { Array($0.utf8) }, value: Array(String(tag).utf8))
        act { $0.produce(record, to: Self.orders, tag: tag, by: producer, at: $1, into: &$2) }
    }

    mutating func commit(_ offsets: [(TopicPartition, Int64)], tag: UInt64, by consumer: ClientID) {
        act { $0.commit(offsets, tag: tag, by: consumer, at: $1, into: &$2) }
    }

    mutating func crash(_ broker: Int, losingUnflushedTail: Bool = false) {
        crash(broker, losing: losingUnflushedTail ? .unflushedTail : .nothing)
    }

    mutating func crash(_ broker: Int, losing loss: DiskLoss) {
        act { $0.crashBroker(broker, losing: loss, at: $1, into: &$2) }
    }

    mutating func restart(_ broker: Int) { act { $0.restartBroker(broker, at: $1, into: &$2) } }

    mutating func cut(_ a: NodeID, _ b: NodeID) {
        cluster.network.block(from: a, to: b)
        cluster.network.block(from: b, to: a)
    }

    // MARK: Looking

    /// The tags in a partition's log, in order.
    func log(_ partition: Int32) -> [UInt64] {
        var tags: [UInt64] = []
        cluster.forEachCommittedRecord(in: TopicPartition(Self.orders, partition)) { _, _, record in
            tags.append(Self.tag(of: record))
        }
        return tags
    }

    var logs: [[UInt64]] {
        (0..<Int32(cluster.partitionCount(of: Self.orders))).map { log($0) }
    }

    static func tag(of record: Record) -> UInt64 { UInt64(String(decoding: record.value!, as: UTF8.self))! }

    func leader(_ partition: Int32 = 0) -> Int? { cluster.leader(of: TopicPartition(Self.orders, partition)) }
}

extension NodeID {
    static func broker(_ broker: Int) -> NodeID { NodeID(rawValue: Int32(broker)) }
}

let idempotent: [(name: String, value: String)] = [("enable.idempotence", "true")]
