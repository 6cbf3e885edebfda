import Simulation

/// Draws the setup of a program.
struct SetupGenerator {
    private let draws: Draws
    private static let purpose = Purpose("model check setup")

    init(draws: Draws) { self.draws = draws }

    private func pick<Value>(_ values: [Value], _ what: UInt64, _ which: UInt64 = 0) -> Value {
        values[draws.index(below: values.count, Self.purpose, what, which)]
    }

    func setup() -> Setup {
        var setup = Setup()
        setup.brokers = pick([3, 3, 3, 3, 3, 5, 5, 4, 2, 1], 0)
        setup.topics = (0..<pick([1, 1, 2], 1)).map { topic(UInt64($0), brokers: setup.brokers) }
        setup.timing = timing()
        setup.network = weather()
        setup.producers = (0..<pick([1, 2, 2, 3], 2)).map { producer(UInt64($0)) }
        let groups = pick([1, 1, 2], 3)
        setup.consumers = (0..<pick([1, 2, 3, 4], 4)).map { Setup.Member(group: $0 % groups, consumer(UInt64($0))) }
        return setup
    }

    private func topic(_ number: UInt64, brokers: Int) -> Setup.Topic {
        let replicas = min(brokers, pick([3, 3, 3, 3, 2, 1], 10, number))
        let minInsync = min(replicas, pick([2, 2, 2, 2, 1, 3], 11, number))
        return Setup.Topic(
            partitions: pick([1, 1, 2, 3], 12, number), replicas: replicas, minInsync: minInsync,
            isUnclean: pick([false, false, false, false, false, true], 13))
    }

    private func timing() -> Setup.Timing {
        var timing = Setup.Timing()
        timing.brokerSession = pick([1_500, 3_000, 3_000, 9_000], 20)
        timing.replicaLag = pick([1_000, 5_000, 30_000], 21)
        timing.logFlush = pick([1_000, 5_000, 60_000], 22)
        timing.watermarkCheckpoint = pick([500, 5_000], 23)
        timing.leaderImbalanceCheck = pick([2_000, 10_000, 300_000], 24)
        timing.initialRebalanceDelay = pick([0, 500, 3_000], 25)
        timing.replicaFetchBackoff = pick([50, 200, 1_000], 26)
        timing.replicaFetchMaxBytes = pick([64, 1_048_576, 1_048_576], 27)
        return timing
    }

    private func weather() -> Setup.Weather {
        var weather = Setup.Weather()
        let loss = pick([0, 0, 0.002, 0.01], 30)
        weather.requestLoss = loss * pick([0, 1], 31)
        weather.responseLoss = loss * pick([1, 1, 0], 32)
        weather.spike = pick([0, 0, 0.02, 0.1], 33)
        return weather
    }

    private func producer(_ number: UInt64) -> [Setup.Property] {
        var properties: [Setup.Property] = []
        if pick([true, true, false], 39), pick([true, false], 40, number) {
            properties.append(Setup.Property("transactional.id", "transactions-\(number)"))
            set("transaction.timeout.ms", pick(["10000", "3000"], 41, number), unless: "", &properties)
        } else if pick([true, true, false], 42, number) {
            properties.append(Setup.Property("enable.idempotence", "true"))
        } else {
            set("acks", pick(["all", "all", "all", "1", "1", "0"], 43, number), unless: "all", &properties)
            set("retries", pick(["", "", "2", "0"], 44, number), unless: "", &properties)
        }
        set("linger.ms", pick(["5", "0", "0", "50", "500"], 46, number), unless: "5", &properties)
        set("batch.num.messages", pick(["", "", "1", "3"], 47, number), unless: "", &properties)
        set(
            "max.in.flight.requests.per.connection", pick(["", "", "1", "2", "5"], 48, number), unless: "",
            &properties)
        let timeouts = properties.first?.name == "transactional.id" ? [""] : ["", "", "", "", "20000", "4000"]
        set("message.timeout.ms", pick(timeouts, 49, number), unless: "", &properties)
        set("request.timeout.ms", pick(["", "", "1000"], 50, number), unless: "", &properties)
        set("socket.timeout.ms", pick(["", "", "3000"], 51, number), unless: "", &properties)
        return properties
    }

    private func consumer(_ number: UInt64) -> [Setup.Property] {
        var properties: [Setup.Property] = []
        set("session.timeout.ms", pick(["", "", "12000"], 60, number), unless: "", &properties)
        set("max.poll.interval.ms", pick(["", "15000"], 61, number), unless: "", &properties)
        set("auto.offset.reset", pick(["earliest", "earliest", "latest"], 62, number), unless: "earliest", &properties)
        // One way of committing for all: so that it is known what a group may find.
        set("enable.auto.commit", pick(["false", "false", "true"], 63), unless: "false", &properties)
        // Members of a group have to have an assignor in common.
        let strategy = pick(["", "", "roundrobin", "cooperative-sticky"], 67)
        set("partition.assignment.strategy", strategy, unless: "", &properties)
        // A static member that is started again before it has given up a partition that is meant for somebody else knows
        // nothing of it, and nobody gets the partition until the next rebalance.
        if strategy != "cooperative-sticky", pick([false, false, true], 68) {
            set("group.instance.id", "member-\(number)", unless: "", &properties)
        }
        set("max.partition.fetch.bytes", pick(["", "", "1", "200"], 64, number), unless: "", &properties)
        set(
            "isolation.level", pick(["", "", "read_uncommitted"], 66, number), unless: "", &properties)
        set("fetch.min.bytes", pick(["", "", "500"], 65, number), unless: "", &properties)
        return properties
    }

    private func set(_ name: String, _ value: String, unless usual: String, _ properties: inout [Setup.Property]) {
        if value != usual { properties.append(Setup.Property(name, value)) }
    }
}
