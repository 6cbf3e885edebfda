/// Which services take part, which topics there are, who reads which and what is published where: a value, so that
/// another system of the same services is another value.
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
        /// Takes orders and leads them to an end.
        case order
        /// Keeps stock for orders.
        case inventory
        /// Takes money and gives it back.
        case payment
        /// Sends parcels.
        case shipping
    }

    /// A service that takes part.
    public struct Participant: Hashable, Sendable {
        /// What it does.
        public var role: Role
        /// What it is called; the name of its consumer group, too.
        public var name: String
        /// The topics it reads.
        public var reads: [String]

        /// A participant, by its parts.
        public init(_ role: Role, name: String, reads: [String]) {
            self.role = role
            self.name = name
            self.reads = reads
        }
    }

    /// Where events of some kinds are published.
    public struct Route: Hashable, Sendable {
        /// The kinds.
        public var events: [EventType]
        /// The topic's name.
        public var topic: String

        /// A route, by its parts.
        public init(_ events: [EventType], to topic: String) {
            self.events = events
            self.topic = topic
        }
    }

    /// What scenario files call it.
    public var name: String
    /// The topics that events travel on, in a fixed order.
    public var topics: [Topic]
    /// The services, in a fixed order.
    public var participants: [Participant]
    /// Where each kind of event goes; every kind has one route.
    public var routes: [Route]
    /// What is added to a topic's name for its dead-letter topic.
    public var deadLetterSuffix = ".dlq"
    /// How many partitions each dead-letter topic has.
    public var deadLetterPartitions: Int32 = 1

    /// A blueprint, by its parts.
    public init(name: String, topics: [Topic], participants: [Participant], routes: [Route]) {
        self.name = name
        self.topics = topics
        self.participants = participants
        self.routes = routes
    }

    /// Document 001: order → inventory → payment → shipping, and compensation backwards.
    public static let inventoryFirst = inventoryFirst(partitions: 6)

    /// Document 001 with another number of partitions for each topic.
    public static func inventoryFirst(partitions: Int32) -> Blueprint {
        Blueprint(
            name: "inventory-first",
            topics: ["orders", "inventory", "payments", "shipping"].map { Topic($0, partitions: partitions) },
            participants: [
                Participant(.order, name: "order", reads: ["inventory", "payments", "shipping"]),
                Participant(.inventory, name: "inventory", reads: ["orders", "payments", "shipping"]),
                Participant(.payment, name: "payment", reads: ["inventory", "shipping"]),
                Participant(.shipping, name: "shipping", reads: ["orders", "payments"]),
            ],
            routes: [
                Route([.orderCreated, .orderCancellationRequested, .orderCancelled], to: "orders"),
                Route([.inventoryReserved, .inventoryFailed, .inventoryReleased], to: "inventory"),
                Route([.paymentAuthorized, .paymentFailed, .paymentRefunded, .paymentVoided], to: "payments"),
                Route([.orderShipped, .shippingCancelled, .cancellationRefused], to: "shipping"),
            ])
    }

    /// Every topic of the system, the dead-letter topics after all others.
    public var topicSpecifications: [Topic] {
        topics + topics.map { Topic($0.name + deadLetterSuffix, partitions: deadLetterPartitions) }
    }
}
