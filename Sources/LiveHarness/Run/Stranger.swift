import Kafka
import Live
import RdKafka
import Simulation

/// Stands for whatever else writes to the topics: broken producers, forwarders, operators. It sends what it has for as long
/// as it takes.
final class Stranger {
    private let producer: Producer
    private let topics: LiveTopics
    private let clock: LiveClock
    private var lastTag: UInt64 = 0
    private var sent: [UInt64: (topic: TopicID, record: Record)] = [:]

    init(_ properties: ClientProperties, brokers: String, topics: LiveTopics, clock: LiveClock) throws(KafkaFailure) {
        producer = try Producer(properties, brokers: brokers)
        self.topics = topics
        self.clock = clock
    }

    /// Records that Kafka has not acknowledged yet.
    var waiting: Int { sent.count }

    /// Sends a record; false when that cannot be done now.
    func send(_ record: Record, to topic: TopicID) -> Bool {
        var stamped = record
        stamped.timestampMilliseconds = clock.timestamp(fromMilliseconds: record.timestampMilliseconds)
        stamped.headers.append(Header(SentAtHeader.name, "\(clock.now.nanoseconds)"))
        lastTag += 1
        do { try producer.produce(stamped, to: topics.name(of: topic), tag: lastTag) } catch { return false }
        sent[lastTag] = (topic, record)
        return true
    }

    /// What was not delivered, and has to be sent again.
    func poll() -> [(topic: TopicID, record: Record)] {
        guard let reports = try? producer.poll() else { return [] }
        return reports.compactMap { report in
            guard let record = sent.removeValue(forKey: report.tag) else { return nil }
            return report.failure == nil ? nil : record
        }
    }

    func close() { producer.close() }
}
