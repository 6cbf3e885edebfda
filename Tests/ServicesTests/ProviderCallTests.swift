import Kafka
import Services
import Simulation
import Testing

@Suite("A provider call")
struct ProviderCallTests {
    private func bench(_ policy: ProviderTimeout) -> Workbench {
        var policies = RuntimePolicies()
        policies.providerTimeout = policy
        var bench = Workbench(policies: policies)
        bench.receive(["call a"])
        bench.settle()
        return bench
    }

    @Test("is made again with the same idempotency key until it is answered, once")
    func idempotentRetry() {
        var bench = bench(.idempotentRetry)
        bench.wait(.seconds(5))
        #expect(bench.calls.count >= 2)
        #expect(Set(bench.calls.map(\.idempotencyKey)).count == 1)
        for call in bench.calls {
            bench.send(.answered(call: call.id, attempt: call.attempt, Array("yes".utf8)))
            bench.settle()
        }
        #expect(bench.count("answers") == 1)
        #expect(bench.store.count(of: CallRow.self) == 0)
    }

    @Test("is made as if for the first time when the policy forgets the key")
    func retry() {
        var bench = bench(.retry)
        bench.wait(.seconds(5))
        #expect(Set(bench.calls.map(\.idempotencyKey)).count == bench.calls.count)
        #expect(bench.calls.count >= 2)
    }

    @Test("counts as refused after the first silence when the policy assumes so")
    func assumeDeclined() {
        var bench = bench(.assumeDeclined)
        bench.wait(.seconds(5))
        #expect(bench.calls.count == 1)
        #expect(bench.count("gave-up") == 1)
    }

    @Test("is made by another instance when the one that began it is dead")
    func takeover() {
        let dead = bench(.idempotentRetry)
        let reborn = Workbench(store: dead.store, life: 2)
        #expect(reborn.calls.map(\.idempotencyKey) == dead.calls.map(\.idempotencyKey))
    }

    @Test("whose answer cannot be handled keeps its row, and the answer is handled again until it can be")
    func unhandledAnswer() {
        var bench = Workbench(brokenUntil: .zero + .seconds(20))
        bench.receive(["call a"])
        bench.settle()
        bench.send(.answered(call: bench.calls[0].id, attempt: 1, Array("yes".utf8)))
        bench.wait(.seconds(19))
        #expect(bench.count("answers") == 0)
        #expect(bench.store.count(of: CallRow.self) == 1)
        #expect(bench.instance.pendingWork.contains("has failed to handle 1 answers to provider calls"))
        bench.wait(.seconds(10))
        #expect(bench.count("answers") == 1)
        #expect(bench.store.count(of: CallRow.self) == 0)
        #expect(bench.calls.count == 1, "the provider was not asked again")
        #expect(bench.instance.pendingWork.isEmpty)
    }

    @Test("whose answer nobody could handle is made again by the next life")
    func unhandledAnswerTakeover() {
        var dead = Workbench(brokenUntil: .distantFuture)
        dead.receive(["call a"])
        dead.settle()
        dead.send(.answered(call: dead.calls[0].id, attempt: 1, Array("yes".utf8)))
        dead.settle()
        let reborn = Workbench(store: dead.store, life: 2)
        #expect(reborn.calls.map(\.idempotencyKey) == dead.calls.map(\.idempotencyKey))
    }

    @Test("is made while others fail, where no circuit is to be opened", arguments: CircuitBreaking.allCases)
    func circuitPolicy(policy: CircuitBreaking) {
        var policies = RuntimePolicies()
        policies.circuitBreaking = policy
        var bench = Workbench(policies: policies)
        for (offset, name) in ["a", "b", "c", "d", "e", "f"].enumerated() {
            bench.receive(["call \(name)"], from: Int64(offset))
            bench.settle()
            if let call = bench.calls.last, offset < 5 { bench.send(.callFailed(call: call.id, attempt: call.attempt)) }
        }
        #expect(Set(bench.calls.map(\.id)).count == (policy == .on ? 5 : 6))
    }

    @Test("waits while the circuit is open")
    func circuit() {
        var breaker = CircuitBreaker(threshold: 2, pause: .seconds(1))
        var now = Instant.zero
        #expect(breaker.blockedUntil(at: now) == nil)
        breaker.failed(at: now)
        #expect(breaker.blockedUntil(at: now) == nil)
        breaker.failed(at: now)
        #expect(breaker.blockedUntil(at: now) == .zero + .seconds(1))
        now = now + .seconds(1)
        #expect(breaker.blockedUntil(at: now) == nil, "one call is let through")
        #expect(breaker.blockedUntil(at: now) != nil, "and no second one")
        breaker.succeeded()
        #expect(breaker.blockedUntil(at: now) == nil)
    }
}
