import Kafka
import Services
import Simulation
import VirtualKafka

/// Everything that is simulated, as one value: `var branch = world` is a snapshot from which a run can go on by itself.
public struct World: Sendable {
    /// What is run; its plan changes with `amend`.
    public internal(set) var scenario: Scenario
    /// Whether faults may be added while it runs.
    let isOpenToFaults: Bool
    let draws: Draws

    /// The present moment.
    public internal(set) var now = Instant.zero
    /// A hash of everything that has happened.
    public internal(set) var trace = TraceHash()
    /// How many events have happened.
    public internal(set) var eventCount = 0
    var eventsOfThisMoment = 0

    var queue = EventQueue<WorldEvent>()
    public internal(set) var cluster: VirtualCluster
    var environment: any Environment

    /// The kinds of service, and the store that the instances of each share.
    let services: [any Service]
    public internal(set) var stores: [ValueStore]
    var processes: [Process] = []
    /// Which process a Kafka client belongs to, by client number; `stranger` for the harness's own.
    var clientOwners: [Int32] = []
    static let stranger: Int32 = -1

    let clientNode: NodeID
    let providerNode: NodeID
    let strangerNode: NodeID
    var strangerProducer = ClientID(rawValue: -1)
    /// Used when the plan has an operator do something.
    var administrator = ClientID(rawValue: -1)
    /// Records that the stranger has sent and Kafka has not acknowledged, by tag.
    var strangerRecords: [UInt64: (topic: TopicID, record: Record)] = [:]
    var lastStrangerTag: UInt64 = 0
    /// Records that it is going to send.
    var heldBack = 0

    var frozen: [FrozenProcess] = []
    var storms: [RebalanceStorm] = []

    /// Every call that reached a provider, by the token that its answer will carry.
    var callsAtProvider = PagedArray<CallAtProvider>()

    let properties: ClientProperties
    /// Whether services publish in Kafka transactions.
    let isTransactional: Bool
    var faults: FaultInjector
    /// In pages: the first entry after a fork must not copy a whole history.
    var recording = PagedArray<History.Entry>()
    var unsettled: [String] = []
    var brokenInvariants: [(at: Instant, sentence: String)] = []
    var isFinished = false
    /// What has passed between machines, while somebody watches.
    var passages: [Passage]?

    /// Set where somebody wants to know what instances do, effect by effect.
    var watch: EffectWatch?

    /// Buffers that live as long as the world, so that an event allocates nothing.
    var kafkaOutput = KafkaOutput()
    var environmentOutput = EnvironmentOutput()
    var spareBuffers: [[Effect]] = []

    /// The world of a scenario at the moment before anything happens.
    ///
    /// - Parameter isOpenToFaults: Whether `amend` may add faults to it. Such a world counts what faults are told by even
    ///   if it has none yet, and is healed when the scenario says so, as if it had some.
    /// - Throws: `PropertyError` when the scenario's client properties are none.
    public init(_ scenario: Scenario, seed: UInt64, isOpenToFaults: Bool = false) throws {
        self.scenario = scenario
        self.isOpenToFaults = isOpenToFaults
        draws = Draws(seed: seed)
        properties = try Self.properties(of: scenario)
        isTransactional = scenario.system.policies.publishing == .transactional
        let options = scenario.cluster
        var configuration = ClusterConfiguration(brokers: options.brokers)
        configuration.brokerSessionTimeout = options.brokerSessionTimeout
        configuration.replicaLagTimeMax = options.replicaLagTimeMax
        configuration.isUncleanLeaderElectionEnabled = options.uncleanLeaderElection
        // Kafka's three seconds suit people who start consumers by hand; here they start together.
        configuration.groupInitialRebalanceDelay = .milliseconds(100)
        let topics = scenario.system.topics.map { topic in
            TopicSpecification(
                name: topic.name, partitions: topic.partitions, replicationFactor: options.replicationFactor,
                minInsyncReplicas: options.minInsyncReplicas)
        }
        let network = NetworkConditions(latency: options.latency)
        cluster = VirtualCluster(
            configuration: configuration, topics: topics, network: network, draws: draws.substream(.cluster))
        clientNode = cluster.network.addNode("client")
        providerNode = cluster.network.addNode("provider")
        strangerNode = cluster.network.addNode("stranger")
        services = scenario.system.services(topics: cluster.topics)
        stores = Array(repeating: ValueStore(), count: services.count)
        environment = scenario.system.environment(draws: draws.substream(.environment))
        faults = FaultInjector(rates: scenario.rates, plan: scenario.plan, draws: draws.substream(.faults))
        faults.countsEverything = isOpenToFaults
        for (index, service) in services.enumerated() {
            let count = scenario.instances.first { $0.service == service.name }?.count ?? 2
            for number in 1...max(1, count) {
                let name = "\(service.name)/\(number)"
                let node = cluster.network.addNode(name)
                processes.append(Process(name: name, service: index, number: Int32(number), node: node))
            }
        }
        begin()
    }

