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
        request.idempotencyKey = key("order", id)
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

    /// Nil where the customer does without.
    private func key(_ purpose: String, _ id: RequestID) -> String? {
        plan.sendsKeys(with: id.order) ? "\(purpose)-\(id.order)" : nil
    }

    /// Everything about an order that was placed.
    private func refer(_ request: inout Request, to order: Identifier, _ id: RequestID) {
        switch id.conversation {
        case .order, .again, .nonsense: place(&request, id)
        case .cancel, .cancelAgain:
            request.idempotencyKey = key(id.conversation == .cancel ? "cancel" : "cancel-again", id)
            request.path = OrderAPI.cancelPath(order)
        case .cancelLine:
            guard let change = plan.lineCancellation(of: id.order) else {
                preconditionFailure("client \(id.order) was not going to cancel a line")
            }
            request.idempotencyKey = "cancel-line-\(id.order)"
            request.path = OrderAPI.lineCancelPath(order, change.sku)
            request.body = OrderAPI.lineCancelBody(quantity: change.quantity)
        case .look, .follow:
            request.method = .get
            request.path = OrderAPI.orderPath(order)
        case .giveBack:
            request.idempotencyKey = "return-\(id.order)"
            request.path = OrderAPI.returnPath(order)
        case .update:
            request.idempotencyKey = "update-\(id.order)-\(id.round)"
            request.method = .put
            request.path = OrderAPI.cartUpdatePath
            request.body = OrderAPI.cartUpdateBody(order: order, status: WorkloadPlan.updates[id.round])
        }
    }
}

extension RequestWriter {
    private var createPath: String {
        switch plan.storefront.counter {
        case .orders: OrderAPI.createPath
        case .singleProduct: OrderAPI.createSinglePath
        case .cart: OrderAPI.cartCreatePath
        }
    }

    /// The body of an order of these items, under this id if there is one and the counter takes one. What makes no sense
    /// has none, so that it is not refused for the sake of its id.
    func body(of order: Int, as wanted: Identifier? = nil, items: [(sku: Identifier, quantity: Int32)]) -> [UInt8] {
        let token = plan.hasBadCard(order) ? PaymentCard.bad : PaymentCard.good
        let customer = plan.customer(of: order)
        switch plan.storefront.counter {
        case .orders:
            return OrderAPI.createBody(order: wanted, customer: customer, items: items, paymentToken: token)
        case .singleProduct:
            let (sku, quantity) = items[0]
            return OrderAPI.createSingleBody(customer: customer, sku: sku, quantity: quantity, paymentToken: token)
        case .cart:
            let another = Identifier(prefix: "ODD-", number: UInt64(order) + 1, digits: 8)
            return OrderAPI.cartCreateBody(order: wanted ?? another, pieces: items.reduce(0) { $0 + $1.quantity })
        }
    }
}
