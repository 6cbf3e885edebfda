import Services

/// Many orders at once, and document 004's way of looking at one.
extension OrderService {
    /// How many orders a page has, unless the client says how many; and at most.
    private static let pageSize = 20
    private static let maximumPageSize: Int64 = 100

    // MARK: Lists

    /// The orders, oldest first, a page at a time: the next one begins after the last order of this one.
    func list(_ path: RequestPath, in transaction: Transaction) throws -> Response {
        let page: Page
        switch try Page.read(path, in: transaction) {
        case .success(let read): page = read
        case .failure(let refusal): return refusal.response
        }
        var orders = try Self.sorted(
            transaction.rows(OrderRow.self) { order in
                (page.status == nil || order.status == page.status)
                    && (page.after.map { Self.isBefore($0, order) } ?? true)
            })
        let hasMore = orders.count > page.limit
        orders.removeSubrange(min(page.limit, orders.count)...)
        let details = try orders.map { try OrderDetails($0, in: transaction) }
        return .json { json in
            json.beginObject()
            json.field("orders")
            json.beginArray()
            for order in details { order.write(settings.catalogue, to: &json) }
            json.endArray()
            json.field("next")
            if hasMore, let last = orders.last { json.value(last.key) } else { json.null() }
            json.endObject()
        }
    }

    /// By the time of their creation, and by id.
    private static func isBefore(_ left: OrderRow, _ right: OrderRow) -> Bool {
        (left.createdAt, left.key) < (right.createdAt, right.key)
    }

    private static func sorted(_ orders: [OrderRow]) -> [OrderRow] { orders.sorted(by: isBefore) }

    /// What of a list a client wants to see.
    private struct Page {
        var limit: Int
        var after: OrderRow?
        var status: OrderStatus?

        struct Refusal: Error {
            var response: Response
        }

        static func read(_ path: RequestPath, in transaction: Transaction) throws -> Result<Page, Refusal> {
            func refuse(_ detail: String) -> Result<Page, Refusal> {
                .failure(Refusal(response: .problem(400, title: "Invalid query", detail: detail)))
            }
            var page = Page(limit: pageSize)
            if let text = path.query("limit") {
                guard let limit = Int64(String(decoding: text, as: UTF8.self)), (1...maximumPageSize).contains(limit)
                else { return refuse("'limit': a number from 1 to \(maximumPageSize) was expected") }
                page.limit = Int(limit)
            }
            if let text = path.query("status") {
                page.status = OrderStatus.allCases.first { text.elementsEqual(UnsafeBufferPointer($0.name)) }
                guard page.status != nil else {
                    let names = OrderStatus.allCases.map { "'\($0.name)'" }.joined(separator: ", ")
                    return refuse("'status': one of \(names) was expected")
                }
            }
            if let text = path.query("after") {
                page.after = try Identifier(text).flatMap { try transaction.get(OrderRow.self, $0) }
                guard page.after != nil else {
                    return refuse("'after': the id of an order was expected, 'next' of the page before")
                }
            }
            return .success(page)
        }
    }

    // MARK: Document 004

    func showDetails(_ path: RequestPath, in transaction: Transaction) throws -> Response {
        guard let text = path.query("orderId") else {
            return .problem(400, "Invalid query", "Say which order: /order-details?orderId=ORD-123.")
        }
        guard let order = try Identifier(text).flatMap({ try transaction.get(OrderRow.self, $0) }) else {
            return .unknownOrder
        }
        let details = try OrderDetails(order, in: transaction)
        return .json { json in
            json.beginObject()
            json.field("order")
            json.beginObject()
            json.field("orderId")
            json.value(order.key)
            json.field("customerId")
            json.value(order.customer)
            json.field("orderDate")
            json.value(order.createdAt)
            json.field("items")
            details.writeLines(settings.catalogue, to: &json)
            json.field("totalAmount")
            json.value(order.total)
            json.field("currency")
            json.value(order.total.currency)
            json.field("status")
            json.value(order.status.name)
            json.endObject()
            json.field("shippingCost")
            json.value(order.shippingCost)
            json.endObject()
        }
    }

    /// The orders that some event in a topic was about, oldest first.
    func listIDs(_ path: RequestPath, in transaction: Transaction) throws -> Response {
        guard let text = path.query("topicName") else {
            return .problem(400, "Invalid query", "Say which topic: /getAllOrderIdsFromTopic?topicName=orders.events.")
        }
        let name = String(decoding: text, as: UTF8.self)
        let blueprint = wiring.blueprint
        guard blueprint.topicSpecifications.contains(where: { $0.name == name }) else {
            return .problem(404, "Unknown topic", "There is no topic of this name in the system.")
        }
        let carried = EventSet(blueprint.publications.lazy.filter { $0.topic == name }.map(\.event))
        let orders = try Self.sorted(transaction.rows(OrderRow.self) { $0.seen.intersects(carried) })
        return .json { json in
            json.beginObject()
            json.field("topicName")
            json.value(name)
            json.field("orderIds")
            json.beginArray()
            for order in orders { json.value(order.key) }
            json.endArray()
            json.endObject()
        }
    }
}
