import Services
import Testing

@testable import Orders

/// Cart → order.
@Suite("Requests of document 004")
struct Document004Tests {
    private static let create = #"{"order_id": "123", "number_of_items": 3}"#
    private static let update = #"{"order_id": "ORD-123", "status": "confirmed"}"#

    private var created: Shape {
        .object(["message": .exactly("order created and published successfully"), "orderId": .exactly("ORD-123")])
    }

    private var updated: Shape {
        .object([
            "message": .exactly("order status updated and published successfully"), "orderId": .exactly("ORD-123"),
        ])
    }

    @Test func createsAndUpdatesAnOrder() {
        var bench = OrderBench(.testCart)
        expect(bench.ask(.post, "/create-order", Self.create), 201, created)
        expect(bench.ask(.put, "/update-order", Self.update), 200, updated)
        #expect(bench.published.map(\.type) == [.orderCreated, .orderStatusUpdated])
        #expect(bench.published.allSatisfy { $0.correlation == bench.published[0].correlation })
        #expect(bench.published[1].causation == bench.published[0].id)
    }

    @Test func refusesDuplicatesAndUnknownOrders() {
        var bench = OrderBench(.testCart)
        expectProblem(bench.ask(.put, "/update-order", Self.update), 404)
        bench.ask(.post, "/create-order", Self.create)
        expectProblem(bench.ask(.post, "/create-order", Self.create), 409)
        expectProblem(bench.ask(.post, "/create-order", Self.create.replacing("123", with: "ORD-123")), 409)
        #expect(bench.published.count == 1)
    }

    /// Three items for 150.00.
    @Test func showsAnOrderWithItsShippingCost() {
        var settings = OrderSettings()
        settings.catalogue = Catalogue(
            (1...3).map { number in
                Product(
                    sku: Identifier(prefix: "P-", number: number, digits: 1), name: "\(number)",
                    price: Money(minorUnits: 50_00), initialStock: 1)
            })
        var bench = OrderBench(.testCart, settings: settings)
        bench.ask(.post, "/create-order", Self.create)
        bench.ask(.put, "/update-order", Self.update)
        let item = Shape.object([
            "productId": .text("P-"), "name": .text, "price": .number("50.00"), "quantity": .number("1"),
            "cancelled": .number("0"), "beingCancelled": .number("0"),
        ])
        let details = bench.ask(.get, "/order-details?orderId=ORD-123")
        expect(
            details, 200,
            .object([
                "order": .object([
                    "orderId": .exactly("ORD-123"), "customerId": .text("CUST-"), "orderDate": .moment,
                    "items": .list([item, item, item]), "totalAmount": .number("150.00"),
                    "currency": .exactly("USD"), "status": .exactly("confirmed"),
                ]),
                "shippingCost": .number("3.00"),
            ]))
        #expect(String(decoding: details.body, as: UTF8.self).contains(#""shippingCost":3.00"#))
        expectProblem(bench.ask(.get, "/order-details?orderId=ORD-404"), 404)
        expectProblem(bench.ask(.get, "/order-details"), 400)
    }

    @Test func listsTheOrdersOfATopic() {
        var bench = OrderBench(.testCart)
        for number in ["123", "124", "125"] {
            bench.ask(.post, "/create-order", Self.create.replacing("123", with: number))
            bench.pass(.milliseconds(5))
        }
        expect(
            bench.ask(.get, "/getAllOrderIdsFromTopic?topicName=orders.events"), 200,
            .object([
                "topicName": .exactly("orders.events"),
                "orderIds": .list([.exactly("ORD-123"), .exactly("ORD-124"), .exactly("ORD-125")]),
            ]))
        expect(
            bench.ask(.get, "/getAllOrderIdsFromTopic?topicName=orders.archive"), 200,
            .object(["topicName": .exactly("orders.archive"), "orderIds": .list([])]))
        expectProblem(bench.ask(.get, "/getAllOrderIdsFromTopic?topicName=orders"), 404)
        expectProblem(bench.ask(.get, "/getAllOrderIdsFromTopic"), 400)
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"order_id": "123"}"#, #"{"number_of_items": 3}"#,
        #"{"order_id": "", "number_of_items": 3}"#, #"{"order_id": "ORD-", "number_of_items": 3}"#,
        #"{"order_id": "a/b", "number_of_items": 3}"#, #"{"order_id": "123456789012", "number_of_items": 3}"#,
        #"{"order_id": 123, "number_of_items": 3}"#, #"{"order_id": "123", "number_of_items": 0}"#,
        #"{"order_id": "123", "number_of_items": 1001}"#, #"{"order_id": "123", "number_of_items": "3"}"#,
        #"{"order_id": "123", "number_of_items": 1e99}"#,
    ])
    func refusesToCreateNonsense(body: String) {
        var bench = OrderBench(.testCart)
        expectProblem(bench.ask(.post, "/create-order", body), 400)
        #expect(bench.published.isEmpty)
    }

    @Test(arguments: [
        "", "{}", #"{"order_id": "ORD-123"}"#, #"{"order_id": "ORD-123", "status": "done"}"#,
        #"{"order_id": "ORD-123", "status": "cancelling"}"#, #"{"order_id": "ORD-123", "status": 1}"#,
    ])
    func refusesToUpdateToNonsense(body: String) {
        var bench = OrderBench(.testCart)
        bench.ask(.post, "/create-order", Self.create)
        expectProblem(bench.ask(.put, "/update-order", body), 400)
        #expect(bench.published.count == 1)
    }
}
