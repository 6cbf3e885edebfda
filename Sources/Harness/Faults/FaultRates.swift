import Simulation

/// How often each fault strikes while faults are on. All zero by default; a rate of zero changes nothing at all.
///
/// This struct holds every fault knob there is.
public struct FaultRates: Hashable, Sendable {
    /// When faults begin and end. After the end the world is healed.
    public var from = Duration.zero
    public var until = Duration.seconds(20)

    // Records: probability for each record that a service sends.
    public var duplicateRecords = 0.0
    public var reorderedRecords = 0.0
    public var delayedRecords = 0.0
    /// Never written, as the producer finds out after `recordDelay`.
    public var droppedRecords = 0.0
    public var recordDelay = Duration.milliseconds(10)...Duration.seconds(2)
    /// Poison records a second, over all topics.
    public var poisonRate = 0.0

    // Network: probability for each message.
    public var lostRequests = 0.0
    public var lostResponses = 0.0
    /// Of requests of clients: that it arrives twice.
    public var duplicatedRequests = 0.0
    public var latencySpikes = 0.0
    public var spikeDelay = Duration.milliseconds(50)...Duration.seconds(1)
    /// Network partitions a second, and how long one lasts.
    public var partitionRate = 0.0
    public var partitionTime = Duration.seconds(1)...Duration.seconds(8)

    /// Machines a second to and from which everything takes longer, for how long, and how much longer.
    public var slowLinkRate = 0.0
    public var slowLinkTime = Duration.seconds(1)...Duration.seconds(8)
    public var slowLinkDelay = Duration.milliseconds(20)...Duration.milliseconds(500)

    // Brokers: crashes a second, over all brokers.
    public var brokerCrashRate = 0.0
    public var controllerCrashRate = 0.0
    public var brokerDowntime = Duration.milliseconds(500)...Duration.seconds(12)
    /// Probability that a crash loses what was not flushed.
    public var unflushedTailLoss = 0.0
    /// Probability that a crash loses everything on the disk.
    public var wipedDisks = 0.0
    /// The most brokers that are down at once.
    public var brokersDownAtOnce = 1
    /// Disks a second that become slow, for how long, and how many times as long an append takes then.
    public var slowDiskRate = 0.0
    public var slowDiskTime = Duration.seconds(1)...Duration.seconds(8)
    public var slowDiskFactor = 2_000
    /// Brokers a second that are stopped and go on later; longer than `broker-session-timeout` makes a zombie.
    public var brokerPauseRate = 0.0
    public var brokerPauseTime = Duration.seconds(1)...Duration.seconds(12)
    /// Partitions a second that get another leader, and groups that get another coordinator.
    public var leaderMoveRate = 0.0
    public var coordinatorMoveRate = 0.0

    /// Services: probability of a crash before each effect.
    public var serviceCrashes = 0.0
    public var serviceDowntime = Duration.milliseconds(100)...Duration.seconds(5)
    /// Instances a second that are killed, whatever they are doing (SIGKILL).
    public var serviceKillRate = 0.0
    /// Instances a second that are stopped and go on later; longer than `session.timeout.ms` makes a zombie.
    public var freezeRate = 0.0
    public var freezeTime = Duration.seconds(1)...Duration.seconds(12)
    /// Instances a second that do not poll for a while; `max.poll.interval.ms` is what they are put out by.
    public var stallRate = 0.0
    public var stallTime = Duration.seconds(1)...Duration.seconds(20)
    /// Services a second that an operator scales, to at most two instances more than there are, for how long.
    public var scalingRate = 0.0
    public var scalingTime = Duration.seconds(2)...Duration.seconds(8)
    /// Instances a second whose clock is wrong for a while, for how long, and by how much, ahead or behind.
    public var clockSkewRate = 0.0
    public var clockSkewTime = Duration.seconds(1)...Duration.seconds(10)
    public var clockSkew = Duration.milliseconds(50)...Duration.seconds(5)
    /// Groups a second that somebody joins and leaves for a while.
    public var rebalanceStormRate = 0.0
    public var rebalanceStormTime = Duration.seconds(2)...Duration.seconds(6)

    /// Probability that a handler fails, for each record that it is handed, at each attempt.
    public var handlerFailures = 0.0

    // Stores: probability for each transaction.
    public var storeFailuresBeforeCommit = 0.0
    public var storeFailuresAfterCommit = 0.0
    public var storeConflicts = 0.0
    public var slowTransactions = 0.0
    public var storeDelay = Duration.milliseconds(50)...Duration.seconds(2)
    /// Stores a second whose disk is full, and for how long.
    public var fullDiskRate = 0.0
    public var fullDiskTime = Duration.milliseconds(500)...Duration.seconds(5)

    // Providers: probability for each call.
    public var providerUnavailable = 0.0
    public var providerLosesCalls = 0.0
    public var providerLosesAnswers = 0.0
    public var providerAnswersLate = 0.0
    public var providerDelay = Duration.seconds(1)...Duration.seconds(6)
    public var providerDeclines = 0.0
    public var providerAnswersTwice = 0.0
    /// Outages a second, and how long one lasts.
    public var providerOutageRate = 0.0
    public var providerOutageTime = Duration.seconds(1)...Duration.seconds(10)

    public init() {}
}
