import Orders
import Services

/// What clients send, word for word: a function of the plan, so that a second try is the same as the first.
struct RequestWriter: Sendable {
    let plan: WorkloadPlan

    /// The request of one try, and the service that it goes to. `orderID` is the shop's id of the order, which whatever
    /// comes after the order needs.
    func request(_ id: RequestID, for orderID: Identifier?) -> (service: String, Request) {
        var request = Request(id: id.rawValue, method: .post, path: createPath)
        if let orderID {
            refer(&request, to: orderID, id)
        } else {
            place(&request, id)
        }
        return (plan.storefront.service(for: id.conversation), request)
    }

    /// Everything that needs no order.
    private func place(_ request: inout Request, _ id: RequestID) {
        request.idempotencyKey = "order-\(id.order)"
        request.body = body(of: id.order, as: plan.orderID(of: id.order), items: plan.basket(of: id.order))
        switch id.conversation {
        case .order, .again: break
        case .nonsense:
            guard let (kind, _) = plan.nonsense(beside: id.order) else {
                preconditionFailure("client \(id.order) was not going to talk nonsense")
            }
            request.idempotencyKey = "nonsense-\(id.order)"
            spoil(&request, kind, id.order)
        case .cancel, .cancelAgain, .cancelLine, .look, .follow, .giveBack, .update:
            preconditionFailure("a \(id.conversation.phrase) comes before the order's id is known")
        }
    }

    /// Everything about an order that was placed.
    private func refer(_ request: inout Request, to order: Identifier, _ id: RequestID) {
        switch id.conversation {
        case .order, .again, .nonsense: place(&request, id)
        case .cancel, .cancelAgain:
            request.idempotencyKey = (id.conversation == .cancel ? "cancel-" : "cancel-again-") + "\(id.order)"
            request.path = OrderAPI.cancelPath(order)
        case .cancelLine:
            guard let change = plan.lineCancellation(of: id.order) else {
                preconditionFailure("client \(id.order) was not going to cancel a line")
            }
            request.idempotencyKey = "cancel-line-\(id.order)"
            request.path = Self.linePath(of: order, change.sku)
            request.body = Self.quantityBody(change.quantity)
        case .look, .follow:
            request.method = .get
            request.path = OrderAPI.orderPath(order)
        case .giveBack:
            request.idempotencyKey = "return-\(id.order)"
            request.path = Self.returnPath(of: order)
        case .update:
            request.idempotencyKey = "update-\(id.order)-\(id.round)"
            update(&request, order, to: WorkloadPlan.updates[id.round].name)
        }
    }
}

// MARK: Paths and bodies

extension RequestWriter {
    private var createPath: String {
        switch plan.storefront.counter {
        case .orders: OrderAPI.createPath
        case .singleProduct: "/api/v1/orders"
        case .cart: "/create-order"
        }
    }

    /// The body of an order of these items, under this id if there is one. A cart's orders always have one.
    func body(of order: Int, as wanted: Identifier? = nil, items: [(sku: Identifier, quantity: Int32)]) -> [UInt8] {
        let token = plan.hasBadCard(order) ? PaymentCard.bad : PaymentCard.good
        switch plan.storefront.counter {
        case .orders:
            return OrderAPI.createBody(
                order: wanted, customer: plan.customer(of: order), items: items, paymentToken: token)
        case .singleProduct:
            let (sku, quantity) = items[0]
            let id = wanted.map { "\"orderId\":\"\($0)\"," } ?? ""
            return Array(
                ("{\(id)\"customerId\":\"\(plan.customer(of: order))\",\"productId\":\"\(sku)\","
                    + "\"quantity\":\(quantity),\"paymentToken\":\"\(token)\"}").utf8)
        case .cart:
            let count = items.reduce(0) { $0 + $1.quantity }
            return Array("{\"order_id\":\"\(Self.cartNumber(of: order))\",\"number_of_items\":\(count)}".utf8)
        }
    }

    /// The cart makes `ORD-00000043` of `00000043`.
    private static func cartNumber(of order: Int) -> String {
        let digits = String(order + 1)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    static func linePath(of order: Identifier, _ sku: Identifier) -> String {
        "\(OrderAPI.orderPath(order))/lines/\(sku)/cancel"
    }

    static func returnPath(of order: Identifier) -> String { "\(OrderAPI.orderPath(order))/return" }

    static func quantityBody(_ quantity: Int32) -> [UInt8] { Array("{\"quantity\":\(quantity)}".utf8) }

    func update(_ request: inout Request, _ order: Identifier, to status: StaticString) {
        request.method = .put
        request.path = "/update-order"
        request.body = Array("{\"order_id\":\"\(order)\",\"status\":\"\(status)\"}".utf8)
    }
}
