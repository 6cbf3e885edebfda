import Harness
import Kafka
import Live
import Simulation

/// Puts the records of a run's topics into the order in which they came into being.
///
/// Every sender writes into a header when it hands a record over. Within a partition the times of a log grow, whatever the
/// headers say; what a record has caused was handed over after it stood in the log. So the later of the two is a time that
/// never puts an effect before its cause, in whichever order partitions are read.
struct LogAssembly: Sendable {
    private struct Log {
        var next: Int64 = 0
        var last = Instant.zero
    }

    private let clock: LiveClock
    private var logs: [TopicPartition: Log] = [:]
    /// The records, those of one partition in order.
    private(set) var entries: [History.Entry] = []
    /// What was dropped before it was read.
    private(set) var gaps: [(partition: TopicPartition, offsets: Range<Int64>)] = []

    init(clock: LiveClock) { self.clock = clock }

    /// A record as it was read. Its own header and the clock's shift are taken off: it becomes what a service has sent.
    mutating func add(_ record: Record, at offset: Int64, of partition: TopicPartition) {
        var log = logs[partition] ?? Log()
        // Reading begins anew after trouble; nothing is taken twice.
        guard offset >= log.next else { return }
        if offset > log.next { gaps.append((partition, log.next..<offset)) }
        log.next = offset + 1
        log.last = max(log.last, Self.sendingTime(of: record) ?? log.last)
        logs[partition] = log
        var record = record
        record.headers.removeAll { $0.name == SentAtHeader.name }
        record.timestampMilliseconds = clock.milliseconds(fromTimestamp: record.timestampMilliseconds)
        entries.append(History.Entry(at: log.last, event: .appended(partition, offset: offset, record)))
    }

    /// When a record was handed over, by its header.
    private static func sendingTime(of record: Record) -> Instant? {
        record.header(SentAtHeader.name)
            .flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
            .map { Instant(nanoseconds: $0) }
    }

    /// These entries and others, in order of time; appends come first among entries of one moment, as a log holds a record
    /// before anybody hears of it.
    func merged(with others: [History.Entry]) -> [History.Entry] {
        let all = entries + others
        let order = all.indices.map { (all[$0].at, $0) }.sorted { $0 < $1 }
        return order.map { all[$0.1] }
    }
}
