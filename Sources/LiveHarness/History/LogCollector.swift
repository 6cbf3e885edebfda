import Foundation
import Kafka
import Live
import RdKafka
import Simulation

/// Reads every topic of a run from its beginning, on a thread of its own, while the run goes on: the embedded broker keeps
/// only so much.
///
/// How far it is, librdkafka's position says, and not the last record: what a transaction leaves between records takes an
/// offset and is never handed out.
final class LogCollector: @unchecked Sendable {
    private let lock = NSLock()
    private let ended = DispatchGroup()
    private let topics: LiveTopics
    private var assembly: LogAssembly
    private var added: [TopicPartition] = []
    /// Where the next record of each partition comes from, for whoever waits for it.
    private var positions: [TopicPartition: Int64] = [:]
    private var isWaitedFor = false
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
                (name: "enable.auto.commit", value: "false"), (name: "auto.offset.reset", value: "error"),
                (name: "isolation.level", value: "read_committed"),
            ]), brokers: brokers)
        try consumer.assign(partitions.map { (topics.named($0), .beginning) })
        ended.enter()
        let reader = Reader(consumer: consumer)
        Thread.detachNewThread { [self] in
            var read = partitions
            while collect(from: reader.consumer, &read) {}
            reader.consumer.close()
            ended.leave()
        }
    }

    /// A consumer on its way to the thread that will use it alone.
    private struct Reader: @unchecked Sendable {
        let consumer: Consumer
    }

    /// - Parameter read: the partitions that are read.
    private func collect(from consumer: Consumer, _ read: inout [TopicPartition]) -> Bool {
        let (isOver, more, isWaitedFor) = lock.withLock {
            defer { added.removeAll() }
            return (isClosing, added, self.isWaitedFor)
        }
        if isOver { return false }
        do {
            if !more.isEmpty { try consumer.incrementallyAssign(more.map { (topics.named($0), .beginning) }) }
            read += more
            switch try consumer.poll(within: .milliseconds(20)) {
            case .record(let received):
                guard let partition = topics.partition(received.partition) else { return true }
                lock.withLock { assembly.add(received.record, at: received.offset, of: partition) }
            case .failure(let failure, let partition) where failure.isPositionLost || failure.isFatal:
                throw LostLog(partition: partition, failure: failure)
            case nil where isWaitedFor: try notePositions(of: read, consumer)
            default: break
            }
            return true
        } catch {
            lock.withLock { failure = "the topics cannot be read: \(error)" }
            return false
        }
    }

    private func notePositions(of read: [TopicPartition], _ consumer: Consumer) throws {
        let offsets = try consumer.positions(of: read.map(topics.named))
        lock.withLock {
            for entry in offsets {
                guard let partition = topics.partition(entry.partition), let offset = entry.offset else { continue }
                positions[partition] = offset
            }
        }
    }

    /// Reads further partitions as well.
    func add(_ partitions: [TopicPartition]) { lock.withLock { added += partitions } }

    /// What has been read so far.
    var collected: LogAssembly { lock.withLock { assembly } }

    /// How many records have been read so far.
    var count: Int { lock.withLock { assembly.entries.count } }

    /// Waits until everything before these offsets has been read; what could not be read comes back as a sentence. It is given
    /// up when nothing more has been read for as long as `patience`.
    func waitUntil(_ ends: [(TopicPartition, Int64)], patience: Swift.Duration) -> String? {
        lock.withLock { isWaitedFor = true }
        let clock = ContinuousClock()
        var deadline = clock.now + patience
        var known: Int64 = -1
        while true {
            let (positions, failure) = lock.withLock { (self.positions, self.failure) }
            guard let missing = ends.first(where: { positions[$0.0, default: 0] < $0.1 }) else { return nil }
            if let failure { return failure }
            let progress = positions.values.reduce(0, +)
            if progress > known {
                known = progress
                deadline = clock.now + patience
            }
            if clock.now > deadline {
                return "\(topics.table.describe(missing.0)) ends at \(missing.1), and could be read up to "
                    + "\(positions[missing.0, default: 0]) only"
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

/// A log cannot be read on.
private struct LostLog: Error, CustomStringConvertible {
    let partition: NamedPartition?
    let failure: KafkaFailure

    var description: String {
        let place = partition.map { "\($0): " } ?? ""
        return place + (failure.isPositionLost ? "records were dropped before they were read" : failure.reason)
    }
}
