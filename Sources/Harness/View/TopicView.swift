import Kafka
import Simulation
import VirtualKafka

/// A topic and what stands in it.
public struct TopicView: Sendable {
    public var name: String
    let id: TopicID
    let cluster: VirtualCluster

    /// A partition as operators see it; brokers count from 1.
    public struct Partition: Sendable {
        public var number: Int
        /// Nil when nobody leads it.
        public var leader: Int?
        public var inSync: [Int]
        /// Where the log begins; what lay before was deleted.
        public var start: Int64
        /// Below it, records are committed.
        public var highWatermark: Int64
        /// Behind the last record that a `read_committed` reader is handed by now.
        public var readableEnd: Int64
    }

    /// A committed record.
    public struct Record: Sendable {
        public var partition: Int
        public var offset: Int64
        /// When it was appended.
        public var at: Instant
        public var record: Kafka.Record

        /// The key as text, if there is one.
        public var key: String? { record.key.map(RowJSON.text) }
        /// The value as text, if there is one.
        public var value: String? { record.value.map(RowJSON.text) }
        /// The event's type, from its CloudEvents header.
        public var type: String? { record.header("ce_type").map { RowJSON.text(Array($0)) } }
    }

    /// The partitions in order.
    public var partitions: [Partition] {
        (0..<cluster.partitionCount(of: id)).map { number in
            let place = TopicPartition(id, Int32(number))
            return Partition(
                number: number, leader: cluster.leader(of: place).map { $0 + 1 },
                inSync: cluster.inSyncReplicas(of: place).map { $0 + 1 }, start: cluster.logStartOffset(of: place),
                highWatermark: cluster.highWatermark(of: place), readableEnd: cluster.readableEnd(of: place))
        }
    }

    /// Every committed record, partition by partition.
    public var records: [Record] {
        var records: [Record] = []
        for number in 0..<cluster.partitionCount(of: id) {
            cluster.forEachCommittedRecord(in: TopicPartition(id, Int32(number))) { offset, at, record in
                records.append(Record(partition: number, offset: offset, at: at, record: record))
            }
        }
        return records
    }
}

/// A consumer group: who is in it, and how far it has come.
public struct GroupView: Sendable {
    public var name: String
    /// As Kafka calls it (`Stable`); nil while nobody coordinates the group.
    public var state: String?
    public var generation: Int32?
    /// The broker that coordinates it, from 1.
    public var coordinator: Int?
    public var members: [Member]
    let cluster: VirtualCluster

    /// One of the group.
    public struct Member: Sendable, Equatable {
        /// The instance that it belongs to: `payment/1`.
        public var name: String
        public var isLeader: Bool
        /// `orders-0`.
        public var partitions: [String]
    }

    /// How far the group has come in a partition.
    public struct Offset: Sendable, Equatable {
        /// `orders-0`.
        public var partition: String
        /// The next record to be read, as committed last.
        public var committed: Int64?
        /// Up to where its members could read.
        public var end: Int64
        /// How many records it has yet to read.
        public var lag: Int64 { max(0, end - (committed ?? 0)) }
    }

    /// Of every partition that the group has committed or is assigned.
    public var offsets: [Offset] {
        cluster.lag(of: name).map {
            Offset(partition: cluster.topics.describe($0.partition), committed: $0.committed, end: $0.end)
        }
    }
}
