import Services

/// What a client asks for when it places an order: everything but the prices.
struct OrderWish: Hashable, Sendable {
    /// The most lines an order may have, and the most pieces in one.
    static let maximumLines = 20
    static let maximumQuantity: Int32 = 1_000

    struct Line: Hashable, Sendable {
        var sku: Identifier
        var quantity: Int32
    }

    var customer: Identifier
    var order: Identifier?
    var currency: Currency?
    var lines: [Line]
    var paymentToken: Identifier?

    static func decode(_ bytes: [UInt8]) throws(JSONError) -> OrderWish {
        try JSONScanner.scan(bytes) { (scanner) throws(JSONError) in try OrderWish(from: &scanner) }
    }

    private init(from scanner: inout JSONScanner) throws(JSONError) {
        var customer: Identifier?
        var lines: [Line]?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "customerId": customer = try scanner.identifier()
            case "orderId": order = try scanner.optionalIdentifier()
            case "currency": currency = try scanner.currency()
            case "items": lines = try Self.lines(from: &scanner)
            case "paymentToken": paymentToken = try scanner.optionalIdentifier()
            default: try scanner.skip()
            }
        }
        self.customer = try scanner.require(customer, "customerId")
        self.lines = try scanner.require(lines, "items")
        // The id becomes part of a path.
        if let order, !order.isUnreserved {
            throw JSONError(.invalidValue, "'orderId': letters, digits, '-', '.', '_' and '~' were expected")
        }
    }

    private static func lines(from scanner: inout JSONScanner) throws(JSONError) -> [Line] {
        var lines: [Line] = []
        try scanner.beginArray()
        while try scanner.nextElement() {
            guard lines.count < maximumLines else {
                throw JSONError(.invalidValue, "'items': an order has at most \(maximumLines) lines")
            }
            lines.append(try line(from: &scanner))
        }
        guard !lines.isEmpty else { throw JSONError(.invalidValue, "'items': an order has at least one line") }
        return lines
    }

    private static func line(from scanner: inout JSONScanner) throws(JSONError) -> Line {
        var sku: Identifier?
        var quantity: Int32?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "productId", "sku": sku = try scanner.identifier()
            case "quantity": quantity = try scanner.quantity()
            default: try scanner.skip()
            }
        }
        let line = Line(
            sku: try scanner.require(sku, "productId"), quantity: try scanner.require(quantity, "quantity"))
        guard line.quantity <= maximumQuantity else {
            throw JSONError(.invalidValue, "'quantity': at most \(maximumQuantity) pieces can be ordered at once")
        }
        return line
    }

    /// The lines with the catalogue's prices, whatever prices the client may have sent.
    func priced(by catalogue: Catalogue) throws(JSONError) -> [OrderLine] {
        var priced: [OrderLine] = []
        priced.reserveCapacity(lines.count)
        for line in lines {
            guard let product = catalogue.product(line.sku) else {
                throw JSONError(.invalidValue, "'productId': there is no product '\(line.sku)'")
            }
            guard currency == nil || currency == product.price.currency else {
                throw JSONError(.invalidValue, "'currency': prices are in \(product.price.currency)")
            }
            guard !priced.contains(where: { $0.sku == line.sku }) else {
                throw JSONError(.invalidValue, "'items': '\(line.sku)' stands in two lines; add up their quantities")
            }
            priced.append(OrderLine(sku: line.sku, quantity: line.quantity, unitPrice: product.price))
        }
        return priced
    }
}

extension Identifier {
    /// Whether it can stand in a path as it is (RFC 3986 §2.3).
    var isUnreserved: Bool {
        (0..<count).allSatisfy { index in
            switch self[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                true
            default:
                false
            }
        }
    }
}
