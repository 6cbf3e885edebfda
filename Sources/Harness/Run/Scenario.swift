import Kafka
import Services
import Simulation

/// All that decides a run, but for the seed.
public struct Scenario: Sendable {
    /// Names reports: the file's name without its ending, unless the file says otherwise.
    public var name = "scenario"
    /// What the scenario is for, in one sentence.
    public var purpose = ""
    /// The seed that is run when nobody names another.
    public var seed: UInt64?
    public var cluster = ClusterOptions()
    /// librdkafka properties of all producers and consumers, beside the defaults of the harness.
    public var clients: [(name: String, value: String)] = []
    /// How many instances of each service; two where nothing is said.
    public var instances: [(service: String, count: Int)] = []
    public var timing = TimingOptions()
    public var rates = FaultRates()
    /// Faults that strike exactly as they are written.
    public var plan: [FaultAction] = []
    /// The system's own part.
    public var system: any SystemUnderTest

    public init(system: any SystemUnderTest) { self.system = system }
}

/// The cluster that a scenario runs on.
public struct ClusterOptions: Hashable, Sendable {
    public var brokers = 3
    public var replicationFactor = 3
    /// Whether a replica that is not in sync may lead when nobody else can (`unclean.leader.election.enable`).
    public var uncleanLeaderElection = false
    public var minInsyncReplicas = 2
    /// How long the controller waits for a silent broker (`broker.session.timeout.ms`).
    public var brokerSessionTimeout = Duration.seconds(9)
    /// How long followers may lag (`replica.lag.time.max.ms`).
    public var replicaLagTimeMax = Duration.seconds(30)
    /// One-way, between any two machines.
    public var latency = Duration.microseconds(200)...Duration.microseconds(800)

    public init() {}
}

/// How long things take that are not Kafka's.
public struct TimingOptions: Hashable, Sendable {
    /// From the begin of a transaction to the answer of its commit.
    public var transaction = Duration.microseconds(500)...Duration.milliseconds(2)
    /// How long the world may take to settle after the faults, before the run counts as stuck.
    public var settleLimit = Duration.seconds(180)

    public init() {}
}

extension Scenario {
    /// How many instances of a service there are when nobody scales it.
    public func instanceCount(of service: String) -> Int {
        max(1, instances.first { $0.service == service }?.count ?? 2)
    }
}
