import Kafka
import Services
import Simulation

/// What the headers of an event are called: the CloudEvents attributes in the binary mode of their Kafka binding, the
/// trace as W3C's Trace Context has it, and the ids of the story.
public enum EventHeader {
    /// The version of CloudEvents.
    public static let specificationVersion = "ce_specversion"
    /// The kind of event.
    public static let type = "ce_type"
    /// The service that published it.
    public static let source = "ce_source"
    /// The event's id.
    public static let id = "ce_id"
    /// When it happened.
    public static let time = "ce_time"
    /// The order.
    public static let subject = "ce_subject"
    /// What the value is.
    public static let contentType = "content-type"
    /// The trace and the span.
    public static let traceParent = "traceparent"
    /// The story's id.
    public static let correlation = "correlation-id"
    /// The id of the event that led to this one.
    public static let causation = "causation-id"

    /// What `ce_source` says of a service.
    public static func source(of service: String) -> String { "/orrery/\(service)" }
}

/// Makes headers: what is the same in all events of a kind is made once.
struct EventHeaders: Sendable {
    private let version = Header(EventHeader.specificationVersion, "1.0")
    private let content = Header(EventHeader.contentType, "application/json")
    private let source: Header
    /// By `EventType.rawValue`.
    private let types: [Header]

    init(names: EventNames, source service: String) {
        source = Header(EventHeader.source, EventHeader.source(of: service))
        types = EventType.allCases.map { Header(EventHeader.type, names[$0]) }
    }

    /// The headers of an event whose order is `subject`.
    func headers(of event: Event, subject: [UInt8]) -> [Header] {
        let type = types[Int(event.type.rawValue)]
        let id = Header(name: EventHeader.id, value: Self.uuid(event.id))
        let time = Header(name: EventHeader.time, value: Self.moment(event.at))
        let subject = Header(name: EventHeader.subject, value: subject)
        let trace = Header(name: EventHeader.traceParent, value: Self.traceParent(event))
        let correlation = Header(name: EventHeader.correlation, value: Self.uuid(event.correlation))
        guard let cause = event.causation else {
            return [version, type, source, id, time, subject, content, trace, correlation]
        }
        let causation = Header(name: EventHeader.causation, value: Self.uuid(cause))
        return [version, type, source, id, time, subject, content, trace, correlation, causation]
    }

    private static func uuid(_ id: UniqueID) -> [UInt8] { bytes(UniqueID.uuidLength) { id.writeUUID(to: $0) } }

    private static func moment(_ instant: Instant) -> [UInt8] {
        bytes(Instant.rfc3339Length) { instant.writeRFC3339(to: $0) }
    }

    /// `00-` 32 digits `-` 16 digits `-01`: version 00, the trace, the span, and that the trace is sampled. Neither is
    /// ever all zeros, which the specification forbids: ids have their version and variant bits set.
    private static func traceParent(_ event: Event) -> [UInt8] {
        bytes(55) { bytes in
            bytes.update(from: ("00-" as StaticString).utf8Start, count: 3)
            UniqueID.writeHex(event.correlation.high, to: bytes + 3)
            UniqueID.writeHex(event.correlation.low, to: bytes + 19)
            bytes[35] = UInt8(ascii: "-")
            UniqueID.writeHex(event.id.low, to: bytes + 36)
            (bytes + 52).update(from: ("-01" as StaticString).utf8Start, count: 3)
        }
    }

    /// Bytes of a fixed number, written in place.
    @inline(__always)
    private static func bytes(_ count: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Void) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let base = buffer.baseAddress { write(base) }
            initialized = count
        }
    }
}
