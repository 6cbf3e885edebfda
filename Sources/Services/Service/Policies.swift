/// How a service recognises an event that it has processed before.
public enum Deduplication: String, CaseIterable, Sendable, Codable {
    /// A row per event, written in the transaction that processes it.
    case inbox
    /// A set in the memory of the process: a crash, or another instance, forgets.
    case memory
    /// Not at all.
    case none
}

/// How an event gets from the store to Kafka.
public enum Publishing: String, CaseIterable, Sendable, Codable {
    /// As a row of the same transaction, relayed until Kafka has acknowledged it.
    case outbox
    /// As such a row, too, but relayed in Kafka transactions, each of which commits the offsets of the records that are
    /// processed by then as well (consume, transact, produce: KIP-98, KIP-447). Readers see whole transactions only.
    case transactional
    /// Straight from memory after the commit: a crash between the two loses it.
    case dualWrite = "dual-write"
}

/// When a consumer commits the offset of what it has read.
public enum OffsetCommit: String, CaseIterable, Sendable, Codable {
    /// After the transaction that processed it was committed: at least once.
    case afterProcessing = "after-processing"
    /// As soon as it arrives: at most once.
    case beforeProcessing = "before-processing"
    /// Every five seconds, whatever has arrived by then, as `enable.auto.commit` does.
    case auto
}

/// What happens to a record with which nothing can ever be done.
public enum PoisonHandling: String, CaseIterable, Sendable, Codable {
    /// It goes to the dead-letter topic, with the reason in its headers.
    case deadLetter = "dead-letter"
    /// It is passed over.
    case skip
    /// Its partition stops until somebody intervenes.
    case halt
}

/// What happens when a provider does not answer in time.
public enum ProviderTimeout: String, CaseIterable, Sendable, Codable {
    /// Ask again with the same idempotency key, for as long as it takes.
    case idempotentRetry = "idempotent-retry"
    /// Ask again as if for the first time.
    case retry
    /// Take silence for a refusal.
    case assumeDeclined = "assume-declined"
}

/// What happens to a record whose handler fails for a reason that may pass.
public enum Retry: String, CaseIterable, Sendable, Codable {
    /// Its partition waits while it is tried again and again, at last for the dead-letter topic: order is kept.
    case inPlace = "in-place"
    /// It goes to `<topic>-retry-1`, from there to the next such topic, at last to the dead-letter topic. Its partition
    /// goes on: what follows it, of its own key too, passes it.
    case retryTopics = "retry-topics"
    /// It goes to the dead-letter topic at once.
    case none
}

/// Whether calls to a provider stop for a while when it does not answer.
public enum CircuitBreaking: String, CaseIterable, Sendable, Codable {
    /// After some failures in a row nobody is called for a while, then a single call finds out.
    case on
    /// Every call is made when its time has come, whatever became of those before it.
    case off
}

/// Where a service keeps what it knows.
public enum StateKeeping: String, CaseIterable, Sendable, Codable {
    /// In a store that outlives its processes.
    case durable
    /// In the memory of its processes: all of it is gone when one of them crashes.
    case memory
}

/// The choices of design that the runtime offers. The defaults lose nothing.
public struct RuntimePolicies: Sendable, Codable {
    public var deduplication = Deduplication.inbox
    public var publishing = Publishing.outbox
    public var offsetCommit = OffsetCommit.afterProcessing
    public var poison = PoisonHandling.deadLetter
    public var retry = Retry.inPlace
    /// How many retry topics each topic has with `Retry.retryTopics`: 1 to 9.
    public var retryTopicCount = 3
    public var providerTimeout = ProviderTimeout.idempotentRetry
    public var circuitBreaking = CircuitBreaking.on
    /// The driver's business: an instance cannot tell how long its store lives.
    public var state = StateKeeping.durable

    public init() {}
}
