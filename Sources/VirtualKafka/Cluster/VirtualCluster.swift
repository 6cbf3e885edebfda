import Kafka
import Simulation

/// A Kafka cluster and its clients as one value: brokers, controller, network, producers, consumers.
///
/// It keeps no queue. What is to happen later comes out as scheduled events, which the owner hands back to `receive`
/// when their time has come; events of one moment in the order in which they came out.
public struct VirtualCluster: Sendable {
    var fabric: Fabric
    var brokers: ContiguousArray<Broker>
    var quorum = Controller()
    var producers: ContiguousArray<Producer> = []
    var consumers: ContiguousArray<Consumer> = []
    var admins: ContiguousArray<AdminClient> = []
    /// By client.
    var clients: ContiguousArray<ClientPlace> = []
    /// What waits for machines that are frozen, clients' and brokers', in order.
    var held: [(node: NodeID, event: KafkaEvent)] = []
    var frozen: [NodeID] = []

    enum ClientPlace: Sendable {
        case producer(Int)
        case consumer(Int)
        case admin(Int)
    }

    /// A cluster with its topics; `__consumer_offsets` comes last.
    public init(
        configuration: ClusterConfiguration, topics: [TopicSpecification], network: NetworkConditions, draws: Draws
    ) {
        let topology = Topology(configuration: configuration, topics: topics)
        fabric = Fabric(
            configuration: configuration, topology: topology,
            network: Network(conditions: network, draws: draws.substream(Purpose("network"))),
            draws: draws.substream(Purpose("cluster")))
        brokers = []
        for broker in 0..<configuration.brokers {
            let node = fabric.network.addNode("broker-\(broker + 1)")
            _ = fabric.addRequester(on: node)
            brokers.append(Broker(id: broker, topology: topology, defects: configuration.defects))
        }
    }

    /// All topics by number: the specified ones in their order, then the internal ones.
    public var topics: TopicTable { fabric.topology.topics }

    /// The links between machines: add nodes to it, block links, send other traffic.
    public var network: Network {
        _read { yield fabric.network }
        _modify { yield &fabric.network }
    }

    /// Begins: all brokers up and registered, all partitions led by their preferred replicas.
    public mutating func start(at now: Instant, into output: inout KafkaOutput) {
        begin(now, &output)
        for broker in brokers.indices { fabric.running.insert(broker) }
        quorum.form(&fabric)
        for broker in brokers.indices { brokers[broker].start(formed: quorum.image, &fabric) }
        end(&output)
    }

    /// While something happens, the output belongs to the fabric: moved, not copied.
    @inline(__always)
    mutating func begin(_ now: Instant, _ output: inout KafkaOutput) {
        fabric.now = now
        swap(&fabric.output, &output)
    }

    @inline(__always)
    mutating func end(_ output: inout KafkaOutput) { swap(&fabric.output, &output) }

    // MARK: Events

    /// Something that was scheduled is due.
    public mutating func receive(_ event: KafkaEvent, at now: Instant, into output: inout KafkaOutput) {
        begin(now, &output)
        if frozen.isEmpty || !hold(event) { handle(event) }
        end(&output)
    }

    private mutating func handle(_ event: KafkaEvent) {
        switch event.kind {
        case .request(let origin, let broker, let body):
            handleRequest(origin, broker, body)
        case .response(let origin, let broker, let body):
            handleResponse(origin, Int(broker), body)
        case .connectionReset(let requester, let broker, let connection):
            guard fabric.noticesReset(requester, Int(broker), connection) else { return }
            connectionFailed(requester, Int(broker))
        case .wakeClient(let client):
            wake(client)
        case .quorumTick:
            quorum.tick(&fabric)
        default:
            handleBrokerTimer(event)
        }
    }

    /// The topology may have grown: everything that is arrays by partition grows with it.
    private mutating func makeRoomForPartitions() {
        let count = fabric.topology.partitionCount
        guard brokers[0].replicas.count < count else { return }
        for broker in brokers.indices { brokers[broker].makeRoom(forPartitions: count) }
        for producer in producers.indices { producers[producer].makeRoom(forPartitions: count) }
    }

    private mutating func handleRequest(_ origin: Origin, _ broker: Int32, _ body: RequestBody) {
        let index = Int(broker)
        // A broker listens to clients only when it has caught up with the metadata (KRaft, `BrokerServer.startup`).
        guard brokers[index].isUp, Int(origin.requester) < brokers.count || brokers[index].image.version >= 0 else {
            fabric.refuse(origin, by: broker)
            return
        }
        if quorum.active == index {
            switch body {
            case .brokerHeartbeat(let request):
                quorum.handleHeartbeat(request, from: origin, &fabric)
                return
            case .alterPartition(let request):
                quorum.handleAlterPartition(request, from: origin, &fabric)
                return
            case .createTopics(let topics):
                quorum.handleCreateTopics(topics, from: origin, &fabric)
                makeRoomForPartitions()
                return
            case .electLeaders(let elections):
                quorum.handleElectLeaders(elections, from: origin, &fabric)
                return
            case .createPartitions(let topics):
                quorum.handleCreatePartitions(topics, from: origin, &fabric)
                makeRoomForPartitions()
                return
            default: break
            }
        }
        brokers[index].receive(body, from: origin, &fabric)
    }

