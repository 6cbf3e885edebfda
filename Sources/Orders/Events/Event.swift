import Services
import Simulation

/// One fact about one order, as it travels between services.
public struct Event: Hashable, Sendable, Document {
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
    /// Whether it tells again what was told before, for somebody who listens later: nothing may be done because of it
    /// that was done already.
    public var isReplay = false
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
    public struct Version: Hashable, Sendable, Codable {
        /// The part before the point.
        public var major: UInt16
        /// The part after the point.
        public var minor: UInt16

        /// The version before the current one.
        public static let first = Version(major: 1, minor: 0)
        /// What this program writes. It reads every minor version of it: earlier ones are upcast, and what later ones
        /// added is passed over.
        public static let current = Version(major: 1, minor: 1)

        /// The current version as it is written.
        static let currentText: StaticString = "1.1"

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
    public enum Payload: Hashable, Sendable, Codable {
        /// An order was placed.
        case orderCreated(OrderCreated)
        /// The order is to be stopped, if it can be stopped yet.
        case orderCancellationRequested(OrderReason)
        /// The order has ended without a parcel.
        case orderCancelled(OrderReason)
        /// Somebody has given the order another status by hand.
        case orderStatusUpdated(StatusUpdate)
        /// Some pieces of one line are not wanted any more.
        case lineCancellationRequested(LineCancellation)
        /// The customer wants to send a delivered order back.
        case returnRequested(OrderFact)
        /// All that was ordered lies ready.
        case inventoryReserved(OrderFact)
        /// Something that was ordered cannot be had.
        case inventoryFailed(LineRefusal)
        /// Nothing is reserved for the order any more.
        case inventoryReleased(OrderFact)
        /// What is reserved for the order has been waiting for too long.
        case reservationExpired(OrderFact)
        /// What came back stands on the shelf again.
        case inventoryRestocked(OrderFact)
        /// The provider has been asked to charge the customer.
        case paymentProcessing(OrderAmount)
        /// The customer has paid.
        case paymentAuthorized(PaymentAuthorized)
        /// The customer has not paid, and will not.
        case paymentFailed(OrderReason)
        /// The customer has all the money back.
        case paymentRefunded(OrderAmount)
        /// The customer has some of the money back, for pieces that were cancelled.
        case paymentPartlyRefunded(OrderAmount)
        /// The order was cancelled before anything was charged.
        case paymentVoided(OrderFact)
        /// A parcel is planned.
        case shipmentCreated(Shipment)
        /// The parcel is on its way.
        case shipmentDispatched(Shipment)
        /// The parcel has arrived.
        case shipmentDelivered(Shipment)
        /// The parcel has come back.
        case shipmentReturned(OrderFact)
        /// No parcel was sent, and none will be.
        case shippingCancelled(OrderFact)
        /// The order can no longer be stopped.
        case cancellationRefused(OrderReason)
        /// The pieces were left out of the parcel.
        case lineCancelled(LineCancellation)
        /// The pieces could not be left out of the parcel.
        case lineCancellationRefused(LineRefusal)
        /// The customer was told.
        case notificationSent(NotificationSent)
        /// Nothing about the order is suspicious.
        case fraudCheckPassed(FraudDecision)
        /// The order looks like fraud.
        case fraudCheckFailed(FraudDecision)
    }
}

extension Event.Version: CustomStringConvertible {
    /// `1.1`.
    public var description: String { "\(major).\(minor)" }
}

extension Event {
    /// The kind of the event.
    public var type: EventType { payload.type }
    /// The order it is about.
    public var order: Identifier { payload.order }
}
