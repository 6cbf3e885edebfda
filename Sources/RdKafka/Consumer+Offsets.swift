import CRdKafka
import Kafka

extension Consumer {
    // MARK: Positions

    /// Where the next record of each partition comes from; nil before the first.
    public func positions(of partitions: [NamedPartition]) throws(KafkaFailure) -> [PartitionOffset] {
        let client = try handle.client()
        let list = PartitionList(partitions)
        try KafkaFailure.check(rd_kafka_position(client, list.pointer))
        return list.offsets
    }

    /// Goes on from somewhere else in an assigned partition.
    public func seek(
        _ partition: NamedPartition, to position: StartPosition, within timeout: Duration
    ) throws(KafkaFailure) {
        let client = try handle.client()
        let list = PartitionList([(partition, position.logicalOffset)])
        try KafkaFailure.check(rd_kafka_seek_partitions(client, list.pointer, milliseconds(timeout)))
        if let failure = list.offsets.first?.failure { throw failure }
    }

    /// No records of these until they are resumed.
    public func pause(_ partitions: [NamedPartition]) throws(KafkaFailure) {
        let client = try handle.client()
        let list = PartitionList(partitions)
        try KafkaFailure.check(rd_kafka_pause_partitions(client, list.pointer))
    }

    /// Records again, from where it was paused.
    public func resume(_ partitions: [NamedPartition]) throws(KafkaFailure) {
        let client = try handle.client()
        let list = PartitionList(partitions)
        try KafkaFailure.check(rd_kafka_resume_partitions(client, list.pointer))
    }

    // MARK: Commits

    /// Commits offsets, each the next to read, and waits for the answer.
    public func commit(_ offsets: [(NamedPartition, Int64)]) throws(KafkaFailure) {
        let client = try handle.client()
        let list = PartitionList(offsets)
        try KafkaFailure.check(rd_kafka_commit(client, list.pointer, 0))
        if let failure = list.offsets.lazy.compactMap(\.failure).first { throw failure }
    }

    /// What the group has committed.
    public func committed(
        _ partitions: [NamedPartition], within timeout: Duration
    ) throws(KafkaFailure) -> [PartitionOffset] {
        let client = try handle.client()
        let list = PartitionList(partitions)
        try KafkaFailure.check(rd_kafka_committed(client, list.pointer, milliseconds(timeout)))
        return list.offsets
    }

    // MARK: Logs

    /// Where the log of a partition begins and ends, asked of its leader.
    public func watermarks(
        of partition: NamedPartition, within timeout: Duration
    ) throws(KafkaFailure) -> (low: Int64, high: Int64) {
        try handle.watermarks(of: partition, within: timeout)
    }

    /// Of each partition, the first offset whose timestamp is not before the given one; nil when there is none.
    public func offsets(
        forTimes times: [(NamedPartition, milliseconds: Int64)], within timeout: Duration
    ) throws(KafkaFailure) -> [PartitionOffset] {
        let client = try handle.client()
        let list = PartitionList(times.map { ($0.0, $0.milliseconds) })
        try KafkaFailure.check(rd_kafka_offsets_for_times(client, list.pointer, milliseconds(timeout)))
        return list.offsets
    }

    /// What the group calls this member, once it has joined.
    public func memberID() throws(KafkaFailure) -> String? {
        guard let name = rd_kafka_memberid(try handle.client()) else { return nil }
        defer { rd_kafka_mem_free(nil, name) }
        return String(cString: name)
    }
}
