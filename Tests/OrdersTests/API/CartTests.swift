import Services
import Testing

@testable import Orders

@Suite("The cart")
struct CartTests {
    private let id = Identifier(literal: "ORD-1")

    private func update(_ status: OrderStatus, in bench: inout OrderBench) -> Response {
        bench.ask(.put, OrderAPI.cartUpdatePath, OrderAPI.cartUpdateBody(order: id, status: status))
    }

    private func create(_ pieces: Int32 = 3, in bench: inout OrderBench) -> Response {
        bench.ask(.post, OrderAPI.cartCreatePath, OrderAPI.cartCreateBody(order: id, pieces: pieces))
    }

    /// Updates are numbered, and nothing follows upon an end.
    @Test func updatesAreAppliedInOrderUntilTheEnd() throws {
        var bench = OrderBench(.testCart)
        #expect(create(in: &bench).status == 201)
        for status in [OrderStatus.confirmed, .shipped, .delivered, .returned] {
            #expect(update(status, in: &bench).status == 200)
            #expect(try OrderAPI.decodeOrder(bench.ask(.get, OrderAPI.orderPath(id)).body).status == status)
        }
        expectProblem(update(.confirmed, in: &bench), 409, "is returned")
        let numbers = bench.published.compactMap { event in
            if case .orderStatusUpdated(let update) = event.payload { update.number } else { nil }
        }
        #expect(numbers == [1, 2, 3, 4])
    }

    /// The cart answers before the order service has heard of anything.
    @Test func answersAtOnce() {
        var bench = OrderBench(.testCart)
        bench.isHeld = true
        #expect(create(in: &bench).status == 201)
        #expect(update(.confirmed, in: &bench).status == 200)
        expectProblem(create(in: &bench), 409)
        expectProblem(bench.ask(.get, OrderAPI.orderPath(id)), 404)
        bench.isHeld = false
        #expect(bench.ask(.get, OrderAPI.orderPath(id)).status == 200)
    }

    /// Updates wait for the order, and for each other.
    @Test func ordersAreAdoptedInAnyOrderOfEvents() throws {
        var bench = OrderBench(.testCart)
        bench.isHeld = true
        #expect(create(in: &bench).status == 201)
        for status in [OrderStatus.confirmed, .shipped, .delivered] {
            #expect(update(status, in: &bench).status == 200)
        }
        bench.isReversed = true
        bench.isHeld = false
        #expect(try OrderAPI.decodeOrder(bench.ask(.get, OrderAPI.orderPath(id)).body).status == .delivered)
        let history = bench.store(of: "order").rows(OrderEventRow.self).sorted { $0.key.number < $1.key.number }
        #expect(history.map(\.event) == bench.published)
        #expect(bench.store(of: "order").count(of: EarlyUpdateRow.self) == 0)
    }

    /// What document 004 avoids with its buffer.
    @Test func withoutABufferUpdatesAreLost() throws {
        var settings = OrderSettings()
        settings.policies.outOfOrder = .ignore
        var bench = OrderBench(.testCart, settings: settings)
        bench.isHeld = true
        #expect(create(in: &bench).status == 201)
        #expect(update(.confirmed, in: &bench).status == 200)
        bench.isReversed = true
        bench.isHeld = false
        #expect(try OrderAPI.decodeOrder(bench.ask(.get, OrderAPI.orderPath(id)).body).status == .pending)
    }

    /// An update that is read late says nothing new.
    @Test func lateUpdatesDoNotTurnTimeBack() throws {
        for (policy, last) in [(OutOfOrder.buffer, OrderStatus.shipped), (.ignore, .confirmed)] {
            var settings = OrderSettings()
            settings.policies.outOfOrder = policy
            var bench = OrderBench(.testCart, settings: settings)
            #expect(create(in: &bench).status == 201)
            bench.isHeld = true
            #expect(update(.confirmed, in: &bench).status == 200)
            #expect(update(.shipped, in: &bench).status == 200)
            bench.isReversed = true
            bench.isHeld = false
            #expect(try OrderAPI.decodeOrder(bench.ask(.get, OrderAPI.orderPath(id)).body).status == last)
        }
    }

    @Test(arguments: [1, 3, 8, 9, 1_000] as [Int32])
    func ordersAsManyPiecesAsWereAskedFor(pieces: Int32) throws {
        var bench = OrderBench(.testCart)
        #expect(create(pieces, in: &bench).status == 201)
        let order = try OrderAPI.decodeOrder(bench.ask(.get, OrderAPI.orderPath(id)).body)
        #expect(order.lines.reduce(0) { $0 + $1.quantity } == pieces)
        #expect(order.lines.count == min(8, Int(pieces)) && Set(order.lines.map(\.sku)).count == order.lines.count)
    }

    @Test func takesOrdersAsTheOtherDocumentsPlaceThem() throws {
        var bench = OrderBench(.testCart)
        let body = OrderAPI.createBody(order: id, customer: id, items: [(Identifier(literal: "PROD-002"), 2)])
        #expect(try OrderAPI.decodeOrder(bench.ask(.post, OrderAPI.createPath, body).body).lines.count == 1)
        expectProblem(bench.ask(.post, OrderAPI.createPath, body), 409)
        expectProblem(create(in: &bench), 409)
        #expect(update(.shipped, in: &bench).status == 200)
        let single = OrderAPI.createSingleBody(customer: id, sku: Identifier(literal: "PROD-002"), quantity: 2)
        let other = try #require(OrderAPI.orderID(in: bench.ask(.post, OrderAPI.createSinglePath, single).body))
        #expect(bench.ask(.get, OrderAPI.orderPath(other)).status == 200)
        #expect(bench.published.map(\.type) == [.orderCreated, .orderStatusUpdated, .orderCreated])
    }

    /// Where an order's status follows from what is done for it, nobody sets it by hand.
    @Test func doesNotUpdateWhatFollowsFromSteps() {
        var blueprint = Blueprint.inventoryFirst
        blueprint.participants.append(Blueprint.Participant(.cart))
        blueprint.publications.append(Blueprint.Publication(.orderStatusUpdated, to: "orders"))
        blueprint.steps.append(Blueprint.Step(.accept, when: [.orderCreated]))
        var bench = OrderBench(blueprint)
        #expect(create(in: &bench).status == 201)
        expectProblem(update(.delivered, in: &bench), 409, "follows from")
        bench.pass(.seconds(1))
        let order = try? OrderAPI.decodeOrder(bench.ask(.get, OrderAPI.orderPath(id)).body)
        #expect(order?.status == .shipped)
    }
}
