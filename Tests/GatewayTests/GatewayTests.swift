import Gateway
import HummingbirdTesting
import Live
import Orders
import Services
import Testing

/// HTTP on the outside, the API's own requests and answers inside.
@Suite struct GatewayTests {
    /// A product that there is.
    private static func order(_ id: String) -> String {
        let sku = Catalogue.sample.products[0].sku
        return #"{"orderId":"\#(id)","customerId":"C-1","items":[{"productId":"\#(sku)","quantity":1}]}"#
    }

    @Test(arguments: [TestingSetup.router, .live]) func `An order is placed, looked at and cancelled`(
        way: TestingSetup
    ) async throws {
        try await Probe(Bench(Probe.blueprint("standard"))).test(way) { ask in
            let created = try await ask("POST", "/api/orders", Self.order("ORD-1"))
            #expect(created.status == 201)
            #expect(created["content-type"] == "application/json")
            #expect(created.body.contains(#""orderId":"ORD-1""#))
            #expect(try await ask("GET", "/api/orders/ORD-1").status == 200)
            let events = try await ask("GET", "/api/orders/ORD-1/events")
            #expect(events.status == 200 && events.body.contains("OrderCreated"))
            #expect(try await ask("POST", "/api/orders/ORD-1/cancel").status == 202)
            #expect(try await ask("GET", "/api/orders?limit=1").body.contains("ORD-1"))
            let unknown = try await ask("GET", "/api/orders/ORD-2")
            #expect(unknown.status == 404 && unknown["content-type"] == "application/problem+json")
            #expect(try await ask("GET", "/api/inventory").status == 200)
            #expect(try await ask("GET", "/api/orders/ORD%2").status == 400)
        }
    }

    @Test func `Requests with the same Idempotency-Key are one, with and without quotes`() async throws {
        try await Probe(Bench(Probe.blueprint("standard"))).test { ask in
            let body = Self.order("ORD-1")
            let first = try await ask("POST", "/api/orders", body, headers: ["Idempotency-Key": "k-1"])
            let second = try await ask("POST", "/api/orders", body, headers: ["idempotency-key": "\"k-1\""])
            #expect(first.status == 201 && second.status == 201 && first.body == second.body)
            let other = try await ask("POST", "/api/orders", Self.order("ORD-2"), headers: ["Idempotency-Key": "k-1"])
            #expect(other.status == 422)
            #expect(try await ask("POST", "/api/orders", body).status == 409)
            let long = String(repeating: "k", count: 256)
            #expect(try await ask("POST", "/api/orders", body, headers: ["Idempotency-Key": long]).status == 400)
        }
    }

    @Test(arguments: [TestingSetup.router, .live]) func `What is not there is a problem in JSON`(
        way: TestingSetup
    ) async throws {
        try await Probe(Bench(Probe.blueprint("standard"))).test(way) { ask in
            let nowhere = try await ask("GET", "/nowhere")
            #expect(nowhere.status == 404 && nowhere["content-type"] == "application/problem+json")
            #expect(nowhere.body.hasPrefix(#"{"title":"Not found","status":404,"detail":""#))
            let wrong = try await ask("PUT", "/api/orders")
            #expect(wrong.status == 405 && wrong["allow"] == "GET, POST, HEAD, OPTIONS")
            #expect(wrong.body.contains(#""allow":["GET","POST"]"#))
            #expect(try await ask("DELETE", "/api/orders/ORD-1").status == 405)
            #expect(try await ask("POST", "/livez").status == 405)
            // The cart's: nobody has one in this blueprint.
            let cart = try await ask("POST", "/create-order")
            #expect(cart.status == 404 && cart.body.contains("blueprint 'standard'"))
            let options = try await ask("OPTIONS", "/api/orders")
            #expect(options.status == 204 && options["allow"] == "GET, POST, HEAD, OPTIONS")
        }
    }

    @Test func `HEAD is GET without a body`() async throws {
        try await Probe(Bench(Probe.blueprint("standard"))).test { ask in
            let get = try await ask("GET", "/api/inventory")
            let head = try await ask("HEAD", "/api/inventory")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head["content-length"] == get["content-length"])
        }
    }

    @Test(arguments: [TestingSetup.router, .live]) func `A body that is too large is refused`(
        way: TestingSetup
    ) async throws {
        var options = GatewayOptions()
        options.bodyLimit = 1_000
        try await Probe(Bench(Probe.blueprint("standard")), options: options).test(way) { ask in
            let answer = try await ask("POST", "/api/orders", String(repeating: " ", count: 1_001))
            #expect(answer.status == 413 && answer["content-type"] == "application/problem+json")
        }
        try await Probe(Bench(Probe.blueprint("standard")), options: options).test(way) { ask in
            let answer = try await ask("POST", "/api/orders", String(repeating: " ", count: 1_000))
            #expect(answer.status == 400)
        }
    }

    @Test func `A service that is elsewhere, starting or silent is told from one that answers`() async throws {
        try await Probe(Stub(services: ["inventory"])).test { ask in
            let answer = try await ask("GET", "/api/orders/ORD-1")
            #expect(answer.status == 503 && answer["retry-after"] == "5")
            #expect(answer.body.contains("--services order"))
        }
        try await Probe(Stub()).test { ask in
            let answer = try await ask("GET", "/api/orders/ORD-1")
            #expect(answer.status == 503 && answer["retry-after"] == "1")
        }
        var options = GatewayOptions()
        options.timeLimit = .milliseconds(20)
        let silent = Stub { _, _ in
            try? await Task.sleep(for: .seconds(3_600))
            return nil
        }
        try await Probe(silent, options: options).test { ask in
            let answer = try await ask("POST", "/api/orders", "{}")
            #expect(answer.status == 504 && answer.body.contains("within 20 ms"))
        }
    }

    @Test func `No two requests have the same number`() async throws {
        let stub = Stub { request, _ in Services.Response(status: 200, body: Array("\(request.id)".utf8)) }
        try await Probe(stub).test { ask in
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<100 { group.addTask { try await ask("GET", "/api/orders/ORD-1").body } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids.count == 100)
        }
    }

    @Test func `A status that is none, and a body that is no JSON, come through without harm`() async throws {
        let stub = Stub { _, _ in Services.Response(status: 7, body: [0xff, 0x00]) }
        try await Probe(stub).test { ask in
            let answer = try await ask("GET", "/api/orders/ORD-1")
            #expect(answer.status == 500)
        }
    }
}
