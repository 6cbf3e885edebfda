import Services

/// What the notification service asks of the gateway for mails and text messages: the JSON of a `ProviderCall`.
///
/// Customers are named, not addressed: the gateway has the addresses, and no event and no row of the order system holds
/// one.
public struct MessageRequest: Hashable, Sendable {
    /// By what the customer is to be told.
    public var channel: NotificationChannel
    /// Who is to be told.
    public var customer: Identifier
    /// The order that it is about.
    public var order: Identifier
    /// What is to be told: the gateway has a text for each kind of event.
    public var about: EventType
    /// Which of the order's notifications it is, from 1.
    public var number: Int32

    /// A request, by its parts.
    public init(
        _ channel: NotificationChannel, to customer: Identifier, order: Identifier, about: EventType, number: Int32
    ) {
        self.channel = channel
        self.customer = customer
        self.order = order
        self.about = about
        self.number = number
    }

    /// The request as JSON.
    public func encode() -> [UInt8] {
        var json = JSONWriter(capacity: 160)
        json.beginObject()
        json.field("channel")
        json.value(channel.name)
        json.field("customerId")
        json.value(customer)
        json.field("orderId")
        json.value(order)
        json.field("template")
        json.value(about.name)
        json.field("notification")
        json.value(number)
        json.endObject()
        return json.finish()
    }

    /// The request in JSON.
    public static func decode(_ bytes: [UInt8]) throws(JSONError) -> MessageRequest {
        try JSONScanner.scan(bytes) { (scanner) throws(JSONError) in try MessageRequest(from: &scanner) }
    }

    private init(from scanner: inout JSONScanner) throws(JSONError) {
        var channel: NotificationChannel?
        var customer: Identifier?
        var order: Identifier?
        var about: EventType?
        var number: Int32?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "channel": channel = try scanner.named(NotificationChannel.self)
            case "customerId": customer = try scanner.identifier()
            case "orderId": order = try scanner.identifier()
            case "template": about = try scanner.named(EventType.self)
            case "notification": number = try scanner.quantity()
            default: try scanner.skip()
            }
        }
        self.channel = try scanner.require(channel, "channel")
        self.customer = try scanner.require(customer, "customerId")
        self.order = try scanner.require(order, "orderId")
        self.about = try scanner.require(about, "template")
        self.number = try scanner.require(number, "notification")
    }
}

/// What the gateway answers.
public enum MessageReply: UInt8, NamedCase, Hashable, Sendable {
    /// The message is on its way.
    case accepted
    /// There is nobody at the address; to try again is no use.
    case bounced

    /// The name on the wire.
    public var name: StaticString {
        switch self {
        case .accepted: "accepted"
        case .bounced: "bounced"
        }
    }

    /// The reply as JSON.
    public func encode() -> [UInt8] {
        var json = JSONWriter(capacity: 32)
        json.beginObject()
        json.field("status")
        json.value(name)
        json.endObject()
        return json.finish()
    }

    /// The reply in JSON.
    public static func decode(_ bytes: [UInt8]) throws(JSONError) -> MessageReply {
        try JSONScanner.scan(bytes) { (scanner) throws(JSONError) in
            var status: MessageReply?
            try scanner.beginObject()
            while let name = try scanner.nextField() {
                switch name {
                case "status": status = try scanner.named(MessageReply.self)
                default: try scanner.skip()
                }
            }
            return try scanner.require(status, "status")
        }
    }
}

extension MessageReply: WireNamed {}
