import Orders
import Services

/// What clients send, word for word: a function of the plan, so that a second try is the same as the first.
struct RequestWriter: Sendable {
    /// The service that has the API.
    static let service = "order"

    let plan: WorkloadPlan

    /// The request of one try. `orderID` is the shop's id of the order, which a cancellation needs.
    func request(_ id: RequestID, for orderID: Identifier?) -> Request {
        var request = Request(id: id.rawValue, method: .post, path: OrderAPI.createPath)
        switch id.conversation {
        case .order, .again:
            request.idempotencyKey = "order-\(id.order)"
            request.body = body(of: id.order)
        case .cancel:
            guard let orderID else { preconditionFailure("an order is cancelled before its id is known") }
            request.idempotencyKey = "cancel-\(id.order)"
            request.path = OrderAPI.cancelPath(orderID)
        case .nonsense:
            guard let (kind, _) = plan.nonsense(beside: id.order) else {
                preconditionFailure("client \(id.order) was not going to talk nonsense")
            }
            request.idempotencyKey = "nonsense-\(id.order)"
            request.path = kind.path
            request.body = kind.body(instead: body(of: id.order), customer: plan.customer(of: id.order))
        }
        return request
    }

    private func body(of order: Int) -> [UInt8] {
        OrderAPI.createBody(
            customer: plan.customer(of: order), items: plan.basket(of: order),
            paymentToken: plan.hasBadCard(order) ? PaymentCard.bad : PaymentCard.good)
    }
}

/// Requests that make no sense. Each must be refused with a 4xx status, and change nothing.
enum Nonsense: CaseIterable, Sendable {
    case halfTheText
    case noText
    case anotherLanguage
    case unknownProduct
    case zeroQuantity
    case negativeQuantity
    case noLines
    case cancelsUnknownOrder
    case unknownPath

    /// Where it is sent.
    var path: String {
        switch self {
        case .cancelsUnknownOrder: OrderAPI.cancelPath(Identifier(literal: "ORD-NOWHERE"))
        case .unknownPath: "/api/carts"
        default: OrderAPI.createPath
        }
    }

    /// What is sent instead of an order.
    func body(instead order: [UInt8], customer: Identifier) -> [UInt8] {
        func one(_ sku: Identifier, _ quantity: Int32) -> [UInt8] {
            OrderAPI.createBody(customer: customer, items: [(sku, quantity)], paymentToken: PaymentCard.good)
        }
        let product = Identifier(literal: "PROD-001")
        return switch self {
        case .halfTheText: Array(order.prefix(order.count / 2))
        case .noText, .cancelsUnknownOrder: []
        case .anotherLanguage: Array("<order><customer>\(customer)</customer></order>".utf8)
        case .unknownProduct: one(Identifier(literal: "PROD-999"), 1)
        case .zeroQuantity: one(product, 0)
        case .negativeQuantity: one(product, -3)
        case .noLines: OrderAPI.createBody(customer: customer, items: [])
        case .unknownPath: order
        }
    }
}
