import Services

/// Cancelling parts of an order, and sending it back.
extension OrderService {
    func cancelPieces(_ call: Call, in transaction: inout Transaction) throws -> Response {
        guard var order = try order(of: call, in: transaction) else { return .unknownOrder }
        let wanted: Int32?
        do { wanted = try PiecesWish.decode(call.body) } catch {
            return .problem(400, title: "Invalid quantity", detail: error.message)
        }
        let lines = try OrderDetails(order, in: transaction).lines
        guard let sku = call.identifier(1), let line = lines.first(where: { $0.sku == sku }) else {
            return .problem(404, "Unknown line", "The order has no line with this product.")
        }
        if order.status == .cancelling || order.status == .cancelled {
            return .problem(409, "Order cancelled", "The whole order is being cancelled, or was.")
        }
        if let refusal = obstacle(toChanging: order, at: transaction) { return refusal }
        let quantity = wanted ?? line.remaining
        guard line.remaining > 0, quantity <= line.remaining else {
            return .problem(
                409, title: "Too many pieces",
                detail: "\(line.remaining) of \(line.quantity) pieces are left that nobody has cancelled yet.")
        }
        // In 64 bits: what other services ordered may be anything.
        let left = lines.reduce(Int64(0)) { $0 + Int64($1.remaining) } - Int64(quantity)
        guard left > 0 else {
            return .problem(
                409, "Nothing left", "Without these pieces nothing is left of the order. Cancel the whole order.")
        }
        transaction.beginStory(order.correlation, after: order.lastEvent)
        let requested = LineCancellation(
            order: order.key, sku: sku, quantity: quantity, amount: try line.unitPrice.times(quantity))
        try announce(.lineCancellationRequested(requested), of: &order, in: &transaction)
        return try message("Pieces are being cancelled", order, status: 202, in: transaction)
    }

    func takeBack(_ call: Call, in transaction: inout Transaction) throws -> Response {
        guard var order = try order(of: call, in: transaction) else { return .unknownOrder }
        switch order.status {
        case .returned: return try message("Order has come back", order, in: transaction)
        case .returning: return try message("Order is on its way back", order, status: 202, in: transaction)
        case .delivered:
            transaction.beginStory(order.correlation, after: order.lastEvent)
            try announce(.returnRequested(OrderFact(order: order.key)), of: &order, in: &transaction)
            return try message("Order is on its way back", order, status: 202, in: transaction)
        default:
            return .problem(409, "Not delivered", "Only what has been delivered can be sent back.")
        }
    }
}

/// How many pieces of a line are to be cancelled.
private enum PiecesWish {
    /// Nil when the body says nothing about it: all that are left.
    static func decode(_ body: [UInt8]) throws(JSONError) -> Int32? {
        if body.isEmpty { return nil }
        return try JSONScanner.scan(body) { (scanner) throws(JSONError) in
            var quantity: Int32?
            try scanner.beginObject()
            while let name = try scanner.nextField() {
                switch name {
                case "quantity": quantity = try scanner.skipNull() ? nil : scanner.quantity()
                default: try scanner.skip()
                }
            }
            return quantity
        }
    }
}
