import Services

/// One product of an order.
public struct OrderLine: Hashable, Sendable, Codable {
    /// The product.
    public var sku: Identifier
    /// How many pieces, from 1.
    public var quantity: Int32
    /// The price of one piece.
    public var unitPrice: Money

    /// A line, by its parts.
    public init(sku: Identifier, quantity: Int32, unitPrice: Money) {
        self.sku = sku
        self.quantity = quantity
        self.unitPrice = unitPrice
    }
}

extension OrderLine {
    /// The lines of an array; at least one.
    static func list(from scanner: inout JSONScanner, _ currency: Currency) throws(JSONError) -> [OrderLine] {
        var lines: [OrderLine] = []
        try scanner.beginArray()
        while try scanner.nextElement() { lines.append(try OrderLine(from: &scanner, currency)) }
        guard !lines.isEmpty else { throw JSONError(.invalidValue, "'items': an order has at least one line") }
        return lines
    }

    private init(from scanner: inout JSONScanner, _ currency: Currency) throws(JSONError) {
        var sku: Identifier?
        var quantity: Int32?
        var unitPrice: DecimalNumber?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "sku": sku = try scanner.identifier()
            case "quantity": quantity = try scanner.quantity()
            case "unitPrice": unitPrice = try scanner.decimal()
            default: try scanner.skip()
            }
        }
        self.sku = try scanner.require(sku, "sku")
        self.quantity = try scanner.require(quantity, "quantity")
        self.unitPrice = try scanner.money(unitPrice, currency, "unitPrice")
    }

    static func write(_ lines: [OrderLine], to json: inout JSONWriter) {
        json.beginArray()
        for line in lines {
            json.beginObject()
            json.field("sku")
            json.value(line.sku)
            json.field("quantity")
            json.value(line.quantity)
            json.field("unitPrice")
            json.value(line.unitPrice)
            json.endObject()
        }
        json.endArray()
    }
}
