import Services
import Simulation

/// The REST API of document 003, as far as it is about one order.
extension OrderService {
    func handle(_ request: Request, in transaction: inout Transaction) throws -> Response {
        switch (OrderAPI.Route(request.path), request.method) {
        case (.orders, .post): try create(request.body, in: &transaction)
        case (.order(let id), .get): try show(id, in: transaction)
        case (.replay, .post): try beginReplay(request.body, in: &transaction)
        case (.cancellation(let id), .post): try cancel(id, in: &transaction)
        case (nil, _):
            .problem(404, "Not found", "There is nothing at this path. Orders are at /api/orders.")
        default:
            .problem(405, "Method not allowed", "POST /api/orders, GET /api/orders/ID, POST /api/orders/ID/cancel.")
        }
    }

    private func create(_ body: [UInt8], in transaction: inout Transaction) throws -> Response {
        let wish: OrderWish
        let lines: [OrderLine]
        do {
            wish = try OrderWish.decode(body)
            lines = try wish.priced(by: settings.catalogue)
        } catch {
            return .problem(400, title: "Invalid order", detail: error.message)
        }
        let id: Identifier
        if let wanted = wish.order {
            guard try transaction.get(OrderRow.self, wanted) == nil else {
                return .problem(409, "Order exists", "This id is taken. Leave orderId out to get a new one.")
            }
            id = wanted
        } else {
            id = try freeID(in: &transaction)
        }
        var total = Money.zero(lines[0].unitPrice.currency)
        for line in lines { total = try total.adding(line.unitPrice.times(line.quantity)) }
        let created = OrderCreated(
            order: id, customer: wish.customer, lines: lines, total: total, paymentToken: wish.paymentToken)
        let order = try place(created, in: &transaction)
        return OrderAPI.created(order, lines)
    }

    private func freeID(in transaction: inout Transaction) throws -> Identifier {
        var id: Identifier
        repeat { id = Identifier("ORD-", transaction.newID()) } while try transaction.get(OrderRow.self, id) != nil
        return id
    }

    private func show(_ id: Identifier, in transaction: Transaction) throws -> Response {
        guard let order = try transaction.get(OrderRow.self, id) else { return .unknownOrder }
        var lines: [OrderLine] = []
        for line in 0..<order.lineCount {
            let key = OrderLineKey(order: id, line: line)
            guard let row = try transaction.get(OrderLineRow.self, key) else { continue }
            lines.append(OrderLine(sku: row.sku, quantity: row.quantity - row.cancelled, unitPrice: row.unitPrice))
        }
        return OrderAPI.shown(order, lines)
    }

    private func cancel(_ id: Identifier, in transaction: inout Transaction) throws -> Response {
        guard var order = try transaction.get(OrderRow.self, id) else { return .unknownOrder }
        if order.status == .cancelled { return OrderAPI.message("Order is cancelled", order) }
        if order.status != .cancelling {
            guard order.status.isOpen, order.status != rules.success else {
                return .problem(409, "Order shipped", "The parcel is on its way and cannot be called back.")
            }
            if let period = settings.gracePeriod, transaction.now > order.createdAt + period {
                return .problem(
                    409, "Too late", "An order can be cancelled for a while after it was placed, and no longer.")
            }
            try requestCancellation(of: &order, .customerRequest, in: &transaction)
            if order.status == .cancelled { return OrderAPI.message("Order is cancelled", order) }
        }
        return OrderAPI.message("Order is being cancelled", order, status: 202)
    }
}

extension Response {
    fileprivate static let unknownOrder = problem(404, "Unknown order", "There is no order with this id.")

    /// A problem whose detail is made up at the time.
    static func problem(_ status: Int, title: StaticString, detail: String) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.field("title")
        json.value(title)
        json.field("detail")
        json.value(detail)
        json.endObject()
        return Response(status: status, body: json.finish())
    }
}
