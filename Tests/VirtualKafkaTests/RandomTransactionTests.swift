import Kafka
import Simulation
import Testing

@testable import VirtualKafka

/// Random programs of transactions and faults: each transaction is there as a whole or not at all, as its producer was
/// told.
@Suite("Random transactions")
struct RandomTransactionTests {
    private static let fault = Purpose("test fault")
    private static let detail = Purpose("test detail")

    /// An application with one transactional producer: a transaction after the other, again and again.
    private struct Shop {
        var name: String
        var producer: ClientID
        var isInTransaction = false
        /// The step that was asked for and has not ended.
        var pending: UInt64?
        var ending: Ending?
        var tags: [UInt64] = []
        var offset: Int64 = 0
        /// Of every transaction that has ended: its tags, and how.
        var history: [(tags: [UInt64], offset: Int64, fate: Fate)] = []

        enum Ending { case commit, abort }
        enum Fate { case committed, aborted, unknown }

        mutating func conclude(_ fate: Fate) {
            history.append((tags, offset, fate))
            tags = []
            isInTransaction = false
            ending = nil
            pending = nil
        }
    }

    @Test(
        "Whatever happens, a transaction is visible as a whole or not at all, as its producer was told",
        arguments: 0..<10)
    func atomicity(block: Int) {
        for seed in (block * 2)..<(block * 2 + 2) {
            var program = Program(seed: UInt64(seed))
            program.run()
        }
    }

    private struct Program {
        let seed: UInt64
        let draws: Draws
        var driver: Driver
        var shops: [Shop] = []
        let reader: ClientID
        /// In whose group offsets are committed.
        let worker: ClientID
        var nextTag: UInt64 = 0

        init(seed: UInt64) {
            self.seed = seed
            draws = Draws(seed: seed &+ 900)
            var network = NetworkConditions()
            if seed % 3 == 1 {
                network.requestLoss = 0.01
                network.responseLoss = 0.01
                network.spike = 0.02
            }
            driver = Driver(brokers: seed % 4 == 3 ? 5 : 3, partitions: 3, seed: seed, network: network) {
                $0.brokerSessionTimeout = .seconds(3)
                if seed % 5 >= 3 { $0.logFlushInterval = .seconds(20) }
            }
            reader = driver.consumer(group: "reader").client
            worker = driver.consumer(group: "worker").client
            for index in 0..<3 {
                let name = "shop-\(index)"
                shops.append(Shop(name: name, producer: Self.producer(name, &driver)))
            }
        }

        static func producer(_ name: String, _ driver: inout Driver) -> ClientID {
            driver.transactionalProducer(name, [("transaction.timeout.ms", "20000")])
        }

        mutating func run() {
            for index in shops.indices { initialize(index) }
            for step in 0..<80 as Range<UInt64> {
                for index in shops.indices { advance(index, step) }
                disturb(step)
                driver.run(for: draws.duration(in: .milliseconds(1)...(.milliseconds(800)), detail, step, 3))
                let broken = driver.cluster.checkInvariants()
                #expect(broken == [], "seed \(seed), step \(step)")
                if !broken.isEmpty { return }
            }
            heal()
            driver.run(for: .seconds(90))
            for index in shops.indices { finish(index) }
            driver.run(for: .seconds(10))
            judge()
        }

        private var detail: Purpose { RandomTransactionTests.detail }

        // MARK: Applications

        private mutating func initialize(_ index: Int) {
            let producer = shops[index].producer
            shops[index].pending = driver.start { $0.initTransactions(tag: $1, by: producer, at: $2, into: &$3) }
        }

        /// The next thing that an application does, if it does not wait for something.
        private mutating func advance(_ index: Int, _ step: UInt64) {
            if let pending = shops[index].pending {
                switch driver.outcome(of: pending) {
                case .unfinished: return
                case .succeeded: succeed(index)
                case .failed(let error): fail(index, error)
                }
                return
            }
            let producer = shops[index].producer
            if !shops[index].isInTransaction {
                let error = driver.begin(producer)
                #expect(error == nil || error?.consequence == .fatal, "seed \(seed)")
                if error != nil { replace(index) } else { shops[index].isInTransaction = true }
                return
            }
            switch draws.index(below: 6, detail, step, UInt64(index), 10) {
            case 0: ask(index, .abort)
            case 1 where !shops[index].tags.isEmpty: ask(index, .commit)
            case 2: sendOffset(index)
            default:
                for partition in 0..<Int32(1 + draws.index(below: 3, detail, step, UInt64(index), 11)) {
                    driver.produce(nextTag, to: partition, by: producer)
                    shops[index].tags.append(nextTag)
                    nextTag += 1
                }
            }
        }

        private mutating func ask(_ index: Int, _ ending: Shop.Ending) {
            let producer = shops[index].producer
            shops[index].ending = ending
            shops[index].pending = driver.start {
                if ending == .commit {
                    $0.commitTransaction(tag: $1, by: producer, at: $2, into: &$3)
                } else {
                    $0.abortTransaction(tag: $1, by: producer, at: $2, into: &$3)
                }
            }
        }

