import Harness
import Kafka
import Orders
import Services
import Simulation

/// An event, with the place and the moment of its first appearance in the log.
struct CommittedEvent: Sendable {
    let at: Instant
    let partition: TopicPartition
    let offset: Int64
    let event: Event
    /// The number of its order.
    let order: Int32

    var type: EventType { event.type }
}

/// A record in an input topic that is no event.
struct PoisonRecord: Sendable {
    let at: Instant
    let partition: TopicPartition
    let offset: Int64
    let record: Record
    let why: Poison
}

/// A record in a dead-letter topic. What its headers say is nil where they do not say it.
struct DeadLetter: Sendable {
    let at: Instant
    let partition: TopicPartition
    let offset: Int64
    let record: Record

    /// The group that could do nothing with the record.
    var group: String? { text(DeadLetterHeader.group) }
    /// Where the record stood.
    var topic: String? { text(DeadLetterHeader.topic) }
    var originalPartition: Int32? { text(DeadLetterHeader.partition).flatMap { Int32($0) } }
    var originalOffset: Int64? { text(DeadLetterHeader.offset).flatMap { Int64($0) } }
    /// Why.
    var exception: String? { text(DeadLetterHeader.exception) }
    var message: String? { text(DeadLetterHeader.message) }

    private func text(_ name: String) -> String? {
        record.header(name).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// An answer that a client got.
struct ClientAnswer: Sendable {
    let at: Instant
    let request: RequestID
    let response: Response
    /// The number of the order that it is about.
    let order: Int32?
}

/// Money that moved at the payment provider.
struct Booking: Sendable {
    let at: Instant
    let entry: LedgerEntry
    /// The number of the order it moved for.
    let order: Int32

    var isCharge: Bool { entry.kind == "charge" }
}

/// A message to a customer that the gateway took, or refused.
struct Message: Sendable {
    let at: Instant
    let entry: LedgerEntry
    /// The number of the order that it is about.
    let order: Int32
    let channel: NotificationChannel
    let about: EventType
    /// Whether there was nobody at the address.
    let isBounced: Bool
}
