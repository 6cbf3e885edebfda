import Foundation
import Kafka
import Live
import RdKafka
import Simulation

/// Reads every topic of a run from its beginning, on a thread of its own, while the run goes on: the embedded broker keeps
/// only so much.
final class LogCollector: @unchecked Sendable {
    private let lock = NSLock()
    private let ended = DispatchGroup()
    private let topics: LiveTopics
    private var assembly: LogAssembly
    private var added: [TopicPartition] = []
    private var failure: String?
    private var isClosing = false

    init(
        _ partitions: [TopicPartition], of topics: LiveTopics, brokers: String, clock: LiveClock,
        properties: ClientProperties
    ) throws {
        self.topics = topics
        assembly = LogAssembly(clock: clock)
        let consumer = try Consumer(
            properties.setting([
                (name: "group.id", value: topics.group("history")), (name: "fetch.wait.max.ms", value: "5"),
                (name: "enable.auto.commit", value: "false"), (name: "auto.offset.reset", value: "earliest"),
                (name: "isolation.level", value: "read_committed"),
            ]), brokers: brokers)
        try consumer.assign(partitions.map { (topics.named($0), .beginning) })
        ended.enter()
        let reader = Reader(consumer: consumer)
        Thread.detachNewThread { [self] in
            while collect(from: reader.consumer) {}
            reader.consumer.close()
            ended.leave()
        }
    }

    /// A consumer on its way to the thread that will use it alone.
    private struct Reader: @unchecked Sendable {
        let consumer: Consumer
    }

    private func collect(from consumer: Consumer) -> Bool {
        let (isOver, more) = lock.withLock {
            defer { added.removeAll() }
            return (isClosing, added)
        }
        if isOver { return false }
        do {
            if !more.isEmpty { try consumer.incrementallyAssign(more.map { (topics.named($0), .beginning) }) }
            let event = try consumer.poll(within: .milliseconds(20))
            guard case .record(let received) = event, let partition = topics.partition(received.partition) else {
                return true
            }
            lock.withLock { assembly.add(received.record, at: received.offset, of: partition) }
            return true
        } catch {
            lock.withLock { failure = "the topics cannot be read: \(error)" }
            return false
        }
    }

    /// Reads further partitions as well.
    func add(_ partitions: [TopicPartition]) { lock.withLock { added += partitions } }

    /// What has been read so far.
    var collected: LogAssembly { lock.withLock { assembly } }

    /// How many records have been read so far.
    var count: Int { lock.withLock { assembly.entries.count } }

    /// Waits until everything before these offsets has been read; what could not be read comes back as a sentence.
    func waitUntil(_ ends: [(TopicPartition, Int64)], patience: Swift.Duration) -> String? {
        let clock = ContinuousClock()
        var deadline = clock.now + patience
        var known = -1
        while true {
            let (collected, failure) = lock.withLock { (assembly, self.failure) }
            let missing = ends.filter { collected.next(of: $0.0) < $0.1 }
            let count = collected.entries.count
            if let failure { return failure }
            guard let first = missing.first else { return nil }
            if count > known {
                known = count
                deadline = clock.now + patience
            }
            if clock.now > deadline {
                return "\(topics.table.describe(first.0)) ends at \(first.1), and could be read up to "
                    + "\(collected.next(of: first.0)) only"
            }
            usleep(5_000)
        }
    }

    /// Ends the thread.
    func close() {
        lock.withLock { isClosing = true }
        ended.wait()
    }
}
