import Kafka
import Simulation
import VirtualKafka

/// What a program runs on: cluster, network, and the clients that its steps speak of. The values that stand here are the
/// simplest ones; a program that failed is brought back to them as far as possible.
package struct Setup: Hashable, Sendable {
    package var brokers = 3
    package var topics = [Topic()]
    package var timing = Timing()
    package var network = Weather()
    /// By number, the properties of each producer.
    package var producers: [[Property]] = [[]]
    /// By number, each consumer.
    package var consumers: [Member] = [Member()]

    package init() {}
}

extension Setup {
    /// A topic; its name follows from its number.
    package struct Topic: Hashable, Sendable {
        package var partitions = 1
        package var replicas = 3
        package var minInsync = 2
        /// `unclean.leader.election.enable`
        package var isUnclean = false

        package init() {}

        package init(partitions: Int, replicas: Int, minInsync: Int, isUnclean: Bool = false) {
            self.partitions = partitions
            self.replicas = replicas
            self.minInsync = minInsync
            self.isUnclean = isUnclean
        }
    }

    /// A client property as librdkafka names it.
    package struct Property: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A consumer, before it is started.
    package struct Member: Hashable, Sendable {
        package var group = 0
        package var properties: [Property] = []

        package init() {}

        package init(group: Int, _ properties: [Property]) {
            self.group = group
            self.properties = properties
        }
    }

    /// The brokers' timers, in milliseconds; short, so that much happens in a short program.
    package struct Timing: Hashable, Sendable {
        package var brokerSession: Int64 = 3_000
        package var replicaLag: Int64 = 5_000
        package var logFlush: Int64 = 60_000
        package var watermarkCheckpoint: Int64 = 5_000
        package var leaderImbalanceCheck: Int64 = 300_000
        package var initialRebalanceDelay: Int64 = 500
        package var replicaFetchBackoff: Int64 = 200
        package var replicaFetchMaxBytes = 1_048_576

        package init() {}
    }

    /// The network's rates, per message.
    package struct Weather: Hashable, Sendable {
        package var requestLoss = 0.0
        package var responseLoss = 0.0
        package var spike = 0.0

        package init() {}
    }
}

extension Setup {
    var hasStaticMembers: Bool {
        consumers.contains { $0.properties.contains { $0.name == "group.instance.id" } }
    }

    /// The cluster's settings.
    func configuration(_ defects: PlantedDefects) -> ClusterConfiguration {
        var configuration = ClusterConfiguration(brokers: brokers)
        configuration.brokerSessionTimeout = .milliseconds(timing.brokerSession)
        configuration.brokerHeartbeatInterval = .milliseconds(min(2_000, timing.brokerSession / 3))
        configuration.replicaLagTimeMax = .milliseconds(timing.replicaLag)
        configuration.logFlushInterval = .milliseconds(timing.logFlush)
        configuration.highWatermarkCheckpointInterval = .milliseconds(timing.watermarkCheckpoint)
        configuration.leaderImbalanceCheckInterval = .milliseconds(timing.leaderImbalanceCheck)
        configuration.groupInitialRebalanceDelay = .milliseconds(timing.initialRebalanceDelay)
        configuration.replicaFetchBackoff = .milliseconds(timing.replicaFetchBackoff)
        configuration.replicaFetchMaxBytes = timing.replicaFetchMaxBytes
        configuration.offsetsTopicPartitions = 2
        configuration.defects = defects
        return configuration
    }

    var specifications: [TopicSpecification] {
        topics.enumerated().map { number, topic in
            var configuration = TopicConfiguration()
            configuration.isUncleanLeaderElectionEnabled = topic.isUnclean
            return TopicSpecification(
                name: "topic-\(number)", partitions: topic.partitions,
                replicationFactor: min(topic.replicas, brokers),
                minInsyncReplicas: min(topic.minInsync, topic.replicas, brokers), configuration: configuration)
        }
    }

    var conditions: NetworkConditions {
        NetworkConditions(
            requestLoss: network.requestLoss, responseLoss: network.responseLoss, spike: network.spike)
    }
}

extension ClientProperties {
    /// Properties that a program names are right: whoever writes it sees at once when they are not.
    init(checked properties: [Setup.Property]) {
        do {
            try self.init(properties.map { (name: $0.name, value: $0.value) })
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
