import Services
import Testing

@testable import Orders

@Suite("The order API")
struct OrderAPITests {
    private static let order = #"{"customerId": "C", "items": [{"productId": "PROD-001", "quantity": 1}]}"#

    @Test func cancelsOnce() throws {
        var bench = OrderBench(.inventoryFirst)
        bench.isHeld = true
        let id = Identifier(literal: "A-1")
        let create = OrderAPI.createBody(
            order: id, customer: Identifier(literal: "C"), items: [(Identifier(literal: "PROD-002"), 1)])
        #expect(bench.ask(.post, OrderAPI.createPath, create).status == 201)
        expectProblem(bench.ask(.post, OrderAPI.createPath, create), 409)
        #expect(bench.ask(.post, OrderAPI.cancelPath(id)).status == 202)
        #expect(bench.ask(.post, OrderAPI.cancelPath(id)).status == 202)
        #expect(bench.published.map(\.type) == [.orderCreated, .orderCancellationRequested])
        let shown = try OrderAPI.decodeOrder(bench.ask(.get, OrderAPI.orderPath(id)).body)
        #expect(shown.status == .cancelling && shown.reason == .customerRequest)
    }

    @Test func gracePeriodEnds() throws {
        var settings = OrderSettings()
        settings.gracePeriod = .milliseconds(50)
        var bench = OrderBench(.testShop, settings: settings)
        let ids = try (0..<2).map { _ in
            try OrderAPI.decodeOrder(bench.ask(.post, OrderAPI.createPath, Self.order).body).order
        }
        bench.pass(.milliseconds(50))
        #expect(bench.ask(.post, OrderAPI.cancelPath(ids[0])).status == 202)
        bench.pass(.milliseconds(5))
        expectProblem(bench.ask(.post, OrderAPI.cancelPath(ids[1])), 409, "for a while")
    }

    @Test(arguments: [
        "", "nonsense", "[]", "{}", #"{"customerId":"C"}"#, #"{"customerId":"C","items":[]}"#,
        #"{"customerId":"C","items":[{"productId":"PROD-999","quantity":1}]}"#,
        #"{"customerId":"C","items":[{"productId":"PROD-001","quantity":0}]}"#,
        #"{"customerId":"C","items":[{"productId":"PROD-001","quantity":1001}]}"#,
        #"{"customerId":"C","items":[{"productId":"PROD-001","quantity":1.5}]}"#,
        #"{"customerId":"C","items":[{"sku":"PROD-001","quantity":1},{"sku":"PROD-001","quantity":1}]}"#,
        #"{"customerId":"C","currency":"EUR","items":[{"sku":"PROD-001","quantity":1}]}"#,
        #"{"customerId":"C","orderId":"a/b","items":[{"sku":"PROD-001","quantity":1}]}"#,
        #"{"customerId":7,"items":[{"sku":"PROD-001","quantity":1}]}"#,
    ])
    func refusesNonsense(text: String) {
        var bench = OrderBench(.inventoryFirst)
        expectProblem(bench.ask(.post, "/api/orders", text), 400)
        #expect(bench.published.isEmpty && bench.store(of: "order").count(of: OrderRow.self) == 0)
    }

    // MARK: Lists

    @Test func pagesHoldEveryOrderOnce() throws {
        var bench = OrderBench(.inventoryFirst)
        var placed: [Identifier] = []
        for number in 0..<25 {
            placed.append(try OrderAPI.decodeOrder(bench.ask(.post, OrderAPI.createPath, Self.order).body).order)
            // Some at the same moment: the id decides between them.
            if number % 3 == 0 { bench.pass(.milliseconds(5)) }
        }
        var read: [Identifier] = []
        var pages: [Int] = []
        var next: Identifier?
        repeat {
            let body = bench.ask(.get, OrderAPI.listPath(limit: 10, after: next)).body
            let page = try OrderAPI.decodeOrders(body)
            read += page.orders.map(\.order)
            pages.append(page.orders.count)
            next = page.next
        } while next != nil
        #expect(pages == [10, 10, 5])
        #expect(read.sorted() == placed.sorted())
        #expect(try OrderAPI.decodeOrders(bench.ask(.get, OrderAPI.listPath()).body).orders.count == 20)
    }

    @Test func listsByStatus() throws {
        var bench = OrderBench(.inventoryFirst)
        let first = try OrderAPI.decodeOrder(bench.ask(.post, OrderAPI.createPath, Self.order).body).order
        bench.pass(.seconds(1))
        bench.isHeld = true
        let second = try OrderAPI.decodeOrder(bench.ask(.post, OrderAPI.createPath, Self.order).body).order
        func listed(_ status: OrderStatus) throws -> [Identifier] {
            try OrderAPI.decodeOrders(bench.ask(.get, OrderAPI.listPath(status: status)).body).orders.map(\.order)
        }
        #expect(try listed(.shipped) == [first])
        #expect(try listed(.pending) == [second])
        #expect(try listed(.cancelled) == [])
    }

    @Test(arguments: [
        "limit=0", "limit=101", "limit=ten", "limit=", "limit=99999999999999999999", "status=done", "status=",
        "after=ORD-404", "after=", "after=%20", "limit=-1&limit=5",
    ])
    func refusesNonsenseInQueries(query: String) {
        var bench = OrderBench(.inventoryFirst)
        expectProblem(bench.ask(.get, "/api/orders?\(query)"), 400)
    }

    // MARK: Ids in paths

    /// An adopted order may be called anything that is an identifier.
    @Test func findsWhatIsPercentEncoded() throws {
        var bench = OrderBench(.inventoryFirst)
        let id = Identifier(literal: "a.b~c_d-1")
        bench.ask(
            .post, OrderAPI.createPath,
            OrderAPI.createBody(order: id, customer: id, items: [(Identifier(literal: "PROD-001"), 1)]))
        #expect(bench.ask(.get, "/api/orders/%61%2Eb~c%5fd%2d1").status == 200)
        #expect(bench.ask(.get, "/api/%6Frders/a.b~c_d-1").status == 200)
        expectProblem(bench.ask(.get, "/api/orders/a.b~c_d%2"), 400)
        expectProblem(bench.ask(.get, "/api/orders/%FF%00"), 404)
        expectProblem(bench.ask(.get, "/api/orders/a.b%2Fc"), 404)
    }

    @Test func pathsOfAnyIdentifierAreFound() throws {
        let odd = Identifier(literal: "/?#%&+=\"\\:~")
        for path in [OrderAPI.orderPath(odd), OrderAPI.lineCancelPath(odd, odd), OrderAPI.returnPath(odd)] {
            let segments = try #require(RequestPath(path)).segments
            #expect(segments[2] == odd.bytes, "\(path)")
        }
        let query = try #require(RequestPath(OrderAPI.detailsPath(odd)))
        #expect(query.segments.count == 1 && query.query("orderId") == odd.bytes)
    }
}
