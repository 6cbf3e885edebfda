import Kafka
import Simulation
import Testing
import VirtualKafka

/// Random programs of producing and faults, compared with what a list per partition would hold.
@Suite("Random programs")
struct RandomProgramTests {
    private static let step = Purpose("test step")
    private static let detail = Purpose("test detail")

    @Test("Every acknowledged record is there once and in order, whatever happens", arguments: 0..<12)
    func acknowledgedMeansThereOnce(block: Int) {
        for seed in (block * 8)..<(block * 8 + 8) { run(seed: UInt64(seed)) }
    }

    /// What is drawn for a whole program.
    private struct Faults {
        /// Brokers crash while others are down, and come back in any order.
        var isOverlapping: Bool
        /// The broker whose disk loses what is not flushed. It is one only, so that nothing that two brokers have is lost.
        var forgetful: Int?

        init(seed: UInt64) {
            isOverlapping = seed % 8 >= 3
            forgetful = seed % 8 >= 5 ? Int(seed / 8 % 3) : nil
        }

        func configure(_ configuration: inout ClusterConfiguration) {
            guard isOverlapping else { return }
            configuration.brokerSessionTimeout = .seconds(3)
            configuration.logFlushInterval = .seconds(20)
        }
    }

    private func run(seed: UInt64) {
        let faults = Faults(seed: seed)
        let draws = Draws(seed: seed &+ 77)
        var network = NetworkConditions()
        if seed % 3 == 1 {
            network.requestLoss = 0.005
            network.responseLoss = 0.005
            network.spike = 0.02
        }
        var driver = Driver(
            brokers: seed % 4 == 3 ? 5 : 3, partitions: 2, seed: seed, network: network, configure: faults.configure)
        let producers = [driver.producer(idempotent), driver.producer(idempotent + [("linger.ms", "0")])]
        var consumers = [driver.consumer(), driver.consumer()]
        var tag: UInt64 = 0
        for step in 0..<60 as Range<UInt64> {
            for _ in 0..<draws.index(below: 6, Self.detail, step, 1) {
                driver.produce(tag, key: "\(tag % 5)", by: producers[Int(tag % 2)])
                tag += 1
            }
            disturb(&driver, &consumers, faults, draws, step)
            driver.run(for: draws.duration(in: .milliseconds(1)...(.milliseconds(1_500)), Self.detail, step, 3))
            let broken = driver.cluster.checkInvariants()
            #expect(broken == [], "seed \(seed), step \(step)")
            if !broken.isEmpty { return }
        }
        heal(&driver)
        driver.run(for: .seconds(120))
        judge(driver, tag, seed)
    }

    private func disturb(
        _ driver: inout Driver, _ consumers: inout [(client: ClientID, node: NodeID)], _ faults: Faults,
        _ draws: Draws, _ step: UInt64
    ) {
        let brokers = driver.brokerCount
        let a = draws.index(below: brokers, Self.detail, step, 4)
        let b = draws.index(below: driver.cluster.network.nodeCount, Self.detail, step, 5)
        let down = (0..<brokers).filter { !driver.cluster.isBrokerUp($0) }
        switch draws.index(below: 14, Self.step, step) {
        case 0 where down.isEmpty, 0 where faults.isOverlapping, 10...11 where faults.isOverlapping:
            driver.crash(a, losingUnflushedTail: a == faults.forgetful)
        case 1, 2, 3:
            for broker in faults.isOverlapping ? down.suffix(1 + b % 2) : down[...] { driver.restart(broker) }
        case 4 where a != b:
            driver.cut(.broker(a), NodeID(rawValue: Int32(b)))
        case 5 where a != b:
            driver.cluster.network.block(from: .broker(a), to: NodeID(rawValue: Int32(b)))
        case 6, 7:
            driver.cluster.network.unblockAll()
        case 8:
            let node = consumers[0].node
            let isFrozen = draws.index(below: 2, Self.detail, step, 6) == 0
            driver.act { $0.setFrozen(node: node, isFrozen, at: $1, into: &$2) }
        case 9 where consumers.count < 4:
            let node = consumers[1].node
            driver.act { cluster, now, _ in cluster.kill(node: node, at: now) }
            consumers[1] = driver.consumer()
        default:
            break
        }
    }

    private func heal(_ driver: inout Driver) {
        driver.cluster.network.conditions = NetworkConditions()
        driver.cluster.network.unblockAll()
        for broker in 0..<5 where broker < driver.brokerCount && !driver.cluster.isBrokerUp(broker) {
            driver.restart(broker)
        }
        for node in 0..<Int32(driver.cluster.network.nodeCount) {
            driver.act { $0.setFrozen(node: NodeID(rawValue: node), false, at: $1, into: &$2) }
        }
    }

    private func judge(_ driver: Driver, _ count: UInt64, _ seed: UInt64) {
        #expect(driver.delivered.count == Int(count), "seed \(seed): delivered after healing")
        #expect(driver.cluster.checkInvariants() == [], "seed \(seed)")
        for (partition, log) in driver.logs.enumerated() {
            let acknowledged = driver.delivered.filter { $0.value.partition.partition == Int32(partition) }
            for tag in acknowledged.keys.sorted() {
                #expect(log.filter { $0 == tag }.count == 1, "seed \(seed): record \(tag) once")
                if let offset = acknowledged[tag]?.offset, offset >= 0, offset < Int64(log.count) {
                    #expect(log[Int(offset)] == tag, "seed \(seed): record \(tag) is where the report says")
                }
            }
            for producer in 0..<2 as Range<UInt64> {
                let mine = log.filter { $0 % 2 == producer }
                #expect(mine == mine.sorted(), "seed \(seed): order of producer \(producer)")
            }
        }
        // Whatever is committed is consumed in the end, by somebody.
        let consumed = Set(driver.received.flatMap { $0.records }.map { Driver.tag(of: $0.record) })
        #expect(consumed.count == Int(count), "seed \(seed): consumed after healing")
    }
}

extension Driver {
    var brokerCount: Int {
        (0..<cluster.network.nodeCount).filter {
            cluster.network.name(of: NodeID(rawValue: Int32($0))).hasPrefix("broker")
        }.count
    }
}
