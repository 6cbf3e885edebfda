import Services

/// What a client asks for when it places an order: everything but the prices.
struct OrderWish: Hashable, Sendable {
    /// The most lines an order may have, and the most pieces in one.
    static let maximumLines = 20
    static let maximumQuantity: Int32 = 1_000

    struct Line: Hashable, Sendable {
        var sku: Identifier
        var quantity: Int32

        init(sku: Identifier, quantity: Int32) throws(JSONError) {
            guard quantity <= maximumQuantity else {
                throw JSONError(.invalidValue, "'quantity': at most \(maximumQuantity) pieces can be ordered at once")
            }
            self.sku = sku
            self.quantity = quantity
        }
    }

    var customer: Identifier
    var order: Identifier?
    var currency: Currency?
    var lines: [Line]
    var paymentToken: Identifier?

    /// A wish that nobody has written down.
    init(customer: Identifier, lines: [Line]) {
        self.customer = customer
        self.lines = lines
    }

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
            case "customerEmail": try scanner.emailAddress()
            case "orderId": order = try scanner.optionalIdentifier()
            case "currency": currency = try scanner.currency()
            case "items": lines = try Self.lines(from: &scanner)
            case "paymentToken": paymentToken = try scanner.optionalIdentifier()
            default: try scanner.skip()
            }
        }
        self.customer = try scanner.require(customer, "customerId")
        self.lines = try scanner.require(lines, "items")
        try order?.requireUnreserved("orderId")
    }

    /// A wish for one product, as document 002 writes it.
    static func decodeSingle(_ bytes: [UInt8]) throws(JSONError) -> OrderWish {
        try JSONScanner.scan(bytes) { (scanner) throws(JSONError) in try OrderWish(single: &scanner) }
    }

    private init(single scanner: inout JSONScanner) throws(JSONError) {
        var customer: Identifier?
        var sku: Identifier?
        var quantity: Int32?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "customerId": customer = try scanner.identifier()
            case "productId": sku = try scanner.identifier()
            case "quantity": quantity = try scanner.quantity()
            case "paymentToken": paymentToken = try scanner.optionalIdentifier()
            default: try scanner.skip()
            }
        }
        self.customer = try scanner.require(customer, "customerId")
        lines = [
            try Line(
                sku: try scanner.require(sku, "productId"), quantity: try scanner.require(quantity, "quantity"))
        ]
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
            // The catalogue knows better; but nonsense is a sign that the client means something else.
            case "name": try scanner.productName()
            case "price": try scanner.price()
            default: try scanner.skip()
            }
        }
        return try Line(
            sku: try scanner.require(sku, "productId"), quantity: try scanner.require(quantity, "quantity"))
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

extension OrderCreated {
    /// The order that a wish leads to. Throws what a client has to mend.
    init(_ wish: OrderWish, _ order: Identifier, from catalogue: Catalogue) throws(JSONError) {
        let lines = try wish.priced(by: catalogue)
        var total = Money.zero(lines[0].unitPrice.currency)
        do {
            for line in lines { total = try total.adding(line.unitPrice.times(line.quantity)) }
        } catch {
            throw JSONError(.invalidValue, "'items': there is no amount of money for so much (\(error))")
        }
        self.init(
            order: order, customer: wish.customer, lines: lines, total: total, paymentToken: wish.paymentToken)
    }
}

extension Identifier {
    /// An order's id becomes part of a path.
    func requireUnreserved(_ field: StaticString) throws(JSONError) {
        guard isUnreserved else {
            throw JSONError(.invalidValue, "'\(field)': letters, digits, '-', '.', '_' and '~' were expected")
        }
    }
}

extension JSONScanner {
    /// A string that looks like an address, or `null`. Nothing keeps it: who a customer is, the customer's id says.
    fileprivate mutating func emailAddress() throws(JSONError) {
        guard try !skipNull() else { return }
        let address = try text().unescaped()
        let parts = address.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard address.count <= 254, parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
            address.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
        else { throw invalid("an address like john@example.com was expected") }
    }

    /// What the client calls the product.
    fileprivate mutating func productName() throws(JSONError) {
        guard try !skipNull() else { return }
        guard (1...200).contains(try text().unescaped().count) else { throw invalid("1 to 200 bytes were expected") }
    }

    /// What the client takes the price of one piece for.
    fileprivate mutating func price() throws(JSONError) {
        guard try !skipNull() else { return }
        let price = try decimal()
        guard price.mantissa >= 0, price.scaled(toDecimals: 4) != nil else {
            throw invalid("an amount of money was expected")
        }
    }
}
