import Services
import Simulation

/// The order service's API, for both sides of it.
public enum OrderAPI {
    /// Where orders are created: `POST`.
    public static let createPath = "/api/orders"

    /// Where an order can be looked at: `GET`.
    public static func orderPath(_ order: Identifier) -> String { "\(createPath)/\(order)" }

    /// Where an order can be cancelled: `POST`.
    public static func cancelPath(_ order: Identifier) -> String { "\(createPath)/\(order)/cancel" }

    enum Route: Hashable {
        case orders
        case order(Identifier)
        case cancellation(Identifier)
        case replay

        /// Nil when there is nothing at a path.
        init?(_ path: String) {
            let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            guard (3...5).contains(parts.count), parts[0].isEmpty, parts[1].elementsEqual("api".utf8),
                parts[2].elementsEqual("orders".utf8)
            else { return nil }
            if parts.count == 3 {
                self = .orders
                return
            }
            guard let order = Identifier(parts[3]) else { return nil }
            if parts.count == 4 {
                self = parts[3].elementsEqual("replay".utf8) ? .replay : .order(order)
            } else {
                guard parts[4].elementsEqual("cancel".utf8) else { return nil }
                self = .cancellation(order)
            }
        }
    }

    // MARK: For clients

    /// The body of a request that places an order.
    public static func createBody(
        order: Identifier? = nil, customer: Identifier, items: [(sku: Identifier, quantity: Int32)],
        paymentToken: Identifier? = nil
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        if let order {
            json.field("orderId")
            json.value(order)
        }
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
        if let paymentToken {
            json.field("paymentToken")
            json.value(paymentToken)
        }
        json.endObject()
        return json.finish()
    }

    /// The order in the body of an answer to any of the requests.
    public static func decodeOrder(_ body: [UInt8]) throws(JSONError) -> OrderView {
        try JSONScanner.scan(body) { (scanner) throws(JSONError) in try OrderView(answer: &scanner) }
    }

    // MARK: Answers

    static func created(_ order: OrderRow, _ lines: [OrderLine]) -> Response {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.field("message")
        json.value("Order created successfully")
        json.field("orderId")
        json.value(order.key)
        json.field("order")
        write(order, lines, to: &json)
        json.endObject()
        return Response(status: 201, body: json.finish())
    }

    static func shown(_ order: OrderRow, _ lines: [OrderLine]) -> Response {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.field("order")
        write(order, lines, to: &json)
        json.endObject()
        return Response(status: 200, body: json.finish())
    }

    static func message(_ text: StaticString, _ order: OrderRow, status: Int = 200) -> Response {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.field("message")
        json.value(text)
        json.field("order")
        write(order, nil, to: &json)
        json.endObject()
        return Response(status: status, body: json.finish())
    }

    private static func write(_ order: OrderRow, _ lines: [OrderLine]?, to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order.key)
        json.field("customerId")
        json.value(order.customer)
        json.field("status")
        json.value(order.status.name)
        if let reason = order.reason {
            json.field("reason")
            json.value(reason.name)
        }
        if let lines {
            json.field("items")
            OrderLine.write(lines, to: &json)
        }
        json.field("totalAmount")
        json.value(order.total)
        json.field("currency")
        json.value(order.total.currency)
        json.field("createdAt")
        json.value(order.createdAt)
        json.field("updatedAt")
        json.value(order.updatedAt)
        json.endObject()
    }
}

/// An order, as the API shows it.
public struct OrderView: Hashable, Sendable {
    /// The order's id.
    public var order: Identifier
    /// Whose order it is.
    public var customer: Identifier
    /// Where it stands.
    public var status: OrderStatus
    /// Why it is being cancelled, or was.
    public var reason: Reason?
    /// What the customer pays.
    public var total: Money

    /// From an answer, in which the order stands in a field of its own.
    init(answer scanner: inout JSONScanner) throws(JSONError) {
        var order: OrderView?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "order": order = try OrderView(from: &scanner)
            default: try scanner.skip()
            }
        }
        self = try scanner.require(order, "order")
    }

    private init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        var customer: Identifier?
        var status: OrderStatus?
        var total: DecimalNumber?
        var currency: Currency?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "customerId": customer = try scanner.identifier()
            case "status":
                let text = try scanner.text()
                status = OrderStatus.allCases.first { text.equals($0.name) }
            case "reason": reason = Reason(try scanner.text())
            case "totalAmount": total = try scanner.decimal()
            case "currency": currency = try scanner.currency()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.customer = try scanner.require(customer, "customerId")
        self.status = try scanner.require(status, "status")
        self.total = try scanner.money(total, currency, "totalAmount")
    }
}
