import CRdKafka
import Kafka

/// A record as a consumer of real Kafka gets it.
public struct ReceivedRecord: Hashable, Sendable {
    public var partition: NamedPartition
    public var offset: Int64
    public var record: Record

    public init(partition: NamedPartition, offset: Int64, record: Record) {
        self.partition = partition
        self.offset = offset
        self.record = record
    }
}

/// A message of librdkafka's that belongs to us until it is destroyed.
struct Message: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_message_t>

    init(consuming pointer: UnsafeMutablePointer<rd_kafka_message_t>) { self.pointer = pointer }

    deinit { rd_kafka_message_destroy(pointer) }

    var error: rd_kafka_resp_err_t { pointer.pointee.err }

    /// What an error's message says.
    var failure: KafkaFailure {
        KafkaFailure(error, reason: rd_kafka_message_errstr(pointer).map { String(cString: $0) })
    }

    var hasTopic: Bool { pointer.pointee.rkt != nil }

    var partition: NamedPartition { Self.partition(of: UnsafePointer(pointer)) }

    /// A copy in Swift's memory.
    var received: ReceivedRecord {
        var timestampType = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let timestamp = rd_kafka_message_timestamp(pointer, &timestampType)
        let record = Record(
            key: Self.bytes(pointer.pointee.key, pointer.pointee.key_len),
            value: Self.bytes(pointer.pointee.payload, pointer.pointee.len), headers: headers,
            timestampMilliseconds: timestamp)
        return ReceivedRecord(partition: partition, offset: pointer.pointee.offset, record: record)
    }

    private var headers: [Header] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(pointer, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        return (0..<rd_kafka_header_cnt(list)).compactMap { index in
            var name: UnsafePointer<CChar>?
            var value: UnsafeRawPointer?
            var size = 0
            guard rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let name
            else { return nil }
            return Header(name: String(cString: name), value: Self.bytes(value, size) ?? [])
        }
    }

    static func bytes(_ pointer: UnsafeRawPointer?, _ count: Int) -> [UInt8]? {
        pointer.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
    }

    static func partition(of message: UnsafePointer<rd_kafka_message_t>) -> NamedPartition {
        let topic = message.pointee.rkt.map { String(cString: rd_kafka_topic_name($0)) } ?? ""
        return NamedPartition(topic, message.pointee.partition)
    }
}
