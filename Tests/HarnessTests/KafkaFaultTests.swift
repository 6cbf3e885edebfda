import Harness
import Kafka
import Services
import Simulation
import Testing
import VirtualKafka

@Suite("A fault in and around Kafka")
struct KafkaFaultTests {
    /// Parcels come for ten seconds; one thing goes wrong after the second one.
    private func run(_ action: FaultAction, configure: (inout Scenario) -> Void = { _ in }) throws -> RunResult {
        var scenario = Scenario(system: Courier(parcels: 100, interval: .milliseconds(100)))
        scenario.rates.until = .seconds(25)
        scenario.plan = [action]
        configure(&scenario)
        let result = try Runner.run(scenario, seed: 4)
        #expect(result.verdict == .held, "\(result.violations)")
        #expect(result.faults == [action], "it struck, and nothing else")
        return result
    }

    private static let moment = Instant.zero + .seconds(2)

    /// What operators saw from the fault on.
    private func observations(_ result: RunResult) -> [ClusterObservation] {
        result.history.entries.compactMap { entry in
            if entry.at >= Self.moment, case .cluster(let observation) = entry.event { observation } else { nil }
        }
    }

    private func evictions(_ result: RunResult) -> Int {
        observations(result).count { if case .memberEvicted = $0 { true } else { false } }
    }

    private func generations(_ result: RunResult, of group: String) -> Int {
        observations(result).count { if case .generation(group, _, _) = $0 { true } else { false } }
    }

    private func elections(_ result: RunResult) -> [(TopicPartition, Int?)] {
        observations(result).compactMap { observation in
            if case .leaderElected(let partition, let broker, _) = observation { (partition, broker) } else { nil }
        }
    }

    @Test("an instance that is stopped beyond its session is put out, and comes back")
    func zombie() throws {
        let short = try run(.freezeInstance("depot/1", at: Self.moment, for: .seconds(3)))
        #expect(evictions(short) == 0)
        let long = try run(.freezeInstance("depot/1", at: Self.moment, for: .seconds(12)))
        #expect(evictions(long) == 1)
        #expect(generations(long, of: "stampers") >= 2)
    }

    @Test("an instance that is killed is gone at that moment, and starts again when its time has come")
    func kill() throws {
        let result = try run(.killInstance("depot/1", at: Self.moment, restartAfter: .seconds(3)))
        let life = result.history.entries.compactMap { entry in
            if case .instance("depot/1", let what) = entry.event { "\(what) at \(entry.at)" } else { nil }
        }
        #expect(life == ["started at 0.000s", "crashed at 2.000s", "started again at 5.000s"])
    }

    @Test("kills by rate are kills of the plan")
    func kills() throws {
        var scenario = Scenario(system: Courier(parcels: 40, interval: .milliseconds(100)))
        scenario.rates.until = .seconds(10)
        scenario.rates.serviceKillRate = 1
        let result = try Runner.run(scenario, seed: 3)
        #expect(result.verdict == .held, "\(result.violations)")
        #expect(result.faults.count > 4)
        #expect(try Runner.run(result.replayScenario, seed: 3).traceHash == result.traceHash)
    }

    @Test("an instance that does not poll leaves when max.poll.interval.ms is over, and not before")
    func stall() throws {
        func stall(for length: Duration) throws -> RunResult {
            try run(.stallConsumer("depot/2", at: Self.moment, for: length)) {
                $0.clients = [("max.poll.interval.ms", "8000")]
            }
        }
        #expect(try generations(stall(for: .seconds(6)), of: "stampers") == 0)
        #expect(try generations(stall(for: .seconds(12)), of: "stampers") >= 2)
    }

    @Test("a rebalance storm makes one generation after the other")
    func storm() throws {
        let result = try run(.rebalanceStorm(service: "depot", at: Self.moment, for: .seconds(5)))
        #expect(generations(result, of: "stampers") >= 4)
    }

    @Test("a leader moves where it is told to")
    func moveLeader() throws {
        var scenario = Scenario(system: Courier(parcels: 1, interval: .seconds(1)))
        scenario.rates.until = .seconds(3)
        let world = try World(scenario, seed: 4)
        let place = TopicPartition(TopicID(rawValue: 0), 0)
        let other = world.cluster.leader(of: place) == 0 ? 1 : 0
        let name = world.cluster.topics.name(of: place.topic)
        let result = try run(.moveLeader(topic: name, partition: 0, to: other + 1, at: Self.moment))
        #expect(elections(result).contains { $0.0 == place && $0.1 == other })
    }

