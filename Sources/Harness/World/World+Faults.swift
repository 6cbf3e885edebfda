import Kafka
import Services
import Simulation
import VirtualKafka

/// Faults that have their time: brokers, partitions, outages, poison; and the healing of the world.
extension World {
    /// Puts the beginnings of timed faults, and the end of all faults, into the queue.
    mutating func scheduleFaults() {
        faults.prepare(for: faultCast)
        cluster.network.plannedFates = faults.plannedFates { node(named: $0) }
        for (index, fault) in faults.timed.enumerated() { queue.push(.faultBegins(index), at: fault.at) }
        let healing: Instant = faults.isIdle && !isOpenToFaults ? .zero : .zero + scenario.rates.until
        queue.push(.faultsOpen, at: .zero + scenario.rates.from)
        queue.push(.heal, at: healing)
        queue.push(.checkSettled, at: healing + .milliseconds(500))
    }

    /// What there is for faults to strike.
    var faultCast: FaultCast {
        let subscribed = services.flatMap(\.subscriptions).reduce(into: [TopicID]()) { topics, topic in
            if !topics.contains(topic) { topics.append(topic) }
        }
        return FaultCast(
            brokers: scenario.cluster.brokers, instances: processes.map(\.name), services: services.map(\.name),
            topics: subscribed.map { (cluster.topics.name(of: $0), cluster.partitionCount(of: $0)) },
            callers: scenario.system.callers)
    }

    /// A machine by its name: `broker 2`, `payment/1`, `client`, `provider`, `stranger`.
    func node(named name: String) -> NodeID? {
        if name.hasPrefix("broker "), let number = Int32(name.dropFirst(7)),
            (1...scenario.cluster.brokers).contains(Int(number))
        {
            return NodeID(rawValue: number - 1)
        }
        switch name {
        case "client": return clientNode
        case "provider": return providerNode
        case "stranger": return strangerNode
        default: return processes.first { $0.name == name }?.node
        }
    }

    /// The name of a machine, as faults spell it.
    func name(of node: NodeID) -> String {
        Int(node.rawValue) < scenario.cluster.brokers
            ? "broker \(node.rawValue + 1)" : cluster.network.name(of: node)
    }

    mutating func beginFault(_ index: Int) {
        let fault = faults.timed[index]
        guard !fault.isDropped else { return }
        switch fault.action {
        case .crashBroker(let broker, _, let length, let loss):
            crashBroker(broker, for: length, losing: loss, fault: index)
        case .crashController(_, let length):
            guard let controller = cluster.controller else { return }
            crashBroker(controller + 1, for: length, losing: .nothing, fault: index)
        case .slowDisk(let broker, _, _, let factor):
            cluster.slowDisk(of: broker - 1, by: factor)
            begin(fault.action, index)
        case .moveLeader(let topic, let partition, let broker, _):
            guard let id = cluster.topics.id(of: topic) else { return }
            let place = TopicPartition(id, Int32(partition))
            guard cluster.moveLeader(of: place, to: broker - 1, at: now, into: &kafkaOutput) else { return }
            record(.fault(fault.action))
        case .moveCoordinator(let service, _):
            guard let group = services.first(where: { $0.name == service })?.group,
                cluster.moveCoordinator(of: group, at: now, into: &kafkaOutput)
            else { return }
            record(.fault(fault.action))
        case .addPartitions(let topic, let total, _):
            guard let id = cluster.topics.id(of: topic) else { return }
            cluster.createPartitions(id, total: total, tag: 0, by: administrator, at: now, into: &kafkaOutput)
            record(.fault(fault.action))
        case .redriveDeadLetters(let topic, _):
            guard let id = cluster.topics.id(of: topic) else { return }
            record(.fault(fault.action))
            redriveDeadLetters(of: id)
        case .killInstance(let name, _, let delay):
            guard let process = processes.firstIndex(where: { $0.name == name }), processes[process].instance != nil
            else { return }
            record(.fault(fault.action))
            crash(process, restartAfter: delay)
        case .freezeInstance(let name, _, _):
            guard let process = processes.firstIndex(where: { $0.name == name }) else { return }
            freeze(process)
            begin(fault.action, index)
        case .stallConsumer(let name, _, _):
            guard let process = processes.firstIndex(where: { $0.name == name }) else { return }
            setPolling(false, of: process)
            begin(fault.action, index)
        case .rebalanceStorm(let service, _, _):
            beginStorm(service, fault: index)
            begin(fault.action, index)
        case .partition(let from, let to, _, _, let oneWay):
            block(from: from, to: to, oneWay: oneWay)
            begin(fault.action, index)
        case .providerOutage, .fullDisk:
            begin(fault.action, index)
        case .pauseBroker, .electUnclean, .slowLink, .scale, .skewClock:
            beginOddity(fault.action, index)
        case .poison(let kind, let topic, _, let number):
            guard let id = cluster.topics.id(of: topic),
                let poison = scenario.system.poison(kind, for: topic, draws: draws.substream(.poison), number: number)
            else { return }
            record(.fault(fault.action))
            sendAsStranger(poison, to: id)
        default:
            preconditionFailure("\(fault.action) has no time of its own")
        }
    }

