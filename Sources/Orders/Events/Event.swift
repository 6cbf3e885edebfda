import Services
import Simulation

/// One fact about one order, as it travels between services.
public struct Event: Hashable, Sendable {
    /// Names this event and no other; duplicates carry the same id.
    public var id: UniqueID
    /// Names the story it belongs to: everything that follows from one order has the id of its `OrderCreated`'s story.
    public var correlation: UniqueID
    /// The event that led to this one.
    public var causation: UniqueID?
    /// When it happened, in whole microseconds.
    public var at: Instant
    /// The version of its schema.
    public var version: Version
    /// What happened.
    public var payload: Payload

    /// An event of the current version; `at` is cut to microseconds.
    public init(id: UniqueID, correlation: UniqueID, causation: UniqueID?, at: Instant, payload: Payload) {
        self.id = id
        self.correlation = correlation
        self.causation = causation
        self.at = at.inMicroseconds
        self.version = .current
        self.payload = payload
    }

    /// The version of an event's schema: a new minor version only adds fields, a new major version may change anything.
    public struct Version: Hashable, Sendable {
        /// The part before the point.
        public var major: UInt16
        /// The part after the point.
        public var minor: UInt16

        /// What this program writes. It reads every minor version of it.
        public static let current = Version(major: 1, minor: 0)

        /// A version by its parts.
        public init(major: UInt16, minor: UInt16) {
            self.major = major
            self.minor = minor
        }

        /// Nil unless the text is two numbers with a point between them.
        init?(_ text: JSONText) {
            var parts: (UInt16, UInt16) = (0, 0)
            var digits = (0, 0)
            var isMinor = false
            for byte in text.raw {
                let digit = UInt16(byte &- UInt8(ascii: "0"))
                switch (byte, isMinor) {
                case (UInt8(ascii: "."), false): isMinor = true
                case (UInt8(ascii: "0")...UInt8(ascii: "9"), false) where digits.0 < 4:
                    parts.0 = parts.0 * 10 + digit
                    digits.0 += 1
                case (UInt8(ascii: "0")...UInt8(ascii: "9"), true) where digits.1 < 4:
                    parts.1 = parts.1 * 10 + digit
                    digits.1 += 1
                default: return nil
                }
            }
            guard digits.0 > 0, digits.1 > 0 else { return nil }
            self.init(major: parts.0, minor: parts.1)
        }
    }

    /// What happened, by kind.
    public enum Payload: Hashable, Sendable {
        /// An order was placed.
        case orderCreated(OrderCreated)
        /// The order is to be stopped, if it can be stopped yet.
        case orderCancellationRequested(OrderCancellationRequested)
        /// The order has ended without a parcel.
        case orderCancelled(OrderCancelled)
        /// All that was ordered lies ready.
        case inventoryReserved(InventoryReserved)
        /// Something that was ordered cannot be had.
        case inventoryFailed(InventoryFailed)
        /// Nothing is reserved for the order any more.
        case inventoryReleased(InventoryReleased)
        /// The customer has paid.
        case paymentAuthorized(PaymentAuthorized)
        /// The customer has not paid, and will not.
        case paymentFailed(PaymentFailed)
        /// The customer has the money back.
        case paymentRefunded(PaymentRefunded)
        /// The order was cancelled before anything was charged.
        case paymentVoided(PaymentVoided)
        /// The parcel is on its way.
        case orderShipped(OrderShipped)
        /// No parcel was sent, and none will be.
        case shippingCancelled(ShippingCancelled)
        /// The order can no longer be stopped.
        case cancellationRefused(CancellationRefused)
    }
}

extension Event {
    /// The kind of the event.
    public var type: EventType { payload.type }
    /// The order it is about.
    public var order: Identifier { payload.order }
}

extension Event.Payload {
    /// The kind of the event.
    public var type: EventType {
        switch self {
        case .orderCreated: .orderCreated
        case .orderCancellationRequested: .orderCancellationRequested
        case .orderCancelled: .orderCancelled
        case .inventoryReserved: .inventoryReserved
        case .inventoryFailed: .inventoryFailed
        case .inventoryReleased: .inventoryReleased
        case .paymentAuthorized: .paymentAuthorized
        case .paymentFailed: .paymentFailed
        case .paymentRefunded: .paymentRefunded
        case .paymentVoided: .paymentVoided
        case .orderShipped: .orderShipped
        case .shippingCancelled: .shippingCancelled
        case .cancellationRefused: .cancellationRefused
        }
    }

    /// The order it is about.
    public var order: Identifier {
        switch self {
        case .orderCreated(let payload): payload.order
        case .orderCancellationRequested(let payload): payload.order
        case .orderCancelled(let payload): payload.order
        case .inventoryReserved(let payload): payload.order
        case .inventoryFailed(let payload): payload.order
        case .inventoryReleased(let payload): payload.order
        case .paymentAuthorized(let payload): payload.order
        case .paymentFailed(let payload): payload.order
        case .paymentRefunded(let payload): payload.order
        case .paymentVoided(let payload): payload.order
        case .orderShipped(let payload): payload.order
        case .shippingCancelled(let payload): payload.order
        case .cancellationRefused(let payload): payload.order
        }
    }
}