    @Test("a coordinator moves, and nobody's partitions do")
    func moveCoordinator() throws {
        let result = try run(.moveCoordinator(service: "depot", at: Self.moment))
        #expect(elections(result).count == 1)
        #expect(generations(result, of: "stampers") == 0)
    }

    @Test("a slow disk makes acknowledgements late")
    func slowDisk() throws {
        func acknowledgement(_ result: RunResult) -> Int64 {
            // The longest time from the append to the acknowledgement.
            var appended: [String: Instant] = [:]
            var longest = Duration.zero
            for entry in result.history.entries {
                switch entry.event {
                case .appended(let place, let offset, _): appended["\(place) \(offset)"] = entry.at
                case .acknowledged(let place, let offset, _):
                    if let from = appended["\(place) \(offset)"] { longest = max(longest, entry.at - from) }
                default: break
                }
            }
            return longest.nanoseconds
        }
        let usual = try run(.slowDisk(1, at: Self.moment, for: .seconds(4), factor: 1))
        let slow = try run(.slowDisk(1, at: Self.moment, for: .seconds(4), factor: 3_000))
        #expect(acknowledgement(slow) > acknowledgement(usual) + 250_000_000)
    }

    @Test("a new disk is filled from the others", arguments: DiskLoss.allCases)
    func wipedDisk(loss: DiskLoss) throws {
        _ = try run(.crashBroker(2, at: Self.moment, for: .seconds(2), losing: loss))
    }

    @Test("a topic that grows is distributed anew")
    func morePartitions() throws {
        let result = try run(.addPartitions(topic: "parcels", total: 9, at: Self.moment)) {
            $0.clients = [("topic.metadata.refresh.interval.ms", "1000")]
        }
        #expect(generations(result, of: "stampers") >= 1)
        let used = result.history.entries.contains { entry in
            if case .appended(let place, _, _) = entry.event { place.partition >= 3 } else { false }
        }
        #expect(used)
    }
}

@Suite("Publishing in Kafka transactions, in a world")
struct TransactionalWorldTests {
    private func scenario() -> Scenario {
        var courier = Courier()
        courier.policies.publishing = .transactional
        var scenario = Scenario.troubledCourier()
        scenario.system = courier
        return scenario
    }

    @Test("lets every parcel through, whatever happens", arguments: UInt64(1)...20)
    func troubled(seed: UInt64) throws {
        let result = try Runner.run(scenario(), seed: seed)
        #expect(result.verdict == .held, "\(result.violations)")
        let replay = try Runner.run(result.replayScenario, seed: seed)
        #expect(replay.traceHash == result.traceHash)
    }

    @Test("leaves markers in the log, and aborted records that nobody is handed")
    func markers() throws {
        var aborted = 0
        for seed in UInt64(1)...8 {
            let (readable, written, end) = try counts(seed: seed)
            #expect(readable > 0)
            #expect(end > Int64(written), "markers take offsets")
            aborted += written - readable
        }
        #expect(aborted > 0, "aborted records are there")
    }

    /// How many records the parcels' log holds for readers, for readers of everything, and how many offsets it has.
    private func counts(seed: UInt64) throws -> (readable: Int, written: Int, end: Int64) {
        var scenario = scenario()
        // Many die between producing and committing, at brokers that are awake.
        scenario.rates.brokerPauseRate = 0
        scenario.rates.serviceCrashes = 0.03
        var world = try World(scenario, seed: seed)
        world.run()
        let cluster = world.cluster
        var readable = 0
        var written = 0
        var end: Int64 = 0
        let topic = TopicID(rawValue: 0)
        for partition in 0..<Int32(cluster.partitionCount(of: topic)) {
            let place = TopicPartition(topic, partition)
            cluster.forEachCommittedRecord(in: place) { _, _, _ in readable += 1 }
            cluster.forEachCommittedRecord(in: place, isolation: .readUncommitted) { _, _, _ in written += 1 }
            end += cluster.highWatermark(of: place)
        }
        return (readable, written, end)
    }
}
