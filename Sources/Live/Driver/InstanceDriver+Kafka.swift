import Kafka
import RdKafka
import Services
import Simulation

/// The header in which a record says when it was handed to librdkafka, in nanoseconds of the run's clock. Services never
/// see it.
public enum SentAtHeader {
    public static let name = "orrery-sent-at"
}

/// librdkafka's clients.
extension InstanceDriver {
    /// What services are run with, under the properties that somebody has chosen.
    private static let defaults: [(name: String, value: String)] = [
        ("acks", "all"), ("enable.idempotence", "true"), ("linger.ms", "2"), ("enable.auto.commit", "false"),
        ("auto.offset.reset", "earliest"), ("session.timeout.ms", "6000"), ("heartbeat.interval.ms", "2000"),
        // A fetch of the embedded brokers does not wake for new records: it is answered soon instead.
        ("fetch.wait.max.ms", "5"),
        // Topics may come later than services.
        ("topic.metadata.refresh.interval.ms", "5000"), ("reconnect.backoff.max.ms", "2000"),
        // What librdkafka keeps before a service has asked for it: memory is bounded by it, and by pausing.
        ("queued.min.messages", "1000"), ("queued.max.messages.kbytes", "4096"),
    ]

    /// For the embedded brokers, whose groups are slow to notice that a member is gone: with less than 3.5 s they would drop
    /// members that wait in a join. When they forget to answer a join, which they do when a member goes at the wrong moment,
    /// librdkafka waits for three seconds longer than the longest poll interval.
    private static let embeddedDefaults: [(name: String, value: String)] = [
        ("session.timeout.ms", "3500"), ("heartbeat.interval.ms", "300"), ("max.poll.interval.ms", "45000"),
        ("reconnect.backoff.max.ms", "200"),
    ]

    func connect() throws {
        let chosen = configuration.properties
        var defaults = Self.defaults + (configuration.isEmbedded ? Self.embeddedDefaults : [])
        if configuration.metrics != nil { defaults.append(("statistics.interval.ms", "5000")) }
        var properties = try chosen.setting(defaults.filter { !chosen.isSet(canonical($0.name)) })
        if configuration.settings.policies.publishing == .transactional {
            let id = configuration.topics.group(configuration.name)
            properties = try properties.setting([(name: "transactional.id", value: id)])
        }
        let producer = try Producer(properties, brokers: configuration.brokers)
        var group = [(name: "group.id", value: configuration.topics.group(service.group))]
        if let prefix = chosen.groupInstanceID {
            group.append((name: "group.instance.id", value: "\(prefix)-\(configuration.name)"))
        }
        let consumer = try Consumer(
            properties.setting(group + [(name: "auto.offset.reset", value: "error")]), brokers: configuration.brokers,
            defersRevocation: true,
            start: Self.start(properties))
        try producer.wake(mailbox.wakeUp.fileDescriptor)
        try consumer.wake(mailbox.wakeUp.fileDescriptor)
        let topics = service.subscriptions(with: configuration.settings.policies)
        if !topics.isEmpty { try consumer.subscribe(to: topics.map(configuration.topics.name)) }
        self.producer = producer
        self.consumer = consumer
    }

    /// A group that has committed nothing begins where it is told; only a position that is lost is an error.
    private static func start(_ properties: ClientProperties) -> StartPosition? {
        switch properties.offsetReset {
        case .earliest: .beginning
        case .latest: .end
        case .error: nil
        }
    }

    private func canonical(_ name: String) -> String { PropertyTable.definition(of: name)?.name ?? name }

    func disconnect() {
        consumer?.close()
        producer?.close()
        consumer = nil
        producer = nil
    }

    // MARK: Consuming

