import Kafka
import Services
import Simulation
import Testing

@Suite("Publishing in Kafka transactions")
struct PublicationTests {
    private func bench(store: ValueStore = ValueStore(), number: Int32 = 1, life: Int32 = 1) -> Workbench {
        var policies = RuntimePolicies()
        policies.publishing = .transactional
        return Workbench(store: store, number: number, life: life, policies: policies)
    }

    /// One whose transactional id is its own already.
    private func ready() -> Workbench {
        var bench = bench()
        bench.answerStep()
        return bench
    }

    private func offsets(_ step: PublicationStep?) -> [Int64]? {
        if case .sendOffsets(let offsets) = step { offsets.map(\.1) } else { nil }
    }

    private func isCommit(_ step: PublicationStep?) -> Bool { if case .commit = step { true } else { false } }
    private func isAbort(_ step: PublicationStep?) -> Bool { if case .abort = step { true } else { false } }

    @Test("takes the transactional id first, and publishes nothing before")
    func initialises() {
        var bench = bench()
        guard case .initialise? = bench.steps.first else { return #expect(Bool(false), "asks for its id") }
        bench.receive(["forward a"])
        bench.settle()
        #expect(bench.produced.isEmpty)
        bench.answerStep()
        #expect(bench.produced.map(\.value) == ["forward a"])
    }

    @Test("sends events and the offsets behind them in one transaction, and then forgets the events")
    func together() {
        var bench = ready()
        bench.receive(["forward a", "count b"])
        bench.settle()
        #expect(bench.begunPublications == 1)
        #expect(bench.produced.map(\.value) == ["forward a"])
        #expect(offsets(bench.steps.first) == [2])
        #expect(bench.store.count(of: OutboxMessage.self) == 1, "the row stays until the transaction is committed")
        bench.answerStep()
        #expect(isCommit(bench.steps.first))
        bench.answerStep()
        #expect(bench.store.count(of: OutboxMessage.self) == 0)
        #expect(bench.commits.isEmpty, "offsets never go by themselves")
        #expect(bench.steps.isEmpty)
        #expect(bench.instance.pendingWork.isEmpty)
    }

    @Test("what an abort takes back is in the next transaction", arguments: [true, false])
    func abort(atCommit: Bool) {
        var bench = ready()
        bench.receive(["forward a"])
        bench.settle()
        if atCommit { bench.answerStep() }
        bench.answerStep(TransactionError(.timedOut, .abortable))
        #expect(isAbort(bench.steps.first))
        bench.answerStep()
        #expect(bench.produced.count == 1, "not at once: what has gone wrong may last")
        bench.wait(.seconds(2))
        #expect(bench.produced.map(\.value) == ["forward a", "forward a"])
        #expect(offsets(bench.steps.first) == [1])
        bench.answerStep()
        bench.answerStep()
        #expect(bench.store.count(of: OutboxMessage.self) == 0)
    }

    @Test("a step that may still succeed is taken again")
    func retries() {
        var bench = ready()
        bench.receive(["forward a"])
        bench.settle()
        bench.answerStep()
        for _ in 0..<3 {
            bench.answerStep(TransactionError(.timedOut, .retriable))
            #expect(bench.steps.isEmpty)
            bench.wait(.seconds(2))
            #expect(isCommit(bench.steps.first))
        }
        bench.answerStep()
        #expect(bench.produced.count == 1)
        #expect(bench.store.count(of: OutboxMessage.self) == 0)
    }

    @Test("an instance that was fenced ends, and its rows are left to others")
    func fenced() {
        var zombie = ready()
        zombie.receive(["forward a"])
        zombie.settle()
        zombie.answerStep(TransactionError(.invalidProducerEpoch, .fatal))
        #expect(zombie.failures == [.invalidProducerEpoch])
        #expect(zombie.store.count(of: OutboxMessage.self) == 1)

        var next = bench(store: zombie.store, life: 2)
        next.answerStep()
        #expect(next.produced.map(\.value) == ["forward a"])
    }

    @Test("partitions are given up only when the transaction with their offsets has ended")
    func revocation() {
        var bench = ready()
        bench.receive(["forward a"])
        bench.settle()
        bench.send(.revoked([Workbench.partition], lost: false))
        #expect(bench.finishedRevocations == 0)
        bench.answerStep()
        #expect(bench.finishedRevocations == 0)
        bench.answerStep()
        #expect(bench.finishedRevocations == 1)
    }

    @Test("what the group has given away without waiting is not committed in its name any more")
    func lostWhileGivenUp() {
        var bench = ready()
        bench.receive(["forward a"])
        bench.settle()
        bench.send(.revoked([Workbench.partition], lost: false))
        bench.answerStep(TransactionError(.illegalGeneration, .abortable))
        bench.answerStep()
        // `max.poll.interval.ms` is over: the next generation has begun, and somebody else has the partition.
        bench.send(.assigned([TopicPartition(Workbench.partition.topic, 7)]))
        bench.wait(.seconds(2))
        #expect(bench.produced.map(\.value) == ["forward a", "forward a"])
        #expect(isCommit(bench.steps.first), "without offsets")
    }

    @Test("offsets of partitions that are lost meanwhile are not sent again")
    func lostWhilePausing() {
        var bench = ready()
        bench.receive(["forward a"])
        bench.settle()
        bench.answerStep(TransactionError(.timedOut, .retriable))
        bench.send(.revoked([Workbench.partition], lost: true))
        bench.wait(.seconds(2))
        #expect(isAbort(bench.steps.first))
    }

    @Test("what arrives while a transaction is open goes into the next one")
    func oneAtATime() {
        var bench = ready()
        bench.receive(["forward a"], key: "x")
        bench.settle()
        bench.receive(["forward b"], from: 1, key: "y")
        bench.settle()
        #expect(bench.begunPublications == 1)
        bench.answerStep()
        bench.answerStep()
        #expect(bench.begunPublications == 2)
        #expect(bench.produced.map(\.value) == ["forward a", "forward b"])
        #expect(offsets(bench.steps.first) == [2])
    }
}
