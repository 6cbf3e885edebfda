import Services

extension OrderCreated: EventPayload {
    init(from scanner: inout JSONScanner, _ upcaster: Upcaster) throws(JSONError) {
        var order: Identifier?
        var customer: Identifier?
        var lines: JSONScanner?
        var total: DecimalNumber?
        var paymentToken: Identifier?
        var currency: Currency?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "customerId": customer = try scanner.identifier()
            case "items":
                // Read later: what a price means depends on the currency.
                lines = scanner
                try scanner.skip()
            case "totalAmount": total = try scanner.decimal()
            case "paymentToken": paymentToken = try scanner.optionalIdentifier()
            case "currency": currency = try scanner.currency()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.customer = try scanner.require(customer, "customerId")
        var items = try scanner.require(lines, "items")
        let known = try scanner.require(upcaster.currency(currency), "currency")
        self.lines = try OrderLine.list(from: &items, known)
        self.total = try scanner.money(total, known, "totalAmount")
        self.paymentToken = paymentToken
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("customerId")
        json.value(customer)
        json.field("items")
        OrderLine.write(lines, to: &json)
        json.field("totalAmount")
        json.value(total)
        json.field("currency")
        json.value(total.currency)
        if let paymentToken {
            json.field("paymentToken")
            json.value(paymentToken)
        }
        json.endObject()
    }
}

extension OrderFact: EventPayload {
    init(from scanner: inout JSONScanner, _ upcaster: Upcaster) throws(JSONError) {
        var order: Identifier?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.endObject()
    }
}

extension OrderReason: EventPayload {
    init(from scanner: inout JSONScanner, _ upcaster: Upcaster) throws(JSONError) {
        var order: Identifier?
        var reason: Reason?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "reason": reason = Reason(try scanner.text())
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.reason = try scanner.require(reason, "reason")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("reason")
        json.value(reason.name)
        json.endObject()
    }
}

extension OrderAmount: EventPayload {
    init(from scanner: inout JSONScanner, _ upcaster: Upcaster) throws(JSONError) {
        var order: Identifier?
        var amount: DecimalNumber?
        var currency: Currency?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "amount": amount = try scanner.decimal()
            case "currency": currency = try scanner.currency()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.amount = try scanner.money(amount, upcaster.currency(currency), "amount")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("amount")
        json.value(amount)
        json.field("currency")
        json.value(amount.currency)
        json.endObject()
    }
}

extension StatusUpdate: EventPayload {
    init(from scanner: inout JSONScanner, _ upcaster: Upcaster) throws(JSONError) {
        var order: Identifier?
        var number: Int32?
        var status: OrderStatus?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "number": number = try scanner.quantity()
            case "status": status = try scanner.named(OrderStatus.self)
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.number = try scanner.require(number, "number")
        self.status = try scanner.require(status, "status")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("number")
        json.value(number)
        json.field("status")
        json.value(status.name)
        json.endObject()
    }
}

extension LineCancellation: EventPayload {
    init(from scanner: inout JSONScanner, _ upcaster: Upcaster) throws(JSONError) {
        var order: Identifier?
        var sku: Identifier?
        var quantity: Int32?
        var amount: DecimalNumber?
        var currency: Currency?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "sku": sku = try scanner.identifier()
            case "quantity": quantity = try scanner.quantity()
            case "amount": amount = try scanner.decimal()
            case "currency": currency = try scanner.currency()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.sku = try scanner.require(sku, "sku")
        self.quantity = try scanner.require(quantity, "quantity")
        self.amount = try scanner.money(amount, upcaster.currency(currency), "amount")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("sku")
        json.value(sku)
        json.field("quantity")
        json.value(quantity)
        json.field("amount")
        json.value(amount)
        json.field("currency")
        json.value(amount.currency)
        json.endObject()
    }
}

