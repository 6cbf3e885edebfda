import Kafka
import Simulation

/// What all parts of the cluster share while they handle an event: the time, the network with its connections, and the
/// output.
struct Fabric: Sendable {
    let configuration: ClusterConfiguration
    let draws: Draws
    var topology: Topology
    var network: Network
    var now = Instant.zero
    var output = KafkaOutput()
    /// By broker: how many times as long as usual its appends take.
    var diskSlowdown: ContiguousArray<Int>
    /// Which broker processes run.
    var running = BrokerSet()
    /// Which of them are stopped (SIGSTOP): they hold their connections, and say nothing.
    var paused = BrokerSet()
    private(set) var groupNames: [String] = []
    var transactional = TransactionalIDTable()
    var ledger = TransactionLedger()
    /// By group, the number of its partition of `__consumer_offsets`.
    private(set) var groupPartitions: [Int] = []
    /// By partition.
    var commitments: ContiguousArray<Commitment>
    var groupLedger = GroupLedger()
    /// The next free producer id; in Kafka, the controller gives them out in blocks (KIP-730).
    var nextProducerID: Int64 = 0

    /// Kafka makes member ids up at random; here they are counted.
    private var nextMemberID: UInt64 = 1
    private(set) var instanceNames: [String] = []

    /// One per requester and broker: row by requester.
    private var connections: ContiguousArray<ConnectionState> = []
    /// Of brokers, then clients, the machine on which they run.
    private(set) var nodes: ContiguousArray<NodeID> = []

    /// Connections with a gap; some perhaps twice, some closed since.
    private var gapped: [Int] = []

    private struct ConnectionState {
        var incarnation: UInt32 = 0
        /// Both ends have spoken: without an answer from the other one there is no connection to send anything on.
        var isEstablished = false
        /// Reset, but the requester has not noticed yet.
        var isBroken = false
        /// A blocked link has swallowed part of the stream of requests or of answers. Nothing that comes after a gap can
        /// be understood: as soon as the link is open again, the connection is reset.
        var hasRequestGap = false
        var hasResponseGap = false
    }

    init(configuration: ClusterConfiguration, topology: Topology, network: Network, draws: Draws) {
        self.configuration = configuration
        self.topology = topology
        commitments = ContiguousArray(repeating: Commitment(), count: topology.partitionCount)
        diskSlowdown = ContiguousArray(repeating: 1, count: topology.brokerCount)
        self.network = network
        self.draws = draws
    }

    var brokerCount: Int { topology.brokerCount }

    /// How long an append takes on a broker.
    func appendLatency(of broker: Int) -> Duration { configuration.appendLatency * Int64(diskSlowdown[broker]) }

    /// The topology has grown.
    mutating func makeRoomForPartitions() {
        while commitments.count < topology.partitionCount { commitments.append(Commitment()) }
    }

    mutating func addRequester(on node: NodeID) -> Int32 {
        nodes.append(node)
        connections.append(contentsOf: repeatElement(ConnectionState(), count: brokerCount))
        return Int32(nodes.count - 1)
    }

    /// The number of a group's name.
    mutating func intern(group name: String) -> GroupID {
        if let known = groupNames.firstIndex(of: name) { return GroupID(rawValue: Int32(known)) }
        groupNames.append(name)
        let partitions = topology.offsetsPartitions
        groupPartitions.append(partitions.lowerBound + name.javaHash(modulo: partitions.count))
        return GroupID(rawValue: Int32(groupNames.count - 1))
    }

    /// The number of a static member's name.
    mutating func intern(instance name: String) -> InstanceID {
        if let known = instanceNames.firstIndex(of: name) { return InstanceID(rawValue: Int32(known)) }
        instanceNames.append(name)
        return InstanceID(rawValue: Int32(instanceNames.count - 1))
    }

    mutating func makeMemberID() -> MemberID {
        defer { nextMemberID += 1 }
        return MemberID(rawValue: nextMemberID)
    }

    mutating func schedule(_ kind: KafkaEvent.Kind, at moment: Instant) {
        output.scheduled.append((moment, KafkaEvent(kind)))
    }

    mutating func notify(_ client: ClientID, _ notice: ClientNotice) { output.notices.append((client, notice)) }

    mutating func observe(_ observation: ClusterObservation) { output.observations.append(observation) }

    // MARK: Connections

    private func index(_ requester: Int32, _ broker: Int) -> Int { Int(requester) * brokerCount + broker }

