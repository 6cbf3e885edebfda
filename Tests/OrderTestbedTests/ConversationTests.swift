import Orders
import Services
import Simulation
import Testing

@testable import OrderTestbed

/// What customers say, and to whom.
@Suite struct ConversationTests {
    private func plan(
        for blueprint: Blueprint, _ change: (inout WorkloadOptions) -> Void = { _ in }
    ) -> WorkloadPlan {
        var options = WorkloadOptions()
        options.cancellations = 1
        options.doubleCancels = 1
        options.lineCancellations = 1
        options.looks = 1
        options.returns = 1
        options.statusUpdates = 1
        options.nonsenseRequests = 1
        change(&options)
        return WorkloadPlan(
            options: options, storefront: Storefront(blueprint), products: Catalogue.sample.products,
            draws: Draws(seed: 2))
    }

    @Test func `nobody asks for what the blueprint does not offer`() {
        let simple = plan(for: .inventoryFirst)
        let full = plan(for: .withEverything)
        let cart = plan(for: .cartAlone)
        for order in 0..<50 {
            #expect(simple.cancellation(of: order) != nil && simple.look(at: order, round: 0) != nil)
            #expect(simple.lineCancellation(of: order) == nil && !simple.wantsReturn(of: order))
            #expect(full.lineCancellation(of: order) != nil && full.wantsReturn(of: order))
            #expect(full.update(of: order, round: 0) == nil)
            #expect(cart.update(of: order, round: 0) != nil && cart.cancellation(of: order) == nil)
        }
    }

    @Test func `pieces of the order are cancelled, and no more than there are`() {
        let plan = plan(for: .withEverything)
        for order in 0..<500 {
            let change = plan.lineCancellation(of: order)!
            let line = plan.basket(of: order).first { $0.sku == change.sku }!
            #expect((1...line.quantity).contains(change.quantity))
        }
    }

    @Test func `looks come to an end`() {
        let plan = plan(for: .inventoryFirst)
        let rounds = (0..<500).map { order in (0...20).prefix { plan.look(at: order, round: $0) != nil }.count }
        #expect(Set(rounds) == Set(1...10))
    }

    @Test func `each request goes to the service that answers it`() {
        let id = Identifier(literal: "ORD-7")
        for blueprint in [Blueprint.inventoryFirst, .withEverything, .cartAlone] {
            let plan = plan(for: blueprint)
            let writer = RequestWriter(plan: plan)
            for conversation in Conversation.allCases
            where plan.storefront.offers(conversation) && conversation != .nonsense {
                let request = RequestID(order: 3, conversation: conversation, attempt: 1)
                let (service, sent) = writer.request(request, for: id)
                let answering = OrderAPI.service(for: sent.method, sent.path, in: blueprint)
                #expect(answering?.name == service, "\(blueprint.name): \(conversation.phrase)")
                #expect((sent.idempotencyKey == nil) == conversation.isReading)
            }
        }
    }

    @Test func `each round has its own idempotency key, and each try of it the same`() {
        let writer = RequestWriter(plan: plan(for: .cartAlone))
        let id = Identifier(literal: "ORD-7")
        func key(_ round: Int, _ attempt: Int) -> String? {
            let request = RequestID(order: 3, conversation: .update, round: round, attempt: attempt)
            return writer.request(request, for: id).1.idempotencyKey
        }
        #expect(Set((0..<3).map { key($0, 1) }).count == 3)
        #expect(key(1, 1) == key(1, 2))
    }

    @Test func `clients number their orders, unless the shop does`() {
        let own = plan(for: .inventoryFirst)
        let others = plan(for: .inventoryFirst) { $0.orderIDs = .server }
        #expect(own.orderID(of: 41) == Identifier(literal: "ORD-00000042"))
        #expect(others.orderID(of: 41) == nil)
    }

    @Test func `a place for each conversation`() {
        var numbers = PerConversation<Int>(0)
        for (index, conversation) in Conversation.allCases.enumerated() { numbers[conversation] = index + 1 }
        #expect(Conversation.allCases.map { numbers[$0] } == Array(1...Conversation.allCases.count))
    }

    @Test func `request ids hold the round`() {
        for round in [0, 1, RequestID.lastRound] {
            let request = RequestID(order: 0x7fff_ffff, conversation: .update, round: round, attempt: 65_535)
            #expect(RequestID(rawValue: request.rawValue) == request)
            #expect(ClientAlarm(rawValue: ClientAlarm(.timeout, request).rawValue)?.request == request)
        }
    }
}
