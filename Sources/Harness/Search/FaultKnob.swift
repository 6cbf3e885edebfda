import Simulation

/// One rate among the fault rates of a scenario, and the fault that it stands for.
struct FaultKnob: Sendable {
    /// What the fault strikes, and what it does there where a length of time says the rest.
    enum Target: Sendable {
        /// Makes another fault worse.
        case modifier
        /// Has a moment of its own.
        case time
        case effect
        case handler
        case record(@Sendable (RecordPlace, Duration) -> FaultAction)
        case message(@Sendable (MessagePlace, Duration) -> FaultAction)
        /// A message of a client.
        case request(@Sendable (MessagePlace) -> FaultAction)
        case transaction(@Sendable (Duration) -> StoreFate)
        case call(@Sendable (Duration) -> ProviderFate)
    }

    /// As scenario files spell it, without the section: `duplicate-records`.
    let name: String
    let rate: any WritableKeyPath<FaultRates, Double> & Sendable
    let target: Target
    /// The highest probability that a search makes of it.
    let limit: Double

    /// So many a second, not a probability.
    var isPerSecond: Bool { if case .time = target { true } else { false } }

    /// Which of the things that faults can strike it strikes, from 0; nil for one that only makes others worse.
    var group: Int? {
        switch target {
        case .modifier: nil
        case .time: 0
        case .effect: 1
        case .handler: 2
        case .record: 3
        case .message, .request: 4
        case .transaction: 5
        case .call: 6
        }
    }

    /// How many things there are for faults to strike.
    static let groupCount = 7

    private init(
        _ name: String, _ rate: any WritableKeyPath<FaultRates, Double> & Sendable, _ target: Target = .time,
        limit: Double = .infinity
    ) {
        (self.name, self.rate, self.target, self.limit) = (name, rate, target, limit)
    }

    /// Every rate there is.
    static let all: [FaultKnob] = records + network + brokers + services + stores + providers

    private static let records = [
        FaultKnob(
            "duplicate-records", \.duplicateRecords, .record { .duplicateRecord($0, after: $1) }, limit: 0.5),
        FaultKnob("reordered-records", \.reorderedRecords, .record { .reorderRecord($0, by: $1) }, limit: 0.3),
        FaultKnob("delayed-records", \.delayedRecords, .record { .delayRecord($0, by: $1) }, limit: 0.5),
        FaultKnob("dropped-records", \.droppedRecords, .record { .dropRecord($0, after: $1) }, limit: 0.1),
        FaultKnob("poison-rate", \.poisonRate),
    ]

    private static let network = [
        FaultKnob("lost-requests", \.lostRequests, .message { place, _ in .loseMessage(place) }, limit: 0.03),
        FaultKnob("lost-responses", \.lostResponses, .message { place, _ in .loseMessage(place) }, limit: 0.03),
        FaultKnob("latency-spikes", \.latencySpikes, .message { .delayMessage($0, by: $1) }, limit: 0.1),
        FaultKnob(
            "duplicated-requests", \.duplicatedRequests, .request { .duplicateMessage($0) }, limit: 0.3),
        FaultKnob("partition-rate", \.partitionRate),
        FaultKnob("slow-link-rate", \.slowLinkRate),
    ]

    private static let brokers = [
        FaultKnob("broker-crash-rate", \.brokerCrashRate),
        FaultKnob("controller-crash-rate", \.controllerCrashRate),
        FaultKnob("unflushed-tail-loss", \.unflushedTailLoss, .modifier, limit: 1),
        FaultKnob("wiped-disks", \.wipedDisks, .modifier, limit: 1),
        FaultKnob("slow-disk-rate", \.slowDiskRate),
        FaultKnob("broker-pause-rate", \.brokerPauseRate),
        FaultKnob("leader-move-rate", \.leaderMoveRate),
        FaultKnob("coordinator-move-rate", \.coordinatorMoveRate),
    ]

    private static let services = [
        FaultKnob("service-crashes", \.serviceCrashes, .effect, limit: 0.05),
        FaultKnob("service-kill-rate", \.serviceKillRate),
        FaultKnob("freeze-rate", \.freezeRate),
        FaultKnob("stall-rate", \.stallRate),
        FaultKnob("scaling-rate", \.scalingRate),
        FaultKnob("clock-skew-rate", \.clockSkewRate),
        FaultKnob("rebalance-storm-rate", \.rebalanceStormRate),
        FaultKnob("handler-failures", \.handlerFailures, .handler, limit: 0.03),
    ]

    private static let stores = [
        FaultKnob(
            "store-failures-before-commit", \.storeFailuresBeforeCommit, .transaction { _ in .failsBeforeCommit },
            limit: 0.1),
        FaultKnob(
            "store-failures-after-commit", \.storeFailuresAfterCommit, .transaction { _ in .failsAfterCommit },
            limit: 0.1),
        FaultKnob("store-conflicts", \.storeConflicts, .transaction { _ in .conflict }, limit: 0.1),
        FaultKnob("full-disk-rate", \.fullDiskRate),
        FaultKnob("slow-transactions", \.slowTransactions, .transaction { .slow(by: $0) }, limit: 0.3),
    ]

    private static let providers = [
        FaultKnob("provider-unavailable", \.providerUnavailable, .call { _ in .unavailable }, limit: 0.3),
        FaultKnob("provider-loses-calls", \.providerLosesCalls, .call { _ in .lost }, limit: 0.3),
        FaultKnob("provider-loses-answers", \.providerLosesAnswers, .call { _ in .answerLost }, limit: 0.3),
        FaultKnob("provider-answers-late", \.providerAnswersLate, .call { .late(by: $0) }, limit: 0.3),
        FaultKnob("provider-declines", \.providerDeclines, .call { _ in .declined }, limit: 0.5),
        FaultKnob("provider-answers-twice", \.providerAnswersTwice, .call { _ in .answersTwice }, limit: 0.5),
        FaultKnob("provider-outage-rate", \.providerOutageRate),
    ]
}

extension FaultRates {
    /// Some of everything that the default policies survive.
    static let moderate: FaultRates = {
        var rates = FaultRates()
        for knob in FaultKnob.all { rates[keyPath: knob.rate] = knob.isPerSecond ? 0.1 : 0.01 }
        rates.duplicateRecords = 0.05
        rates.unflushedTailLoss = 0.3
        rates.wipedDisks = 0
        rates.lostRequests = 0.003
        rates.lostResponses = 0.003
        rates.serviceCrashes = 0.003
        rates.poisonRate = 0.5
        return rates
    }()
}
