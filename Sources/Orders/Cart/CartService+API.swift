import Services

/// What can be asked of the cart: what document 004 asks for, and orders as the other documents place them.
extension CartService {
    static let routes: [Route<CartService>] =
        routesForOrders + [
            Route(.post, "/create-order", "Order so many pieces", publishes: [.orderCreated]) {
                service, call, transaction in
                try service.create(call.body, in: &transaction)
            },
            Route(.put, "/update-order", "Give an order another status", publishes: [.orderStatusUpdated]) {
                service, call, transaction in
                try service.update(call.body, in: &transaction)
            },
        ]

    private func create(_ body: [UInt8], in transaction: inout Transaction) throws -> Response {
        let created: OrderCreated
        do {
            let wish = try CartWish.decode(body)
            guard try !knows(wish.order, in: transaction) else {
                return .problem(409, "Order exists", "There is an order with this id. Take another.")
            }
            let customer = Identifier("CUST-", transaction.newID())
            let filled = OrderWish(customer: customer, lines: try wish.lines(from: settings.catalogue))
            created = try OrderCreated(filled, wish.order, from: settings.catalogue)
        } catch let error as JSONError {
            return .problem(400, title: "Invalid order", detail: error.message)
        }
        _ = try place(created, in: &transaction)
        return acknowledged("order created and published successfully", created.order, status: 201)
    }

    private func update(_ body: [UInt8], in transaction: inout Transaction) throws -> Response {
        let wish: CartUpdate
        do { wish = try CartUpdate.decode(body) } catch {
            return .problem(400, title: "Invalid update", detail: error.message)
        }
        guard wiring.blueprint.successStatus == nil else {
            return .problem(409, "Not by hand", "In this system an order's status follows from what is done for it.")
        }
        guard var order = try transaction.get(CartOrderRow.self, wish.order) else { return .unknownOrder }
        guard !order.status.isFinal else {
            return .problem(
                409, title: "Order ended", detail: "The order is \(order.status.name); nothing follows upon that.")
        }
        try update(&order, to: wish.status, in: &transaction)
        return acknowledged("order status updated and published successfully", order.key, status: 200)
    }

    private func acknowledged(_ text: StaticString, _ order: Identifier, status: Int) -> Response {
        .json(status) { json in
            json.beginObject()
            json.field("message")
            json.value(text)
            json.field("orderId")
            json.value(order)
            json.endObject()
        }
    }
}
