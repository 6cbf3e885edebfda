import Kafka
import Services
import Simulation
import Testing

@Suite("A service instance")
struct InstanceTests {
    @Test("processes a record once, however often it arrives")
    func inbox() {
        var bench = Workbench()
        bench.receive(["count a", "count b", "count a"])
        bench.settle()
        #expect(bench.count() == 2)
    }

    @Test("with an inbox, remembers across lives; with a set in memory, forgets", arguments: Deduplication.allCases)
    func deduplicationAcrossLives(deduplication: Deduplication) {
        var policies = RuntimePolicies()
        policies.deduplication = deduplication
        var first = Workbench(policies: policies)
        first.receive(["count a", "count a"])
        first.settle()
        var second = Workbench(store: first.store, life: 2, policies: policies)
        second.receive(["count a"])
        second.settle()
        #expect(first.count() == (deduplication == .none ? 2 : 1))
        #expect(second.count() == [.inbox: 1, .memory: 2, .none: 3][deduplication])
    }

    @Test("does not process twice when the answer of a commit is lost")
    func lostCommitAnswer() {
        var bench = Workbench()
        bench.receive(["count a"])
        bench.transact(losingAnswer: true)
        bench.wait(.seconds(1))
        #expect(bench.count() == 1)
    }

    @Test("commits an offset only after the transaction, unless told otherwise", arguments: OffsetCommit.allCases)
    func offsets(policy: OffsetCommit) {
        var policies = RuntimePolicies()
        policies.offsetCommit = policy
        var bench = Workbench(policies: policies)
        bench.receive(["count a", "count b"])
        #expect(bench.commits == (policy == .beforeProcessing ? [2] : []))
        bench.settle()
        #expect(bench.commits == (policy == .auto ? [] : [2]))
        bench.wait(.seconds(5))
        #expect(bench.commits == [2])
    }

    @Test("lets revoked partitions go when the transaction on them has ended, and its offsets are committed")
    func revocation() {
        var bench = Workbench()
        bench.receive(["count a"])
        bench.send(.revoked([Workbench.partition], lost: false))
        #expect(bench.finishedRevocations == 0)
        bench.transact()
        #expect(bench.finishedRevocations == 1)
        #expect(bench.commits == [1])
    }

    @Test("tries a failing record again, the ones behind it later, and takes it for poison in the end")
    func failingHandler() {
        var bench = Workbench()
        bench.receive(["count a", "fail", "count b"])
        bench.settle()
        #expect(bench.count() == 1)
        #expect(bench.commits.last == 1)
        bench.wait(.seconds(60))
        #expect(bench.count() == 2)
        #expect(bench.produced.map(\.topic.rawValue) == [2])
        #expect(bench.commits.last == 3)
    }

    @Test("answers a repeated request as the first time, and refuses a key used for another one")
    func idempotencyKeys() {
        var bench = Workbench()
        for body in ["one", "one", "two"] {
            bench.send(
                .request(Request(id: 1, method: .post, path: "/", idempotencyKey: "key", body: Array(body.utf8))))
            bench.settle()
        }
        #expect(bench.responses.map(\.status) == [201, 201, 422])
        #expect(bench.count("requests") == 1)
    }

    @Test("meets a deadline once, in whichever life it falls due")
    func deadlines() {
        var first = Workbench()
        first.receive(["deadline a"])
        first.settle()
        first.wait(.seconds(2))
        #expect(first.count("deadlines") == 0)
        var second = Workbench(store: first.store, at: first.now, life: 2)
        second.wait(.seconds(5))
        #expect(second.count("deadlines") == 1)
    }

    @Test("meets a deadline again whose handler fails, whoever looks next, until it succeeds, once")
    func failingDeadline() {
        var bench = Workbench(brokenUntil: .zero + .seconds(15))
        bench.wait(.milliseconds(1))
        bench.receive(["deadline a"])
        bench.settle()
        bench.wait(.seconds(14))
        #expect(bench.count("deadlines") == 0)
        #expect(bench.store.rows(Deadline.self).map(\.failures).allSatisfy { $0 >= 3 })
        var other = Workbench(store: bench.store, at: bench.now, number: 2)
        other.wait(.seconds(10))
        #expect(other.count("deadlines") == 1)
        #expect(other.store.count(of: Deadline.self) == 0)
    }

    @Test("prepares its store again when that has failed")
    func failingPreparation() {
        var bench = Workbench(brokenUntil: .zero + .seconds(3))
        #expect(bench.count("preparations") == 0)
        bench.wait(.seconds(10))
        #expect(bench.count("preparations") == 1)
    }

    @Test("finishes what is under way when it is told to stop")
    func draining() {
        var bench = Workbench()
        bench.receive(["forward a"])
        bench.send(.stop)
        bench.settle()
        #expect(bench.effects.isEmpty)
        bench.send(.delivered(tag: bench.produced[0].tag))
        bench.settle()
        #expect(bench.effects.contains { if case .stopped = $0 { true } else { false } })
        #expect(bench.store.count(of: OutboxMessage.self) == 0)
    }
}
