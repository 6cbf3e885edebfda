import Simulation

/// The brokers' settings, named after Kafka's (*Broker Configs*) with the unit in the type; defaults are Kafka's
/// unless a comment says otherwise.
public struct ClusterConfiguration: Sendable {
    /// How many brokers; all of them vote in the controller quorum. At most 64.
    public var brokers: Int
    /// `replica.lag.time.max.ms`: a follower that has not caught up for so long leaves the in-sync set.
    public var replicaLagTimeMax = Duration.seconds(30)
    /// `replica.fetch.wait.max.ms`: how long a follower's fetch waits for data.
    public var replicaFetchWaitMax = Duration.milliseconds(500)
    /// `replica.fetch.max.bytes`, here for the answer to one partition.
    public var replicaFetchMaxBytes = 1_048_576
    /// `replica.fetch.backoff.ms`: a follower's pause after an error.
    public var replicaFetchBackoff = Duration.seconds(1)
    /// `replica.socket.timeout.ms`
    public var replicaSocketTimeout = Duration.seconds(30)
    /// `replica.high.watermark.checkpoint.interval.ms`
    public var highWatermarkCheckpointInterval = Duration.seconds(5)
    /// `broker.heartbeat.interval.ms`
    public var brokerHeartbeatInterval = Duration.seconds(2)
    /// `broker.session.timeout.ms`: a broker silent for so long is fenced.
    public var brokerSessionTimeout = Duration.seconds(9)
    /// `controller.quorum.election.timeout.ms`: without a controller for so long, another is elected.
    public var controllerElectionTimeout = Duration.seconds(1)
    /// `leader.imbalance.check.interval.seconds`: how often leadership goes back to preferred replicas.
    public var leaderImbalanceCheckInterval = Duration.seconds(300)
    /// `group.initial.rebalance.delay.ms`: how long a new group waits for more members.
    public var groupInitialRebalanceDelay = Duration.seconds(3)
    /// `group.min.session.timeout.ms`
    public var groupMinSessionTimeout = Duration.seconds(6)
    /// `group.max.session.timeout.ms`
    public var groupMaxSessionTimeout = Duration.seconds(1_800)
    /// `group.max.size`
    public var groupMaxSize = Int.max
    /// `offsets.topic.num.partitions`; Kafka has 50.
    public var offsetsTopicPartitions = 8
    /// `transaction.state.log.num.partitions`; Kafka has 50.
    public var transactionTopicPartitions = 4
    /// How long a coordinator takes to read its partition of `__consumer_offsets` or `__transaction_state`.
    public var coordinatorLoadTime = Duration.milliseconds(20)
    /// How long the tail of a log can be that has not reached the disk: the page cache is written back that often
    /// (`log.flush.interval.ms`, which Kafka leaves to the operating system).
    public var logFlushInterval = Duration.seconds(5)
    /// `log.flush.interval.messages`: after so many records a partition is flushed whatever the time; 1: after each batch.
    public var logFlushMessages = Int64.max
    /// How long an append takes before it is answered or replicated further.
    public var appendLatency = Duration.microseconds(100)

    /// `log.retention.ms` (168 hours); negative: without limit.
    public var logRetention = Duration.seconds(7 * 86_400)
    /// `log.retention.bytes`, of each partition; -1: without limit.
    public var logRetentionBytes: Int64 = -1
    /// `log.segment.bytes`
    public var logSegmentBytes: Int64 = 1_073_741_824
    /// `log.roll.ms` (168 hours)
    public var logSegmentTime = Duration.seconds(7 * 86_400)
    /// `log.retention.check.interval.ms`
    public var logRetentionCheckInterval = Duration.seconds(300)
    /// `producer.id.expiration.ms`
    public var producerIDExpiration = Duration.seconds(86_400)
    /// `producer.id.expiration.check.interval.ms`
    public var producerIDExpirationCheckInterval = Duration.seconds(600)
    /// `message.max.bytes`, of a batch.
    public var messageMaxBytes = 1_048_588
    /// `unclean.leader.election.enable`
    public var isUncleanLeaderElectionEnabled = false

    /// `auto.create.topics.enable`: topics that do not exist are created when a client asks for them and allows it.
    public var isTopicAutoCreationEnabled = true
    /// `num.partitions`
    public var defaultPartitions = 1
    /// `default.replication.factor`
    public var defaultReplicationFactor = 1
    /// `min.insync.replicas`
    public var defaultMinInsyncReplicas = 1
    /// Mistakes to make, for tests of whoever has to find them.
    package var defects = PlantedDefects()

    public init(brokers: Int = 3) { self.brokers = brokers }

    /// The settings of a topic.
    func settings(of topic: TopicConfiguration) -> TopicSettings {
        TopicSettings(
            retention: topic.retention ?? logRetention, retentionBytes: topic.retentionBytes ?? logRetentionBytes,
            segments: LogSegment.Limits(
                bytes: topic.segmentBytes ?? logSegmentBytes, time: topic.segmentTime ?? logSegmentTime),
            maxMessageBytes: topic.maxMessageBytes ?? messageMaxBytes,
            isUncleanLeaderElectionEnabled: topic.isUncleanLeaderElectionEnabled ?? isUncleanLeaderElectionEnabled)
    }

    /// A specification with the defaults in place of -1.
    func completed(_ topic: TopicSpecification) -> TopicSpecification {
        var topic = topic
        if topic.partitions == -1 { topic.partitions = defaultPartitions }
        if topic.replicationFactor == -1 { topic.replicationFactor = defaultReplicationFactor }
        if topic.minInsyncReplicas == -1 { topic.minInsyncReplicas = defaultMinInsyncReplicas }
        return topic
    }
}
