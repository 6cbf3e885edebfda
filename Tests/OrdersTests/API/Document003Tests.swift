import Services
import Testing

@testable import Orders

/// Order → (payment ∥ inventory) → shipment created → dispatched → delivered.
@Suite("Requests of document 003")
struct Document003Tests {
    private static let example = """
        {
            "customerId": "CUST-001",
            "customerEmail": "john@example.com",
            "items": [
              {"productId": "PROD-001", "name": "Wireless Headphones", "price": 79.99, "quantity": 2},
              {"productId": "PROD-003", "name": "USB-C Hub", "price": 34.99, "quantity": 1}
            ]
          }
        """

    /// The example's order, as answers show it.
    private func order(_ id: Identifier? = nil, status: String, _ more: [String: Shape] = [:]) -> Shape {
        func item(_ sku: String, _ name: String, _ price: String, _ quantity: String) -> Shape {
            .object([
                "productId": .exactly(sku), "name": .exactly(name), "price": .number(price),
                "quantity": .number(quantity), "cancelled": .number("0"), "beingCancelled": .number("0"),
            ])
        }
        let fields: [String: Shape] = [
            "orderId": id.map { .exactly("\($0)") } ?? .text("ORD-"), "customerId": .exactly("CUST-001"),
            "status": .exactly(status),
            "items": .list([
                item("PROD-001", "Wireless Headphones", "79.99", "2"), item("PROD-003", "USB-C Hub", "34.99", "1"),
            ]),
            "totalAmount": .number("194.97"), "cancelledAmount": .number("0"), "paidAmount": .number("0"),
            "refundedAmount": .number("0"), "shippingCost": .number("3.90"), "currency": .exactly("USD"),
            "createdAt": .moment, "updatedAt": .moment,
        ]
        return .object(fields.merging(more) { $1 })
    }

    private func bench() -> OrderBench { OrderBench(.testShop) }

    private func create(_ bench: inout OrderBench) throws -> Identifier {
        try OrderAPI.decodeOrder(bench.ask(.post, "/api/orders", Self.example).body).order
    }

    @Test func createsAnOrder() {
        var bench = bench()
        expect(
            bench.ask(.post, "/api/orders", Self.example), 201,
            .object([
                "message": .exactly("Order created successfully"), "orderId": .text("ORD-"),
                "order": order(status: "pending"),
            ]))
    }

    /// Whatever the client takes the price for.
    @Test func pricesAreTheCataloguesOwn() throws {
        var bench = bench()
        let cheap = Self.example.replacing("79.99", with: "0.01")
        let created = try OrderAPI.decodeOrder(bench.ask(.post, "/api/orders", cheap).body)
        #expect(created.total == Money(minorUnits: 194_97))
    }

    @Test(arguments: [
        ("john@example.com", "john"), ("john@example.com", "@"), ("john@example.com", "a@b@c"),
        ("john@example.com", "a b@c"), ("79.99", "-1"), ("79.99", "\"79.99\""), ("79.99", "79.99001"),
        ("79.99", "1e30"), ("Wireless Headphones", ""), ("\"USB-C Hub\"", "7"), ("\"quantity\": 2", "\"quantity\": 0"),
        ("\"quantity\": 2", "\"quantity\": 1001"), ("PROD-003", "PROD-001"), ("PROD-003", "PROD-009"),
    ])
    func refusesNonsense(sense: String, nonsense: String) {
        var bench = bench()
        expectProblem(bench.ask(.post, "/api/orders", Self.example.replacing(sense, with: nonsense)), 400)
        #expect(bench.published.isEmpty)
    }

    @Test func showsAnOrder() throws {
        var bench = bench()
        let id = try create(&bench)
        bench.pass(.seconds(5))
        expect(
            bench.ask(.get, "/api/orders/\(id)"), 200,
            .object([
                "order": order(
                    id, status: "delivered",
                    ["paidAmount": .number("194.97"), "trackingNumber": .text("TRK-"), "carrier": .text])
            ]))
        expectProblem(bench.ask(.get, "/api/orders/ORD-404"), 404)
    }

    @Test func listsOrders() throws {
        var bench = bench()
        expect(bench.ask(.get, "/api/orders"), 200, .object(["orders": .list([]), "next": .null]))
        let id = try create(&bench)
        expect(
            bench.ask(.get, "/api/orders"), 200,
            .object([
                "orders": .list([
                    order(
                        id, status: "scheduled",
                        ["paidAmount": .number("194.97"), "trackingNumber": .text("TRK-"), "carrier": .text])
                ]),
                "next": .null,
            ]))
    }

