import Services

/// The API of the order system, as clients and gateways need it: who answers what, at which paths, and how requests and
/// answers are written.
public enum OrderAPI {
    /// What can be asked of the service that plays a role, in a system of a blueprint.
    public static func endpoints(of role: Blueprint.Role, in blueprint: Blueprint) -> [Endpoint] {
        (allEndpoints(of: role) + common).filter { $0.isOffered(by: role, in: blueprint) }
    }

    /// What some blueprint lets the service answer that plays a role.
    static func allEndpoints(of role: Blueprint.Role) -> [Endpoint] {
        switch role {
        case .cart: CartService.routes.map(\.endpoint)
        case .order: OrderService.routes.map(\.endpoint)
        case .inventory: InventoryService.routes.map(\.endpoint)
        case .payment: PaymentService.routes.map(\.endpoint)
        case .shipping: ShippingService.routes.map(\.endpoint)
        case .fraud: FraudService.routes.map(\.endpoint)
        case .notification: NotificationService.routes.map(\.endpoint)
        case .analytics: AnalyticsService.routes.map(\.endpoint)
        }
    }

    private static let common = CommonRoutes<OrderService>.all.map(\.endpoint)

    /// The service that answers a request; nil when nobody does. What every service answers is asked of the order
    /// service.
    public static func service(
        for method: Request.Method, _ path: String, in blueprint: Blueprint
    ) -> Blueprint.Participant? {
        guard let path = RequestPath(path) else { return nil }
        func answers(_ endpoint: Endpoint) -> Bool {
            endpoint.method == method && endpoint.pattern.match(path) != nil
        }
        if common.contains(where: answers) { return blueprint.participant(.order) }
        return blueprint.participants.first { endpoints(of: $0.role, in: blueprint).contains(where: answers) }
    }

    // MARK: Paths

    /// Where orders are created, `POST`, and listed, `GET`.
    public static let createPath = "/api/orders"
    /// Where an order of one product is created: `POST`.
    public static let createSinglePath = "/api/v1/orders"
    /// Where a cart creates an order: `POST`.
    public static let cartCreatePath = "/create-order"
    /// Where a cart gives an order another status: `PUT`.
    public static let cartUpdatePath = "/update-order"
    /// Where stock can be looked at: `GET`.
    public static let inventoryPath = "/api/inventory"

    /// Where an order can be looked at: `GET`.
    public static func orderPath(_ order: Identifier) -> String { "\(createPath)/\(order.inPath)" }

    /// Where all that has happened to an order can be looked at: `GET`.
    public static func eventsPath(_ order: Identifier) -> String { "\(orderPath(order))/events" }

    /// Where an order can be cancelled: `POST`.
    public static func cancelPath(_ order: Identifier) -> String { "\(orderPath(order))/cancel" }

    /// Where pieces of one product can be cancelled: `POST`.
    public static func lineCancelPath(_ order: Identifier, _ sku: Identifier) -> String {
        "\(orderPath(order))/lines/\(sku.inPath)/cancel"
    }

    /// Where a delivered order can be sent back: `POST`.
    public static func returnPath(_ order: Identifier) -> String { "\(orderPath(order))/return" }

    /// Where some orders are listed: `GET`; those that follow `after`, of one status only if one is given.
    public static func listPath(limit: Int? = nil, after: Identifier? = nil, status: OrderStatus? = nil) -> String {
        var query: [String] = []
        if let limit { query.append("limit=\(limit)") }
        if let after { query.append("after=\(after.inPath)") }
        if let status { query.append("status=\(status.name)") }
        return query.isEmpty ? createPath : "\(createPath)?\(query.joined(separator: "&"))"
    }

    /// Where an order and what its parcel costs can be looked at: `GET`.
    public static func detailsPath(_ order: Identifier) -> String { "/order-details?orderId=\(order.inPath)" }

    // MARK: Bodies of requests

    /// The body of a request that places an order.
    public static func createBody(
        order: Identifier? = nil, customer: Identifier, items: [(sku: Identifier, quantity: Int32)],
        paymentToken: Identifier? = nil
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.optionalField("orderId", order)
        json.field("customerId")
        json.value(customer)
        json.field("items")
        json.beginArray()
        for item in items {
            json.beginObject()
            json.field("productId")
            json.value(item.sku)
            json.field("quantity")
            json.value(item.quantity)
            json.endObject()
        }
        json.endArray()
        json.optionalField("paymentToken", paymentToken)
        json.endObject()
        return json.finish()
    }

    /// The body of a request that places an order of one product.
    public static func createSingleBody(
        customer: Identifier, sku: Identifier, quantity: Int32, paymentToken: Identifier? = nil
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("customerId")
        json.value(customer)
        json.field("productId")
        json.value(sku)
        json.field("quantity")
        json.value(quantity)
        json.optionalField("paymentToken", paymentToken)
        json.endObject()
        return json.finish()
    }

    /// The body of a request that lets a cart create an order of so many pieces.
    public static func cartCreateBody(order: Identifier, pieces: Int32) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("order_id")
        json.value(order)
        json.field("number_of_items")
        json.value(pieces)
        json.endObject()
        return json.finish()
    }

    /// The body of a request that lets a cart give an order another status.
    public static func cartUpdateBody(order: Identifier, status: OrderStatus) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("order_id")
        json.value(order)
        json.field("status")
        json.value(status.name)
        json.endObject()
        return json.finish()
    }

    /// The body of a request that cancels some pieces of a line; all that are left of it without a quantity.
    public static func lineCancelBody(quantity: Int32?) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        if let quantity {
            json.field("quantity")
            json.value(quantity)
        }
        json.endObject()
        return json.finish()
    }
}

extension JSONWriter {
    /// A field with an identifier, if there is one.
    mutating func optionalField(_ name: StaticString, _ identifier: Identifier?) {
        guard let identifier else { return }
        field(name)
        value(identifier)
    }
}
