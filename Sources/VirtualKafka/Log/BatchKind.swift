/// What a batch is to transactions: the attributes bits 4 and 5 of Kafka's record batch, and the type of a marker.
enum BatchKind: UInt8, Sendable {
    case plain
    /// Part of a transaction that a marker of the same producer decides, further on in the log.
    case transactional
    /// A control batch: one offset, and nothing for applications.
    case commitMarker
    case abortMarker

    var isControl: Bool { self == .commitMarker || self == .abortMarker }
}
