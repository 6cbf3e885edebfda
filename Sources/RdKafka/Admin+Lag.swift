import CRdKafka
import Kafka

/// How far a group is behind the end of a partition.
public struct PartitionLag: Hashable, Sendable {
    public var partition: NamedPartition
    /// The next record that the group is going to read; nil when it has committed nothing.
    public var committed: Int64?
    /// Where the log begins and ends.
    public var low: Int64
    public var high: Int64

    /// How many offsets the group has before it. What the log does not hold any more is not counted.
    public var lag: Int64 { max(0, high - max(committed ?? low, low)) }
}

extension Admin {
    /// What a group has committed for these partitions, asked of its coordinator. Needs no member.
    public func committed(
        by group: String, _ partitions: [NamedPartition], within timeout: Duration
    ) throws(KafkaFailure) -> [PartitionOffset] {
        let list = PartitionList(partitions)
        var requests = [rd_kafka_ListConsumerGroupOffsets_new(group, list.pointer)]
        defer { rd_kafka_ListConsumerGroupOffsets_destroy(requests[0]) }
        let answer = try ask(
            RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, within: timeout
        ) { client, options, queue in
            rd_kafka_ListConsumerGroupOffsets(client, &requests, 1, options, queue)
        } reading: { event in
            event.flatMap(StartLookup.offsets(in:))
        }
        guard let answer else { throw KafkaFailure(RD_KAFKA_RESP_ERR__FAIL, reason: "no offsets in the answer") }
        if let failure = answer.lazy.compactMap(\.failure).first { throw failure }
        return answer.sorted { $0.partition < $1.partition }
    }

    /// How far a group is behind in these topics. One partition after the other is asked about, so the figures are not
    /// of one moment.
    public func lag(
        of group: String, topics: [String], within timeout: Duration
    ) throws(KafkaFailure) -> [PartitionLag] {
        let end = ContinuousClock.now + timeout
        var partitions: [NamedPartition] = []
        for topic in topics {
            let count = try describe(topic: topic, within: end - .now).leaders.count
            partitions += (0..<Int32(count)).map { NamedPartition(topic, $0) }
        }
        guard !partitions.isEmpty else { return [] }
        var lags: [PartitionLag] = []
        for entry in try committed(by: group, partitions, within: end - .now) {
            let (low, high) = try watermarks(of: entry.partition, within: end - .now)
            lags.append(PartitionLag(partition: entry.partition, committed: entry.offset, low: low, high: high))
        }
        return lags
    }

    /// Where the log of a partition begins and ends, asked of its leader.
    public func watermarks(
        of partition: NamedPartition, within timeout: Duration
    ) throws(KafkaFailure) -> (low: Int64, high: Int64) {
        try handle.watermarks(of: partition, within: timeout)
    }
}

extension ClientHandle {
    func watermarks(
        of partition: NamedPartition, within timeout: Duration
    ) throws(KafkaFailure) -> (low: Int64, high: Int64) {
        var low: Int64 = 0
        var high: Int64 = 0
        try KafkaFailure.check(
            rd_kafka_query_watermark_offsets(
                try client(), partition.topic, partition.number, &low, &high, max(1, milliseconds(timeout))))
        return (low, high)
    }
}
