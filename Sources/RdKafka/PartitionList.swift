import CRdKafka
import Kafka

/// Where a consumer begins to read a partition.
public enum StartPosition: Hashable, Sendable {
    case offset(Int64)
    case beginning
    case end
    /// Where the group has committed, else by `auto.offset.reset`.
    case committed

    var logicalOffset: Int64 {
        switch self {
        case .offset(let offset): offset
        case .beginning: Int64(RD_KAFKA_OFFSET_BEGINNING)
        case .end: Int64(RD_KAFKA_OFFSET_END)
        case .committed: Int64(RD_KAFKA_OFFSET_STORED)
        }
    }
}

/// A partition with an offset and what became of it.
public struct PartitionOffset: Hashable, Sendable {
    public var partition: NamedPartition
    /// Nil where there is none.
    public var offset: Int64?
    public var failure: KafkaFailure?

    public init(_ partition: NamedPartition, offset: Int64?, failure: KafkaFailure? = nil) {
        self.partition = partition
        self.offset = offset
        self.failure = failure
    }
}

/// librdkafka's list of partitions with offsets.
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init() { pointer = rd_kafka_topic_partition_list_new(8) }

    /// Takes a list over.
    init(consuming pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) { self.pointer = pointer }

    init(_ partitions: [NamedPartition]) {
        self.init()
        for partition in partitions { append(partition) }
    }

    init(_ offsets: [(NamedPartition, Int64)]) {
        self.init()
        for (partition, offset) in offsets { append(partition, offset) }
    }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    func append(_ partition: NamedPartition, _ offset: Int64? = nil) {
        let entry = rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.number)
        if let offset { entry?.pointee.offset = offset }
    }

    var partitions: [NamedPartition] { Self.partitions(of: pointer) }

    /// The entries; librdkafka's special offsets, all below zero, mean that there is none.
    var offsets: [PartitionOffset] { Self.offsets(of: UnsafePointer(pointer)) }

    /// Of a list that belongs to somebody else.
    static func offsets(of list: UnsafePointer<rd_kafka_topic_partition_list_t>) -> [PartitionOffset] {
        (0..<Int(list.pointee.cnt)).map { index in
            let entry = list.pointee.elems[index]
            return PartitionOffset(
                NamedPartition(String(cString: entry.topic), entry.partition),
                offset: entry.offset >= 0 ? entry.offset : nil,
                failure: entry.err == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaFailure(entry.err))
        }
    }

    /// Of a list that belongs to somebody else.
    static func partitions(of list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> [NamedPartition] {
        (0..<Int(list.pointee.cnt)).map { index in
            NamedPartition(String(cString: list.pointee.elems[index].topic), list.pointee.elems[index].partition)
        }
    }
}
