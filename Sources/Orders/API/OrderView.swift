import Services

extension OrderAPI {
    /// The order in the body of an answer that shows one.
    public static func decodeOrder(_ body: [UInt8]) throws(JSONError) -> OrderView {
        try JSONScanner.scan(body) { (scanner) throws(JSONError) in try OrderView(answer: &scanner) }
    }

    /// The orders in the body of an answer that lists some, and the last of them if more follow.
    public static func decodeOrders(_ body: [UInt8]) throws(JSONError) -> (orders: [OrderView], next: Identifier?) {
        try JSONScanner.scan(body) { (scanner) throws(JSONError) in
            var orders: [OrderView] = []
            var next: Identifier?
            try scanner.beginObject()
            while let name = try scanner.nextField() {
                switch name {
                case "orders":
                    try scanner.beginArray()
                    while try scanner.nextElement() { orders.append(try OrderView(from: &scanner)) }
                case "next": next = try scanner.optionalIdentifier()
                default: try scanner.skip()
                }
            }
            return (orders, next)
        }
    }
}

/// An order, as the API shows it.
public struct OrderView: Hashable, Sendable {
    /// One product of an order, as the API shows it.
    public struct Line: Hashable, Sendable {
        /// The product.
        public var sku: Identifier
        /// How many pieces were ordered.
        public var quantity: Int32
        /// How many of them were cancelled.
        public var cancelled: Int32
        /// How many of them the customer wants to cancel, which is not decided yet.
        public var beingCancelled: Int32
    }

    /// The order's id.
    public var order: Identifier
    /// Whose order it is.
    public var customer: Identifier
    /// Where it stands.
    public var status: OrderStatus
    /// Why it is being cancelled, or was.
    public var reason: Reason?
    /// What was ordered.
    public var lines: [Line]
    /// What the customer pays for all that was ordered.
    public var total: Money
    /// What the customer has paid.
    public var paid: Money
    /// What the customer has back.
    public var refunded: Money

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

    init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        var customer: Identifier?
        var status: OrderStatus?
        var lines: [Line]?
        var total: DecimalNumber?
        var paid: DecimalNumber?
        var refunded: DecimalNumber?
        var currency: Currency?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "customerId": customer = try scanner.identifier()
            case "status": status = try scanner.named(OrderStatus.self)
            case "reason": reason = Reason(try scanner.text())
            case "items": lines = try Line.list(from: &scanner)
            case "totalAmount": total = try scanner.decimal()
            case "paidAmount": paid = try scanner.decimal()
            case "refundedAmount": refunded = try scanner.decimal()
            case "currency": currency = try scanner.currency()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.customer = try scanner.require(customer, "customerId")
        self.status = try scanner.require(status, "status")
        self.lines = lines ?? []
        self.total = try scanner.money(total, currency, "totalAmount")
        // What an answer does not mention has not happened.
        let none = DecimalNumber(mantissa: 0, exponent: 0)
        self.paid = try scanner.money(paid ?? none, currency, "paidAmount")
        self.refunded = try scanner.money(refunded ?? none, currency, "refundedAmount")
    }
}

extension OrderView.Line {
    fileprivate static func list(from scanner: inout JSONScanner) throws(JSONError) -> [Self] {
        var lines: [Self] = []
        try scanner.beginArray()
        while try scanner.nextElement() { lines.append(try Self(from: &scanner)) }
        return lines
    }

    private init(from scanner: inout JSONScanner) throws(JSONError) {
        var sku: Identifier?
        var quantity: Int32?
        var cancelled: Int32 = 0
        var beingCancelled: Int32 = 0
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "productId": sku = try scanner.identifier()
            case "quantity": quantity = try scanner.quantity()
            case "cancelled": cancelled = try scanner.count()
            case "beingCancelled": beingCancelled = try scanner.count()
            default: try scanner.skip()
            }
        }
        self.sku = try scanner.require(sku, "productId")
        self.quantity = try scanner.require(quantity, "quantity")
        self.cancelled = cancelled
        self.beingCancelled = beingCancelled
    }
}

extension JSONScanner {
    /// A number of pieces, from 0.
    fileprivate mutating func count() throws(JSONError) -> Int32 {
        guard let count = Int32(exactly: try integer()), count >= 0 else { throw invalid("a number was expected") }
        return count
    }
}