    private mutating func handleResponse(_ origin: Origin, _ broker: Int, _ body: ResponseBody) {
        guard fabric.isCurrent(origin, Int32(broker)) else { return }
        let requester = Int(origin.requester)
        if requester < brokers.count {
            if brokers[requester].isUp { brokers[requester].receive(body, from: broker, &fabric) }
            return
        }
        switch clients[requester - brokers.count] {
        case .producer(let index):
            if producers[index].core.isAlive {
                producers[index].receive(body, origin.correlation, from: broker, &fabric)
            }
        case .consumer(let index):
            if consumers[index].core.isAlive {
                consumers[index].receive(body, origin.correlation, from: broker, &fabric)
            }
        case .admin(let index):
            if admins[index].core.isAlive { admins[index].receive(body, origin.correlation, from: broker, &fabric) }
        }
    }

    private mutating func connectionFailed(_ requester: Int32, _ broker: Int) {
        let requester = Int(requester)
        if requester < brokers.count {
            guard brokers[requester].isUp else { return }
            brokers[requester].connectionFailed(to: broker, &fabric)
            if quorum.active == requester { quorum.connectionFailed(to: broker, &fabric) }
            return
        }
        switch clients[requester - brokers.count] {
        case .producer(let index):
            if producers[index].core.isAlive { producers[index].connectionFailed(broker, .transport, &fabric) }
        case .consumer(let index):
            if consumers[index].core.isAlive { consumers[index].connectionFailed(broker, .transport, &fabric) }
        case .admin(let index):
            if admins[index].core.isAlive { admins[index].connectionFailed(broker, .transport, &fabric) }
        }
    }

    private mutating func wake(_ client: ClientID) {
        switch clients[Int(client.rawValue)] {
        case .producer(let index):
            if producers[index].core.isWoken(at: fabric.now) { producers[index].service(&fabric) }
        case .consumer(let index):
            if consumers[index].core.isWoken(at: fabric.now) { consumers[index].service(&fabric) }
        case .admin(let index):
            if admins[index].core.isWoken(at: fabric.now) { admins[index].service(&fabric) }
        }
    }

    private mutating func handleBrokerTimer(_ event: KafkaEvent) {
        switch event.kind {
        case .brokerTick(let broker, let incarnation):
            let broker = Int(broker)
            if brokers[broker].isUp, brokers[broker].incarnation == incarnation { brokers[broker].tick(&fabric) }
        case .fetchDeadline(let broker, let requester):
            brokers[Int(broker)].fetchDeadlinePassed(Int(requester), &fabric)
        case .replicaFetchDeadline(let broker, let follower):
            brokers[Int(broker)].replicaFetchDeadlinePassed(Int(follower), &fabric)
        case .fetcherWake(let broker, let leader):
            brokers[Int(broker)].fetcherWakes(Int(leader), &fabric)
        case .groupAlarm(let broker, let group):
            brokers[Int(broker)].groupAlarmFires(group, &fabric)
        case .loadCoordinator(let broker, let partition, let leaderEpoch):
            if fabric.topology.transactionPartitions.contains(Int(partition)) {
                brokers[Int(broker)].loadTransactions(Int(partition), leaderEpoch: leaderEpoch, &fabric)
            } else {
                brokers[Int(broker)].load(Int(partition), leaderEpoch: leaderEpoch, &fabric)
            }
        case .transactionAlarm(let broker):
            brokers[Int(broker)].markerRetryFires(&fabric)
        default:
            preconditionFailure("not a broker's timer")
        }
    }

    // MARK: Frozen machines

    /// Keeps an event for a client or broker whose process is stopped.
    private mutating func hold(_ event: KafkaEvent) -> Bool {
        guard let requester = process(of: event), frozen.contains(fabric.nodes[requester]) else { return false }
        held.append((fabric.nodes[requester], event))
        return true
    }

    /// The process that an event happens to: a broker below the number of brokers, else a client; nil for the quorum.
    private func process(of event: KafkaEvent) -> Int? {
        switch event.kind {
        case .response(let origin, _, _): Int(origin.requester)
        case .connectionReset(let requester, _, _): Int(requester)
        case .wakeClient(let client): Int(client.rawValue) + brokers.count
        case .request(_, let broker, _), .brokerTick(let broker, _), .fetchDeadline(let broker, _),
            .replicaFetchDeadline(let broker, _), .fetcherWake(let broker, _), .groupAlarm(let broker, _),
            .loadCoordinator(let broker, _, _), .transactionAlarm(let broker):
            Int(broker)
        case .quorumTick: nil
        }
    }
}
