import Services
import Simulation

/// What can be asked of the order service.
extension OrderService: TakesOrders {
    static let routes: [Route<OrderService>] =
        routesForOrders + [
            Route(.get, "/api/orders", "List orders") { service, call, transaction in
                try service.list(call.path, in: transaction)
            },
            Route(.get, "/api/orders/:id", "Show an order") { service, call, transaction in
                try service.show(call, in: transaction)
            },
            Route(.get, "/api/orders/:id/events", "Show all that has happened to an order") {
                service, call, transaction in
                try service.history(call, in: transaction)
            },
            Route(
                .post, "/api/orders/:id/cancel", "Cancel an order", publishes: [.orderCancellationRequested]
            ) { service, call, transaction in
                try service.cancel(call, in: &transaction)
            },
            Route(
                .post, "/api/orders/:id/lines/:sku/cancel", "Cancel some pieces of an order",
                publishes: [.lineCancellationRequested]
            ) { service, call, transaction in
                try service.cancelPieces(call, in: &transaction)
            },
            Route(.post, "/api/orders/:id/return", "Send an order back", publishes: [.returnRequested]) {
                service, call, transaction in
                try service.takeBack(call, in: &transaction)
            },
            Route(.post, "/api/orders/replay", "Tell again of the orders of the last days") {
                service, call, transaction in
                try service.beginReplay(call.body, in: &transaction)
            },
            Route(.get, "/order-details", "Show an order and what its parcel costs") { service, call, transaction in
                try service.showDetails(call.path, in: transaction)
            },
            Route(.get, "/getAllOrderIdsFromTopic", "List the orders that a topic told of") {
                service, call, transaction in
                try service.listIDs(call.path, in: transaction)
            },
        ]

    func knows(_ order: Identifier, in transaction: Transaction) throws -> Bool {
        try transaction.get(OrderRow.self, order) != nil
    }

    /// The order that a call is about: its first parameter.
    func order(of call: Call, in transaction: Transaction) throws -> OrderRow? {
        guard let id = call.identifier(0) else { return nil }
        return try transaction.get(OrderRow.self, id)
    }

    // MARK: Showing

    private func show(_ call: Call, in transaction: Transaction) throws -> Response {
        guard let order = try order(of: call, in: transaction) else { return .unknownOrder }
        let details = try OrderDetails(order, in: transaction)
        return .json { json in
            json.beginObject()
            json.field("order")
            details.write(settings.catalogue, to: &json)
            json.endObject()
        }
    }

    private func history(_ call: Call, in transaction: Transaction) throws -> Response {
        guard let order = try order(of: call, in: transaction) else { return .unknownOrder }
        let entries = try OrderEventRow.history(of: order, in: transaction)
        return .json { json in
            json.beginObject()
            json.field("orderId")
            json.value(order.key)
            json.field("events")
            json.beginArray()
            for entry in entries { json.value(json: wiring.codec.encode(entry.event)) }
            json.endArray()
            json.endObject()
        }
    }

    // MARK: Changing

    private func cancel(_ call: Call, in transaction: inout Transaction) throws -> Response {
        guard var order = try order(of: call, in: transaction) else { return .unknownOrder }
        if order.status != .cancelled, order.status != .cancelling {
            if let refusal = obstacle(toChanging: order, at: transaction) { return refusal }
            try requestCancellation(of: &order, .customerRequest, in: &transaction)
        }
        return order.status == .cancelled
            ? try message("Order is cancelled", order, in: transaction)
            : try message("Order is being cancelled", order, status: 202, in: transaction)
    }

    /// Why an order that is not being cancelled cannot be changed by its customer any more.
    func obstacle(toChanging order: OrderRow, at transaction: Transaction) -> Response? {
        guard order.status.isOpen, order.status != rules.success else {
            return rules.shipsParcels
                ? .problem(409, "Order shipped", "The parcel is on its way and cannot be called back.")
                : .problem(409, "Order complete", "Everything has been done for the order; it cannot be stopped.")
        }
        if let period = settings.gracePeriod, transaction.now > order.createdAt + period {
            return .problem(
                409, "Too late", "An order can be cancelled for a while after it was placed, and no longer.")
        }
        return nil
    }

    func message(
        _ text: StaticString, _ order: OrderRow, status: Int = 200, in transaction: Transaction
    ) throws -> Response {
        let details = try OrderDetails(order, in: transaction)
        return .json(status) { json in
            json.beginObject()
            json.field("message")
            json.value(text)
            json.field("order")
            details.write(settings.catalogue, to: &json)
            json.endObject()
        }
    }
}
