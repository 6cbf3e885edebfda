import Simulation

extension ScenarioFields {
    /// The section `faults`: how often each fault strikes.
    static let faultRates: [Field<Scenario>] =
        time + records + network + brokers + services + stores + providers

    private static let time: [Field<Scenario>] = [
        .duration("faults.from", \.rates.from, "When faults begin."),
        .duration("faults.until", \.rates.until, "When faults end: the world is healed, and must come to rest."),
    ]

    private static let records: [Field<Scenario>] = [
        .probability(
            "faults.duplicate-records", \.rates.duplicateRecords, "Probability that a record is sent twice."),
        .probability(
            "faults.reordered-records", \.rates.reorderedRecords,
            "Probability that a record is sent late, and what follows it in its topic and key passes it."),
        .probability(
            "faults.delayed-records", \.rates.delayedRecords,
            "Probability that a record is sent late; later ones of other keys pass it."),
        .probability(
            "faults.dropped-records", \.rates.droppedRecords,
            "Probability that a record never reaches the log, and its producer gives it up."),
        .durationRange(
            "faults.record-delay", \.rates.recordDelay,
            "How late a record is that is sent late or again, and when a dropped one is given up."),
        .rate("faults.poison-rate", \.rates.poisonRate, in: 0...1_000, "Poison records a second, over all topics."),
    ]

    private static let network: [Field<Scenario>] = [
        .probability("faults.lost-requests", \.rates.lostRequests, "Probability that a request is lost."),
        .probability(
            "faults.lost-responses", \.rates.lostResponses,
            "Probability that a response is lost, after the request took effect."),
        .probability(
            "faults.duplicated-requests", \.rates.duplicatedRequests,
            "Probability that a request of a client arrives twice: at Kafka, at a service, at a provider."),
        .probability("faults.latency-spikes", \.rates.latencySpikes, "Probability that a message is held up."),
        .durationRange("faults.spike-delay", \.rates.spikeDelay, "How long a message is held up."),
        .rate("faults.partition-rate", \.rates.partitionRate, in: 0...1_000, "Network partitions a second."),
        .durationRange("faults.partition-time", \.rates.partitionTime, "How long a network partition lasts."),
        .rate(
            "faults.slow-link-rate", \.rates.slowLinkRate, in: 0...1_000,
            "Machines a second to and from which everything takes longer."),
        .durationRange("faults.slow-link-time", \.rates.slowLinkTime, "How long that goes on."),
        .durationRange("faults.slow-link-delay", \.rates.slowLinkDelay, "How much longer it takes, one way."),
    ]

    private static let brokers: [Field<Scenario>] = [
        .rate(
            "faults.broker-crash-rate", \.rates.brokerCrashRate, in: 0...1_000,
            "Broker crashes a second, over all brokers."),
        .rate(
            "faults.controller-crash-rate", \.rates.controllerCrashRate, in: 0...1_000,
            "Crashes a second of the broker that is the controller."),
        .durationRange("faults.broker-downtime", \.rates.brokerDowntime, "How long a crashed broker stays down."),
        .probability(
            "faults.unflushed-tail-loss", \.rates.unflushedTailLoss,
            "Probability that a crashed broker loses what it had not flushed to disk."),
        .probability(
            "faults.wiped-disks", \.rates.wipedDisks, "Probability that a crashed broker comes back with an empty disk."
        ),
        .integer(
            "faults.brokers-down-at-once", \.rates.brokersDownAtOnce, in: 0...9,
            "The most brokers that are down at once."),
        .rate(
            "faults.slow-disk-rate", \.rates.slowDiskRate, in: 0...1_000,
            "Disks a second, over all brokers, that become slow."),
        .durationRange("faults.slow-disk-time", \.rates.slowDiskTime, "How long a disk stays slow."),
        .integer(
            "faults.slow-disk-factor", \.rates.slowDiskFactor, in: 1...1_000_000,
            "How many times as long a slow disk takes to append."),
        .rate(
            "faults.broker-pause-rate", \.rates.brokerPauseRate, in: 0...1_000,
            "Brokers a second that are stopped and go on later (SIGSTOP, SIGCONT)."),
        .durationRange(
            "faults.broker-pause-time", \.rates.brokerPauseTime,
            "How long a broker is stopped; longer than `cluster.broker-session-timeout` makes it a zombie."),
        .rate(
            "faults.leader-move-rate", \.rates.leaderMoveRate, in: 0...1_000,
            "Partitions a second that get another leader."),
        .rate(
            "faults.coordinator-move-rate", \.rates.coordinatorMoveRate, in: 0...1_000,
            "Consumer groups a second that get another coordinator."),
    ]

