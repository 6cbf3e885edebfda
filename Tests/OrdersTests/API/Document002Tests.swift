import Services
import Testing

@testable import Orders

/// Order → payment → inventory → notification.
@Suite("Requests of document 002")
struct Document002Tests {
    private func settings() -> OrderSettings {
        var settings = OrderSettings()
        settings.catalogue = Catalogue([
            Product(
                sku: Identifier(literal: "product-A"), name: "A", price: Money(minorUnits: 5_00), initialStock: 5)
        ])
        return settings
    }

    @Test func createsAnOrder() throws {
        var bench = OrderBench(settings: settings())
        let response = bench.ask(
            .post, "/api/v1/orders",
            """
            {
              "customerId": "customer-123",
              "productId": "product-A",
              "quantity": 2
            }
            """)
        expect(
            response, 201,
            .object([
                "message": .exactly("Order event sent"),
                "event": .object([
                    "id": .text("order_"), "customerId": .exactly("customer-123"),
                    "productId": .exactly("product-A"), "quantity": .number("2"), "createdAt": .moment,
                ]),
            ]))
        let id = try #require(OrderAPI.orderID(in: response.body))
        #expect(bench.published.first?.order == id)
        let order = try OrderAPI.decodeOrder(bench.ask(.get, OrderAPI.orderPath(id)).body)
        #expect(order.total == Money(minorUnits: 10_00) && order.lines.map(\.quantity) == [2])
    }

    @Test(arguments: [
        "{}", #"{"customerId": "C", "productId": "product-A"}"#, #"{"customerId": "C", "quantity": 1}"#,
        #"{"customerId": "C", "productId": "product-Z", "quantity": 1}"#,
        #"{"customerId": "C", "productId": "product-A", "quantity": 1001}"#,
        #"{"customerId": "C", "productId": "product-A", "quantity": -1}"#,
        #"{"customerId": "C", "productId": ["product-A"], "quantity": 1}"#,
    ])
    func refusesNonsense(body: String) {
        var bench = OrderBench(settings: settings())
        expectProblem(bench.ask(.post, "/api/v1/orders", body), 400)
        #expect(bench.published.isEmpty)
    }
}
