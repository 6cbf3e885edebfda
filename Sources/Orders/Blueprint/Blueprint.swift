/// Which services take part, which topics there are, what triggers what, and what is called how on the wire: a value, so
/// that another system of the same services is another value.
public struct Blueprint: Hashable, Sendable {
    /// A topic and how many partitions it has.
    public struct Topic: Hashable, Sendable {
        /// The name in Kafka.
        public var name: String
        /// At least 1.
        public var partitions: Int32

        /// A topic, by its parts.
        public init(_ name: String, partitions: Int32) {
            self.name = name
            self.partitions = partitions
        }
    }

    /// What a service does in the system.
    public enum Role: String, CaseIterable, Hashable, Sendable {
        /// Takes wishes in the order service's stead: a cart.
        case cart
        /// Takes orders and leads them to an end.
        case order
        /// Keeps stock for orders.
        case inventory
        /// Takes money and gives it back.
        case payment
        /// Looks for fraud.
        case fraud
        /// Sends parcels.
        case shipping
        /// Tells customers.
        case notification
        /// Counts.
        case analytics
    }

    /// A service that takes part. Each role is played by one service at most.
    public struct Participant: Hashable, Sendable {
        /// What it does.
        public var role: Role
        /// What it is called: names instances (`payment/1`), links and stores.
        public var name: String
        /// The consumer group of its instances.
        public var group: String

        /// A participant, by its parts; it is called by its role unless told otherwise.
        public init(_ role: Role, name: String? = nil, group: String? = nil) {
            self.role = role
            self.name = name ?? role.rawValue
            self.group = group ?? self.name
        }
    }

    /// An event that the system publishes: what it is called, and where it goes. Events that are not listed are not
    /// published at all.
    public struct Publication: Hashable, Sendable {
        /// What it means.
        public var event: EventType
        /// The name on the wire.
        public var name: String
        /// The topic's name.
        public var topic: String

        /// A publication, by its parts.
        public init(_ event: EventType, as name: String? = nil, to topic: String) {
            self.event = event
            self.name = name ?? event.description
            self.topic = topic
        }
    }

    /// What can be done for an order.
    public enum StepKind: String, CaseIterable, Hashable, Sendable {
        /// The order service takes over an order that another service has created.
        case accept
        /// The inventory service keeps what was ordered.
        case reserve
        /// The payment service charges the customer.
        case charge
        /// The fraud service looks at the order.
        case validate
        /// The shipping service sends a parcel.
        case ship
        /// The notification service tells the customer.
        case notify
        /// The analytics service counts.
        case count
    }

    /// A step of the choreography.
    public struct Step: Hashable, Sendable {
        /// What is done.
        public var kind: StepKind
        /// The events that begin it. `notify` and `count` are begun by each of them; all other steps once all of them
        /// have arrived.
        public var when: [EventType]
        /// The events each of which takes it back: its compensation.
        public var undo: [EventType]

        /// A step, by its parts.
        public init(_ kind: StepKind, when: [EventType], undo: [EventType] = []) {
            self.kind = kind
            self.when = when
            self.undo = undo
        }
    }

    /// What scenario files call it.
    public var name: String
    /// What it is, in a sentence.
    public var summary: String
    /// The topics that events travel on, in a fixed order.
    public var topics: [Topic]
    /// The services, in a fixed order.
    public var participants: [Participant]
    /// What is published, and where.
    public var publications: [Publication]
    /// What is done, and when.
    public var steps: [Step]
    /// The topics, among those above, to which orders of the past can be replayed; the first unless another is asked for.
    public var replayTopics: [String]
    /// What is added to a topic's name for its dead-letter topic.
    public var deadLetterSuffix = ".dlq"
    /// How many partitions each dead-letter topic has.
    public var deadLetterPartitions: Int32 = 1

    /// A blueprint, by its parts.
    public init(
        name: String, summary: String = "", topics: [Topic], participants: [Participant], publications: [Publication],
        steps: [Step], replayTopics: [String] = []
    ) {
        self.name = name
        self.summary = summary
        self.topics = topics
        self.participants = participants
        self.publications = publications
        self.steps = steps
        self.replayTopics = replayTopics
    }

    /// Every topic of the system, the dead-letter topics after all others.
    public var topicSpecifications: [Topic] {
        topics + topics.map { Topic($0.name + deadLetterSuffix, partitions: deadLetterPartitions) }
    }

    /// The service that plays a role, if any does.
    public func participant(_ role: Role) -> Participant? { participants.first { $0.role == role } }

    /// The step of a kind, if it is taken at all.
    public func step(_ kind: StepKind) -> Step? { steps.first { $0.kind == kind } }

    /// What is published, as a set.
    public var published: EventSet { EventSet(publications.lazy.map(\.event)) }

    /// What events are called.
    public var names: EventNames {
        var names = EventNames()
        for publication in publications { names[publication.event] = publication.name }
        return names
    }
}
