import Services
import Simulation

extension NotificationChannel {
    /// By what customers are told of an event: by e-mail of everything, and by SMS of what they wait for.
    public static func channels(for event: EventType) -> [NotificationChannel] {
        switch event {
        case .shipmentDispatched, .shipmentDelivered, .orderCancelled: [.email, .sms]
        default: [.email]
        }
    }
}

/// What became of a notification.
public enum NotificationStatus: UInt8, NamedCase, Sendable {
    /// The gateway has been asked to send it.
    case asked
    /// The gateway has taken it.
    case sent
    /// There is nobody at the address.
    case bounced
    /// The gateway has not said what it did, or nobody understands it; to ask again could tell the customer twice.
    case unconfirmed

    /// The name in the API.
    public var name: StaticString {
        switch self {
        case .asked: "asked"
        case .sent: "sent"
        case .bounced: "bounced"
        case .unconfirmed: "unconfirmed"
        }
    }
}

/// One message to one customer.
public struct NotificationRow: Row {
    /// The name of its table.
    public static let table = "notifications"
    /// Which notification of which order.
    public var key: NumberedKey
    /// Who is told.
    public var customer: Identifier
    /// By what.
    public var channel: NotificationChannel
    /// What about.
    public var about: EventType
    /// What became of it.
    public var status: NotificationStatus
    /// The order's story.
    public var correlation: UniqueID
    /// The event that the customer is told of.
    public var cause: UniqueID
    /// When it was written last.
    public var updatedAt: Instant
}

/// An order, as far as its customer has to be told about it.
public struct CorrespondenceRow: Row {
    /// The name of its table.
    public static let table = "correspondence"
    /// The order.
    public var key: Identifier
    /// Whose order it is; nil until its `OrderCreated` has come.
    public var customer: Identifier?
    /// Events that came before it, in the order in which they came.
    public var waiting: [Event] = []
    /// How many `NotificationRow`s the order has, numbered from 1.
    public var count: Int32 = 0

    /// An order of which nothing is known yet.
    public init(key: Identifier) { self.key = key }
}

extension NotificationRow {
    /// Searches tell rows apart by their status.
    public static var hasPhases: Bool { true }
    /// The status.
    public var phase: UInt8 { status.rawValue }
}
