import Kafka
import Simulation
import VirtualKafka

/// What has become of a step.
enum StepOutcome: Equatable {
    case succeeded
    case failed(TransactionError)
    case unfinished
}

extension Driver {
    mutating func transactionalProducer(
        _ name: String = "shop", _ properties: [(name: String, value: String)] = []
    ) -> ClientID {
        producer([("transactional.id", name), ("linger.ms", "0")] + properties)
    }

    mutating func produce(_ tag: UInt64, to partition: Int32, by producer: ClientID) {
        let record = Record(key: nil, value: Array(String(tag).utf8))
        act { $0.produce(record, to: Self.orders, partition: partition, tag: tag, by: producer, at: $1, into: &$2) }
    }

    /// Makes a call, runs until it has ended, or for as long as it may take.
    @discardableResult
    mutating func step(
        within limit: Duration = .seconds(30),
        _ call: (inout VirtualCluster, UInt64, Instant, inout KafkaOutput) -> Void
    ) -> StepOutcome {
        let tag = start(call)
        let end = now + limit
        while outcome(of: tag) == .unfinished, now < end { run(for: .milliseconds(1)) }
        return outcome(of: tag)
    }

    /// Makes a call; its tag says later what has become of it.
    mutating func start(_ call: (inout VirtualCluster, UInt64, Instant, inout KafkaOutput) -> Void) -> UInt64 {
        stepCount += 1
        let tag = stepCount
        act { call(&$0, tag, $1, &$2) }
        return tag
    }

    func outcome(of tag: UInt64) -> StepOutcome {
        guard let ended = steps[tag] else { return .unfinished }
        return ended.map { .failed($0) } ?? .succeeded
    }

    @discardableResult
    mutating func initialize(_ producer: ClientID) -> StepOutcome {
        step { $0.initTransactions(tag: $1, by: producer, at: $2, into: &$3) }
    }

    @discardableResult
    mutating func begin(_ producer: ClientID) -> TransactionError? { cluster.beginTransaction(by: producer) }

    @discardableResult
    mutating func commitTransaction(_ producer: ClientID) -> StepOutcome {
        step { $0.commitTransaction(tag: $1, by: producer, at: $2, into: &$3) }
    }

    @discardableResult
    mutating func abortTransaction(_ producer: ClientID) -> StepOutcome {
        step { $0.abortTransaction(tag: $1, by: producer, at: $2, into: &$3) }
    }

    @discardableResult
    mutating func send(
        _ offsets: [(TopicPartition, Int64)], of consumer: ClientID, by producer: ClientID
    ) -> StepOutcome {
        step { $0.sendOffsets(offsets, ofConsumer: consumer, tag: $1, by: producer, at: $2, into: &$3) }
    }

    /// The tags in a partition's log whatever becomes of them, in order.
    func uncommittedLog(_ partition: Int32) -> [UInt64] {
        var tags: [UInt64] = []
        cluster.forEachCommittedRecord(in: TopicPartition(Self.orders, partition), isolation: .readUncommitted) {
            tags.append(Self.tag(of: $2))
        }
        return tags
    }

    /// What a consumer was handed, in order.
    func consumed(by consumer: ClientID) -> [UInt64] {
        received.filter { $0.client == consumer }.flatMap { $0.records }.map { Self.tag(of: $0.record) }
    }
}
