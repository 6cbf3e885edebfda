import Services

/// What a client of the cart asks for: an order of so many pieces.
struct CartWish {
    var order: Identifier
    var pieces: Int32

    static func decode(_ bytes: [UInt8]) throws(JSONError) -> CartWish {
        try JSONScanner.scan(bytes) { (scanner) throws(JSONError) in try CartWish(from: &scanner) }
    }

    private init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        var pieces: Int32?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "order_id": order = try scanner.orderNumber()
            case "number_of_items": pieces = try scanner.quantity()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "order_id")
        self.pieces = try scanner.require(pieces, "number_of_items")
        guard self.pieces <= OrderWish.maximumQuantity else {
            throw JSONError(
                .invalidValue, "'number_of_items': at most \(OrderWish.maximumQuantity) pieces can be ordered at once")
        }
    }

    /// So many pieces, one of each product in turn, round the catalogue. Where it begins depends on the order's id, so
    /// that two orders are rarely the same, and one order always is.
    func lines(from catalogue: Catalogue) throws(JSONError) -> [OrderWish.Line] {
        let products = catalogue.products
        let kinds = min(products.count, OrderWish.maximumLines, Int(pieces))
        guard kinds > 0 else { throw JSONError(.invalidValue, "'number_of_items': there is nothing to order") }
        let start = Int(order.stableHash % UInt64(products.count))
        var lines: [OrderWish.Line] = []
        for number in 0..<kinds {
            let pieces = Int(pieces) / kinds + (number < Int(pieces) % kinds ? 1 : 0)
            lines.append(
                try OrderWish.Line(
                    sku: products[(start + number) % products.count].sku, quantity: Int32(pieces)))
        }
        return lines
    }
}

/// What a client of the cart asks for: another status of an order.
struct CartUpdate {
    /// The stations at which an order can be by hand. The others are on the way between two of them.
    static let statuses: [OrderStatus] = OrderStatus.allCases.filter {
        $0 != .pending && $0 != .cancelling && $0 != .returning
    }

    var order: Identifier
    var status: OrderStatus

    static func decode(_ bytes: [UInt8]) throws(JSONError) -> CartUpdate {
        try JSONScanner.scan(bytes) { (scanner) throws(JSONError) in try CartUpdate(from: &scanner) }
    }

    private init(from scanner: inout JSONScanner) throws(JSONError) {
        var order: Identifier?
        var status: OrderStatus?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "order_id": order = try scanner.orderNumber()
            case "status": status = try scanner.named(OrderStatus.self)
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "order_id")
        self.status = try scanner.require(status, "status")
        guard Self.statuses.contains(self.status) else {
            let names = Self.statuses.map { "'\($0.name)'" }.joined(separator: ", ")
            throw JSONError(.invalidValue, "'status': one of \(names) was expected")
        }
    }
}

extension JSONScanner {
    /// An order's number, with or without what every order's id begins with: `123` is `ORD-123`.
    fileprivate mutating func orderNumber() throws(JSONError) -> Identifier {
        let prefix = UnsafeBufferPointer("ORD-")
        let text = try text().unescaped()
        let id = text.starts(with: prefix) ? Identifier(text) : Identifier(Array(prefix) + text)
        guard let id, !text.isEmpty, id.count > prefix.count, id.isUnreserved else {
            throw invalid(
                "1 to \(Identifier.maximumLength - prefix.count) letters, digits, '-', '.', '_' and '~' were expected, "
                    + "after ORD- or without it")
        }
        return id
    }
}
