import Services
import Simulation
import Testing

@testable import Orders

@Suite struct ReplayTests {
    private static let path = "/api/orders/replay"

    private func shop(orders: Int, portion: Int32 = 250) -> FraudDesk {
        var settings = OrderSettings()
        settings.replayPortion = portion
        var desk = FraudDesk(.order, settings: settings)
        for _ in 0..<orders { place(in: &desk) }
        return desk
    }

    private func place(in desk: inout FraudDesk) {
        let body = OrderAPI.createBody(
            customer: Identifier(literal: "CUST-1"), items: [(Identifier(literal: "PROD-001"), 1)])
        let answer = desk.ask(.post, OrderAPI.createPath, body)
        precondition(answer.status == 201, answer.text)
    }

    private func replays(_ desk: FraudDesk) -> [(topic: String, event: Event)] {
        desk.published.filter(\.event.isReplay).map { ($0.topic, $0.event) }
    }

    @Test func `a replayed order says what the original said, under another id`() throws {
        var desk = shop(orders: 1)
        desk.pass(.seconds(86_400))
        let answer = desk.ask(.post, Self.path, ReplayAPI.body(days: 7))
        #expect(answer.status == 202)
        let accepted = try ReplayAccepted.decode(desk.last.body)
        #expect(accepted.orders == 1 && accepted.days == 7 && accepted.topic == "orders-replay")
        desk.pass(.seconds(5))
        let original = desk.published[0].event
        let replay = try #require(replays(desk).first)
        #expect(replays(desk).count == 1 && replay.topic == "orders-replay")
        #expect(replay.event.payload == original.payload && replay.event.at == original.at)
        #expect(replay.event.correlation == original.correlation && replay.event.causation == original.id)
        #expect(replay.event.id != original.id)
        // Kafka deletes old records; this one is new, whatever it tells of.
        #expect(desk.published.last?.record.timestampMilliseconds ?? 0 >= 86_400_000)
    }

    @Test func `only the orders of the last days are replayed`() throws {
        var desk = shop(orders: 2)
        desk.pass(.seconds(3 * 86_400))
        for _ in 0..<3 { place(in: &desk) }
        desk.pass(.seconds(86_400 + 1))
        place(in: &desk)
        for (days, orders) in [(1, 1), (2, 4), (4, 4), (5, 6), (3_650, 6)] as [(Int64, Int)] {
            _ = desk.ask(.post, Self.path, ReplayAPI.body(days: days))
            #expect(try ReplayAccepted.decode(desk.last.body).orders == orders, "\(days) days")
        }
        desk.pass(.seconds(10))
        #expect(replays(desk).count == 1 + 4 + 4 + 6 + 6)
    }

    @Test func `a long replay goes out in portions, each order once`() throws {
        var desk = shop(orders: 25, portion: 10)
        _ = desk.ask(.post, Self.path, ReplayAPI.body(topic: "orders"))
        let job = try ReplayAccepted.decode(desk.last.body).replay
        var sizes: [Int] = []
        for _ in 0..<40 {
            desk.pass(.milliseconds(50))
            sizes.append(replays(desk).count)
        }
        #expect(Set(sizes).subtracting([0]) == [10, 20, 25])
        #expect(Set(replays(desk).map(\.event.order)).count == 25)
        #expect(replays(desk).allSatisfy { $0.topic == "orders" })
        #expect(desk.store.row(ReplayRow.self, job)?.isOver == true)
    }

    @Test func `one idempotency key is one replay`() {
        var desk = shop(orders: 3)
        let first = desk.ask(.post, Self.path, key: "k")
        #expect(desk.ask(.post, Self.path, key: "k") == first)
        desk.pass(.seconds(5))
        #expect(replays(desk).count == 3)
        _ = desk.ask(.post, Self.path, key: "l")
        desk.pass(.seconds(5))
        #expect(replays(desk).count == 6 && Set(replays(desk).map(\.event.id)).count == 6)
    }

    @Test(arguments: [
        (#"{"days":0}"#, "'days': a whole number from 1 to 3650"), (#"{"days":-7}"#, "'days'"),
        (#"{"days":1000000000000}"#, "'days'"), (#"{"days":"seven"}"#, "'days'"), ("[]", "an object was expected"),
        (#"{"topic":"nowhere"}"#, "There is no topic 'nowhere'. There are 'orders'"),
        (#"{"topic":"orders.dlq"}"#, "There is no topic 'orders.dlq'"), (#"{"topic":7}"#, "'topic'"),
    ]) func `what makes no sense is refused with a reason`(body: String, reason: String) {
        var desk = shop(orders: 1)
        let answer = desk.ask(.post, Self.path, Array(body.utf8))
        #expect(answer.status == 400)
        #expect(answer.text.contains(reason), "\(answer.text)")
        desk.pass(.seconds(5))
        #expect(replays(desk).isEmpty)
    }

    @Test func `a system without a topic for replays asks for one`() {
        var desk = FraudDesk(.order, blueprint: .inventoryFirst)
        let answer = desk.ask(.post, Self.path)
        #expect(answer.status == 400 && answer.text.contains("'topic' must name one: 'orders', 'inventory'"))
    }

    @Test func `a shop without orders replays none`() throws {
        var desk = FraudDesk(.order)
        #expect(desk.ask(.post, Self.path).status == 202)
        #expect(try ReplayAccepted.decode(desk.last.body).orders == 0)
    }

    @Test(arguments: [Blueprint.Role.order, .inventory, .payment, .shipping])
    func `a service does nothing about a replayed order`(role: Blueprint.Role) {
        var desk = FraudDesk(role)
        desk.hear(FraudDesk.order(1, isReplay: true))
        #expect(desk.published.isEmpty)
        #expect(desk.store.count(of: OrderRow.self) + desk.store.count(of: PaymentRow.self) == 0)
        #expect(desk.store.count(of: ReservationRow.self) + desk.store.count(of: ShipmentRow.self) == 0)
        #expect(desk.store.count(of: CallRow.self) == 0)
    }
}
