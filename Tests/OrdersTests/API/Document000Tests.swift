import Services
import Testing

@testable import Orders

/// Order → shipping.
@Suite("Requests of document 000")
struct Document000Tests {
    @Test func createsAnOrder() {
        var settings = OrderSettings()
        settings.catalogue = Catalogue(
            ["prod-A", "prod-B"].map { sku in
                Product(sku: Identifier(sku)!, name: sku, price: Money(minorUnits: 10_00), initialStock: 5)
            })
        var bench = OrderBench(.testShippingOnly, settings: settings)
        let response = bench.ask(
            .post, "/api/orders",
            """
            {
              "customerId": "cust-123",
              "items": [
                { "productId": "prod-A", "quantity": 2 },
                { "productId": "prod-B", "quantity": 1 }
              ]
            }
            """)
        func item(_ sku: String, _ quantity: String) -> Shape {
            .object([
                "productId": .exactly(sku), "name": .exactly(sku), "price": .number("10"),
                "quantity": .number(quantity), "cancelled": .number("0"), "beingCancelled": .number("0"),
            ])
        }
        let order = Shape.object([
            "orderId": .text("ORD-"), "customerId": .exactly("cust-123"), "status": .exactly("pending"),
            "items": .list([item("prod-A", "2"), item("prod-B", "1")]),
            "totalAmount": .number("30.00"), "cancelledAmount": .number("0"), "paidAmount": .number("0"),
            "refundedAmount": .number("0"), "shippingCost": .number("0.60"), "currency": .exactly("USD"),
            "createdAt": .moment, "updatedAt": .moment,
        ])
        expect(
            response, 201,
            .object(["message": .exactly("Order created successfully"), "orderId": .text("ORD-"), "order": order]))
        bench.pass(.seconds(1))
        #expect(bench.published.map(\.type) == [.orderCreated, .shipmentCreated])
    }

    /// Nobody would stop the parcel.
    @Test func doesNotPromiseToCancel() throws {
        var bench = OrderBench(.testShippingOnly)
        let id = Identifier(literal: "A-1")
        bench.ask(
            .post, OrderAPI.createPath,
            OrderAPI.createBody(order: id, customer: id, items: [(Identifier(literal: "PROD-001"), 1)]))
        expectProblem(bench.ask(.post, OrderAPI.cancelPath(id)), 404, "does not publish OrderCancellationRequested")
        expectProblem(bench.ask(.post, OrderAPI.returnPath(id)), 404, "does not publish ReturnRequested")
    }
}
