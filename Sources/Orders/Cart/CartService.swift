import Kafka
import Services

/// Takes orders in the order service's stead, and the news that people have of them. Whoever wants to look at an order
/// asks the order service, which reads what is published here.
struct CartService: EventDriven {
    let wiring: Wiring
    let settings: OrderSettings

    static let tables: [any Row.Type] = [CartOrderRow.self]

    func handle(_ event: Event, in transaction: inout Transaction) throws {}

    /// An order gets another status: a numbered update, so that the order service can apply all of them in order.
    func update(
        _ order: inout CartOrderRow, to status: OrderStatus, in transaction: inout Transaction
    ) throws {
        transaction.beginStory(order.correlation, after: order.lastEvent)
        order.updateCount += 1
        order.status = status
        let update = StatusUpdate(order: order.key, number: order.updateCount, status: status)
        order.lastEvent = try publish(.orderStatusUpdated(update), in: &transaction).id
        order.updatedAt = transaction.now
        try transaction.put(order)
    }
}

extension CartService: TakesOrders {
    func knows(_ order: Identifier, in transaction: Transaction) throws -> Bool {
        try transaction.get(CartOrderRow.self, order) != nil
    }

    func place(_ created: OrderCreated, in transaction: inout Transaction) throws -> OrderRow {
        let event = try publish(.orderCreated(created), in: &transaction)
        let row = CartOrderRow(
            key: created.order, status: .pending, updateCount: 0, correlation: event.correlation, lastEvent: event.id,
            updatedAt: transaction.now)
        try transaction.put(row)
        return OrderRow(created, by: event, at: transaction.now)
    }
}
