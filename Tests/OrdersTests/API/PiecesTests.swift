import Services
import Testing

@testable import Orders

@Suite("Cancelling pieces, and sending orders back")
struct PiecesTests {
    private let headphones = Identifier(literal: "PROD-001")
    private let hub = Identifier(literal: "PROD-003")
    private let id = Identifier(literal: "A-1")

    /// An order of three headphones and a hub whose parcel is planned and has not left.
    private func bench() -> OrderBench {
        var bench = OrderBench(.testShop)
        bench.ask(
            .post, OrderAPI.createPath,
            OrderAPI.createBody(order: id, customer: id, items: [(headphones, 3), (hub, 1)]))
        return bench
    }

    private func cancel(_ sku: Identifier, _ quantity: Int32?, in bench: inout OrderBench) -> Response {
        bench.ask(.post, OrderAPI.lineCancelPath(id, sku), OrderAPI.lineCancelBody(quantity: quantity))
    }

    private func order(in bench: inout OrderBench) throws -> OrderView {
        try OrderAPI.decodeOrder(bench.ask(.get, OrderAPI.orderPath(id)).body)
    }

    @Test func piecesAreLeftOutAndPaidBack() throws {
        var bench = bench()
        bench.isHeld = true
        let answer = cancel(headphones, 2, in: &bench)
        #expect(answer.status == 202)
        let asked = try OrderAPI.decodeOrder(answer.body)
        #expect(asked.lines.map(\.beingCancelled) == [2, 0] && asked.lines.map(\.cancelled) == [0, 0])
        guard case .lineCancellationRequested(let wish) = bench.published.last?.payload else {
            Issue.record("\(bench.published.map(\.type))")
            return
        }
        #expect(wish.sku == headphones && wish.quantity == 2 && wish.amount == Money(minorUnits: 159_98))
        bench.isHeld = false
        let left = try order(in: &bench)
        #expect(left.lines.map(\.cancelled) == [2, 0] && left.lines.map(\.beingCancelled) == [0, 0])
        #expect(left.lines.map(\.quantity) == [3, 1] && left.total == Money(minorUnits: 274_96))
        #expect(left.paid == left.total && left.refunded == Money(minorUnits: 159_98))
        bench.pass(.seconds(5))
        #expect(try order(in: &bench).status == .delivered)
    }

    @Test func withoutAQuantityTheWholeLineGoes() throws {
        var bench = bench()
        #expect(bench.ask(.post, OrderAPI.lineCancelPath(id, headphones)).status == 202)
        #expect(try order(in: &bench).lines.map(\.cancelled) == [3, 0])
    }

    @Test func somethingHasToBeLeft() throws {
        var bench = bench()
        #expect(cancel(headphones, 3, in: &bench).status == 202)
        expectProblem(cancel(hub, nil, in: &bench), 409, "Cancel the whole order")
        #expect(try order(in: &bench).lines.map(\.cancelled) == [3, 0])
    }

    /// What is asked for counts, not only what was granted.
    @Test func noPieceIsCancelledTwice() throws {
        var bench = bench()
        bench.isHeld = true
        #expect(cancel(headphones, 2, in: &bench).status == 202)
        expectProblem(cancel(headphones, 2, in: &bench), 409, "1 of 3")
        #expect(cancel(headphones, 1, in: &bench).status == 202)
        expectProblem(cancel(headphones, nil, in: &bench), 409, "0 of 3")
        expectProblem(cancel(hub, 1, in: &bench), 409, "Cancel the whole order")
        bench.isHeld = false
        #expect(try order(in: &bench).lines.map(\.cancelled) == [3, 0])
    }

    @Test func refusesWhatIsNotThereOrTooLate() throws {
        var bench = bench()
        expectProblem(cancel(Identifier(literal: "PROD-008"), 1, in: &bench), 404, "no line")
        expectProblem(bench.ask(.post, OrderAPI.lineCancelPath(hub, hub)), 404, "no order")
        for body in [#"{"quantity": 0}"#, #"{"quantity": "1"}"#, #"{"quantity": 1e40}"#, "[]", "x"] {
            expectProblem(bench.ask(.post, OrderAPI.lineCancelPath(id, headphones), body), 400)
        }
        bench.pass(.milliseconds(600))
        expectProblem(cancel(headphones, 1, in: &bench), 409, "cannot be called back")
        var cancelled = self.bench()
        cancelled.ask(.post, OrderAPI.cancelPath(id))
        expectProblem(cancel(headphones, 1, in: &cancelled), 409, "whole order")
        #expect(!bench.published.contains { $0.type == .lineCancellationRequested })
    }

    @Test func isNotOfferedWhereNobodyActsUponIt() {
        var bench = OrderBench(.inventoryFirst)
        bench.ask(
            .post, OrderAPI.createPath,
            OrderAPI.createBody(order: id, customer: id, items: [(headphones, 3), (hub, 1)]))
        expectProblem(cancel(headphones, 1, in: &bench), 404, "'inventory-first' does not publish")
        expectProblem(bench.ask(.post, OrderAPI.returnPath(id)), 404, "'inventory-first' does not publish")
    }

    // MARK: Returns

    @Test func whatWasDeliveredCanBeSentBack() throws {
        var bench = bench()
        #expect(cancel(headphones, 1, in: &bench).status == 202)
        expectProblem(bench.ask(.post, OrderAPI.returnPath(id)), 409, "has been delivered")
        bench.pass(.seconds(5))
        for _ in 0..<2 {
            let answer = bench.ask(.post, OrderAPI.returnPath(id))
            #expect(answer.status == 202)
            #expect(try OrderAPI.decodeOrder(answer.body).status == .returning)
        }
        expectProblem(bench.ask(.post, OrderAPI.cancelPath(id)), 409)
        bench.pass(.seconds(5))
        #expect(bench.ask(.post, OrderAPI.returnPath(id)).status == 200)
        let order = try order(in: &bench)
        #expect(order.status == .returned && order.refunded == order.paid)
        #expect(bench.published.filter { $0.type == .returnRequested }.count == 1)
        expectProblem(bench.ask(.post, OrderAPI.returnPath(hub)), 404)
    }
}
