import Kafka
import Services
import Simulation
import Testing

@testable import Orders

@Suite("The order API")
struct OrderAPITests {
    private struct Desk {
        var instance: Instance
        var store = ValueStore()
        var published: [Event] = []
        var last = Response(status: 0, body: [])

        init() {
            let system = OrderSystem()
            var topics = TopicTable()
            system.register(in: &topics)
            instance = Instance(
                id: InstanceID(number: 1, incarnation: 1), of: system.services(topics: topics)[0],
                settings: RuntimeSettings(), draws: Draws(seed: 1))
            signal(.started)
        }

        mutating func signal(_ signal: Signal) {
            var signals = [signal]
            while !signals.isEmpty {
                var effects: [Effect] = []
                instance.receive(signals.removeFirst(), at: .zero, into: &effects)
                for effect in effects {
                    switch effect {
                    case .transact(let batch):
                        signals.append(.committed(instance.perform(batch, in: &store, at: .zero)))
                        store.commit()
                    case .produce(let tag, _, let record):
                        if let event = try? EventCodec(names: Blueprint.inventoryFirst.names).decode(record) {
                            published.append(event)
                        }
                        signals.append(.delivered(tag: tag))
                    case .respond(_, let response): last = response
                    default: break
                    }
                }
            }
        }

        @discardableResult
        mutating func ask(_ method: Request.Method, _ path: String, _ body: [UInt8] = []) -> Response {
            signal(.request(Request(id: 1, method: method, path: path, body: body)))
            return last
        }
    }

    private func body(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func takesTheDocumentsExample() throws {
        var desk = Desk()
        let response = desk.ask(
            .post, "/api/orders",
            body(
                """
                {"customerId": "CUST-001", "customerEmail": "john@example.com", "items": [
                  {"productId": "PROD-001", "name": "Wireless Headphones", "price": 79.99, "quantity": 2},
                  {"productId": "PROD-003", "name": "USB-C Hub", "price": 34.99, "quantity": 1}]}
                """))
        #expect(response.status == 201)
        let order = try OrderAPI.decodeOrder(response.body)
        #expect(order.total == Money(minorUnits: 194_97, .usd) && order.status == .pending)
        #expect(order.order.description.hasPrefix("ORD-") && order.order.count == 15)
        #expect(desk.published.map(\.type) == [.orderCreated])
        #expect(try OrderAPI.decodeOrder(desk.ask(.get, OrderAPI.orderPath(order.order)).body) == order)
    }

    @Test func cancelsOnce() throws {
        var desk = Desk()
        let id = Identifier(literal: "A-1")
        let create = OrderAPI.createBody(
            order: id, customer: Identifier(literal: "C"), items: [(Identifier(literal: "PROD-002"), 1)])
        #expect(desk.ask(.post, OrderAPI.createPath, create).status == 201)
        #expect(desk.ask(.post, OrderAPI.createPath, create).status == 409)
        #expect(desk.ask(.post, OrderAPI.cancelPath(id)).status == 202)
        #expect(desk.ask(.post, OrderAPI.cancelPath(id)).status == 202)
        #expect(desk.published.map(\.type) == [.orderCreated, .orderCancellationRequested])
        let shown = try OrderAPI.decodeOrder(desk.ask(.get, OrderAPI.orderPath(id)).body)
        #expect(shown.status == .cancelling && shown.reason == .customerRequest)
    }

    @Test(arguments: [
        "", "nonsense", "[]", "{}", #"{"customerId":"C"}"#, #"{"customerId":"C","items":[]}"#,
        #"{"customerId":"C","items":[{"productId":"PROD-999","quantity":1}]}"#,
        #"{"customerId":"C","items":[{"productId":"PROD-001","quantity":0}]}"#,
        #"{"customerId":"C","items":[{"productId":"PROD-001","quantity":1001}]}"#,
        #"{"customerId":"C","items":[{"productId":"PROD-001","quantity":1.5}]}"#,
        #"{"customerId":"C","items":[{"sku":"PROD-001","quantity":1},{"sku":"PROD-001","quantity":1}]}"#,
        #"{"customerId":"C","currency":"EUR","items":[{"sku":"PROD-001","quantity":1}]}"#,
        #"{"customerId":"C","orderId":"a/b","items":[{"sku":"PROD-001","quantity":1}]}"#,
        #"{"customerId":7,"items":[{"sku":"PROD-001","quantity":1}]}"#,
    ])
    func refusesNonsense(text: String) {
        var desk = Desk()
        #expect(desk.ask(.post, "/api/orders", body(text)).status == 400)
        #expect(desk.published.isEmpty && desk.store.count(of: OrderRow.self) == 0)
    }

    @Test func knowsItsPaths() {
        var desk = Desk()
        #expect(desk.ask(.get, "/api/orders/ORD-9").status == 404)
        #expect(desk.ask(.post, "/api/orders/ORD-9/cancel").status == 404)
        #expect(desk.ask(.get, "/").status == 404)
        #expect(desk.ask(.get, "/api/orders/A/cancel/now").status == 404)
        #expect(desk.ask(.get, "/api/orders/").status == 404)
        #expect(desk.ask(.get, "/api/orders").status == 405)
        #expect(desk.ask(.post, "/api/orders/ORD-9").status == 405)
        #expect(desk.ask(.get, "/api/orders/ORD-9/cancel").status == 405)
    }
}
