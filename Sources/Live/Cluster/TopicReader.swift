import Foundation
import Kafka
import RdKafka

/// Reads topics from end to end, or single records, without a group's say. Used by one thread at a time.
public final class TopicReader {
    private let consumer: Consumer
    private let admin: Admin

    public init(_ properties: ClientProperties, brokers: String) throws(KafkaFailure) {
        let own: ClientProperties
        do throws(PropertyError) {
            own = try properties.setting([
                (name: "group.id", value: "orrery-reader"), (name: "enable.auto.commit", value: "false"),
                (name: "auto.offset.reset", value: "earliest"), (name: "fetch.wait.max.ms", value: "10"),
            ])
        } catch {
            throw KafkaFailure(code: Int32(ErrorCode.invalidArgument.rawValue), reason: "\(error)")
        }
        consumer = try Consumer(own, brokers: brokers)
        admin = try Admin(properties, brokers: brokers)
    }

    /// How many partitions a topic has.
    public func partitionCount(of topic: String, within timeout: Duration) throws(KafkaFailure) -> Int32 {
        Int32(try admin.describe(topic: topic, within: timeout).leaders.count)
    }

    /// Where the log of a partition begins and ends.
    public func ends(of partition: NamedPartition, within timeout: Duration) throws(KafkaFailure) -> Range<Int64> {
        let (low, high) = try consumer.watermarks(of: partition, within: timeout)
        return low..<max(low, high)
    }

    /// Hands over what stands between two offsets of a partition, in order, as far as it is still there, until `body` says
    /// false. Throws when nothing comes for as long as `timeout`.
    public func read(
        _ partition: NamedPartition, _ offsets: Range<Int64>, within timeout: Duration,
        _ body: (ReceivedRecord) -> Bool
    ) throws(KafkaFailure) {
        guard !offsets.isEmpty else { return }
        try consumer.assign([(partition, .offset(offsets.lowerBound))])
        var deadline = ContinuousClock.now + timeout
        while ContinuousClock.now < deadline {
            for event in try consumer.poll(upTo: 500, within: .milliseconds(100)) {
                switch event {
                case .record(let record) where record.partition == partition:
                    guard record.offset < offsets.upperBound, body(record) else { return }
                    // What lies behind the last record may be a transaction's marker, which nobody is given.
                    if record.offset == offsets.upperBound - 1 { return }
                    deadline = ContinuousClock.now + timeout
                case .failure(let failure, _) where failure.isFatal: throw failure
                default: break
                }
            }
            if let position = try consumer.positions(of: [partition]).first?.offset, position >= offsets.upperBound {
                return
            }
        }
        throw KafkaFailure(
            code: Int32(ErrorCode.timedOut.rawValue), reason: "\(partition) does not hand out what it holds",
            isRetriable: true)
    }

    /// The one record at an offset; nil when it is not there (any more).
    public func record(
        at offset: Int64, of partition: NamedPartition, within timeout: Duration
    ) throws(KafkaFailure) -> ReceivedRecord? {
        guard try ends(of: partition, within: timeout).contains(offset) else { return nil }
        var found: ReceivedRecord?
        try read(partition, offset..<(offset + 1), within: timeout) { record in
            if record.offset == offset { found = record }
            return false
        }
        return found
    }
}
