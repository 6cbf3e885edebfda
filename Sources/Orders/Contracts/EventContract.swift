/// What producers and consumers of one kind of event have agreed upon. Schemas, documentation and the checks of what
/// services publish are made from it.
public struct EventContract: Hashable, Sendable {
    /// The kind.
    public var type: EventType
    /// What it says, as a sentence.
    public var meaning: String
    /// The fields of its payload, in the order in which they are written.
    public var payload: [ContractField]

    /// The contract of a kind.
    public init(of type: EventType) {
        self.type = type
        meaning = Self.meaning(of: type)
        payload = Self.payload(of: type)
    }

    /// Every contract, in the order in which `EventType` lists the kinds.
    public static let all = EventType.allCases.map { EventContract(of: $0) }

    /// The fields that all events have, in the order in which they are written; the payload among them.
    public var fields: [ContractField] {
        Self.envelope + [ContractField("payload", .object(payload), "What happened.")]
    }

    /// What surrounds every payload.
    public static let envelope: [ContractField] = [
        ContractField("eventId", .uuid, "Names this event and no other; duplicates carry the same id."),
        ContractField("eventType", .eventName, "The kind of event."),
        ContractField("version", .version, "The version of the event's schema."),
        ContractField("timestamp", .moment, "When it happened."),
        ContractField(
            "correlationId", .uuid,
            "Names the story it belongs to: everything that follows from one order has the same."
        ),
        ContractField("causationId", .uuid, "The event that led to this one; null for the first of a story.")
            .optional.nullable,
        ContractField(
            "isReplay", .flag,
            "Whether it tells again what was told before: nothing may be done because of it that was done already."
        ).optional.since(.current),
    ]

    /// The fields of the payload, at every depth, each with its path: `items[].sku`.
    public var payloadFields: [(path: String, field: ContractField)] { Self.flattened(payload, "") }

    private static func flattened(
        _ fields: [ContractField], _ path: String
    ) -> [(path: String, field: ContractField)] {
        fields.flatMap { field in
            switch field.type {
            case .object(let inner): [(path + field.name, field)] + flattened(inner, path + field.name + ".")
            case .list(let inner): [(path + field.name, field)] + flattened(inner, path + field.name + "[].")
            default: [(path + field.name, field)]
            }
        }
    }
}

extension EventContract {
    /// The participants of a blueprint that act upon the event, in the blueprint's order; none when it is not published.
    public func consumers(in blueprint: Blueprint) -> [Blueprint.Participant] {
        blueprint.participants.filter { blueprint.concerns($0.role).contains(type) }
    }

    /// The participant of a blueprint that publishes the event; nil when nobody does.
    public func producer(in blueprint: Blueprint) -> Blueprint.Participant? {
        publication(in: blueprint) == nil ? nil : blueprint.participant(blueprint.publisher(of: type))
    }

    /// What a blueprint calls the event, and where it goes; nil when it is not published.
    public func publication(in blueprint: Blueprint) -> Blueprint.Publication? {
        blueprint.publications.first { $0.event == type }
    }
}
