import Kafka
import Simulation
import Testing

@testable import VirtualKafka

/// Consume, transform, produce: from partition 0 to partitions 1 and 2, with the offset of the input in the transaction.
@Suite("Exactly once")
struct ExactlyOnceTests {
    /// Up to where a commit begins.
    private struct Pipeline {
        var driver = Driver(seed: 3) { $0.brokerSessionTimeout = .seconds(3) }
        var producer = ClientID(rawValue: 0)
        var consumer = ClientID(rawValue: 0)
        let input = TopicPartition(Driver.orders, 0)

        init() {
            let source = driver.producer(idempotent)
            producer = driver.transactionalProducer()
            consumer = driver.consumer(group: "transformer").client
            driver.initialize(producer)
            driver.produce(1, to: 0, by: source)
            driver.run(for: .seconds(10))
            precondition(driver.consumed(by: consumer) == [1])
            openTransaction(tags: 101...102, offset: 1)
        }

        mutating func openTransaction(tags: ClosedRange<UInt64>, offset: Int64) {
            #expect(driver.begin(producer) == nil)
            driver.produce(tags.lowerBound, to: 1, by: producer)
            driver.produce(tags.upperBound, to: 2, by: producer)
            #expect(driver.send([(input, offset)], of: consumer, by: producer) == .succeeded)
        }

        var isVisible: Bool { driver.log(1).contains(101) }

        /// Everything or nothing.
        func expectAtomic(_ comment: Comment) {
            let offset = driver.cluster.committedOffset(of: "transformer", in: input)
            #expect(driver.log(1).contains(101) == driver.log(2).contains(102), comment)
            #expect((offset ?? 0 >= 1) == driver.log(1).contains(101), comment)
        }
    }

    enum Victim: CaseIterable {
        case transactionCoordinator
        case groupCoordinator
        case leader
    }

    private func broker(_ victim: Victim, of cluster: VirtualCluster) -> Int {
        let partition =
            switch victim {
            case .transactionCoordinator: cluster.fabric.transactional.partitions[0]
            case .groupCoordinator: cluster.fabric.groupPartitions[0]
            case .leader: cluster.fabric.topology.number(of: TopicPartition(Driver.orders, 1))!
            }
        return Int(cluster.quorum.image.partitions[partition].leader)
    }

    @Test(
        "Whoever dies at whatever moment of a commit, everything of it is visible or nothing",
        arguments: Victim.allCases)
    func deathInTheMiddle(of victim: Victim) {
        let before = Pipeline()
        let broker = broker(victim, of: before.driver.cluster)
        var visibleAtOnce = 0
        for step in 0..<40 {
            var pipeline = before
            let producer = pipeline.producer
            let commit = pipeline.driver.start { $0.commitTransaction(tag: $1, by: producer, at: $2, into: &$3) }
            pipeline.driver.run(for: .microseconds(200 * Int64(step)))
            pipeline.driver.crash(broker)
            let comment: Comment = "dies \(step * 200) µs after the call"
            #expect(pipeline.driver.cluster.checkInvariants() == [], comment)
            if pipeline.isVisible { visibleAtOnce += 1 }
            pipeline.driver.run(for: .seconds(12))
            #expect(pipeline.driver.outcome(of: commit) == .succeeded, comment)
            #expect(pipeline.isVisible, comment)
            pipeline.expectAtomic(comment)
            #expect(pipeline.driver.cluster.checkInvariants() == [], comment)
            pipeline.driver.restart(broker)
            pipeline.openTransaction(tags: 201...202, offset: 2)
            #expect(pipeline.driver.commitTransaction(producer) == .succeeded, comment)
            pipeline.driver.run(for: .seconds(1))
            #expect(pipeline.driver.log(1) == [101, 201], comment)
            #expect(pipeline.driver.log(2) == [102, 202], comment)
        }
        // Both happens: death before the end and after it.
        #expect(visibleAtOnce > 5 && visibleAtOnce < 35)
    }