    /// The properties that services are run with, under those of the scenario.
    package static func properties(of scenario: Scenario) throws(PropertyError) -> ClientProperties {
        var pairs: [(name: String, value: String)] = [
            ("acks", "all"), ("enable.idempotence", "true"), ("linger.ms", "5"),
            ("enable.auto.commit", "false"), ("auto.offset.reset", "earliest"),
            ("session.timeout.ms", "6000"), ("heartbeat.interval.ms", "2000"), ("socket.timeout.ms", "10000"),
        ]
        for property in scenario.clients {
            pairs.removeAll { $0.name == property.name }
            pairs.append(property)
        }
        return try ClientProperties(pairs)
    }

    /// What a consumer of a service is run with. `group.instance.id` names the instance, so that no two are the same.
    func consumerProperties(of service: Int, instance: String) -> ClientProperties {
        var pairs = [(name: "group.id", value: services[service].group)]
        if let prefix = properties.groupInstanceID {
            pairs.append((name: "group.instance.id", value: "\(prefix)-\(instance)"))
        }
        return setting(pairs)
    }

    /// What the producer of an instance is run with. Its next life has the same `transactional.id`, and fences it.
    func producerProperties(of process: Process) -> ClientProperties {
        guard isTransactional else { return properties }
        return setting([(name: "transactional.id", value: process.name)])
    }

    private func setting(_ pairs: [(name: String, value: String)]) -> ClientProperties {
        do { return try properties.setting(pairs) } catch {
            preconditionFailure("\(pairs) cannot be in conflict with what was checked: \(error)")
        }
    }

    /// Puts the first events into the queue: the cluster and the processes start, then faults and clients begin.
    private mutating func begin() {
        for process in processes { trace.fold(process.name) }
        cluster.start(at: now, into: &kafkaOutput)
        strangerProducer = cluster.addProducer(on: strangerNode, properties: properties, at: now, into: &kafkaOutput)
        own(strangerProducer, by: Self.stranger)
        if scenario.plan.contains(where: \.needsAdministrator) {
            administrator = cluster.addAdmin(on: strangerNode, properties: properties, at: now, into: &kafkaOutput)
            own(administrator, by: Self.stranger)
        }
        scheduleFaults()
        queue.push(.inspect, at: now + Self.inspectionInterval)
        for index in processes.indices { startProcess(index) }
        environment.start(at: now, into: &environmentOutput)
        drainEnvironment()
        drainKafka()
    }

    mutating func own(_ client: ClientID, by owner: Int32) {
        let index = Int(client.rawValue)
        while clientOwners.count <= index { clientOwners.append(Self.stranger) }
        clientOwners[index] = owner
    }

    mutating func record(_ event: History.Event) { recording.append(History.Entry(at: now, event: event)) }
}

extension Purpose {
    static let cluster = Purpose("world.cluster")
    package static let environment = Purpose("world.environment")
    package static let faults = Purpose("world.faults")
    package static let instance = Purpose("world.instance")
    static let transactionTime = Purpose("world.transaction-time")
    package static let balancing = Purpose("world.balancing")
}
