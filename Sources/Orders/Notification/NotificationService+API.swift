import Services

/// What can be asked of the notification service.
extension NotificationService {
    static let routes: [Route<NotificationService>] = [
        Route(.get, "/api/notifications/:id", "What became of the messages about an order") {
            service, call, transaction in
            guard let id = call.identifier(0),
                let order = try transaction.get(CorrespondenceRow.self, id), let customer = order.customer
            else { return .problem(404, "Unknown order", "There is no order with this id.") }
            return try service.show(order, of: customer, in: transaction)
        }
    ]

    private func show(
        _ order: CorrespondenceRow, of customer: Identifier, in transaction: Transaction
    ) throws -> Response {
        var notifications: [NotificationRow] = []
        for number in 0..<order.count {
            let key = NumberedKey(order: order.key, number: number + 1)
            if let notification = try transaction.get(NotificationRow.self, key) { notifications.append(notification) }
        }
        return .json { json in
            json.beginObject()
            json.field("orderId")
            json.value(order.key)
            json.field("customerId")
            json.value(customer)
            json.field("notifications")
            json.beginArray()
            for notification in notifications {
                json.beginObject()
                json.field("about")
                json.value(wiring.blueprint.names[notification.about])
                json.field("channel")
                json.value(notification.channel.name)
                json.field("status")
                json.value(notification.status.name)
                json.field("updatedAt")
                json.value(notification.updatedAt)
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
    }
}
