import Harness
import Orders
import Services
import Simulation
import Testing

@testable import OrderTestbed

/// A shop counter: answers requests as a test tells it to, and fires the clients' timers.
private struct Counter {
    private enum Happening {
        case timer(UInt64)
        case answer(UInt64, Response?)
    }

    private var clients: Clients
    private var queue = EventQueue<Happening>()
    private(set) var requests: [(at: Instant, id: RequestID, request: Request)] = []

    init(_ change: (inout WorkloadOptions) -> Void) {
        var options = WorkloadOptions()
        change(&options)
        clients = Clients(
            plan: WorkloadPlan(
                options: options, storefront: Storefront(.inventoryFirst), products: Catalogue.sample.products,
                draws: Draws(seed: 5)))
    }

    var unfinished: [String] { clients.unfinished }

    /// How a request is answered: a response, a refused connection, or not at all.
    enum Reply {
        case response(Response)
        case refusal
        case silence

        static func created(_ number: Int) -> Reply {
            let order = "{\"orderId\":\"ORD-\(number)\",\"customerId\":\"C\",\"status\":\"pending\","
            let body = "{\"order\":\(order)\"totalAmount\":1.00,\"currency\":\"USD\"}}"
            return .response(Response(status: 201, body: Array(body.utf8)))
        }
    }

    mutating func run(_ reply: (RequestID) -> Reply) {
        var output = EnvironmentOutput()
        clients.start(at: .zero, into: &output)
        carryOut(&output, at: .zero, reply)
        while let (now, happening) = queue.popFirst() {
            switch happening {
            case .timer(let id): clients.receive(ClientAlarm(rawValue: id)!, at: now, into: &output)
            case .answer(let id, let response?):
                clients.receive(response, to: RequestID(rawValue: id)!, at: now, into: &output)
            case .answer(let id, nil): clients.refused(RequestID(rawValue: id)!, at: now, into: &output)
            }
            carryOut(&output, at: now, reply)
        }
    }

    private mutating func carryOut(_ output: inout EnvironmentOutput, at now: Instant, _ reply: (RequestID) -> Reply) {
        for (moment, id) in output.timers { queue.push(.timer(id), at: moment) }
        for (_, request) in output.requests {
            let id = RequestID(rawValue: request.id)!
            requests.append((now, id, request))
            switch reply(id) {
            case .response(let response): queue.push(.answer(request.id, response), at: now + .milliseconds(10))
            case .refusal: queue.push(.answer(request.id, nil), at: now + .milliseconds(10))
            case .silence: break
            }
        }
        output.removeAll()
    }
}

@Suite struct ClientTests {
    @Test func `each order is placed once when all goes well`() {
        var counter = Counter { $0.orders = 20 }
        #expect(counter.unfinished == ["20 orders have not been placed yet"])
        counter.run { .created($0.order) }
        #expect(counter.requests.map(\.id.order) == Array(0..<20))
        #expect(counter.requests.allSatisfy { $0.request.path == "/api/orders" && $0.request.method == .post })
        #expect(Set(counter.requests.map { $0.request.idempotencyKey }).count == 20)
        #expect(counter.unfinished.isEmpty)
    }

    @Test func `two runs with one seed are one run`() {
        func run() -> [Request] {
            var counter = Counter {
                $0.orders = 30
                $0.cancellations = 0.5
                $0.repeatedRequests = 0.5
                $0.nonsenseRequests = 0.5
            }
            counter.run { $0.attempt == 1 ? .refusal : .created($0.order) }
            return counter.requests.map(\.request)
        }
        #expect(run() == run())
    }

    @Test(arguments: [500, 503, 0, -1]) func `a client asks again for the same`(failure: Int) {
        var counter = Counter { $0.orders = 5 }
        counter.run { id in
            if id.attempt == 4 { return .created(id.order) }
            return switch failure {
            case 0: .refusal
            case -1: .silence
            default: .response(Response(status: failure, body: []))
            }
        }
        #expect(counter.requests.count == 20)
        for order in 0..<5 {
            let tries = counter.requests.filter { $0.id.order == order }
            #expect(tries.map(\.id.attempt) == [1, 2, 3, 4])
            #expect(Set(tries.map { $0.request.idempotencyKey }).count == 1)
            #expect(Set(tries.map { $0.request.body }).count == 1)
        }
        #expect(counter.unfinished.isEmpty)
    }

    @Test func `what makes no sense to the shop is not asked again`() {
        var counter = Counter { $0.orders = 1 }
        counter.run { _ in .response(Response(status: 400, body: [])) }
        #expect(counter.requests.count == 1)
    }

    @Test func `patience ends`() {
        var counter = Counter {
            $0.orders = 1
            $0.patience = .seconds(60)
        }
        counter.run { _ in .silence }
        #expect((5...30).contains(counter.requests.count))
        #expect(counter.requests.last!.at < .zero + .seconds(61))
        #expect(counter.unfinished.isEmpty)
    }

    @Test func `a cancellation follows the acknowledgement, and names the shop's id`() {
        var counter = Counter {
            $0.orders = 10
            $0.cancellations = 1
        }
        let accepted = Counter.Reply.response(Response(status: 202, body: []))
        counter.run { $0.conversation == .order ? .created($0.order + 100) : accepted }
        let cancellations = counter.requests.filter { $0.id.conversation == .cancel }
        #expect(cancellations.count == 10)
        for cancellation in cancellations {
            #expect(cancellation.request.path == "/api/orders/ORD-\(cancellation.id.order + 100)/cancel")
        }
    }

    @Test func `a repetition has the key and the body of the first`() {
        var counter = Counter {
            $0.orders = 10
            $0.repeatedRequests = 1
        }
        counter.run { .created($0.order) }
        for repetition in counter.requests.filter({ $0.id.conversation == .again }) {
            let first = counter.requests.first { $0.id.order == repetition.id.order && $0.id.conversation == .order }
            #expect(first?.request.body == repetition.request.body)
            #expect(first?.request.idempotencyKey == repetition.request.idempotencyKey)
        }
        #expect(counter.requests.count == 20)
    }
}
