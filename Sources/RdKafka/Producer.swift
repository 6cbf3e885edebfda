import CRdKafka
import Kafka

/// What became of a message.
public struct DeliveryReport: Hashable, Sendable {
    /// As given to `produce`.
    public var tag: UInt64
    public var partition: NamedPartition
    /// Nil when it is not known: without acknowledgements, or when the message failed.
    public var offset: Int64?
    public var failure: KafkaFailure?
    /// Whether a message that failed may be in the log all the same.
    public var isPossiblyPersisted: Bool

    public init(
        tag: UInt64, partition: NamedPartition, offset: Int64?, failure: KafkaFailure?, isPossiblyPersisted: Bool
    ) {
        self.tag = tag
        self.partition = partition
        self.offset = offset
        self.failure = failure
        self.isPossiblyPersisted = isPossiblyPersisted
    }
}

/// librdkafka's producer. Used by one thread at a time.
public final class Producer {
    let handle: ClientHandle
    private let reports = Reports()

    /// - Parameter brokers: `host:port`, separated by commas.
    public init(_ properties: ClientProperties, brokers: String) throws(KafkaFailure) {
        handle = try ClientHandle(RD_KAFKA_PRODUCER, properties, brokers: brokers, owner: reports) { configuration in
            rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
                guard let message, let target = CallbackTarget.of(opaque) as? Reports else { return }
                target.arrived.append(DeliveryReport(message))
            }
        }
    }

    deinit { close() }

    private final class Reports: CallbackTarget {
        var arrived: [DeliveryReport] = []
    }

    /// Hands a record over, to a partition or to where the partitioner says. Its report comes out of `poll`.
    public func produce(
        _ record: Record, to topic: String, partition: Int32? = nil, tag: UInt64
    ) throws(KafkaFailure) {
        let client = try handle.client()
        let headers = record.headers.isEmpty ? nil : HeaderList(record.headers)
        let error = topic.withCString { topic in
            withOptionalBytes(record.key) { key in
                withOptionalBytes(record.value) { value in
                    var arguments = [
                        argument(RD_KAFKA_VTYPE_TOPIC) { $0.cstr = topic },
                        argument(RD_KAFKA_VTYPE_PARTITION) { $0.i32 = partition ?? -1 },
                        argument(RD_KAFKA_VTYPE_MSGFLAGS) { $0.i = RD_KAFKA_MSG_F_COPY },
                        argument(RD_KAFKA_VTYPE_KEY) { $0.mem = .init(ptr: key.pointer, size: key.count) },
                        argument(RD_KAFKA_VTYPE_VALUE) { $0.mem = .init(ptr: value.pointer, size: value.count) },
                        argument(RD_KAFKA_VTYPE_TIMESTAMP) { $0.i64 = record.timestampMilliseconds },
                        argument(RD_KAFKA_VTYPE_OPAQUE) { $0.ptr = UnsafeMutableRawPointer(bitPattern: UInt(tag)) },
                    ]
                    if let headers {
                        arguments.append(argument(RD_KAFKA_VTYPE_HEADERS) { $0.headers = headers.pointer })
                    }
                    return rd_kafka_produceva(client, arguments, arguments.count)
                }
            }
        }
        // A message that was accepted owns its headers.
        if error == nil { headers?.release() }
        try KafkaFailure.check(error)
    }

    /// The delivery reports that have arrived; waits for the first of them at most so long.
    public func poll(within timeout: Duration = .zero) throws(KafkaFailure) -> [DeliveryReport] {
        rd_kafka_poll(try handle.client(), milliseconds(timeout))
        return takeReports()
    }

    /// Writes to a file descriptor (of a pipe, an eventfd; eight bytes, and it must not block) when reports arrive after
    /// `poll` has found none, so that its owner need not poll in vain. Until the producer is closed, or told another one.
    public func wake(_ fileDescriptor: Int32) throws(KafkaFailure) {
        try handle.wake(fileDescriptor) { rd_kafka_queue_get_main($0) }
    }

    /// Sends everything at once and waits until it is reported; throws `timedOut` when it is not by then. The reports
    /// come out of the next `poll`.
    public func flush(within timeout: Duration) throws(KafkaFailure) {
        try KafkaFailure.check(rd_kafka_flush(try handle.client(), milliseconds(timeout)))
    }

    /// Gives up what has not been delivered; whatever is in flight may arrive all the same.
    public func purge() throws(KafkaFailure) {
        let everything = RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT
        try KafkaFailure.check(rd_kafka_purge(try handle.client(), everything))
    }

    /// Messages without a report.
    public var pending: Int { (try? handle.client()).map { Int(rd_kafka_outq_len($0)) } ?? 0 }

    /// Errors that belong to no message, since the last call.
    public func takeErrors() -> [KafkaFailure] { handle.takeErrors() }

    /// The newest statistics, if `poll` has come upon any since the last call; asked for with `statistics.interval.ms`.
    public func takeStatistics() -> ClientStatistics? { handle.takeStatistics() }

    /// Ends the producer. What has not been delivered is given up and reported so.
    @discardableResult
    public func close() -> [DeliveryReport] {
        guard handle.isOpen else { return [] }
        try? purge()
        try? flush(within: .seconds(5))
        handle.destroy()
        return takeReports()
    }

    private func takeReports() -> [DeliveryReport] {
        defer { reports.arrived.removeAll() }
        return reports.arrived
    }
}

extension DeliveryReport {
    fileprivate init(_ message: UnsafePointer<rd_kafka_message_t>) {
        let error = message.pointee.err
        self.init(
            tag: UInt64(UInt(bitPattern: message.pointee._private)), partition: Message.partition(of: message),
            offset: error == RD_KAFKA_RESP_ERR_NO_ERROR && message.pointee.offset >= 0 ? message.pointee.offset : nil,
            failure: error == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaFailure(error),
            isPossiblyPersisted: rd_kafka_message_status(message) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED)
    }
}

/// Headers on their way into a message, which takes them over.
private final class HeaderList {
    private(set) var pointer: OpaquePointer?

    init(_ headers: [Header]) {
        pointer = rd_kafka_headers_new(headers.count)
        for header in headers {
            _ = header.value.withUnsafeBytes {
                rd_kafka_header_add(pointer, header.name, -1, $0.baseAddress, $0.count)
            }
        }
    }

    func release() { pointer = nil }

    deinit { if let pointer { rd_kafka_headers_destroy(pointer) } }
}

private func argument(
    _ type: rd_kafka_vtype_t, _ set: (inout rd_kafka_vu_s.__Unnamed_union_u) -> Void
) -> rd_kafka_vu_t {
    var argument = rd_kafka_vu_t()
    argument.vtype = type
    set(&argument.u)
    return argument
}

/// Nothing is a null pointer; something of no length is not.
private func withOptionalBytes<Result>(
    _ bytes: [UInt8]?, _ body: ((pointer: UnsafeMutableRawPointer?, count: Int)) -> Result
) -> Result {
    guard let bytes else { return body((nil, 0)) }
    return (bytes.isEmpty ? [0] : bytes).withUnsafeBytes { buffer in
        body((UnsafeMutableRawPointer(mutating: buffer.baseAddress), bytes.count))
    }
}
