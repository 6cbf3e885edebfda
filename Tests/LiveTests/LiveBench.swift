import Foundation
import Kafka
import Live
import RdKafka
import Services
import Simulation
import Stores
import Synchronization

/// A cluster, a store, and instances of `EchoService` on them.
final class LiveBench {
    let cluster: MockCluster
    let tables = MemoryTables()
    let listener = NoteTaker()
    let service = EchoService()
    /// How many partitions `in` has.
    static let partitions: Int32 = 2

    init() throws {
        cluster = try MockCluster(brokers: 1)
        for topic in service.topics.names {
            try cluster.createTopic(topic, partitions: Self.partitions, replicationFactor: 1)
        }
    }

    func instance(
        number: Int32 = 1, isEmbedded: Bool = false, properties: [String: String] = [:],
        openStore: (@Sendable () throws -> any ServiceStore)? = nil
    ) throws -> LiveInstance {
        var configuration = LiveConfiguration(
            name: "echo/\(number)", number: number, service: service, seed: UInt64(number),
            properties: try ClientProperties(properties), brokers: cluster.bootstrapServers,
            topics: LiveTopics(service.topics))
        configuration.isEmbedded = isEmbedded
        let tables = tables
        return LiveInstance(
            configuration, openStore: openStore ?? { MemoryStore(tables) }, providers: PromptProvider(),
            listener: listener)
    }

    /// Sends values to `in`, one record a value, under keys `k0`…`k9` in turn.
    func send(_ values: [String], partition: Int32? = nil) throws {
        let producer = try Producer(ClientProperties([:]), brokers: cluster.bootstrapServers)
        for (index, value) in values.enumerated() {
            let record = Record(key: Array("k\(index % 10)".utf8), value: Array(value.utf8))
            try producer.produce(record, to: "in", partition: partition, tag: UInt64(index))
            if index % 1_000 == 999 { _ = try producer.poll() }
        }
        try producer.flush(within: .seconds(20))
        producer.close()
    }

    /// How often a key was handled.
    func count(_ key: String) -> Int64 {
        guard let key = Identifier(key), let store = try? MemoryStore(tables).snapshot(of: service.tables) else {
            return 0
        }
        return store.row(CountRow.self, key)?.count ?? 0
    }

    var total: Int64 { (0..<10).reduce(0) { $0 + count("k\($1)") } }

    /// Records that stand in a topic.
    func records(in topic: String) throws -> Int64 {
        let consumer = try Consumer(ClientProperties(["group.id": "reader"]), brokers: cluster.bootstrapServers)
        defer { consumer.close() }
        return try (0..<Self.partitions).reduce(0) {
            $0 + (try consumer.watermarks(of: NamedPartition(topic, $1), within: .seconds(5)).high)
        }
    }

    /// What the group has committed, over all partitions of `in`.
    func committed() throws -> Int64 {
        let consumer = try Consumer(ClientProperties(["group.id": "echo"]), brokers: cluster.bootstrapServers)
        defer { consumer.close() }
        let partitions = (0..<Self.partitions).map { NamedPartition("in", $0) }
        return try consumer.committed(partitions, within: .seconds(5)).reduce(0) { $0 + ($1.offset ?? 0) }
    }
}

/// Answers at once.
struct PromptProvider: ProviderConnection {
    func call(_ call: ProviderCall, of service: String, answer: @escaping @Sendable ([UInt8]?) -> Void) { answer([1]) }
}

/// Keeps what instances say.
final class NoteTaker: InstanceListener {
    private let state = Mutex<(notes: [InstanceNote], acknowledged: Int)>(([], 0))

    var notes: [InstanceNote] { state.withLock { $0.notes } }
    var acknowledged: Int { state.withLock { $0.acknowledged } }

    func acknowledged(_ partition: TopicPartition, offset: Int64) { state.withLock { $0.acknowledged += 1 } }
    func called(_ call: ProviderCall) {}
    func noted(_ note: InstanceNote) { state.withLock { $0.notes.append(note) } }
}

/// Waits until something holds; false when it does not within the time.
func eventually(within limit: Swift.Duration = .seconds(30), _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        Thread.sleep(forTimeInterval: 0.02)
    }
    return try condition()
}