    /// Sends a request on the connection of a requester to a broker.
    mutating func request(
        _ body: RequestBody, from requester: Int32, to broker: Int, correlation: Int32, after delay: Duration = .zero
    ) {
        let index = index(requester, broker)
        // A reset that nobody has noticed yet: what is written to that connection goes nowhere.
        if connections[index].isBroken { return }
        let origin = Origin(
            requester: requester, connection: connections[index].incarnation, correlation: correlation)
        let from = nodes[Int(requester)]
        if !connections[index].isEstablished, network.isBlocked(from: nodes[broker], to: from) {
            noteRequestGap(index)
            return
        }
        connections[index].isEstablished = true
        let isOfClient = Int(requester) >= brokerCount
        switch network.transmit(
            from: from, to: nodes[broker], at: now + delay, isResponse: false, mayArriveTwice: isOfClient)
        {
        case .arrives where connections[index].hasRequestGap, .arrivesTwice where connections[index].hasRequestGap:
            reset(requester, broker, after: delay + network.resetDetection(from: nodes[broker], to: from))
        case .arrives(let moment):
            schedule(.request(origin, broker: Int32(broker), body), at: moment)
        case .arrivesTwice(let moment):
            for _ in 1...2 { schedule(.request(origin, broker: Int32(broker), body), at: moment) }
        case .lost(let detection):
            reset(requester, broker, after: delay + detection)
        case .vanished:
            noteRequestGap(index)
        }
    }

    private mutating func noteRequestGap(_ index: Int) {
        guard !connections[index].hasRequestGap else { return }
        connections[index].hasRequestGap = true
        gapped.append(index)
    }

    /// Answers a request, if its connection still exists.
    mutating func respond(_ body: ResponseBody, to origin: Origin, by broker: Int, after delay: Duration = .zero) {
        let index = index(origin.requester, broker)
        guard connections[index].incarnation == origin.connection, !connections[index].isBroken else { return }
        let to = nodes[Int(origin.requester)]
        switch network.transmit(from: nodes[broker], to: to, at: now + delay, isResponse: true) {
        case .arrives where connections[index].hasResponseGap:
            reset(origin.requester, broker, after: delay + network.resetDetection(from: nodes[broker], to: to))
        case .arrives(let moment), .arrivesTwice(let moment):
            schedule(.response(origin, broker: Int32(broker), body), at: moment)
        case .lost(let detection):
            reset(origin.requester, broker, after: delay + detection)
        case .vanished:
            guard !connections[index].hasResponseGap else { break }
            connections[index].hasResponseGap = true
            gapped.append(index)
        }
    }

    /// Whether a message belongs to the connection as it is now.
    func isCurrent(_ origin: Origin, _ broker: Int32) -> Bool {
        connections[index(origin.requester, Int(broker))].incarnation == origin.connection
    }

    /// The connection is gone; its requester notices after a while.
    mutating func reset(_ requester: Int32, _ broker: Int, after delay: Duration) {
        let index = index(requester, broker)
        guard !connections[index].isBroken else { return }
        connections[index].isBroken = true
        schedule(
            .connectionReset(
                requester: requester, broker: Int32(broker), connection: connections[index].incarnation),
            at: now + delay)
    }

    /// The broker's process is not there: what arrives is answered with a reset.
    mutating func refuse(_ origin: Origin, by broker: Int32) {
        guard isCurrent(origin, broker) else { return }
        let to = nodes[Int(origin.requester)]
        guard !network.isBlocked(from: nodes[Int(broker)], to: to) else { return }
        reset(origin.requester, Int(broker), after: network.resetDetection(from: nodes[Int(broker)], to: to))
    }

    /// The process of a broker has ended: its machine closes the connections of everybody whom it can reach.
    mutating func closeConnections(of broker: Int) {
        for requester in nodes.indices where requester != broker {
            // Clients that died long ago, and those that never spoke to this broker, have no connection to be closed.
            guard connections[index(Int32(requester), broker)].isEstablished else { continue }
            guard !network.isBlocked(from: nodes[broker], to: nodes[requester]) else { continue }
            reset(
                Int32(requester), broker,
                after: network.resetDetection(from: nodes[broker], to: nodes[requester]))
        }
        for target in 0..<brokerCount { close(Int32(broker), target) }
    }

    /// The requester closes the connection (or notices that it is closed): nothing sent on it counts any more.
    mutating func close(_ requester: Int32, _ broker: Int) {
        let index = index(requester, broker)
        connections[index] = ConnectionState(incarnation: connections[index].incarnation + 1)
    }

    /// Resets the connections with gaps whose links are open again. TCP would send the missing part again at about that
    /// time, or find out that the other end has given up.
    mutating func resetHealedConnections() {
        guard !gapped.isEmpty else { return }
        var remaining: [Int] = []
        for index in gapped where connections[index].hasRequestGap || connections[index].hasResponseGap {
            let requester = index / brokerCount
            let broker = index % brokerCount
            if network.isBlocked(from: nodes[requester], to: nodes[broker])
                || network.isBlocked(from: nodes[broker], to: nodes[requester])
            {
                remaining.append(index)
            } else {
                let delay = network.resetDetection(from: nodes[broker], to: nodes[requester])
                reset(Int32(requester), broker, after: delay)
            }
        }
        gapped = remaining
    }

    /// Whether the requester is to be told of this reset, which then has happened.
    mutating func noticesReset(_ requester: Int32, _ broker: Int, _ connection: UInt32) -> Bool {
        guard connections[index(requester, broker)].incarnation == connection else { return false }
        close(requester, broker)
        return true
    }
}
