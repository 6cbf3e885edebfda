/// Why a step of a Kafka transaction failed, and what can still be done: what `rd_kafka_error_t` says with
/// `rd_kafka_error_is_retriable`, `…_txn_requires_abort` and `…_is_fatal` (KIP-98, KIP-360).
public struct TransactionError: Error, Hashable, Sendable, Codable {
    /// What the producer has to do next.
    public enum Consequence: Hashable, Sendable, Codable {
        /// The same call may succeed when it is made again.
        case retriable
        /// The transaction cannot be committed any more: abort it, then begin another one.
        case abortable
        /// The producer is of no use any more (another one has taken its `transactional.id`): close it.
        case fatal
        /// The call was made at the wrong moment, and has changed nothing.
        case misuse
    }

    public var code: ErrorCode
    public var consequence: Consequence

    public init(_ code: ErrorCode, _ consequence: Consequence) {
        self.code = code
        self.consequence = consequence
    }
}
