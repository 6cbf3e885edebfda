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
