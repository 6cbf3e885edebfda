import Services

/// What can be asked of the inventory service.
extension InventoryService {
    static let routes: [Route<InventoryService>] = [
        Route(.get, "/api/inventory", "List the products and how many there are") { service, _, transaction in
            try service.list(in: transaction)
        }
    ]

    private func list(in transaction: Transaction) throws -> Response {
        let items = try settings.catalogue.products.map { product in
            (product, try transaction.get(StockRow.self, product.sku) ?? StockRow(key: product.sku, onHand: 0))
        }
        return .json { json in
            json.beginObject()
            json.field("items")
            json.beginArray()
            for (product, stock) in items {
                json.beginObject()
                json.field("productId")
                json.value(product.sku)
                json.field("name")
                json.value(product.name)
                json.field("price")
                json.value(product.price)
                json.field("currency")
                json.value(product.price.currency)
                json.field("initialStock")
                json.value(product.initialStock)
                json.field("onHand")
                json.value(stock.onHand)
                json.field("reserved")
                json.value(stock.reserved)
                json.field("available")
                json.value(stock.available)
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
    }
}
