import Services

/// A product that can be ordered.
public struct Product: Hashable, Sendable {
    /// Stock keeping unit: names the product.
    public var sku: Identifier
    /// For people.
    public var name: String
    /// The price of one piece.
    public var price: Money
    /// How many pieces there are at the beginning.
    public var initialStock: Int32

    /// A product, by its parts.
    public init(sku: Identifier, name: String, price: Money, initialStock: Int32) {
        self.sku = sku
        self.name = name
        self.price = price
        self.initialStock = initialStock
    }
}

/// What the shop sells, in a fixed order.
public struct Catalogue: Hashable, Sendable {
    /// The products.
    public var products: [Product]

    /// A catalogue of some products.
    public init(_ products: [Product]) { self.products = products }

    /// The product of that name.
    public func product(_ sku: Identifier) -> Product? { products.first { $0.sku == sku } }

    /// The eight sample products.
    public static let sample = Catalogue([
        product(1, "Wireless Headphones", 79_99, stock: 100),
        product(2, "Laptop Stand", 45_99, stock: 50),
        product(3, "USB-C Hub", 34_99, stock: 200),
        product(4, "Mechanical Keyboard", 129_99, stock: 75),
        product(5, "Monitor Light Bar", 59_99, stock: 60),
        product(6, "Webcam HD", 89_99, stock: 40),
        product(7, "Mouse Pad XL", 24_99, stock: 150),
        product(8, "Cable Management Kit", 19_99, stock: 300),
    ])

    private static func product(_ number: UInt64, _ name: String, _ cents: Int64, stock: Int32) -> Product {
        let sku = Identifier(prefix: "PROD-", number: number, digits: 3)
        return Product(sku: sku, name: name, price: Money(minorUnits: cents, .usd), initialStock: stock)
    }
}
