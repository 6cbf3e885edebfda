import CRdKafka
import Foundation
import Kafka

/// A client of librdkafka with its life: used while it is open, destroyed once.
///
/// Its callbacks run within calls that poll, on the caller's thread, so a client and what it leaves behind belong to
/// one thread at a time.
final class ClientHandle {
    private var pointer: OpaquePointer?
    /// The queue that wakes somebody. It has to go before the client does.
    private var wakingQueue: OpaquePointer?
    /// Errors that belong to no request.
    private var errors: [KafkaFailure] = []
    private var statistics: ClientStatistics?

    /// Starts a client whose callbacks find `owner`.
    ///
    /// - Parameter adjust: sets further callbacks.
    init(
        _ type: rd_kafka_type_t, _ properties: ClientProperties, brokers: String, owner: CallbackTarget,
        adjust: (OpaquePointer) -> Void = { _ in }
    ) throws(KafkaFailure) {
        let configuration = try Configuration(properties, brokers: brokers)
        configuration.adjust { pointer in
            rd_kafka_conf_set_opaque(pointer, Unmanaged.passUnretained(owner).toOpaque())
            rd_kafka_conf_set_error_cb(pointer) { client, code, reason, opaque in
                CallbackTarget.of(opaque)?.handle?.clientFailed(client, code, reason)
            }
            rd_kafka_conf_set_stats_cb(pointer) { _, json, size, opaque in
                guard let json, let handle = CallbackTarget.of(opaque)?.handle else { return 0 }
                // What cannot be read shall not hide the last that could.
                handle.statistics = ClientStatistics(json: Data(bytes: json, count: size)) ?? handle.statistics
                return 0  // librdkafka frees the text.
            }
            adjust(pointer)
        }
        pointer = try configuration.makeClient(type)
        owner.handle = self
    }

    var isOpen: Bool { pointer != nil }

    /// The client, unless it is closed.
    func client() throws(KafkaFailure) -> OpaquePointer {
        guard let pointer else { throw KafkaFailure(RD_KAFKA_RESP_ERR__DESTROY, reason: "the client is closed") }
        return pointer
    }

    /// Ends the client. Nothing calls back afterwards.
    func destroy(flags: Int32 = 0) {
        guard let pointer else { return }
        stopWaking()
        self.pointer = nil
        rd_kafka_destroy_flags(pointer, flags)
    }

    /// Lets librdkafka write to a file descriptor when something arrives in a queue that was empty.
    func wake(_ fileDescriptor: Int32, from queue: (OpaquePointer) -> OpaquePointer?) throws(KafkaFailure) {
        let client = try client()
        stopWaking()
        guard let queue = queue(client) else {
            throw KafkaFailure(RD_KAFKA_RESP_ERR__UNKNOWN_GROUP, reason: "a consumer needs a group.id")
        }
        wakingQueue = queue
        Self.enableWaking(fileDescriptor, from: queue)
    }

    static func enableWaking(_ fileDescriptor: Int32, from queue: OpaquePointer) {
        // Eight bytes, because an eventfd takes no less.
        var payload: UInt64 = 1
        rd_kafka_queue_io_event_enable(queue, fileDescriptor, &payload, MemoryLayout.size(ofValue: payload))
        // What has arrived before shall not wait for what comes next.
        _ = write(fileDescriptor, &payload, MemoryLayout.size(ofValue: payload))
    }

    /// Nothing is written to the file descriptor any more.
    func stopWaking() {
        guard let queue = wakingQueue else { return }
        wakingQueue = nil
        rd_kafka_queue_io_event_enable(queue, -1, nil, 0)
        rd_kafka_queue_destroy(queue)
    }

    func takeErrors() -> [KafkaFailure] {
        defer { errors.removeAll() }
        return errors
    }

    func takeFirstError() -> KafkaFailure? { errors.isEmpty ? nil : errors.removeFirst() }

    func takeStatistics() -> ClientStatistics? {
        defer { statistics = nil }
        return statistics
    }

    fileprivate func clientFailed(_ client: OpaquePointer?, _ code: Int32, _ reason: UnsafePointer<CChar>?) {
        let code = rd_kafka_resp_err_t(code)
        guard code == RD_KAFKA_RESP_ERR__FATAL, let client else {
            errors.append(KafkaFailure(code, reason: reason.map { String(cString: $0) }))
            return
        }
        var text = [CChar](repeating: 0, count: 512)
        let cause = rd_kafka_fatal_error(client, &text, text.count)
        var failure = KafkaFailure(cause, reason: reason.map { String(cString: $0) })
        failure.isFatal = true
        errors.append(failure)
    }
}

/// Where callbacks go: an object with an address that does not change, and that outlives the client.
class CallbackTarget {
    fileprivate(set) weak var handle: ClientHandle?

    static func of(_ opaque: UnsafeMutableRawPointer?) -> CallbackTarget? {
        opaque.map { Unmanaged<CallbackTarget>.fromOpaque($0).takeUnretainedValue() }
    }
}
