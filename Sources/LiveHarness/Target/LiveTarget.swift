import Harness
import Kafka
import Live
import RdKafka

/// The cluster that a live run takes place on.
protocol LiveTarget: AnyObject {
    var kind: RunTarget { get }
    /// `host:port`, separated by commas.
    var brokers: String { get }

    /// What the scenario needs and this target does not have, a sentence each.
    func unmetNeeds(of scenario: Scenario) -> [String]
    /// Why a fault cannot be made here; nil for one that can.
    func refusal(of fault: FaultAction) -> String?

    /// Makes the topics of a run; what stood in the way comes back, a sentence each.
    func createTopics(of cast: LiveCast, named topics: LiveTopics, cluster: ClusterOptions) throws -> [String]
    /// Removes them with everything in them.
    func removeTopics(of cast: LiveCast, named topics: LiveTopics)

    /// Begins a fault of the cluster itself that it has not refused.
    ///
    /// - Parameter isDrawn: whether a rate has drawn it: then it respects limits, and a plan means what it says.
    /// - Returns: why it cannot be made now; nil when it has begun.
    func begin(_ fault: FaultAction, isDrawn: Bool) throws -> String?
    func end(_ fault: FaultAction)
}

/// Faults of the cluster, as opposed to those of services and of what surrounds them.
extension FaultAction {
    var isOfCluster: Bool {
        switch self {
        case .crashBroker, .crashController, .slowDisk, .pauseBroker, .electUnclean, .moveLeader, .moveCoordinator,
            .addPartitions, .partition, .slowLink, .loseMessage, .duplicateMessage, .delayMessage:
            true
        default: false
        }
    }

    /// Why no live target can make it; nil where it depends on the target.
    var generalRefusal: String? {
        switch self {
        case .partition, .slowLink, .loseMessage, .duplicateMessage, .delayMessage:
            "the network between real processes is not in the hands of the run"
        case .electUnclean: "who leads is the cluster's own business"
        case .dropRecord: UnmadeFaults.recordsAreTheProducers
        case .scale: "a live run keeps the instances that it has begun with"
        case .skewClock: "all processes of a live run have the clock of the one machine"
        default: nil
        }
    }
}
