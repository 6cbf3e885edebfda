import CRdKafka
import Kafka

/// What librdkafka says went wrong: its code, its words, and what is left to do.
public struct KafkaFailure: Error, Hashable, Sendable {
    /// librdkafka's `rd_kafka_resp_err_t`: the protocol's codes, and below -1 its own.
    public var code: Int32
    public var reason: String
    /// The same call may succeed later.
    public var isRetriable: Bool
    /// The transaction must be aborted.
    public var requiresAbort: Bool
    /// The client is of no use any more.
    public var isFatal: Bool

    public init(
        code: Int32, reason: String, isRetriable: Bool = false, requiresAbort: Bool = false, isFatal: Bool = false
    ) {
        self.code = code
        self.reason = reason
        self.isRetriable = isRetriable
        self.requiresAbort = requiresAbort
        self.isFatal = isFatal
    }

    /// The code in the common vocabulary, unless it is not there.
    public var errorCode: ErrorCode? { Int16(exactly: code).flatMap(ErrorCode.init(rawValue:)) }

    /// The log does not hold (any more) what the consumer was going to read next, and `auto.offset.reset` is `error`:
    /// records may have been lost. The partition is read no further.
    public var isPositionLost: Bool { code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET.rawValue }

    /// Nobody on the other side knows this kind of request: older brokers, or the mock cluster.
    public var isUnsupported: Bool {
        code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE.rawValue
            || code == RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION.rawValue
    }

    /// It took too long.
    public var isTimeout: Bool {
        [RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT]
            .contains { code == $0.rawValue }
    }

    /// A broker, or all of them, cannot be reached; librdkafka goes on trying.
    public var isConnectionTrouble: Bool {
        [RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE]
            .contains { code == $0.rawValue }
    }

    /// There is no such topic, or no such partition, as far as anybody knows yet.
    public var isMissingTopic: Bool {
        [
            RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
            RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
        ].contains { code == $0.rawValue }
    }

    /// `RD_KAFKA_RESP_ERR__FAIL`: what librdkafka has no better code for.
    static let localFailure = RD_KAFKA_RESP_ERR__FAIL.rawValue

    init(_ code: rd_kafka_resp_err_t, reason: String? = nil) {
        self.init(
            code: code.rawValue, reason: reason ?? String(cString: rd_kafka_err2str(code)),
            isFatal: code == RD_KAFKA_RESP_ERR__FATAL)
    }

    /// Of an error object that belongs to somebody else.
    init(_ error: OpaquePointer) {
        self.init(
            code: rd_kafka_error_code(error).rawValue, reason: String(cString: rd_kafka_error_string(error)),
            isRetriable: rd_kafka_error_is_retriable(error) != 0,
            requiresAbort: rd_kafka_error_txn_requires_abort(error) != 0,
            isFatal: rd_kafka_error_is_fatal(error) != 0)
    }

    /// Takes over an error object.
    init(consuming error: OpaquePointer) {
        self.init(error)
        rd_kafka_error_destroy(error)
    }

    static func check(_ code: rd_kafka_resp_err_t) throws(KafkaFailure) {
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaFailure(code) }
    }

    static func check(_ error: OpaquePointer?) throws(KafkaFailure) {
        if let error { throw KafkaFailure(consuming: error) }
    }
}

/// Milliseconds as librdkafka's functions take them.
func milliseconds(_ duration: Duration) -> Int32 {
    let (seconds, attoseconds) = duration.components
    return Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
}