        private mutating func sendOffset(_ index: Int) {
            let producer = shops[index].producer
            let partition = TopicPartition(Driver.orders, Int32(index))
            shops[index].offset += 1
            let offset = shops[index].offset
            let worker = worker
            shops[index].pending = driver.start {
                $0.sendOffsets([(partition, offset)], ofConsumer: worker, tag: $1, by: producer, at: $2, into: &$3)
            }
        }

        private mutating func succeed(_ index: Int) {
            shops[index].pending = nil
            switch shops[index].ending {
            case .commit: shops[index].conclude(.committed)
            case .abort: shops[index].conclude(.aborted)
            case nil: break
            }
        }

        private mutating func fail(_ index: Int, _ error: TransactionError) {
            shops[index].pending = nil
            switch error.consequence {
            case .abortable: ask(index, .abort)
            case .fatal: replace(index)
            case .retriable, .misuse: Issue.record("seed \(seed): \(error)")
            }
        }

        /// The application starts again. What became of its last transaction, it does not know.
        private mutating func replace(_ index: Int) {
            shops[index].conclude(shops[index].ending == .commit ? .unknown : .aborted)
            shops[index].producer = Self.producer(shops[index].name, &driver)
            initialize(index)
        }

        /// After healing, whoever is left can commit once more.
        private mutating func finish(_ index: Int) {
            for _ in 0..<20 {
                if shops[index].pending != nil || !shops[index].isInTransaction {
                    advance(index, 1_000)
                } else if let last = shops[index].history.last, last.fate == .committed, shops[index].tags.isEmpty {
                    return
                } else {
                    driver.produce(nextTag, to: 0, by: shops[index].producer)
                    shops[index].tags.append(nextTag)
                    nextTag += 1
                    ask(index, .commit)
                }
                driver.run(for: .seconds(10))
            }
            Issue.record("seed \(seed): \(shops[index].name) cannot commit")
        }

        // MARK: Faults

        private mutating func disturb(_ step: UInt64) {
            let brokers = driver.brokerCount
            let a = draws.index(below: brokers, detail, step, 4)
            let b = draws.index(below: driver.cluster.network.nodeCount, detail, step, 5)
            let down = (0..<brokers).filter { !driver.cluster.isBrokerUp($0) }
            switch draws.index(below: 12, RandomTransactionTests.fault, step) {
            // One broker's disk only loses what it has not flushed: nothing that two brokers have is lost.
            case 0, 1: driver.crash(a, losingUnflushedTail: seed % 5 >= 3 && a == Int(seed) % 3)
            case 2, 3, 4: for broker in down { driver.restart(broker) }
            case 5 where a != b: driver.cut(.broker(a), NodeID(rawValue: Int32(b)))
            case 6, 7: driver.cluster.network.unblockAll()
            case 8 where step % 3 == 0:
                let index = Int(step) % shops.count
                let node = driver.cluster.producers[driver.cluster.producerIndex(shops[index].producer)].core.node
                driver.act { cluster, now, _ in cluster.kill(node: node, at: now) }
                replace(index)
            case 9: replace(Int(step) % shops.count)
            default: break
            }
        }

        private mutating func heal() {
            driver.cluster.network.conditions = NetworkConditions()
            driver.cluster.network.unblockAll()
            for broker in 0..<driver.brokerCount where !driver.cluster.isBrokerUp(broker) { driver.restart(broker) }
        }

        // MARK: Judging

        private func judge() {
            #expect(driver.cluster.checkInvariants() == [], "seed \(seed)")
            let hanging = driver.cluster.hangingTransactions(at: driver.now)
            #expect(hanging == [], "seed \(seed)")
            let visible = driver.logs.flatMap { $0 }
            #expect(Set(visible).count == visible.count, "seed \(seed): nothing is there twice")
            for shop in shops {
                for (tags, _, fate) in shop.history {
                    let present = tags.filter { visible.contains($0) }.count
                    switch fate {
                    case .committed: #expect(present == tags.count, "seed \(seed): \(shop.name) has committed \(tags)")
                    case .aborted: #expect(present == 0, "seed \(seed): \(shop.name) has not committed \(tags)")
                    case .unknown: #expect(present == 0 || present == tags.count, "seed \(seed): \(shop.name) \(tags)")
                    }
                }
                #expect(shop.history.last?.fate == .committed)
                let mine = shop.history.flatMap(\.tags).filter { visible.contains($0) }
                for log in driver.logs {
                    #expect(log.filter { mine.contains($0) } == mine.filter { log.contains($0) }, "seed \(seed): order")
                }
            }
            #expect(Set(driver.consumed(by: reader)) == Set(visible), "seed \(seed): what is committed is read")
        }
    }
}
