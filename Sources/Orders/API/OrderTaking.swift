import Services

/// What a service that takes orders does to a wish: the order service, or a cart in its stead.
protocol TakesOrders: EventDriven {
    /// Whether an order is known.
    func knows(_ order: Identifier, in transaction: Transaction) throws -> Bool
    /// Publishes a new order and writes it down.
    func place(_ created: OrderCreated, in transaction: inout Transaction) throws -> OrderRow
}

extension TakesOrders {
    /// The routes at which orders of documents 000, 002 and 003 are placed.
    static var routesForOrders: [Route<Self>] {
        [
            Route(.post, "/api/orders", "Place an order", publishes: [.orderCreated]) { service, call, transaction in
                try service.create(call.body, in: &transaction)
            },
            Route(.post, "/api/v1/orders", "Order one product", publishes: [.orderCreated]) {
                service, call, transaction in
                try service.createSingle(call.body, in: &transaction)
            },
        ]
    }

    private func create(_ body: [UInt8], in transaction: inout Transaction) throws -> Response {
        let created: OrderCreated
        do {
            let wish = try OrderWish.decode(body)
            if let wanted = wish.order, try knows(wanted, in: transaction) {
                return .problem(409, "Order exists", "This id is taken. Leave orderId out to get a new one.")
            }
            let id = try wish.order ?? freeID("ORD-", in: &transaction)
            created = try OrderCreated(wish, id, from: settings.catalogue)
        } catch let error as JSONError {
            return .problem(400, title: "Invalid order", detail: error.message)
        }
        let details = OrderDetails(try place(created, in: &transaction), OrderLineRow.lines(of: created))
        return .json(201) { json in
            json.beginObject()
            json.field("message")
            json.value("Order created successfully")
            json.field("orderId")
            json.value(created.order)
            json.field("order")
            details.write(settings.catalogue, to: &json)
            json.endObject()
        }
    }

    private func createSingle(_ body: [UInt8], in transaction: inout Transaction) throws -> Response {
        let created: OrderCreated
        do {
            let wish = try OrderWish.decodeSingle(body)
            created = try OrderCreated(wish, freeID("order_", in: &transaction), from: settings.catalogue)
        } catch let error as JSONError {
            return .problem(400, title: "Invalid order", detail: error.message)
        }
        let order = try place(created, in: &transaction)
        return .json(201) { json in
            json.beginObject()
            json.field("message")
            json.value("Order event sent")
            json.field("event")
            json.beginObject()
            json.field("id")
            json.value(order.key)
            json.field("customerId")
            json.value(order.customer)
            json.field("productId")
            json.value(created.lines[0].sku)
            json.field("quantity")
            json.value(created.lines[0].quantity)
            json.field("createdAt")
            json.value(order.createdAt)
            json.endObject()
            json.endObject()
        }
    }

    private func freeID(_ prefix: StaticString, in transaction: inout Transaction) throws -> Identifier {
        var id: Identifier
        repeat { id = Identifier(prefix, transaction.newID()) } while try knows(id, in: transaction)
        return id
    }
}

extension Response {
    static let unknownOrder = problem(404, "Unknown order", "There is no order with this id.")
}
