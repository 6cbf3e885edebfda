import Kafka
import Simulation

/// The controller quorum (KRaft, KIP-500): the metadata, which a majority of brokers keeps, and the broker that may
/// change it.
///
/// The quorum's log is modelled by its outcome. While the active controller reaches a majority in both directions, what
/// it decides is committed at once; who takes over knows everything that was committed. Without a majority, nothing
/// is decided.
struct Controller: Sendable {
    /// The committed metadata.
    var image = MetadataImage()
    /// The broker that is the controller now.
    private(set) var active: Int?
    /// Since when there is no controller that reaches a majority.
    private var lostSince: Instant?
    /// By broker, when its last heartbeat came; of the active controller's own memory.
    private var lastHeartbeat: ContiguousArray<Instant> = []
    /// By broker, which start of its process is registered.
    private var registered: ContiguousArray<Int32> = []
    /// By partition without a leader: what its replicas have; of the active controller's own memory.
    var orphans: ContiguousArray<[OrphanReport]> = []
    private var nextImbalanceCheck = Instant.zero

    private static let candidatePurpose = Purpose("controller election")
    static let tickInterval = Duration.milliseconds(250)

    // MARK: Formation

    /// A cluster that is formed: every broker registered and in step, every partition led by its preferred replica.
    mutating func form(_ fabric: inout Fabric) {
        let brokers = fabric.brokerCount
        lastHeartbeat = ContiguousArray(repeating: fabric.now, count: brokers)
        registered = ContiguousArray(repeating: 1, count: brokers)
        image.version = 1
        image.controller = 0
        image.controllerEpoch = 1
        image.partitions = ContiguousArray(
            fabric.topology.replicas.map {
                PartitionMetadata(leader: $0[0], leaderEpoch: 0, partitionEpoch: 0, isr: BrokerSet($0))
            })
        active = 0
        orphans = ContiguousArray(repeating: [], count: image.partitions.count)
        nextImbalanceCheck = fabric.now + fabric.configuration.leaderImbalanceCheckInterval
        fabric.observe(.controllerElected(0))
        fabric.schedule(.quorumTick, at: fabric.now + Self.tickInterval)
    }

    // MARK: The quorum

    mutating func tick(_ fabric: inout Fabric) {
        fabric.schedule(.quorumTick, at: fabric.now + Self.tickInterval)
        fabric.resetHealedConnections()
        if let active, reachesMajority(active, fabric) {
            lostSince = nil
            fenceSilentBrokers(&fabric)
            restorePreferredLeaders(&fabric)
            return
        }
        let since = lostSince ?? fabric.now
        lostSince = since
        guard fabric.now - since >= fabric.configuration.controllerElectionTimeout else { return }
        if active != nil {
            active = nil
            fabric.observe(.controllerLost)
        }
        electController(&fabric)
    }

    @discardableResult
    mutating func electController(otherThan former: Int? = nil, _ fabric: inout Fabric) -> Bool {
        let brokers = fabric.brokerCount
        // Who times out first becomes the candidate: drawn for each election.
        let first = fabric.draws.index(below: brokers, Self.candidatePurpose, UInt64(image.controllerEpoch))
        guard
            let elected = (0..<brokers).map({ (first + $0) % brokers })
                .first(where: { $0 != former && reachesMajority($0, fabric) })
        else { return false }
        active = elected
        lostSince = nil
        image.controller = Int32(elected)
        image.controllerEpoch += 1
        // It has heard of nobody yet: everybody gets a whole session.
        for broker in 0..<brokers { lastHeartbeat[broker] = fabric.now }
        for partition in orphans.indices { orphans[partition] = [] }
        fabric.observe(.controllerElected(elected))
        publish(&fabric)
        return true
    }

    func reachesMajority(_ broker: Int, _ fabric: borrowing Fabric) -> Bool {
        let awake = fabric.running.subtracting(fabric.paused)
        guard awake.contains(broker) else { return false }
        var reached = 0
        for voter in 0..<fabric.brokerCount where awake.contains(voter) {
            let there = fabric.nodes[voter]
            let here = fabric.nodes[broker]
            if voter == broker
                || (!fabric.network.isBlocked(from: here, to: there)
                    && !fabric.network.isBlocked(from: there, to: here))
            {
                reached += 1
            }
        }
        return reached * 2 > fabric.brokerCount
    }

