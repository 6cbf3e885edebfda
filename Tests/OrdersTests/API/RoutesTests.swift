import Foundation
import Services
import Testing

@testable import Orders

@Suite("Routes")
struct RoutesTests {
    @Test func unknownPathsAndMethodsAreToldApart() {
        var bench = OrderBench(.inventoryFirst)
        for path in ["/", "/api", "/api/orders/", "/api/orders/A/cancel/now", "/api//orders", "/API/orders"] {
            expectProblem(bench.ask("order", .get, path), 404)
        }
        for path in ["", "api/orders", "/api/orders/%", "/%zz"] {
            expectProblem(bench.ask("order", .get, path), 400)
        }
        expectProblem(bench.ask("order", .put, "/api/orders"), 405, "POST, GET")
        expectProblem(bench.ask("order", .post, "/api/orders/ORD-9"), 405, "GET")
        expectProblem(bench.ask("order", .get, "/api/orders/ORD-9/cancel"), 405, "POST")
        expectProblem(bench.ask("payment", .get, "/api/orders"), 404)
        expectProblem(bench.ask("inventory", .post, "/api/inventory"), 405, "GET")
    }

    @Test func cartTakesOrdersInTheOrderServicesStead() {
        #expect(OrderAPI.service(for: .post, "/api/orders", in: .inventoryFirst)?.role == .order)
        #expect(OrderAPI.service(for: .post, "/api/orders", in: .testCart)?.role == .cart)
        #expect(OrderAPI.service(for: .post, "/api/v1/orders", in: .testCart)?.role == .cart)
        #expect(OrderAPI.service(for: .get, "/api/orders", in: .testCart)?.role == .order)
        #expect(OrderAPI.service(for: .get, "/api/orders/A/events", in: .testCart)?.role == .order)
        #expect(OrderAPI.service(for: .get, "/order-details?orderId=A", in: .testCart)?.role == .order)
        #expect(OrderAPI.service(for: .put, "/update-order", in: .testCart)?.role == .cart)
        #expect(OrderAPI.service(for: .put, "/update-order", in: .inventoryFirst) == nil)
        #expect(OrderAPI.service(for: .get, "/api/inventory", in: .inventoryFirst)?.role == .inventory)
        #expect(OrderAPI.service(for: .get, "/api/inventory", in: .testCart) == nil)
        #expect(OrderAPI.service(for: .get, "/health", in: .testCart)?.role == .order)
        #expect(OrderAPI.service(for: .post, OrderAPI.cancelPath(Identifier(literal: "A")), in: .testCart) == nil)
        var bench = OrderBench(.testCart)
        expectProblem(bench.ask("order", .post, "/api/orders"), 404, "Ask the service 'cart'")
        #expect(bench.published.isEmpty)
    }

    /// No two endpoints of a service fit one request, so that their order in the table does not matter; and none is
    /// hidden by those that every service has.
    @Test(arguments: Blueprint.Role.allCases)
    func endpointsAreDistinct(role: Blueprint.Role) throws {
        for blueprint in [Blueprint.inventoryFirst, .testCart, .testShop] {
            let endpoints = OrderAPI.endpoints(of: role, in: blueprint)
            for endpoint in endpoints {
                let path = try #require(RequestPath(endpoint.path.replacing(/:\w+/, with: "a")))
                let fitting = endpoints.filter { $0.method == endpoint.method && $0.pattern.match(path) != nil }
                #expect(fitting.map(\.path) == [endpoint.path])
            }
        }
    }

    @Test func everyEndpointIsDescribed() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/api.md")
        let text = try String(contentsOf: page.standardizedFileURL, encoding: .utf8)
        let rows = Set(text.matches(of: /\| `([A-Z]+ \S+)` \|/).map { String($0.1) })
        let endpoints = [Blueprint.testShop, .testCart].flatMap { blueprint in
            Blueprint.Role.allCases.flatMap { OrderAPI.endpoints(of: $0, in: blueprint) }
        }
        #expect(rows == Set(endpoints.map { "\($0.method.rawValue) \($0.path)" }))
    }
}
