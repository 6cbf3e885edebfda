import Kafka
import Services
import Simulation

/// How a payload stands in JSON.
protocol EventPayload {
    /// The order it is about.
    var order: Identifier { get }
    init(from scanner: inout JSONScanner, _ upcaster: Upcaster) throws(JSONError)
    func write(to json: inout JSONWriter)
}

/// Events as JSON, and as Kafka records, under the names that a blueprint gives them.
public struct EventCodec: Sendable {
    /// The most bytes that an event may have: far more than any order needs, far less than a Kafka record can hold.
    public static let maximumSize = 256 << 10

    private static let limits: JSONScanner.Limits = {
        var limits = JSONScanner.Limits()
        limits.size = maximumSize
        return limits
    }()

    /// What kinds of events are called.
    private let names: EventNames
    private let headers: EventHeaders

    /// A codec for events of those names, which `source` publishes: the name of a service.
    public init(names: EventNames = EventNames(), source: String = "order") {
        self.names = names
        headers = EventHeaders(names: names, source: source)
    }

    /// The event as a record, keyed by its order, with the headers that `HeaderContract` lists.
    public func record(_ event: Event) -> Record {
        let key = event.order.bytes
        return Record(
            key: key, value: encode(event), headers: headers.headers(of: event, subject: key),
            timestampMilliseconds: event.at.milliseconds)
    }

    /// The event as JSON.
    public func encode(_ event: Event) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.field("eventId")
        json.value(event.id)
        json.field("eventType")
        json.value(utf8: names.bytes(of: event.type))
        json.field("version")
        if event.version == .current {
            json.value(Event.Version.currentText)
        } else {
            json.value(event.version.description)
        }
        json.field("timestamp")
        json.value(event.at)
        json.field("correlationId")
        json.value(event.correlation)
        json.field("causationId")
        if let causation = event.causation { json.value(causation) } else { json.null() }
        if event.isReplay {
            json.field("isReplay")
            json.value(true)
        }
        json.field("payload")
        event.payload.write(to: &json)
        json.endObject()
        return json.finish()
    }

    /// The event in a record's value. Throws `Poison` when there is none.
    public func decode(_ record: Record) throws(Poison) -> Event {
        guard let value = record.value else { throw Poison("Empty", "the record has no value") }
        return try decode(value)
    }

    /// The event in JSON. Throws `Poison` when there is none.
    public func decode(_ bytes: [UInt8]) throws(Poison) -> Event {
        do {
            return try JSONScanner.scan(bytes, limits: Self.limits) { (scanner) throws(JSONError) in
                try Event(from: &scanner, names)
            }
        } catch {
            throw Poison(error)
        }
    }
}

extension Poison {
    /// The kinds that `EventCodec.decode` gives.
    public static let kinds: [String] = [
        "Empty", "TooLarge", "NotUTF8", "MalformedJSON", "WrongType", "MissingField", "InvalidValue", "UnknownVersion",
        "UnknownEvent",
    ]

    init(_ error: JSONError) {
        let kind =
            switch error.kind {
            case .empty: "Empty"
            case .tooLarge: "TooLarge"
            case .notUTF8: "NotUTF8"
            case .malformed: "MalformedJSON"
            case .wrongType: "WrongType"
            case .missingField: "MissingField"
            case .invalidValue: "InvalidValue"
            case .unknownVersion: "UnknownVersion"
            case .unknownEvent: "UnknownEvent"
            }
        self.init(kind, error.message)
    }
}

extension Event {
    /// What is in the payload depends on type and version, which usually come before it, but need not.
    init(from scanner: inout JSONScanner, _ names: EventNames) throws(JSONError) {
        var id: UniqueID?
        var type: EventType?
        var version: Version?
        var at: Instant?
        var correlation: UniqueID?
        var causation: UniqueID?
        var isReplay = false
        var payload: Payload?
        var payloadToRead: JSONScanner?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "eventId": id = try scanner.uniqueID()
            case "eventType": type = try scanner.eventType(names)
            case "version": version = try scanner.version()
            case "timestamp": at = try scanner.instant()
            case "correlationId": correlation = try scanner.uniqueID()
            case "causationId": causation = try scanner.optionalUniqueID()
            case "isReplay": isReplay = try scanner.boolean()
            case "payload":
                if let type, let version {
                    payload = try Payload(type, from: &scanner, Upcaster(version: version))
                } else {
                    payloadToRead = scanner
                    try scanner.skip()
                }
            default: try scanner.skip()
            }
        }
        let upcaster = Upcaster(version: try scanner.require(version, "version"))
        self.version = upcaster.upcastVersion
        let known = try scanner.require(type, "eventType")
        if var later = payloadToRead { payload = try Payload(known, from: &later, upcaster) }
        self.payload = try scanner.require(payload, "payload")
        self.id = try scanner.require(id, "eventId")
        self.at = try scanner.require(at, "timestamp")
        self.correlation = try scanner.require(correlation, "correlationId")
        self.causation = causation
        self.isReplay = isReplay
    }
}

extension JSONScanner {
    fileprivate mutating func version() throws(JSONError) -> Event.Version {
        let text = try text()
        guard let version = Event.Version(text), version.major == Event.Version.current.major else {
            let found = String(decoding: text.unescaped(), as: UTF8.self)
            throw JSONError(.unknownVersion, "version '\(found)' is not one that this service reads (1.x)")
        }
        return version
    }

    fileprivate mutating func eventType(_ names: EventNames) throws(JSONError) -> EventType {
        let text = try text()
        guard let type = names.type(called: text) else {
            let found = String(decoding: text.unescaped(), as: UTF8.self)
            throw JSONError(.unknownEvent, "there is no event type '\(found)'")
        }
        return type
    }
}
