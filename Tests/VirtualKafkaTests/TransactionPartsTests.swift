import Kafka
import Simulation
import Testing

@testable import VirtualKafka

/// What takes more luck to reach from outside than a test can wait for.
@Suite("Parts of transactions")
struct TransactionPartsTests {
    private static let partition = 0

    /// A cluster after one transaction of one record, and who has produced it.
    private func after(_ isCommit: Bool) -> (driver: Driver, producer: ClientID) {
        var driver = Driver(partitions: 1)
        let producer = driver.transactionalProducer()
        driver.initialize(producer)
        driver.begin(producer)
        driver.produce(1, by: producer)
        driver.run(for: .seconds(1))
        if isCommit { driver.commitTransaction(producer) } else { driver.abortTransaction(producer) }
        driver.run(for: .seconds(1))
        return (driver, producer)
    }

    private func identity(_ driver: Driver) -> ProducerIdentity { driver.cluster.producers[0].identity }

    private func markers(_ driver: Driver, epoch: Int32, isCommit: Bool = true) -> TransactionMarkers {
        let id = TransactionalID(rawValue: 0)
        return TransactionMarkers(
            transaction: TransactionReference(id: id, producer: identity(driver)), isCommit: isCommit,
            coordinatorEpoch: epoch, partitions: [Int32(Self.partition)])
    }

    @Test(
        "A late batch of a transaction that is over is refused, whatever its sequence (KIP-890)",
        arguments: [true, false])
    func lateBatch(isCommit: Bool) {
        var (driver, _) = after(isCommit)
        let leader = driver.leader()!
        let end = driver.cluster.brokers[leader].replicas[Self.partition].log.endOffset
        let late = ProduceRequest(
            partition: Int32(Self.partition), acks: .all, timeout: .seconds(30),
            transaction: TransactionalID(rawValue: 0),
            batch: ProducerBatch(
                records: [Record(key: nil, value: [])], size: 10, producer: identity(driver), baseSequence: 1))
        let origin = Origin(requester: driver.cluster.producers[0].core.requester, connection: 0, correlation: 99)
        driver.act { cluster, now, output in
            cluster.begin(now, &output)
            cluster.brokers[leader].handleProduce(late, from: origin, &cluster.fabric)
            cluster.end(&output)
        }
        driver.run(for: .seconds(1))
        #expect(driver.cluster.brokers[leader].replicas[Self.partition].log.endOffset == end)
        #expect(driver.cluster.brokers[leader].verifications.isEmpty)
        #expect(driver.cluster.hangingTransactions(at: driver.now) == [])
    }

    @Test("A batch whose verification is under way when the marker comes is refused")
    func overtakenVerification() {
        var (driver, _) = after(true)
        let leader = driver.leader()!
        let reference = markers(driver, epoch: 0).transaction
        driver.cluster.brokers[leader].verifications = [
            Verification(
                reference: reference, partition: 0, coordinator: 0, deadline: .distantFuture, waiting: [])
        ]
        driver.cluster.brokers[leader].voidVerifications(of: reference.producer.id, in: 0)
        #expect(driver.cluster.brokers[leader].verifications[0].isVoid)
    }

    @Test("Markers of a coordinator that has a successor, and of an older epoch of the producer, are refused")
    func fencedMarkers() {
        var (driver, producer) = after(true)
        driver.begin(producer)
        driver.produce(2, by: producer)
        driver.run(for: .seconds(1))
        let leader = driver.leader()!
        let epoch = driver.cluster.brokers[leader].replicas[Self.partition].transactions.coordinatorEpoch(
            of: identity(driver).id)
        #expect(epoch >= 0)
        var old = markers(driver, epoch: epoch)
        old.transaction.producer.epoch -= 1
        let refused: [(TransactionMarkers, ErrorCode)] = [
            (markers(driver, epoch: epoch - 1), .transactionCoordinatorFenced), (old, .invalidProducerEpoch),
        ]
        for (markers, error) in refused {
            let answer = driver.act { cluster, now, output -> ErrorCode in
                cluster.begin(now, &output)
                defer { cluster.end(&output) }
                return cluster.brokers[leader].appendMarker(markers, to: Self.partition, job: 0, &cluster.fabric)
            }
            #expect(answer == error)
        }
        #expect(driver.commitTransaction(producer) == .succeeded)
        driver.run(for: .seconds(1))
        #expect(driver.log(0) == [1, 2])
    }

    @Test("Epochs: the next one, the same again for a lost answer, a new id when they are used up, fencing otherwise")
    func epochs() {
        func metadata(_ id: Int64, _ epoch: Int16) -> TransactionMetadata {
            TransactionMetadata(producer: ProducerIdentity(id: id, epoch: epoch), timeout: .seconds(60))
        }
        func raise(_ metadata: inout TransactionMetadata, _ expected: ProducerIdentity) -> Bool? {
            metadata.raiseEpoch(expected, nextID: 77)
        }
        var first = metadata(5, 0)
        #expect(raise(&first, .none) == false)
        #expect(first.producer == ProducerIdentity(id: 5, epoch: 1))
        // KIP-360: it says what it has.
        let before = first.producer
        #expect(raise(&first, before) == false)
        #expect(first.producer.epoch == 2)
        #expect(raise(&first, before) == false)
        #expect(first.producer.epoch == 2)
        #expect(raise(&first, ProducerIdentity(id: 5, epoch: 0)) == nil)
        #expect(!first.admits(ProducerIdentity(id: 4, epoch: 0)))
        var last = metadata(5, .max - 1)
        let exhausted = last.producer
        #expect(raise(&last, exhausted) == true)
        #expect(last.producer == ProducerIdentity(id: 77, epoch: 0))
        #expect(last.admits(exhausted))
        #expect(raise(&last, exhausted) == false)
    }

    @Test("A transaction that may take longer than brokers allow is refused for good")
    func timeoutTooLong() {
        var driver = Driver(partitions: 1)
        let producer = driver.transactionalProducer("shop", [("transaction.timeout.ms", "900001")])
        #expect(driver.initialize(producer) == .failed(TransactionError(.invalidTransactionTimeout, .fatal)))
    }

    @Test("A coordinator does not act on a decision that it has read but that is not replicated")
    func unreplicatedDecision() {
        var (driver, producer) = after(true)
        driver.begin(producer)
        driver.produce(2, by: producer)
        driver.run(for: .seconds(1))
        let state = driver.cluster.fabric.transactional.partitions[0]
        let coordinator = Int(driver.cluster.quorum.image.partitions[state].leader)
        driver.cluster.brokers[coordinator].replicas[state].epochStartOffset =
            driver.cluster.brokers[coordinator].replicas[state].highWatermark + 1
        let epoch = driver.cluster.brokers[coordinator].replicas[state].leaderEpoch
        driver.act { cluster, now, output in
            cluster.begin(now, &output)
            cluster.brokers[coordinator].loadTransactions(state, leaderEpoch: epoch, &cluster.fabric)
            cluster.end(&output)
        }
        let index = state - driver.cluster.fabric.topology.transactionPartitions.lowerBound
        #expect(driver.cluster.brokers[coordinator].transactions.states[index] == .loading)
    }
}
