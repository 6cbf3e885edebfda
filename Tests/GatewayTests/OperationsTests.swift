import Gateway
import HummingbirdTesting
import Live
import Services
import Testing

/// What those ask who run the system.
@Suite struct OperationsTests {
    @Test func `It is alive as soon as it answers, and ready when nothing is missing`() async throws {
        var stub = Stub()
        stub.health = [
            InstanceHealth(name: "order/1", missing: []),
            InstanceHealth(name: "payment/1", missing: ["waits for its store"]),
        ]
        try await Probe(stub).test { ask in
            #expect(try await ask("GET", "/livez").body == #"{"status":"alive"}"#)
            let answer = try await ask("GET", "/readyz")
            #expect(answer.status == 503 && answer["retry-after"] == "1")
            #expect(
                answer.body.contains(
                    #"{"instance":"payment/1","ready":false,"missing":["waits for its store"]}"#))
        }
        stub.health = [InstanceHealth(name: "order/1", missing: [])]
        try await Probe(stub).test { ask in
            let answer = try await ask("GET", "/readyz")
            #expect(answer.status == 200)
        }
        stub.health = []
        try await Probe(stub).test { ask in
            let answer = try await ask("GET", "/readyz")
            #expect(answer.status == 503)
        }
    }

    @Test func `Requests are counted by service and status`() async throws {
        try await Probe(Bench(Probe.blueprint("standard"))).test(.live) { ask in
            _ = try await ask("GET", "/api/orders/ORD-1")
            _ = try await ask("GET", "/nowhere")
            let answer = try await ask("GET", "/metrics")
            #expect(answer["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.body.contains(#"orrery_requests_total{service="order",status="404"} 1"# + "\n"))
            #expect(answer.body.contains(#"orrery_requests_total{service="gateway",status="404"} 1"# + "\n"))
            #expect(answer.body.contains(#"orrery_request_seconds_count{service="order"} 1"# + "\n"))
        }
    }

    @Test func `Every service of the blueprint says how it is, or where it is`() async throws {
        let bench = Bench(Probe.blueprint("standard"), only: ["order", "inventory"])
        try await Probe(bench).test { ask in
            let answer = try await ask("GET", "/api/services/status")
            #expect(answer.status == 200 && answer.body.hasPrefix(#"{"services":["#))
            #expect(answer.body.contains(#"{"status":"up","service":"order","role":"order""#))
            #expect(answer.body.contains(#"{"status":"up","service":"inventory""#))
            #expect(answer.body.contains(#"{"status":"elsewhere","service":"payment"}"#))
        }
        try await Probe(Stub()).test { ask in
            let answer = try await ask("GET", "/api/services/status")
            #expect(answer.body.contains(#"{"status":"down","service":"order"}"#))
        }
        try await Probe(Bench(Probe.blueprint("standard"), only: ["inventory"])).test { ask in
            let answer = try await ask("GET", "/health")
            #expect(answer.body.contains(#""service":"inventory""#))
        }
    }
}
