import Harness
import Kafka
import Live
import RdKafka
import VirtualKafka

/// librdkafka's mock cluster in the run's own process. It moves leaders and coordinators only when it is told to.
final class EmbeddedTarget: LiveTarget {
    let kind = RunTarget.embedded
    private let cluster: MockCluster
    private var leaders: [NamedPartition: Int32] = [:]
    private var coordinators: [String: Int32] = [:]
    private var topics: LiveTopics?
    private var groups: [String: String] = [:]
    private var down: Set<Int32> = []
    private let mostDownAtOnce: Int

    init(_ scenario: Scenario) throws {
        cluster = try MockCluster(brokers: Int32(scenario.cluster.brokers))
        mostDownAtOnce = scenario.rates.brokersDownAtOnce
    }

    var brokers: String { cluster.bootstrapServers }

    func unmetNeeds(of scenario: Scenario) -> [String] {
        var needs: [String] = []
        let policies = scenario.system.policies
        if policies.publishing == .transactional {
            needs.append(
                "'policies.publishing: transactional' needs transactions: the embedded broker shows what was aborted, and "
                    + "ignores offsets that are committed in them; use --target kafka")
        }
        return needs + Needs.ofEveryTarget(scenario)
    }

    func refusal(of fault: FaultAction) -> String? {
        switch fault {
        case .crashBroker(_, _, _, .unflushedTail), .crashBroker(_, _, _, .everything):
            "an embedded broker has no disk of its own that could lose anything"
        case .crashController: "the embedded cluster has no controller"
        case .addPartitions: "the embedded cluster cannot give a topic more partitions"
        default: fault.generalRefusal
        }
    }

    // MARK: Topics

    func createTopics(of cast: LiveCast, named topics: LiveTopics, cluster options: ClusterOptions) throws -> [String] {
        self.topics = topics
        for topic in cast.topics.all {
            let name = topics.name(of: topic)
            let partitions = Int32(cast.partitions[Int(topic.rawValue)])
            try cluster.createTopic(name, partitions: partitions, replicationFactor: Int32(options.replicationFactor))
            for number in 0..<partitions { try lead(NamedPartition(name, number), by: place(topic.rawValue + number)) }
        }
        for (index, service) in cast.services.enumerated() {
            groups[service.name] = topics.group(service.group)
            try coordinate(topics.group(service.group), by: place(Int32(index)))
        }
        return []
    }

    /// They go with the cluster.
    func removeTopics(of cast: LiveCast, named topics: LiveTopics) {}

    private func place(_ number: Int32) -> Int32 { 1 + number % cluster.brokerCount }

    private func lead(_ partition: NamedPartition, by broker: Int32) throws {
        try cluster.setLeader(of: partition, to: broker)
        leaders[partition] = broker
    }

    private func coordinate(_ group: String, by broker: Int32) throws {
        try cluster.setCoordinator(of: .group, named: group, to: broker)
        coordinators[group] = broker
    }

    // MARK: Faults

    func begin(_ fault: FaultAction) throws -> Bool {
        switch fault {
        case .crashBroker(let broker, _, _, _): return try crash(Int32(broker))
        case .slowDisk(let broker, _, _, let factor):
            try cluster.setRoundTripTime(of: Int32(broker), to: Self.answerTime(factor: factor))
            return true
        case .moveLeader(let topic, let partition, let broker, _):
            guard let name = topics.map({ $0.prefix + topic }), !down.contains(Int32(broker)) else { return false }
            let partition = NamedPartition(name, Int32(partition))
            guard let leader = leaders[partition], leader != Int32(broker) else { return false }
            try lead(partition, by: Int32(broker))
            return true
        case .moveCoordinator(let service, _):
            guard let group = groups[service], let old = coordinators[group], let next = living(after: old) else {
                return false
            }
            try coordinate(group, by: next)
            return true
        default: preconditionFailure("\(fault) is no fault of an embedded cluster")
        }
    }

    func end(_ fault: FaultAction) {
        switch fault {
        case .crashBroker(let broker, _, _, _):
            down.remove(Int32(broker))
            try? cluster.setDown(Int32(broker), false)
        case .slowDisk(let broker, _, _, _): try? cluster.setRoundTripTime(of: Int32(broker), to: .zero)
        default: break
        }
    }

    /// The others take over what the broker leads and coordinates, as Kafka would have it.
    private func crash(_ broker: Int32) throws -> Bool {
        guard !down.contains(broker), down.count < mostDownAtOnce else { return false }
        down.insert(broker)
        try cluster.setDown(broker, true)
        guard let next = living(after: broker) else { return true }
        for (partition, leader) in leaders.sorted(by: { $0.key < $1.key }) where leader == broker {
            try lead(partition, by: next)
        }
        for (group, coordinator) in coordinators.sorted(by: { $0.key < $1.key }) where coordinator == broker {
            try coordinate(group, by: next)
        }
        return true
    }

    private func living(after broker: Int32) -> Int32? {
        (1...cluster.brokerCount).map { 1 + (broker - 1 + $0) % cluster.brokerCount }
            .first { $0 != broker && !down.contains($0) }
    }

    /// The mock has no disk: what a slow one costs is added to every answer. A good disk takes a few microseconds.
    private static func answerTime(factor: Int) -> Swift.Duration { min(.microseconds(15 * factor), .seconds(5)) }
}
