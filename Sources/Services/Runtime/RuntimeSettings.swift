import Simulation

/// What can be set about the runtime of an instance, beside its policies.
public struct RuntimeSettings: Sendable, Codable {
    public var policies = RuntimePolicies()
    /// The most items that go into one transaction.
    public var batchSize = 128
    /// How often an instance shows that it is alive, takes over what dead ones left, and looks at deadlines.
    public var housekeepingInterval = Duration.seconds(1)
    /// How long after it a deadline may be met, so that one transaction meets many.
    public var deadlineTolerance = Duration.milliseconds(100)
    /// Deadlines farther away than this are left to housekeeping, which looks at all of them.
    public var deadlineHorizon = Duration.seconds(5)
    /// How long an instance that shows no sign of life is taken for alive.
    public var instanceTimeout = Duration.seconds(5)
    /// Between tries of a batch, a record, a message.
    public var retryBackoff = Backoff(initial: .milliseconds(50), maximum: .seconds(5))
    /// How long a record waits in its first retry topic, doubled for each further one, up to a bound. Without jitter: the
    /// records of one retry topic fall due in the order in which they came.
    public var retryTopicBackoff = Backoff(initial: .seconds(1), maximum: .seconds(60))
    /// How often a record is tried in place whose handler fails, before it is taken for poison.
    public var maximumAttempts = 8
    /// How long a provider may take to answer.
    public var callTimeout = Duration.seconds(2)
    /// Failures in a row that open the circuit to a provider, and for how long.
    public var circuitThreshold = 5
    public var circuitPause = Duration.seconds(2)
    /// Fetching of a partition pauses above this many waiting records, and goes on below half of it.
    public var queueLimit = 2_000
    /// How often `OffsetCommit.auto` commits; librdkafka's default for `auto.commit.interval.ms`.
    public var autoCommitInterval = Duration.seconds(5)

    public init() {}
}
