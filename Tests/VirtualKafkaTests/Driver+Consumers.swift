import Kafka
import Simulation
import Testing
import VirtualKafka

/// Short words for what tests do with consumers.
extension Driver {
    /// A consumer that reads what it is told, in a group or, with nil, in none.
    mutating func reader(group: String?, _ properties: [(name: String, value: String)] = []) -> ClientID {
        let node = cluster.network.addNode("consumer")
        let all: [(name: String, value: String)] =
            [
                ("group.id", group ?? ""), ("auto.offset.reset", "earliest"), ("enable.auto.commit", "false"),
                ("session.timeout.ms", "6000"),
            ] + properties
        let parsed = try! ClientProperties(all)
        return act { $0.addConsumer(on: node, topics: [], properties: parsed, at: $1, into: &$2) }
    }

    mutating func assign(_ partitions: [(Int32, StartOffset)], by consumer: ClientID) {
        let places = partitions.map { (TopicPartition(Self.orders, $0.0), $0.1) }
        act { $0.assign(places, by: consumer, at: $1, into: &$2) }
    }

    mutating func seek(_ partition: Int32 = 0, to offset: Int64, by consumer: ClientID) {
        act { $0.seek(TopicPartition(Self.orders, partition), to: offset, by: consumer, at: $1, into: &$2) }
    }

    mutating func setPolling(_ isPolling: Bool, by consumer: ClientID) {
        act { $0.setPolling(isPolling, by: consumer, at: $1, into: &$2) }
    }

    /// Produces so many records to partition 0 and waits until they are there; their values count up from `first`.
    mutating func fill(_ count: Int, from first: UInt64 = 0, bytes: Int = 0) {
        let producer = self.producer()
        for tag in first..<first + UInt64(count) {
            let padding = [UInt8](repeating: 0x20, count: bytes)
            let record = Record(
                key: [1], value: Array(String(tag).utf8), headers: [Header(name: "padding", value: padding)],
                timestampMilliseconds: Int64(tag) * 10)
            act { $0.produce(record, to: Self.orders, tag: tag, by: producer, at: $1, into: &$2) }
            if bytes > 0 { run(for: .milliseconds(20)) }
        }
        run(for: .seconds(1))
    }

    /// The offsets that a consumer was given, in order.
    func offsets(of client: ClientID) -> [Int64] {
        received.filter { $0.client == client }.flatMap { $0.records.map(\.offset) }
    }

    func committedOffset(_ partition: Int32 = 0, of group: String = "shipping") -> Int64? {
        cluster.committedOffset(of: group, in: TopicPartition(Self.orders, partition))
    }

    func shares(_ consumers: [ClientID]) -> [[Int32]] {
        consumers.map { cluster.assignment(of: $0).map(\.partition) }
    }
}
