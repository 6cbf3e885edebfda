import Harness
import Kafka
import Live
import RdKafka
import Simulation
import VirtualKafka

/// The embedded broker, in the run's own process.
final class EmbeddedTarget: LiveTarget {
    let kind = RunTarget.embedded
    private let cluster: EmbeddedBroker
    private var topics: LiveTopics?
    private var groups: [String: String] = [:]
    private let mostDownAtOnce: Int

    init(_ scenario: Scenario) throws {
        cluster = try EmbeddedBroker(brokers: scenario.cluster.brokers)
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
        case .pauseBroker: "the embedded brokers are no processes that could be stopped"
        case .crashController: "the embedded cluster has no controller"
        case .addPartitions: "the embedded cluster cannot give a topic more partitions"
        default: fault.generalRefusal
        }
    }

    // MARK: Topics

    func createTopics(of cast: LiveCast, named topics: LiveTopics, cluster options: ClusterOptions) throws -> [String] {
        self.topics = topics
        for topic in cast.topics.all {
            let partitions = cast.partitions[Int(topic.rawValue)]
            try cluster.createTopic(EmbeddedTopic(topics.name(of: topic), partitions: partitions))
        }
        for service in cast.services {
            groups[service.name] = topics.group(service.group)
            try cluster.coordinate(group: topics.group(service.group))
        }
        return []
    }

    /// They go with the cluster.
    func removeTopics(of cast: LiveCast, named topics: LiveTopics) {}

    // MARK: Faults

    func begin(_ fault: FaultAction, isDrawn: Bool) throws -> String? {
        let running = cluster.runningBrokers
        switch fault {
        case .crashBroker(let broker, _, _, _):
            guard running.contains(broker) else { return "the broker was down already" }
            if isDrawn, cluster.brokers.count - running.count >= mostDownAtOnce {
                return "no more brokers may be down at once (faults.brokers-down-at-once: \(mostDownAtOnce))"
            }
            try cluster.takeDown(broker)
        case .slowDisk(let broker, _, _, let factor):
            try cluster.setRoundTripTime(Self.answerTime(factor: factor), of: broker)
        case .moveLeader(let topic, let number, let broker, _):
            let partition = NamedPartition((topics?.prefix ?? "") + topic, Int32(number))
            guard running.contains(broker) else { return "the broker that was to lead was down" }
            guard cluster.leader(of: partition) != broker else { return "the broker led the partition already" }
            try cluster.moveLeader(of: partition, to: broker)
        case .moveCoordinator(let service, _):
            guard running.count > 1 else { return "there was no other broker to coordinate" }
            guard let group = groups[service] else { return "there is no service of that name" }
            try cluster.moveCoordinator(ofGroup: group)
        default: preconditionFailure("\(fault) is no fault of an embedded cluster")
        }
        return nil
    }

    func end(_ fault: FaultAction) {
        switch fault {
        case .crashBroker(let broker, _, _, _): try? cluster.bringUp(broker)
        case .slowDisk(let broker, _, _, _): try? cluster.setRoundTripTime(.zero, of: broker)
        default: break
        }
    }

    /// It has no disk: what a slow one costs is added to every answer. A good disk takes a few microseconds.
    private static func answerTime(factor: Int) -> Swift.Duration { min(.microseconds(15 * factor), .seconds(5)) }
}