    private static let services: [Field<Scenario>] = [
        .probability(
            "faults.service-crashes", \.rates.serviceCrashes,
            "Probability that an instance crashes before it carries out an effect."),
        .rate(
            "faults.service-kill-rate", \.rates.serviceKillRate, in: 0...1_000,
            "Instances a second that are killed, whatever they are doing (SIGKILL)."),
        .durationRange("faults.service-downtime", \.rates.serviceDowntime, "How long a crashed instance stays down."),
        .probability(
            "faults.handler-failures", \.rates.handlerFailures,
            "Probability that the handler of a record fails, at each attempt, for a reason that may pass."),
        .rate(
            "faults.freeze-rate", \.rates.freezeRate, in: 0...1_000,
            "Instances a second that are stopped and go on later (SIGSTOP, SIGCONT)."),
        .durationRange(
            "faults.freeze-time", \.rates.freezeTime,
            "How long an instance is stopped; longer than `session.timeout.ms` makes it a zombie."),
        .rate(
            "faults.stall-rate", \.rates.stallRate, in: 0...1_000,
            "Instances a second that do not poll their consumers for a while."),
        .durationRange(
            "faults.stall-time", \.rates.stallTime,
            "How long an instance does not poll; longer than `max.poll.interval.ms` puts it out of its group."),
        .rate(
            "faults.rebalance-storm-rate", \.rates.rebalanceStormRate, in: 0...1_000,
            "Groups a second that a consumer joins and leaves again and again."),
        .durationRange("faults.rebalance-storm-time", \.rates.rebalanceStormTime, "How long that goes on."),
        .rate(
            "faults.scaling-rate", \.rates.scalingRate, in: 0...1_000,
            "Services a second that are scaled, to none at least and to two instances more than usual at most."),
        .durationRange("faults.scaling-time", \.rates.scalingTime, "How long a service stays scaled."),
        .rate(
            "faults.clock-skew-rate", \.rates.clockSkewRate, in: 0...1_000,
            "Instances a second whose clock is wrong for a while."),
        .durationRange("faults.clock-skew-time", \.rates.clockSkewTime, "How long a clock is wrong."),
        .durationRange("faults.clock-skew", \.rates.clockSkew, "How far it is ahead, or behind."),
    ]

    private static let stores: [Field<Scenario>] = [
        .probability(
            "faults.store-failures-before-commit", \.rates.storeFailuresBeforeCommit,
            "Probability that a transaction fails, with nothing written."),
        .probability(
            "faults.store-failures-after-commit", \.rates.storeFailuresAfterCommit,
            "Probability that a transaction is committed and its answer is lost."),
        .probability(
            "faults.store-conflicts", \.rates.storeConflicts,
            "Probability that a transaction is aborted because of a concurrent one, after its handlers have run."),
        .probability(
            "faults.slow-transactions", \.rates.slowTransactions, "Probability that a transaction takes long."),
        .durationRange("faults.store-delay", \.rates.storeDelay, "How much longer a slow transaction takes."),
        .rate(
            "faults.full-disk-rate", \.rates.fullDiskRate, in: 0...1_000,
            "Stores a second whose disk is full: none of their transactions can be committed."),
        .durationRange("faults.full-disk-time", \.rates.fullDiskTime, "How long a disk stays full."),
    ]

    private static let providers: [Field<Scenario>] = [
        .probability(
            "faults.provider-unavailable", \.rates.providerUnavailable,
            "Probability that a provider refuses a call for now."),
        .probability(
            "faults.provider-loses-calls", \.rates.providerLosesCalls,
            "Probability that a call never reaches the provider."),
        .probability(
            "faults.provider-loses-answers", \.rates.providerLosesAnswers,
            "Probability that a provider does what was asked and its answer is lost."),
        .probability(
            "faults.provider-answers-late", \.rates.providerAnswersLate, "Probability that a provider answers late."),
        .durationRange("faults.provider-delay", \.rates.providerDelay, "How late a late answer comes."),
        .probability(
            "faults.provider-declines", \.rates.providerDeclines, "Probability that a provider declines a call."),
        .probability(
            "faults.provider-answers-twice", \.rates.providerAnswersTwice,
            "Probability that a provider answers twice."),
        .rate(
            "faults.provider-outage-rate", \.rates.providerOutageRate, in: 0...1_000,
            "Outages of providers a second."),
        .durationRange("faults.provider-outage-time", \.rates.providerOutageTime, "How long an outage lasts."),
    ]
}
