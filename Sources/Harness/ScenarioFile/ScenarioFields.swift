import Simulation

/// The keys of a scenario file: the harness's own, and those of the system under test.
enum ScenarioFields {
    /// All keys, in the order in which they are documented and written.
    static func all<System: SystemUnderTest>(for system: System.Type) -> [Field<Scenario>] {
        // The system's own part comes before the faults: a reader wants to know what runs before what goes wrong.
        head + lifted(system) + faultRates + [plan]
    }

    private static func lifted<System: SystemUnderTest>(_ system: System.Type) -> [Field<Scenario>] {
        System.fields.map { field in
            field.lifted {
                guard let system = $0.system as? System else {
                    preconditionFailure("a scenario of \(System.self) holds a \(type(of: $0.system))")
                }
                return system
            } set: {
                $0.system = $1
            }
        }
    }

    private static let head: [Field<Scenario>] = [
        .text("purpose", \.purpose, "What the scenario is for, in one sentence."),
        .text("name", \.name, "Names reports; the file's name without its ending, unless it is given."),
        Field(
            "seed", \.seed, Format.unsigned.optional,
            "The seed that is run when the command line names none; 1 where neither does."),
        .integer("cluster.brokers", \.cluster.brokers, in: 1...9, "How many brokers the cluster has."),
        .integer(
            "cluster.replication-factor", \.cluster.replicationFactor, in: 1...9,
            "How many brokers hold each partition."),
        .integer(
            "cluster.min-insync-replicas", \.cluster.minInsyncReplicas, in: 1...9,
            "How many replicas must have a record before it counts as written (`min.insync.replicas`)."),
        .flag(
            "cluster.unclean-leader-election", \.cluster.uncleanLeaderElection,
            "Whether a replica that is not in sync may lead when nobody else can; what it lacks is lost then "
                + "(`unclean.leader.election.enable`)."),
        .duration(
            "cluster.broker-session-timeout", \.cluster.brokerSessionTimeout, in: .milliseconds(100)...(.seconds(3600)),
            "How long the controller waits for a silent broker (`broker.session.timeout.ms`)."),
        .duration(
            "cluster.replica-lag-time-max", \.cluster.replicaLagTimeMax, in: .milliseconds(100)...(.seconds(3600)),
            "How long a follower may lag before it leaves the in-sync replicas (`replica.lag.time.max.ms`)."),
        .durationRange(
            "cluster.latency", \.cluster.latency, in: .zero...(.seconds(60)),
            "How long a message takes from one machine to another, one way."),
        Field(
            "clients", .map(of: .anyScalar, "properties with values, such as linger.ms: 5"),
            "Properties of all Kafka clients, under librdkafka's names.",
            get: { $0.clients.map { ($0.name, $0.value) } }, set: { $0.clients = $1.map { ($0.name, $0.value) } }),
        Field(
            "services", .map(of: .integer(in: 1...64), "services with their number of instances, such as order: 2"),
            "How many instances of each service run; two where nothing is said.",
            get: { $0.instances.map { ($0.service, $0.count) } },
            set: { $0.instances = $1.map { ($0.name, $0.value) } }),
        .durationRange(
            "timing.transaction", \.timing.transaction, in: .zero...(.seconds(60)),
            "How long a store transaction takes, from its begin to the answer of its commit."),
        .duration(
            "timing.settle-limit", \.timing.settleLimit, in: .seconds(1)...(.seconds(86_400)),
            "How long the world may take to come to rest after the faults, before the run counts as stuck."),
    ]

    private static let plan = Field<Scenario>(
        "plan", .list(of: .faultAction, "a list of fault actions"),
        "Faults that strike exactly as they are written, beside those that the rates draw.",
        get: \.plan, set: { $0.plan = $1 })
}