    /// Whether anything came.
    func pollConsumer() -> Bool {
        guard let consumer, interference?.isPolling(at: now) ?? true else { return false }
        do {
            let events = try consumer.poll(upTo: 1_000)
            var run: [ConsumerRecord] = []
            for event in events {
                if case .record(let received) = event {
                    collect(received, into: &run)
                } else {
                    hand(over: &run)
                    hear(event)
                }
            }
            hand(over: &run)
            if let statistics = consumer.takeStatistics() {
                configuration.metrics?.note(consumer: statistics, of: configuration.name)
            }
            return !events.isEmpty
        } catch {
            fail("\(configuration.name) cannot read: \(error.reason)")
            return false
        }
    }

    /// Records of one partition that follow each other are one signal.
    private func collect(_ received: ReceivedRecord, into run: inout [ConsumerRecord]) {
        guard let partition = configuration.topics.partition(received.partition) else { return }
        if configuration.isEmbedded, let gap = gaps.note(received.offset, in: partition) {
            let places = "it has read up to \(gap.lowerBound), and the oldest record there is \(gap.upperBound)"
            return fail(fallenBehind(received.partition, places))
        }
        if let last = run.last, last.partition != partition { hand(over: &run) }
        var record = received.record
        record.timestampMilliseconds = configuration.clock.milliseconds(fromTimestamp: record.timestampMilliseconds)
        record.headers.removeAll { $0.name == SentAtHeader.name }
        run.append(ConsumerRecord(partition: partition, offset: received.offset, record: record))
    }

    private func hand(over run: inout [ConsumerRecord]) {
        guard let first = run.first else { return }
        let topic = configuration.topics.table.name(of: first.partition.topic)
        configuration.metrics?.recordsConsumed(from: topic).add(run.count)
        deliver(.records(first.partition, run))
        run.removeAll()
    }

    private func hear(_ event: ConsumerEvent) {
        switch event {
        case .record: break
        case .assigned(let named, _):
            let partitions = named.compactMap(configuration.topics.partition)
            listener.noted(.assigned(partitions))
            deliver(.assigned(partitions))
        case .positioned(let offsets):
            for entry in offsets {
                guard let partition = configuration.topics.partition(entry.partition) else { continue }
                if entry.offset == nil, configuration.properties.isSet("auto.offset.reset"),
                    configuration.properties.offsetReset == .latest
                {
                    gaps.beginAtEnd(partition)
                } else {
                    gaps.begin(partition, at: entry.offset)
                }
            }
        case .revoked(let named, _, let isLost):
            let partitions = named.compactMap(configuration.topics.partition)
            listener.noted(.revoked(partitions, lost: isLost))
            deliver(.revoked(partitions, lost: isLost))
        case .committed(_, let failure):
            deliver(.offsetsCommitted(failure.map { $0.errorCode ?? .unknownServerError } ?? .none))
        case .failure(let failure, let partition):
            let place = partition.map { " \($0)" } ?? ""
            if failure.isPositionLost { return fail(fallenBehind(partition, "the position is gone")) }
            if failure.isFatal { return fail("\(configuration.name) cannot read\(place): \(failure.reason)") }
            note("\(configuration.name) has trouble reading\(place): \(failure.reason)")
        }
    }

    /// Records were deleted before they were read. To go on would be to lose them in silence.
    private func fallenBehind(_ partition: NamedPartition?, _ places: String) -> String {
        let name = "\(configuration.name) fell behind what the"
        let topic = partition.map { " of \($0)" } ?? ""
        if configuration.isEmbedded {
            return
                "\(name) embedded broker keeps\(topic): \(places). It keeps 5 MiB or 100,000 batches of a partition; use "
                + "Kafka (--brokers) for more."
        }
        return
            "\(name) brokers keep\(topic): \(places). Raise the topic's retention, and set the group's offsets by hand."
    }

    func commit(_ offsets: [(TopicPartition, Int64)]) {
        do {
            try consumer?.commitLater(offsets.map { (configuration.topics.named($0.0), $0.1) }, tag: 0)
        } catch {
            note("\(configuration.name) could not commit its offsets: \(error.reason)")
            deliver(.offsetsCommitted(error.errorCode ?? .unknownServerError))
        }
    }