    // MARK: Requests

    mutating func handleHeartbeat(_ request: BrokerHeartbeatRequest, from origin: Origin, _ fabric: inout Fabric) {
        guard let active, reachesMajority(active, fabric) else { return }
        let broker = Int(request.broker)
        lastHeartbeat[broker] = fabric.now
        let isNew = registered[broker] != request.incarnation
        if isNew {
            // A process that was started anew has forgotten what it led, perhaps more: fence it first (KIP-631).
            registered[broker] = request.incarnation
            if fabric.configuration.defects.contains(.trustsRestartedBrokers) {
                unfence(broker, &fabric)
            } else {
                if !image.fenced.contains(broker) { fence(broker, &fabric) }
                distrust(broker, &fabric)
            }
        } else if image.fenced.contains(broker), request.metadataVersion >= image.version {
            unfence(broker, &fabric)
        }
        if !isNew, !image.fenced.contains(broker) { note(request.orphans, of: broker, &fabric) }
        fabric.respond(
            .brokerHeartbeat(.none, image, isFenced: image.fenced.contains(broker)), to: origin, by: active)
    }

    mutating func handleAlterPartition(_ request: AlterPartitionRequest, from origin: Origin, _ fabric: inout Fabric) {
        guard let active, reachesMajority(active, fabric) else { return }
        let partition = Int(request.partition)
        let known = image.partitions[partition]
        var error = ErrorCode.none
        if known.leader != request.leader || known.leaderEpoch != request.leaderEpoch {
            error = .fencedLeaderEpoch
        } else if known.partitionEpoch != request.partitionEpoch {
            error = .invalidRequest
        } else if request.newISR.members.contains(where: { image.fenced.contains(Int($0)) }) {
            // KIP-841: who is fenced cannot join.
            error = .invalidRequest
        } else if request.incarnations.contains(where: {
            !known.isr.contains(Int($0.broker)) && registered[Int($0.broker)] != $0.incarnation
        }) {
            error = .staleBrokerEpoch
        } else {
            image.partitions[partition].changeInSync(
                to: request.newISR, minInsync: Int(fabric.topology.minInsync[partition]))
            image.partitions[partition].partitionEpoch += 1
            observeInSync(partition, &fabric)
            publish(&fabric)
        }
        fabric.respond(
            .alterPartition(error, partition: request.partition, attempt: request.attempt, image), to: origin,
            by: active)
    }

    /// The connection of the active controller to a broker has failed: what it was told may be lost.
    mutating func connectionFailed(to broker: Int, _ fabric: inout Fabric) {
        guard fabric.running.contains(broker) else { return }
        push(to: broker, &fabric)
    }

    // MARK: Brokers and leaders

    private mutating func fenceSilentBrokers(_ fabric: inout Fabric) {
        for broker in 0..<fabric.brokerCount
        where !image.fenced.contains(broker)
            && fabric.now - lastHeartbeat[broker] > fabric.configuration.brokerSessionTimeout
        {
            fence(broker, &fabric)
        }
    }

    /// `auto.leader.rebalance.enable`: preferred replicas that are in step again get their partitions back.
    private mutating func restorePreferredLeaders(_ fabric: inout Fabric) {
        guard fabric.now >= nextImbalanceCheck else { return }
        nextImbalanceCheck = fabric.now + fabric.configuration.leaderImbalanceCheckInterval
        var isChanged = false
        for partition in image.partitions.indices {
            let preferred = fabric.topology.replicas[partition][0]
            let known = image.partitions[partition]
            guard known.leader >= 0, known.leader != preferred, known.isr.contains(Int(preferred)),
                !image.fenced.contains(Int(preferred))
            else { continue }
            image.partitions[partition].partitionEpoch += 1
            elect(partition, &fabric)
            isChanged = true
        }
        if isChanged { publish(&fabric) }
    }

    // MARK: Telling the brokers

    mutating func publish(_ fabric: inout Fabric) {
        image.version += 1
        for broker in 0..<fabric.brokerCount { push(to: broker, &fabric) }
    }

    private func push(to broker: Int, _ fabric: inout Fabric) {
        guard let active else { return }
        fabric.request(.updateMetadata(image), from: Int32(active), to: broker, correlation: 0)
    }
}
