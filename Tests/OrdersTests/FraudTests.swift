import Services
import Simulation
import Testing

@testable import Orders

@Suite struct FraudTests {
    private static func limited(orders: Int32 = 50, amount: Int64 = 5_000_000, single: Int64 = 1_000_000)
        -> OrderSettings
    {
        var settings = OrderSettings()
        settings.fraudLimits.window = .seconds(600)
        settings.fraudLimits.orders = orders
        settings.fraudLimits.amount = amount
        settings.fraudLimits.singleAmount = single
        return settings
    }

    private func decisions(_ desk: FraudDesk) -> [FraudDecision] {
        desk.published.map { published in
            switch published.event.payload {
            case .fraudCheckPassed(let decision), .fraudCheckFailed(let decision): decision
            default: preconditionFailure("the fraud service published a \(published.event.type)")
            }
        }
    }

    private func minute(_ count: Int64) -> Instant { .zero + .seconds(60 * count) }

    @Test func `orders of one customer count, those of others do not`() {
        var desk = FraudDesk(.fraud, settings: Self.limited(orders: 2))
        for number in 1...3 { desk.hear(FraudDesk.order(UInt64(number), at: minute(1))) }
        desk.hear(FraudDesk.order(4, of: "CUST-2", at: minute(1)))
        #expect(decisions(desk).map(\.orders) == [1, 2, 3, 1])
        #expect(decisions(desk).map(\.rule) == [nil, nil, .tooManyOrders, nil])
        #expect(
            desk.published.map(\.event.type) == [
                .fraudCheckPassed, .fraudCheckPassed, .fraudCheckFailed, .fraudCheckPassed,
            ])
    }

    @Test func `money is limited, in the window and in one order`() {
        var desk = FraudDesk(.fraud, settings: Self.limited(amount: 100_00, single: 60_00))
        desk.hear(FraudDesk.order(1, at: minute(1), cents: 60_00))
        desk.hear(FraudDesk.order(2, at: minute(2), cents: 40_00))
        desk.hear(FraudDesk.order(3, at: minute(3), cents: 1))
        desk.hear(FraudDesk.order(4, of: "CUST-2", at: minute(3), cents: 60_01))
        #expect(decisions(desk).map(\.rule) == [nil, nil, .tooMuchMoney, .orderTooLarge])
        #expect(decisions(desk)[2].amount == Money(minorUnits: 100_01))
    }

    @Test func `the window is one of the orders' own times, in whatever sequence they arrive`() {
        var desk = FraudDesk(.fraud, settings: Self.limited())
        desk.now = minute(100)
        desk.hear(FraudDesk.order(1, at: minute(50)))
        // Ten minutes later to the second: outside.
        desk.hear(FraudDesk.order(2, at: minute(60)))
        // Late: the first is in its window, the second is not yet placed.
        desk.hear(FraudDesk.order(3, at: minute(59)))
        desk.hear(FraudDesk.order(4, at: minute(61)))
        #expect(decisions(desk).map(\.orders) == [1, 1, 2, 3])
    }

    @Test func `what lies long before the window is forgotten`() {
        var desk = FraudDesk(.fraud, settings: Self.limited())
        for day in 0..<30 { desk.hear(FraudDesk.order(UInt64(day), at: minute(Int64(day) * 1_440))) }
        #expect(desk.store.count(of: PurchasesRow.self) == 1)
        #expect(desk.store.count(of: FraudCaseRow.self) == 30)
    }

    @Test func `a decision is explained in words`() {
        var desk = FraudDesk(.fraud, settings: Self.limited(orders: 1))
        for number in 1...2 { desk.hear(FraudDesk.order(UInt64(number), at: minute(1))) }
        let passed = desk.ask(.get, "/api/fraud/decisions/ORD-001")
        #expect(passed.status == 200)
        #expect(
            passed.text.contains(
                "1 order for 10.00 USD within 10 minutes: no more than 1 orders and 50000.00 USD are allowed"))
        let failed = desk.ask(.get, "/api/fraud/decisions/ORD-002")
        #expect(failed.text.contains(#""outcome":"failed","rule":"too-many-orders","orders":2"#))
        #expect(failed.text.contains("2 orders within 10 minutes are more than the 1 that are allowed."))
        #expect(desk.ask(.get, "/api/fraud/decisions/ORD-999").status == 404)
        #expect(desk.ask(.post, "/api/fraud/decisions/ORD-001").status == 405)
        #expect(desk.ask(.get, "/api/fraud/").status == 404)
    }

    @Test func `what is replayed is judged by the limits of now, and nobody hears of it`() {
        var desk = FraudDesk(.fraud, settings: Self.limited(orders: 2))
        for number in 1...2 { desk.hear(FraudDesk.order(UInt64(number), at: minute(1))) }
        let before = desk.published.count
        for number in 1...3 {
            desk.hear(FraudDesk.order(UInt64(number), at: minute(1), isReplay: true), on: "orders-replay")
        }
        #expect(desk.published.count == before)
        let rows = (1...3).map { number in
            desk.store.row(
                FraudReplayRow.self,
                .init(order: Identifier(prefix: "ORD-", number: UInt64(number), digits: 3), number: 1))
        }
        #expect(rows.map { $0?.now.rule } == [nil, nil, .tooManyOrders])
        #expect(rows.map { $0?.then?.orders } == [1, 2, nil])
        #expect(rows[2]?.explanation == "3 orders within 10 minutes are more than the 2 that are allowed.")
        // The live orders do not notice: this one is the third of theirs, not the sixth.
        desk.hear(FraudDesk.order(9, at: minute(2)))
        #expect(decisions(desk).last?.orders == 3)
    }

    @Test func `a replayed record that comes twice is judged once, a second replay again`() {
        var desk = FraudDesk(.fraud)
        let replay = FraudDesk.order(1, isReplay: true)
        desk.hear(replay, on: "orders-replay")
        desk.hear(replay, on: "orders-replay")
        #expect(desk.store.count(of: FraudReplayRow.self) == 1)
        var again = replay
        again.id = UniqueID(drawn: 7, 7)
        desk.hear(again, on: "orders-replay")
        #expect(desk.store.rows(FraudReplayRow.self).map(\.now.orders) == [1, 1])
    }
}