    func setPaused(_ isPaused: Bool, _ partitions: [TopicPartition]) {
        let named = partitions.map(configuration.topics.named)
        do {
            if isPaused { try consumer?.pause(named) } else { try consumer?.resume(named) }
        } catch {
            note("\(configuration.name) could not \(isPaused ? "pause" : "resume") \(named): \(error.reason)")
        }
    }

    func finishRevocation() {
        do { try consumer?.completeRevocation() } catch {
            fail("\(configuration.name) cannot give its partitions up: \(error.reason)")
        }
    }

    // MARK: Producing

    func produce(_ record: Record, to topic: TopicID, tag: UInt64) {
        switch interference?.recordFate(of: record, to: topic, at: now) {
        case .delayed(let delay): tasks.push(.send(tag: tag, topic, record), at: now + delay)
        case .handedOver: deliver(.delivered(tag: tag))
        case .duplicated, nil: send(record, to: topic, tag: tag)
        }
    }

    func send(_ record: Record, to topic: TopicID, tag: UInt64) {
        var record = record
        record.timestampMilliseconds = configuration.clock.timestamp(fromMilliseconds: record.timestampMilliseconds)
        if configuration.stampsRecords {
            record.headers.removeAll { $0.name == SentAtHeader.name }
            record.headers.append(Header(SentAtHeader.name, "\(now.nanoseconds)"))
        }
        do {
            try producer?.produce(record, to: configuration.topics.name(of: topic), tag: tag)
        } catch {
            deliveryFailed(tag, error)
        }
    }

    /// Whether anything was reported.
    func pollProducer() -> Bool {
        guard let producer else { return false }
        do {
            let reports = try producer.poll()
            for report in reports { hear(report) }
            if let statistics = producer.takeStatistics() {
                configuration.metrics?.note(producer: statistics, of: configuration.name)
            }
            for failure in producer.takeErrors() {
                if failure.isFatal { fail("\(configuration.name) cannot write: \(failure.reason)") }
                note("\(configuration.name) has trouble writing: \(failure.reason)")
            }
            return !reports.isEmpty
        } catch {
            fail("\(configuration.name) cannot write: \(error.reason)")
            return false
        }
    }

    private func hear(_ report: DeliveryReport) {
        if let failure = report.failure {
            configuration.metrics?.deliveryFailures(to: report.partition.topic).add()
            return deliveryFailed(report.tag, failure)
        }
        configuration.metrics?.recordsProduced(to: report.partition.topic).add()
        if let partition = configuration.topics.partition(report.partition), let offset = report.offset {
            if publication.isOpen {
                publication.delivered.append((partition, offset))
            } else {
                listener.acknowledged(partition, offset: offset)
            }
        }
        deliver(.delivered(tag: report.tag))
    }

    private func deliveryFailed(_ tag: UInt64, _ failure: KafkaFailure) {
        note("\(configuration.name) could not deliver a record: \(failure.reason)")
        deliver(.deliveryFailed(tag: tag, failure.errorCode ?? .unknownServerError))
    }
}

/// Finds records that were dropped before they were read.
struct GapWatch {
    private var next: [TopicPartition: Int64] = [:]

    /// A partition was assigned; without a committed offset it is read from its beginning.
    mutating func begin(_ partition: TopicPartition, at committed: Int64?) { next[partition] = committed ?? 0 }

    /// A partition was assigned that is read from its end.
    mutating func beginAtEnd(_ partition: TopicPartition) { next[partition] = nil }

    /// A record was read; what is missing before it comes back.
    mutating func note(_ offset: Int64, in partition: TopicPartition) -> Range<Int64>? {
        let expected = next[partition] ?? offset
        next[partition] = offset + 1
        return offset > expected ? expected..<offset : nil
    }
}