    private mutating func crashBroker(_ broker: Int, for length: Duration, losing loss: DiskLoss, fault index: Int) {
        guard cluster.isBrokerUp(broker - 1), mayTakeDown(for: index) else { return }
        cluster.crashBroker(broker - 1, losing: loss, at: now, into: &kafkaOutput)
        begin(.crashBroker(broker, at: now, for: length, losing: loss), index)
    }

    /// Whether one more broker may be away because of a fault.
    func mayTakeDown(for index: Int) -> Bool {
        guard faults.timed[index].isDrawn else { return true }
        let away = (0..<scenario.cluster.brokers).count { !cluster.isBrokerUp($0) || cluster.isBrokerPaused($0) }
        return away < scenario.rates.brokersDownAtOnce
    }

    mutating func begin(_ action: FaultAction, _ index: Int) {
        record(.fault(action))
        faults.ongoing.append(.init(index: index, action: action))
        queue.push(.faultEnds(index), at: now + (action.length ?? .zero))
    }

    mutating func endFault(_ index: Int) {
        guard let position = faults.ongoing.firstIndex(where: { $0.index == index }) else { return }
        end(faults.ongoing.remove(at: position))
    }

    private mutating func end(_ fault: FaultInjector.OngoingFault) {
        switch fault.action {
        case .crashBroker(let broker, _, _, _):
            cluster.restartBroker(broker - 1, at: now, into: &kafkaOutput)
        case .slowDisk(let broker, _, _, _):
            cluster.slowDisk(of: broker - 1, by: 1)
        case .freezeInstance(let name, _, _):
            if let process = processes.firstIndex(where: { $0.name == name }) { thaw(process) }
        case .stallConsumer(let name, _, _):
            if let process = processes.firstIndex(where: { $0.name == name }) { setPolling(true, of: process) }
        case .rebalanceStorm:
            endStorm(fault: fault.index)
        case .partition:
            cluster.network.unblockAll()
            // Partitions overlap: those that go on are made again.
            for other in faults.ongoing {
                if case .partition(let from, let to, _, _, let oneWay) = other.action {
                    block(from: from, to: to, oneWay: oneWay)
                }
            }
        default:
            endOddity(fault.action)
        }
    }

    private mutating func block(from: [String], to: [String], oneWay: Bool) {
        for source in from.compactMap({ node(named: $0) }) {
            for target in to.compactMap({ node(named: $0) }) {
                cluster.network.block(from: source, to: target)
                if !oneWay { cluster.network.block(from: target, to: source) }
            }
        }
    }

    /// Everything that is broken is mended; from here on the world has to come to rest.
    mutating func heal() {
        cluster.network.conditions = NetworkConditions(latency: scenario.cluster.latency)
        while let fault = faults.ongoing.popLast() { end(fault) }
    }

    /// Writes down what struck on the network, whether by rate or by plan.
    mutating func noteNetworkFaults() {
        guard !cluster.network.firedFates.isEmpty else { return }
        let fired = cluster.network.firedFates
        cluster.network.firedFates.removeAll(keepingCapacity: true)
        for (_, message, fate) in fired {
            let place = MessagePlace(from: name(of: message.from), to: name(of: message.to), number: message.number)
            let action: FaultAction =
                switch fate {
                case .lose: .loseMessage(place)
                case .duplicate: .duplicateMessage(place)
                case .deliver(let extra): .delayMessage(place, by: extra)
                }
            // A broker may be about to send it only when its disk is done: struck it is now.
            record(.fault(action))
        }
    }
}
