import Testing

@testable import Orders

/// Order → inventory → payment → shipping. The document shows no request; it promises health checks for all services,
/// an append-only log of events in its schema, and orders of the events' shape.
@Suite("What document 001 promises")
struct Document001Tests {
    @Test(arguments: [
        (
            "order",
            [
                ("orders", 0), ("order_lines", 0), ("order_events", 0), ("early_updates", 0),
                ("replays", 0), ("order_journal", 0), ("order_journal_end", 0),
            ]
        ),
        ("inventory", [("stock", 8), ("reservations", 0), ("reservation_lines", 0)]),
        ("payment", [("payments", 0), ("refunds", 0)]), ("shipping", [("shipments", 0)]),
    ])
    func everyServiceTellsHowItIs(service: String, tables: [(String, Int)]) {
        var bench = OrderBench(.inventoryFirst)
        let status: [String: Shape] = [
            "status": .exactly("up"), "service": .exactly(service), "role": .exactly(service),
            "group": .exactly(service), "blueprint": .exactly("inventory-first"), "topics": .some(.text),
            "store": .list(
                ([("inbox", 0)] + tables).map { table, rows in
                    .object(["table": .exactly(table), "rows": .number("\(rows)")])
                }),
            "backlog": .object([
                "unpublishedEvents": .number("0"), "openCalls": .number("0"), "deadlines": .number("0"),
            ]),
        ]
        expect(bench.ask(service, .get, "/health"), 200, .object(status))
        expect(
            bench.ask(service, .get, "/api/services/status"), 200, .object(["services": .list([.object(status)])]))
    }

    @Test func statusCountsWhatIsToBeDone() {
        var bench = OrderBench(.inventoryFirst)
        let body = #"{"customerId": "C", "items": [{"productId": "PROD-001", "quantity": 1}]}"#
        #expect(bench.ask(.post, "/api/orders", body).status == 201)
        let health = String(decoding: bench.ask("order", .get, "/health").body, as: UTF8.self)
        // InventoryReserved and PaymentAuthorized; the saga's time limit.
        #expect(
            health.contains(#"{"table":"inbox","rows":2},{"table":"orders","rows":1}"#)
                && health.contains(#""deadlines":1"#), "\(health)")
    }

    @Test func historyIsTheSagaInTheEventsOwnWords() throws {
        var bench = OrderBench(.inventoryFirst)
        let created = bench.ask(
            .post, "/api/orders", #"{"customerId": "C", "items": [{"productId": "PROD-001", "quantity": 1}]}"#)
        let id = try OrderAPI.decodeOrder(created.body).order
        bench.pass(.seconds(1))
        func event(_ type: String, cause: Shape = .text, _ payload: [String: Shape]) -> Shape {
            .object([
                "eventId": .text, "eventType": .exactly(type), "version": .text("1."), "timestamp": .moment,
                "correlationId": .text, "causationId": cause,
                "payload": .object(payload.merging(["orderId": .exactly("\(id)")]) { $1 }),
            ])
        }
        let amount: [String: Shape] = ["amount": .number("79.99"), "currency": .exactly("USD"), "paymentId": .text]
        let item = Shape.object([
            "sku": .exactly("PROD-001"), "quantity": .number("1"), "unitPrice": .number("79.99"),
        ])
        let order: [String: Shape] = [
            "customerId": .exactly("C"), "items": .list([item]), "totalAmount": .number("79.99"),
            "currency": .exactly("USD"),
        ]
        expect(
            bench.ask(.get, OrderAPI.eventsPath(id)), 200,
            .object([
                "orderId": .exactly("\(id)"),
                "events": .list([
                    event("OrderCreated", cause: .null, order), event("InventoryReserved", [:]),
                    event("PaymentAuthorized", amount),
                    event("OrderShipped", ["trackingNumber": .text("TRK-"), "carrier": .text]),
                ]),
            ]))
    }
}
