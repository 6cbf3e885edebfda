import Kafka
import Simulation
import Testing
import VirtualKafka

@Suite("Transactions")
struct TransactionTests {
    @Test("What is committed is read, what is aborted is not, by readers of committed records")
    func commitAndAbort() {
        var driver = Driver(partitions: 2)
        let producer = driver.transactionalProducer()
        let (committed, _) = driver.consumer(group: "committed")
        let (uncommitted, _) = driver.consumer(group: "uncommitted", [("isolation.level", "read_uncommitted")])
        #expect(driver.initialize(producer) == .succeeded)
        for (tags, isCommit) in [(0..<4, true), (4..<8, false), (8..<12, true)] as [(Range<UInt64>, Bool)] {
            #expect(driver.begin(producer) == nil)
            for tag in tags { driver.produce(tag, key: "\(tag)", by: producer) }
            driver.run(for: .seconds(1))
            #expect((isCommit ? driver.commitTransaction(producer) : driver.abortTransaction(producer)) == .succeeded)
        }
        driver.run(for: .seconds(10))
        #expect(driver.delivered.count == 12)
        #expect(driver.consumed(by: committed).sorted() == [0, 1, 2, 3, 8, 9, 10, 11])
        #expect(driver.consumed(by: uncommitted).sorted() == Array(0..<12))
        #expect(driver.logs.flatMap { $0 }.sorted() == [0, 1, 2, 3, 8, 9, 10, 11])
        #expect((driver.uncommittedLog(0) + driver.uncommittedLog(1)).sorted() == Array(0..<12))
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("Until a transaction is decided, readers of committed records wait, also for what comes behind it")
    func openTransactionHoldsBack() {
        var driver = Driver(partitions: 1)
        let producer = driver.transactionalProducer()
        let plain = driver.producer(idempotent)
        let (consumer, _) = driver.consumer()
        driver.initialize(producer)
        driver.begin(producer)
        driver.produce(1, by: producer)
        driver.run(for: .seconds(1))
        driver.produce(2, by: plain)
        driver.run(for: .seconds(9))
        #expect(driver.delivered.count == 2)
        #expect(driver.consumed(by: consumer).isEmpty)
        let partition = TopicPartition(Driver.orders, 0)
        #expect(driver.cluster.lastStableOffset(of: partition) == 0)
        #expect(driver.cluster.highWatermark(of: partition) == 2)
        let (other, _) = driver.consumer(group: "other", [("isolation.level", "read_uncommitted")])
        driver.act { $0.listOffsets([(partition, .latest)], tag: 1, by: consumer, at: $1, into: &$2) }
        driver.act { $0.listOffsets([(partition, .latest)], tag: 2, by: other, at: $1, into: &$2) }
        driver.run(for: .seconds(1))
        #expect(driver.answers[1]?.map(\.offset) == [0] && driver.answers[2]?.map(\.offset) == [2])
        #expect(driver.commitTransaction(producer) == .succeeded)
        driver.run(for: .milliseconds(100))
        // At once, although the consumer's fetch was waiting.
        #expect(driver.consumed(by: consumer) == [1, 2])
        #expect(driver.cluster.lastStableOffset(of: partition) == 3)
    }

    @Test("Deleting the records of an open transaction lets readers go on; what comes later in it waits")
    func deletedRecords() {
        var driver = Driver(partitions: 1)
        let producer = driver.transactionalProducer()
        let admin = driver.act {
            $0.addAdmin(on: NodeID(rawValue: 0), properties: ClientProperties(), at: $1, into: &$2)
        }
        let (consumer, _) = driver.consumer()
        let partition = TopicPartition(Driver.orders, 0)
        driver.initialize(producer)
        driver.begin(producer)
        driver.produce(1, by: producer)
        driver.run(for: .seconds(1))
        driver.act { $0.deleteRecords([(partition, before: 1)], tag: 1, by: admin, at: $1, into: &$2) }
        driver.run(for: .seconds(6))
        #expect(driver.cluster.logStartOffset(of: partition) == 1)
        #expect(driver.cluster.lastStableOffset(of: partition) == 1)
        driver.produce(2, by: producer)
        driver.run(for: .seconds(5))
        #expect(driver.consumed(by: consumer) == [])
        #expect(driver.cluster.checkInvariants() == [])
        #expect(driver.commitTransaction(producer) == .succeeded)
        driver.run(for: .seconds(2))
        #expect(driver.consumed(by: consumer) == [2])
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("Offsets sent in a transaction are the group's when it commits, and not when it aborts")
    func offsets() {
        var driver = Driver(partitions: 1)
        let producer = driver.transactionalProducer()
        let (consumer, _) = driver.consumer()
        driver.run(for: .seconds(6))
        let partition = TopicPartition(Driver.orders, 0)
        driver.initialize(producer)
        for (offset, isCommit) in [(5, false), (7, true), (9, false)] as [(Int64, Bool)] {
            driver.begin(producer)
            #expect(driver.send([(partition, offset)], of: consumer, by: producer) == .succeeded)
            if isCommit { driver.commitTransaction(producer) } else { driver.abortTransaction(producer) }
            driver.run(for: .seconds(1))
            #expect(driver.cluster.committedOffset(of: "shipping", in: partition) == (offset == 5 ? nil : 7))
        }
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("A second producer with the same id fences the first, whose transaction is aborted")
    func fencing() {
        var driver = Driver(partitions: 1)
        let first = driver.transactionalProducer()
        driver.initialize(first)
        driver.begin(first)
        driver.produce(1, by: first)
        driver.run(for: .seconds(1))
        let second = driver.transactionalProducer()
        #expect(driver.initialize(second) == .succeeded)
        driver.produce(2, by: first)
        driver.run(for: .seconds(1))
        #expect(driver.failed[2] == .invalidProducerEpoch)
        #expect(driver.commitTransaction(first) == .failed(TransactionError(.fenced, .fatal)))
        driver.produce(3, by: first)
        #expect(driver.failed[3] == .fatal)
        #expect(driver.begin(first) == TransactionError(.fenced, .fatal))
        driver.begin(second)
        driver.produce(4, by: second)
        #expect(driver.commitTransaction(second) == .succeeded)
        driver.run(for: .seconds(1))
        #expect(driver.log(0) == [4])
        #expect(driver.uncommittedLog(0) == [1, 4])
    }

    @Test("A transaction whose producer is gone is aborted when its time is over, and readers go on")
    func timeout() {
        var driver = Driver(partitions: 1)
        let producer = driver.transactionalProducer("shop", [("transaction.timeout.ms", "10000")])
        let (consumer, _) = driver.consumer()
        driver.initialize(producer)
        driver.begin(producer)
        driver.produce(1, by: producer)
        driver.produce(2, by: driver.producer(idempotent))
        driver.run(for: .seconds(9))
        #expect(driver.consumed(by: consumer).isEmpty)
        driver.run(for: .seconds(15))
        #expect(driver.consumed(by: consumer) == [2])
        #expect(driver.commitTransaction(producer) == .failed(TransactionError(.fenced, .fatal)))
    }

    @Test("Calls at the wrong moment are refused and change nothing")
    func misuse() {
        var driver = Driver(partitions: 1)
        let plain = driver.producer()
        #expect(driver.initialize(plain) == .failed(TransactionError(.notConfigured, .misuse)))
        let producer = driver.transactionalProducer()
        let misuse = TransactionError(.erroneousState, .misuse)
        #expect(driver.begin(producer) == misuse)
        driver.produce(1, by: producer)
        #expect(driver.failed[1] == .erroneousState)
        driver.initialize(producer)
        #expect(driver.initialize(producer) == .failed(misuse))
        #expect(driver.commitTransaction(producer) == .failed(misuse))
        #expect(driver.abortTransaction(producer) == .failed(misuse))
        driver.begin(producer)
        #expect(driver.begin(producer) == misuse)
        driver.produce(2, by: producer)
        let commit = driver.start { $0.commitTransaction(tag: $1, by: producer, at: $2, into: &$3) }
        driver.produce(3, by: producer)
        #expect(driver.failed[3] == .erroneousState)
        let abort = driver.start { $0.abortTransaction(tag: $1, by: producer, at: $2, into: &$3) }
        #expect(driver.outcome(of: abort) == .failed(TransactionError(.conflict, .retriable)))
        driver.run(for: .seconds(5))
        #expect(driver.outcome(of: commit) == .succeeded)
        driver.run(for: .seconds(1))
        #expect(driver.log(0) == [2])
    }

    @Test("A call that takes too long goes on in the background, and the same call made again gets its result")
    func timeouts() {
        var driver = Driver(partitions: 1)
        let producer = driver.transactionalProducer()
        let node = NodeID(rawValue: Int32(driver.cluster.network.nodeCount - 1))
        let tooLate = StepOutcome.failed(TransactionError(.timedOut, .retriable))
        func cut(_ driver: inout Driver) { for broker in 0..<3 { driver.cut(.broker(broker), node) } }
        cut(&driver)
        let initialization = driver.step {
            $0.initTransactions(tag: $1, timeout: .seconds(2), by: producer, at: $2, into: &$3)
        }
        #expect(initialization == tooLate)
        driver.cluster.network.unblockAll()
        #expect(driver.initialize(producer) == .succeeded)
        driver.begin(producer)
        driver.produce(1, by: producer)
        driver.run(for: .seconds(1))
        cut(&driver)
        let commit = driver.step {
            $0.commitTransaction(tag: $1, timeout: .seconds(2), by: producer, at: $2, into: &$3)
        }
        #expect(commit == tooLate)
        #expect(driver.abortTransaction(producer) == .failed(TransactionError(.conflict, .retriable)))
        driver.cluster.network.unblockAll()
        #expect(driver.commitTransaction(producer) == .succeeded)
        driver.run(for: .seconds(1))
        #expect(driver.log(0) == [1])
    }

    @Test("An abort drops what was not sent")
    func purge() {
        var driver = Driver(partitions: 1)
        let producer = driver.transactionalProducer("shop", [("linger.ms", "5000")])
        driver.initialize(producer)
        driver.begin(producer)
        driver.produce(1, by: producer)
        #expect(driver.abortTransaction(producer) == .succeeded)
        #expect(driver.failed[1] == .purgedInQueue)
        driver.begin(producer)
        driver.produce(2, by: producer)
        // Without waiting for others.
        #expect(
            driver.step(within: .seconds(1)) { $0.commitTransaction(tag: $1, by: producer, at: $2, into: &$3) }
                == .succeeded)
        driver.run(for: .seconds(1))
        #expect(driver.uncommittedLog(0) == [2])
    }

    @Test("A message that cannot be delivered makes its transaction abort; the next one goes through")
    func failedDelivery() {
        var driver = Driver(partitions: 2)
        let producer = driver.transactionalProducer("shop", [("message.timeout.ms", "5000")])
        driver.initialize(producer)
        driver.begin(producer)
        for tag in 0..<8 as Range<UInt64> { driver.produce(tag, key: "\(tag)", by: producer) }
        driver.run(for: .seconds(1))
        #expect(driver.delivered.count == 8)
        let node = NodeID(rawValue: Int32(driver.cluster.network.nodeCount - 1))
        for broker in 0..<3 { driver.cut(.broker(broker), node) }
        for tag in 8..<16 as Range<UInt64> { driver.produce(tag, key: "\(tag)", by: producer) }
        driver.run(for: .seconds(8))
        #expect(driver.failed.count == 8)
        driver.cluster.network.unblockAll()
        #expect(driver.commitTransaction(producer) == .failed(TransactionError(.messageTimedOut, .abortable)))
        driver.produce(16, by: producer)
        #expect(driver.failed[16] == .erroneousState)
        #expect(driver.abortTransaction(producer) == .succeeded)
        driver.begin(producer)
        for tag in 20..<24 as Range<UInt64> { driver.produce(tag, key: "\(tag)", by: producer) }
        #expect(driver.commitTransaction(producer) == .succeeded)
        driver.run(for: .seconds(1))
        #expect(driver.logs.flatMap { $0 }.sorted() == [20, 21, 22, 23])
        #expect(driver.cluster.checkInvariants() == [])
    }
}