    @Test func showsTheHistory() throws {
        var bench = bench()
        let id = try create(&bench)
        bench.pass(.seconds(5))
        func event(_ type: String) -> Shape {
            .object([
                "eventId": .text, "eventType": .exactly(type), "version": .text, "timestamp": .moment,
                "correlationId": .text, "causationId": type == "ORDER_CREATED" ? .null : .text,
                "payload": payloads[type] ?? .null,
            ])
        }
        let parcel = Shape.object(["orderId": .exactly("\(id)"), "trackingNumber": .text("TRK-"), "carrier": .text])
        let amount: [String: Shape] = [
            "orderId": .exactly("\(id)"), "amount": .number("194.97"), "currency": .exactly("USD"),
        ]
        let item = Shape.object(["sku": .text("PROD-"), "quantity": .anyNumber, "unitPrice": .anyNumber])
        let payloads: [String: Shape] = [
            "ORDER_CREATED": .object([
                "orderId": .exactly("\(id)"), "customerId": .exactly("CUST-001"), "items": .some(item),
                "totalAmount": .number("194.97"), "currency": .exactly("USD"),
            ]),
            "INVENTORY_RESERVED": .object(["orderId": .exactly("\(id)")]),
            "PAYMENT_PROCESSING": .object(amount),
            "PAYMENT_PROCESSED": .object(amount.merging(["paymentId": .text]) { $1 }),
            "SHIPMENT_CREATED": parcel, "SHIPMENT_DISPATCHED": parcel, "SHIPMENT_DELIVERED": parcel,
        ]
        expect(
            bench.ask(.get, "/api/orders/\(id)/events"), 200,
            .object([
                "orderId": .exactly("\(id)"),
                "events": .list([
                    event("ORDER_CREATED"), event("INVENTORY_RESERVED"), event("PAYMENT_PROCESSING"),
                    event("PAYMENT_PROCESSED"), event("SHIPMENT_CREATED"), event("SHIPMENT_DISPATCHED"),
                    event("SHIPMENT_DELIVERED"),
                ]),
            ]))
        expectProblem(bench.ask(.get, "/api/orders/ORD-404/events"), 404)
    }

    @Test func cancelsAnOrder() throws {
        var bench = bench()
        let id = try create(&bench)
        bench.isHeld = true
        let paid: [String: Shape] = [
            "paidAmount": .number("194.97"), "trackingNumber": .text("TRK-"), "carrier": .text,
            "reason": .exactly("customer-request"),
        ]
        let cancelling = Shape.object([
            "message": .exactly("Order is being cancelled"), "order": order(id, status: "cancelling", paid),
        ])
        expect(bench.ask(.post, "/api/orders/\(id)/cancel"), 202, cancelling)
        expect(bench.ask(.post, "/api/orders/\(id)/cancel"), 202, cancelling)
        bench.isHeld = false
        expect(
            bench.ask(.post, "/api/orders/\(id)/cancel"), 200,
            .object([
                "message": .exactly("Order is cancelled"),
                "order": order(
                    id, status: "cancelled", paid.merging(["refundedAmount": .number("194.97")]) { $1 }),
            ]))
        #expect(bench.published.filter { $0.type == .orderCancellationRequested }.count == 1)
    }

    @Test func doesNotCancelWhatHasLeft() throws {
        var bench = bench()
        let id = try create(&bench)
        bench.pass(.milliseconds(600))
        expectProblem(bench.ask(.post, "/api/orders/\(id)/cancel"), 409, "cannot be called back")
        expectProblem(bench.ask(.post, "/api/orders/ORD-404/cancel"), 404)
    }

    /// The document's table of products.
    @Test func listsInventory() throws {
        var bench = bench()
        _ = try create(&bench)
        func item(
            _ sku: String, _ name: String, _ price: String, _ stock: Int, reserved: Int = 0
        ) -> Shape {
            .object([
                "productId": .exactly(sku), "name": .exactly(name), "price": .number(price),
                "currency": .exactly("USD"), "initialStock": .number("\(stock)"), "onHand": .number("\(stock)"),
                "reserved": .number("\(reserved)"), "available": .number("\(stock - reserved)"),
            ])
        }
        expect(
            bench.ask(.get, "/api/inventory"), 200,
            .object([
                "items": .list([
                    item("PROD-001", "Wireless Headphones", "79.99", 100, reserved: 2),
                    item("PROD-002", "Laptop Stand", "45.99", 50),
                    item("PROD-003", "USB-C Hub", "34.99", 200, reserved: 1),
                    item("PROD-004", "Mechanical Keyboard", "129.99", 75),
                    item("PROD-005", "Monitor Light Bar", "59.99", 60),
                    item("PROD-006", "Webcam HD", "89.99", 40),
                    item("PROD-007", "Mouse Pad XL", "24.99", 150),
                    item("PROD-008", "Cable Management Kit", "19.99", 300),
                ])
            ]))
    }
}