extension LineRefusal: EventPayload {
    init(from scanner: inout JSONScanner, _ upcaster: Upcaster) throws(JSONError) {
        var order: Identifier?
        var sku: Identifier?
        var quantity: Int32?
        var reason: Reason?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "sku": sku = try scanner.identifier()
            case "quantity": quantity = try scanner.quantity()
            case "reason": reason = Reason(try scanner.text())
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.sku = try scanner.require(sku, "sku")
        self.quantity = try scanner.require(upcaster.refusedQuantity(quantity), "quantity")
        self.reason = try scanner.require(reason, "reason")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("sku")
        json.value(sku)
        json.field("quantity")
        json.value(quantity)
        json.field("reason")
        json.value(reason.name)
        json.endObject()
    }
}

extension PaymentAuthorized: EventPayload {
    init(from scanner: inout JSONScanner, _ upcaster: Upcaster) throws(JSONError) {
        var order: Identifier?
        var amount: DecimalNumber?
        var payment: Identifier?
        var currency: Currency?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "amount": amount = try scanner.decimal()
            case "paymentId": payment = try scanner.identifier()
            case "currency": currency = try scanner.currency()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.amount = try scanner.money(amount, upcaster.currency(currency), "amount")
        self.payment = try scanner.require(payment, "paymentId")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("amount")
        json.value(amount)
        json.field("currency")
        json.value(amount.currency)
        json.field("paymentId")
        json.value(payment)
        json.endObject()
    }
}

extension Shipment: EventPayload {
    init(from scanner: inout JSONScanner, _ upcaster: Upcaster) throws(JSONError) {
        var order: Identifier?
        var trackingNumber: Identifier?
        var carrier: Identifier?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "trackingNumber": trackingNumber = try scanner.identifier()
            case "carrier": carrier = try scanner.optionalIdentifier()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.trackingNumber = try scanner.require(trackingNumber, "trackingNumber")
        self.carrier = carrier
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("trackingNumber")
        json.value(trackingNumber)
        if let carrier {
            json.field("carrier")
            json.value(carrier)
        }
        json.endObject()
    }
}

extension NotificationSent: EventPayload {
    init(from scanner: inout JSONScanner, _ upcaster: Upcaster) throws(JSONError) {
        var order: Identifier?
        var customer: Identifier?
        var channel: NotificationChannel?
        var about: EventType?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "customerId": customer = try scanner.identifier()
            case "channel": channel = try scanner.named(NotificationChannel.self)
            case "about": about = try scanner.named(EventType.self)
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.customer = try scanner.require(customer, "customerId")
        self.channel = try scanner.require(upcaster.channel(channel), "channel")
        self.about = try scanner.require(about, "about")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("customerId")
        json.value(customer)
        json.field("channel")
        json.value(channel.name)
        json.field("about")
        json.value(about.name)
        json.endObject()
    }
}

extension FraudDecision: EventPayload {
    init(from scanner: inout JSONScanner, _ upcaster: Upcaster) throws(JSONError) {
        var order: Identifier?
        var customer: Identifier?
        var rule: FraudRule?
        var orders: Int32?
        var amount: DecimalNumber?
        var currency: Currency?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": order = try scanner.identifier()
            case "customerId": customer = try scanner.identifier()
            case "rule": rule = try scanner.optionalNamed(FraudRule.self)
            case "orders": orders = try scanner.quantity()
            case "amount": amount = try scanner.decimal()
            case "currency": currency = try scanner.currency()
            default: try scanner.skip()
            }
        }
        self.order = try scanner.require(order, "orderId")
        self.customer = try scanner.require(customer, "customerId")
        self.rule = rule
        self.orders = try scanner.require(orders, "orders")
        self.amount = try scanner.money(amount, upcaster.currency(currency), "amount")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("orderId")
        json.value(order)
        json.field("customerId")
        json.value(customer)
        if let rule {
            json.field("rule")
            json.value(rule.name)
        }
        json.field("orders")
        json.value(orders)
        json.field("amount")
        json.value(amount)
        json.field("currency")
        json.value(amount.currency)
        json.endObject()
    }
}
