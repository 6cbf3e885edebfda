/// A header that every record of an event has: what it is called, and what it says.
public struct HeaderContract: Hashable, Sendable {
    /// The name.
    public var name: String
    /// What it says, as a sentence.
    public var meaning: String
    /// Whether every event has it.
    public var isRequired = true
    /// What is always in it; nil when that depends on the event.
    public var constant: String?

    private init(_ name: String, _ meaning: String, constant: String? = nil) {
        self.name = name
        self.meaning = meaning
        self.constant = constant
    }

    /// The headers of an event, in the order in which they are written. Others may follow them.
    public static let all: [HeaderContract] = {
        var headers = [
            HeaderContract(
                EventHeader.specificationVersion, "The version of CloudEvents, whose binary mode for Kafka this is.",
                constant: "1.0"),
            HeaderContract(EventHeader.type, "The kind of event, as `eventType` says it."),
            HeaderContract(EventHeader.source, "The service that publishes the event: `/orrery/payment`."),
            HeaderContract(EventHeader.id, "The id of the event, as `eventId` says it."),
            HeaderContract(EventHeader.time, "When it happened, as `timestamp` says it."),
            HeaderContract(EventHeader.subject, "The order, as `orderId` says it."),
            HeaderContract(EventHeader.contentType, "What the value is.", constant: "application/json"),
            HeaderContract(
                EventHeader.traceParent,
                "The place in the trace (W3C Trace Context): the story's id is the trace, the lower half of the event's "
                    + "id the span."),
            HeaderContract(EventHeader.correlation, "The id of the story, as `correlationId` says it."),
            HeaderContract(
                EventHeader.causation,
                "The id of the event that led to this one, as `causationId` says it; absent "
                    + "where that is null."),
        ]
        headers[headers.count - 1].isRequired = false
        return headers
    }()
}
