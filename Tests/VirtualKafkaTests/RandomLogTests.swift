import Kafka
import Simulation
import Testing
import VirtualKafka

/// Random programs of what happens to logs: deletion, retention, growth, elections, lost disks.
@Suite("Random programs of logs")
struct RandomLogTests {
    private static let step = Purpose("log test step")
    private static let detail = Purpose("log test detail")

    // Block 34: a leader counts on a follower that has just lost its disk, then loses its own.
    @Test("Logs stay sound, and keep what was acknowledged and not deleted", arguments: [0, 1, 2, 3, 4, 5, 34])
    func sound(block: Int) {
        for seed in (block * 8)..<(block * 8 + 8) { run(seed: UInt64(seed)) }
    }

    /// What is drawn for a whole program.
    private struct Conditions {
        let draws: Draws
        /// The one broker whose disk may lose something; without one, all of them may.
        let forgetful: Int?
        let isUncleanAllowed: Bool
        let brokers: Int

        init(seed: UInt64) {
            draws = Draws(seed: seed &+ 4_711)
            forgetful = seed % 4 == 3 ? nil : Int(seed % 3)
            isUncleanAllowed = seed % 8 == 5
            brokers = seed % 3 == 2 ? 5 : 3
        }

        /// Whether something acknowledged may be lost.
        var isLossPossible: Bool { forgetful == nil || isUncleanAllowed }

        func topic(seed: UInt64) -> TopicSpecification {
            var configuration = TopicConfiguration()
            configuration.segmentBytes = 300
            if seed % 2 == 0 { configuration.retentionBytes = 2_000 }
            if seed % 5 == 1 { configuration.retention = .seconds(20) }
            configuration.isUncleanLeaderElectionEnabled = isUncleanAllowed
            return TopicSpecification(
                name: "logs", partitions: 2, replicationFactor: 3, minInsyncReplicas: 2, configuration: configuration)
        }
    }

    private func run(seed: UInt64) {
        let conditions = Conditions(seed: seed)
        var driver = Driver(brokers: conditions.brokers, seed: seed) {
            $0.brokerSessionTimeout = .seconds(3)
            $0.replicaLagTimeMax = .seconds(5)
            $0.logRetentionCheckInterval = .seconds(2)
            $0.leaderImbalanceCheckInterval = .seconds(30)
            if seed % 7 == 0 { $0.logFlushMessages = 3 }
        }
        let admin = driver.admin([("socket.timeout.ms", "20000")])
        driver.createTopics([conditions.topic(seed: seed)], tag: 0, by: admin)
        driver.run(for: .seconds(1))
        let topic = driver.topic("logs")
        let producer = driver.producer(
            idempotent + [("linger.ms", "0"), ("topic.metadata.refresh.interval.ms", "3000")])
        var tag: UInt64 = 0
        for step in 1..<70 as Range<UInt64> {
            for _ in 0..<conditions.draws.index(below: 6, Self.detail, step, 1) {
                driver.produce(tag, to: topic, key: "\(tag % 7)", by: producer)
                tag += 1
            }
            disturb(&driver, topic, admin, conditions, step)
            driver.run(
                for: conditions.draws.duration(in: .milliseconds(1)...(.milliseconds(1_500)), Self.detail, step, 3))
            let broken = driver.cluster.checkInvariants()
            #expect(broken == [], "seed \(seed), step \(step)")
            if !broken.isEmpty { return }
        }
        heal(&driver, conditions)
        driver.run(for: .seconds(120))
        judge(driver, topic, tag, conditions, seed)
    }

    private func disturb(
        _ driver: inout Driver, _ topic: TopicID, _ admin: ClientID, _ conditions: Conditions, _ step: UInt64
    ) {
        let draws = conditions.draws
        let broker = draws.index(below: conditions.brokers, Self.detail, step, 4)
        let other = draws.index(below: conditions.brokers, Self.detail, step, 5)
        let count = driver.cluster.partitionCount(of: topic)
        let place = TopicPartition(topic, Int32(draws.index(below: count, Self.detail, step, 6)))
        switch draws.index(below: 16, Self.step, step) {
        case 0, 1, 2:
            let losses: [DiskLoss] = [.nothing, .unflushedTail, .everything]
            let mayLose = conditions.forgetful == nil || conditions.forgetful == broker
            driver.crash(broker, losing: mayLose ? losses[draws.index(below: 3, Self.detail, step, 7)] : .nothing)
        case 3...6:
            for broker in 0..<conditions.brokers { driver.restart(broker) }
        case 7, 8:
            let range = Int(driver.cluster.highWatermark(of: place)) + 2
            let before = Int64(draws.index(below: range + 1, Self.detail, step, 8)) - 1
            driver.deleteRecords(place, before: before, tag: step, by: admin)
        case 9 where count < 6:
            driver.createPartitions(topic, total: count + 1, tag: step, by: admin)
        case 10:
            driver.act { $0.moveLeader(of: place, to: broker, at: $1, into: &$2) }
        case 11:
            driver.act { $0.moveController(at: $1, into: &$2) }
        case 12:
            driver.cluster.slowDisk(of: broker, by: step % 2 == 0 ? 1 : 200)
        case 13 where broker != other:
            driver.cut(.broker(broker), .broker(other))
        case 14:
            driver.cluster.network.unblockAll()
        default:
            break
        }
    }

    private func heal(_ driver: inout Driver, _ conditions: Conditions) {
        driver.cluster.network.unblockAll()
        for broker in 0..<conditions.brokers {
            driver.restart(broker)
            driver.cluster.slowDisk(of: broker, by: 1)
        }
    }

    private func judge(
        _ driver: Driver, _ topic: TopicID, _ count: UInt64, _ conditions: Conditions, _ seed: UInt64
    ) {
        #expect(driver.cluster.checkInvariants() == [], "seed \(seed)")
        let isLost = driver.observations.contains { if case .recordsLost = $0 { true } else { false } }
        // A producer whose records are lost cannot go on.
        if !isLost { #expect(driver.delivered.count == Int(count), "seed \(seed): delivered after healing") }
        if !conditions.isLossPossible { #expect(!isLost, "seed \(seed): nothing is lost") }
        for partition in 0..<Int32(driver.cluster.partitionCount(of: topic)) {
            let place = TopicPartition(topic, partition)
            #expect(driver.cluster.inSyncReplicas(of: place).count == 3, "seed \(seed): \(partition) is in sync")
            var log: [Int64: UInt64] = [:]
            driver.cluster.forEachCommittedRecord(in: place) { offset, _, record in
                log[offset] = Driver.tag(of: record)
            }
            let start = driver.cluster.logStartOffset(of: place)
            let end = driver.cluster.highWatermark(of: place)
            #expect(log.keys.sorted() == Array(start..<end), "seed \(seed): \(partition) is dense")
            guard !isLost else { continue }
            #expect(Set(log.values).count == log.count, "seed \(seed): \(partition) has nothing twice")
            for (tag, report) in driver.delivered.sorted(by: { $0.key < $1.key })
            where report.partition == place && report.offset >= start {
                #expect(log[report.offset] == tag, "seed \(seed): record \(tag) at \(report.offset)")
            }
        }
    }
}