    @Test("A producer that dies in the middle leaves nothing, and its successor does the same work again")
    func successor() {
        let before = Pipeline()
        for step in 0..<20 {
            var pipeline = before
            let producer = pipeline.producer
            let commit = pipeline.driver.start { $0.commitTransaction(tag: $1, by: producer, at: $2, into: &$3) }
            pipeline.driver.run(for: .microseconds(200 * Int64(step)))
            let node = pipeline.driver.cluster.producers.last { $0.core.id == producer }!.core.node
            pipeline.driver.act { cluster, now, _ in cluster.kill(node: node, at: now) }
            let isKnown = pipeline.driver.outcome(of: commit) == .succeeded
            pipeline.producer = pipeline.driver.transactionalProducer()
            #expect(pipeline.driver.initialize(pipeline.producer) == .succeeded)
            let isCommitted = pipeline.driver.cluster.committedOffset(of: "transformer", in: pipeline.input) == 1
            #expect(isCommitted || !isKnown)
            if !isCommitted {
                pipeline.openTransaction(tags: 101...102, offset: 1)
                #expect(pipeline.driver.commitTransaction(pipeline.producer) == .succeeded)
            }
            pipeline.driver.run(for: .seconds(1))
            #expect(pipeline.driver.log(1) == [101] && pipeline.driver.log(2) == [102])
            pipeline.expectAtomic("dies \(step * 200) µs after the call")
        }
    }

    @Test("A member that its group has put out cannot commit offsets through a transaction either")
    func zombie() {
        var pipeline = Pipeline()
        #expect(pipeline.driver.abortTransaction(pipeline.producer) == .succeeded)
        let consumer = pipeline.consumer
        let node = pipeline.driver.cluster.consumers[0].core.node
        pipeline.driver.act { $0.setFrozen(node: node, true, at: $1, into: &$2) }
        pipeline.driver.run(for: .seconds(10))
        pipeline.driver.begin(pipeline.producer)
        pipeline.driver.produce(105, to: 1, by: pipeline.producer)
        let expected = StepOutcome.failed(TransactionError(.unknownMemberID, .abortable))
        #expect(pipeline.driver.send([(pipeline.input, 1)], of: consumer, by: pipeline.producer) == expected)
        #expect(
            pipeline.driver.commitTransaction(pipeline.producer)
                == .failed(TransactionError(.unknownMemberID, .abortable)))
        #expect(pipeline.driver.abortTransaction(pipeline.producer) == .succeeded)
        pipeline.driver.run(for: .seconds(1))
        #expect(pipeline.driver.log(1).isEmpty)
        #expect(pipeline.driver.cluster.committedOffset(of: "transformer", in: pipeline.input) == nil)
    }

    @Test("An instance that another one has replaced cannot commit offsets through a transaction either")
    func fencedInstance() {
        var pipeline = Pipeline()
        #expect(pipeline.driver.abortTransaction(pipeline.producer) == .succeeded)
        let instance = [("group.instance.id", "one")]
        let (old, node) = pipeline.driver.consumer(group: "static", instance)
        pipeline.driver.run(for: .seconds(10))
        pipeline.driver.act { $0.setFrozen(node: node, true, at: $1, into: &$2) }
        _ = pipeline.driver.consumer(group: "static", instance)
        pipeline.driver.run(for: .seconds(3))
        pipeline.driver.begin(pipeline.producer)
        let expected = StepOutcome.failed(TransactionError(.fencedInstanceID, .abortable))
        #expect(pipeline.driver.send([(pipeline.input, 1)], of: old, by: pipeline.producer) == expected)
        #expect(pipeline.driver.abortTransaction(pipeline.producer) == .succeeded)
        #expect(pipeline.driver.cluster.committedOffset(of: "static", in: pipeline.input) == nil)
    }

    @Test("A new member waits for the end of a transaction that may still change where it begins")
    func unstableOffsets() {
        var pipeline = Pipeline()
        let (second, _) = pipeline.driver.consumer(group: "transformer")
        pipeline.driver.act { $0.close(pipeline.consumer, at: $1, into: &$2) }
        pipeline.driver.run(for: .seconds(10))
        #expect(pipeline.driver.consumed(by: second).isEmpty)
        #expect(pipeline.driver.commitTransaction(pipeline.producer) == .succeeded)
        pipeline.driver.run(for: .seconds(1))
        #expect(pipeline.driver.consumed(by: second).sorted() == [101, 102])
    }
}
