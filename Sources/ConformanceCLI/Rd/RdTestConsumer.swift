import Conformance
import Kafka
import RdKafka

final class RdTestConsumer: TestConsumer {
    let consumer: Consumer
    private(set) var records: [ReadRecord] = []
    private(set) var rebalances: [Rebalance] = []
    private(set) var failures: [CallFailure] = []
    var isPolling = true
    private var isOpen = true

    private static let limit = Duration.seconds(15)

    init(_ consumer: Consumer) { self.consumer = consumer }

    func poll() {
        guard isPolling, isOpen else { return }
        while let event = try? consumer.poll() { note(event) }
    }

    private func note(_ event: ConsumerEvent) {
        switch event {
        case .assigned(let partitions, let isIncremental):
            rebalances.append(.assigned(partitions, isIncremental: isIncremental))
        case .revoked(let partitions, let isIncremental, let isLost):
            rebalances.append(.revoked(partitions, isIncremental: isIncremental, isLost: isLost))
        case .record(let record):
            records.append(ReadRecord(partition: record.partition, offset: record.offset, record: record.record))
        case .failure(let failure, _):
            failures.append(CallFailure(failure))
        case .committed, .positioned: break  // Nobody has asked for these.
        }
    }

    func assignment() throws -> [NamedPartition] {
        try call { () throws(KafkaFailure) in try consumer.assignment() }
    }

    func subscribe(to topics: [String]) throws {
        try call { () throws(KafkaFailure) in try consumer.subscribe(to: topics) }
    }

    func unsubscribe() throws { try call { () throws(KafkaFailure) in try consumer.unsubscribe() } }

    func assign(_ partitions: [(NamedPartition, StartAt)]) throws {
        try call { () throws(KafkaFailure) in
            try consumer.assign(partitions.map { ($0.0, StartPosition($0.1)) })
        }
    }

    func seek(_ partition: NamedPartition, to offset: Int64) throws {
        try call { () throws(KafkaFailure) in
            try consumer.seek(partition, to: .offset(offset), within: Self.limit)
        }
    }

    func pause(_ partitions: [NamedPartition]) throws {
        try call { () throws(KafkaFailure) in try consumer.pause(partitions) }
    }

    func resume(_ partitions: [NamedPartition]) throws {
        try call { () throws(KafkaFailure) in try consumer.resume(partitions) }
    }

    func completeRevocation() throws {
        try call { () throws(KafkaFailure) in try consumer.completeRevocation() }
    }

    func commit(_ offsets: [(NamedPartition, Int64)]) throws {
        try call { () throws(KafkaFailure) in try consumer.commit(offsets) }
    }

    func committed(_ partitions: [NamedPartition]) throws -> [Int64?] {
        try call { () throws(KafkaFailure) in try consumer.committed(partitions, within: Self.limit) }.map { entry in
            if let failure = entry.failure { throw CallFailure(failure) }
            return entry.offset
        }
    }

    func position(_ partition: NamedPartition) throws -> Int64? {
        try call { () throws(KafkaFailure) in try consumer.positions(of: [partition]) }.first?.offset
    }

    func watermarks(_ partition: NamedPartition) throws -> (low: Int64, high: Int64) {
        try call { () throws(KafkaFailure) in try consumer.watermarks(of: partition, within: Self.limit) }
    }

    func offset(_ partition: NamedPartition, forTime milliseconds: Int64) throws -> Int64? {
        let found = try call { () throws(KafkaFailure) in
            try consumer.offsets(forTimes: [(partition, milliseconds)], within: Self.limit)
        }
        if let failure = found.first?.failure { throw CallFailure(failure) }
        return found.first?.offset
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        for event in consumer.close() { note(event) }
    }

    func abandon() throws { discard() }

    func discard() {
        guard isOpen else { return }
        isOpen = false
        consumer.abandon()
    }
}

extension StartPosition {
    init(_ start: StartAt) {
        switch start {
        case .offset(let offset): self = .offset(offset)
        case .beginning: self = .beginning
        case .end: self = .end
        case .committed: self = .committed
        }
    }
}
