import Services

/// Replays, as clients and the order service speak of them.
public enum ReplayAPI {
    /// Where a replay is asked for: `POST`.
    public static let path = "\(OrderAPI.createPath)/replay"

    /// The body of a request for a replay; what is left out is the service's choice: a week, to the blueprint's first
    /// topic for replays.
    public static func body(days: Int64? = nil, topic: String? = nil) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        if let days {
            json.field("days")
            json.value(days)
        }
        if let topic {
            json.field("topic")
            json.value(topic)
        }
        json.endObject()
        return json.finish()
    }

    static func accepted(_ replay: Identifier, orders: Int, days: Int64, topic: String) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.field("message")
        json.value("Orders are being replayed")
        json.field("replayId")
        json.value(replay)
        json.field("orders")
        json.value(orders)
        json.field("days")
        json.value(days)
        json.field("topic")
        json.value(topic)
        json.endObject()
        return Response(status: 202, body: json.finish())
    }
}

/// What the order service answers to a request for a replay.
public struct ReplayAccepted: Hashable, Sendable {
    /// The replay's id.
    public var replay: Identifier
    /// How many orders are replayed.
    public var orders: Int
    /// Of how many days.
    public var days: Int64
    /// To which topic.
    public var topic: String

    /// From the body of an answer.
    public static func decode(_ body: [UInt8]) throws(JSONError) -> ReplayAccepted {
        try JSONScanner.scan(body) { (scanner) throws(JSONError) in try ReplayAccepted(from: &scanner) }
    }

    private init(from scanner: inout JSONScanner) throws(JSONError) {
        var replay: Identifier?
        var orders: Int64?
        var days: Int64?
        var topic: String?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "replayId": replay = try scanner.identifier()
            case "orders": orders = try scanner.integer()
            case "days": days = try scanner.integer()
            case "topic": topic = String(decoding: try scanner.text().unescaped(), as: UTF8.self)
            default: try scanner.skip()
            }
        }
        self.replay = try scanner.require(replay, "replayId")
        self.orders = Int(try scanner.require(orders, "orders"))
        self.days = try scanner.require(days, "days")
        self.topic = try scanner.require(topic, "topic")
    }
}

/// What a client asks for.
struct ReplayWish {
    /// The most days that can be replayed at once: ten years.
    static let maximumDays: Int64 = 3_650

    var days: Int64 = 7
    var topic: String?

    /// From a body; without one, everything is left to the service.
    static func decode(_ body: [UInt8]) throws(JSONError) -> ReplayWish {
        guard !body.isEmpty else { return ReplayWish() }
        return try JSONScanner.scan(body) { (scanner) throws(JSONError) in try ReplayWish(from: &scanner) }
    }

    private init() {}

    private init(from scanner: inout JSONScanner) throws(JSONError) {
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "days": days = try scanner.integer()
            case "topic":
                topic = try scanner.skipNull() ? nil : String(decoding: try scanner.text().unescaped(), as: UTF8.self)
            default: try scanner.skip()
            }
        }
        guard (1...Self.maximumDays).contains(days) else {
            throw JSONError(.invalidValue, "'days': a whole number from 1 to \(Self.maximumDays) was expected")
        }
    }
}
