import Kafka
import Services
import Simulation

/// Signals and effects in plain words.
public struct FlightText: Sendable {
    private let topics: TopicTable
    private let beginning: Instant

    /// - Parameters:
    ///   - topics: the names of the topics that they speak of.
    ///   - beginning: the moment from which others are counted.
    public init(_ topics: TopicTable, since beginning: Instant = .zero) {
        self.topics = topics
        self.beginning = beginning
    }

    /// How long after the beginning it is: `4.2s`.
    public func phrase(for moment: Instant) -> String { (moment - beginning).description }

    /// What happened: `2 records of orders-0 arrive, offsets 4 to 5`.
    public func phrase(for signal: Signal) -> String {
        switch signal {
        case .started: "the process has started"
        case .assigned(let partitions): "the group gives it \(list(partitions))"
        case .revoked(let partitions, false): "the group takes \(list(partitions)) back"
        case .revoked(let partitions, true): "\(list(partitions)) went to others"
        case .records(let partition, let records): arrival(of: records, in: partition)
        case .committed(let outcome): "the store has committed batch \(outcome.batch): \(outcome.contents)"
        case .transactionFailed(let batch): "the store did not confirm batch \(batch)"
        case .delivered(let tag): "Kafka has acknowledged message \(tag)"
        case .deliveryFailed(let tag, let error): "message \(tag) was not delivered: \(error)"
        case .offsetsCommitted(.none): "the offsets are committed"
        case .offsetsCommitted(let error): "the offsets were not committed: \(error)"
        case .publicationStep(let step, nil): "the Kafka transaction: \(phrase(for: step)) has succeeded"
        case .publicationStep(let step, let error?):
            "the Kafka transaction: \(phrase(for: step)) has failed: \(error.code), \(error.consequence)"
        case .timer(let timer): "a timer fires: \(phrase(for: timer))"
        case .answered(let call, let attempt, _): "the provider answers attempt \(attempt) of call \(call)"
        case .callFailed(let call, let attempt): "attempt \(attempt) of call \(call) has failed"
        case .request(let request): "request \(request.id) arrives: \(request.method.rawValue) \(request.path)"
        case .stop: "it is asked to stop"
        }
    }

    /// What the instance asks for: `send message 7 to payments, key ORD-1`.
    public func phrase(for effect: Effect) -> String {
        switch effect {
        case .transact(let batch):
            "run batch \(batch.id)\(batch.attempt > 1 ? ", attempt \(batch.attempt)" : ""): \(batch.contents)"
        case .produce(let tag, let topic, let record): "send message \(tag) to \(name(of: topic))\(key(of: record))"
        case .commitOffsets(let offsets): "commit the offsets \(list(offsets))"
        case .beginPublication: "begin a Kafka transaction"
        case .publication(let step): "the Kafka transaction: \(phrase(for: step))"
        case .pause(let partitions): "fetch no more of \(list(partitions))"
        case .resume(let partitions): "go on fetching \(list(partitions))"
        case .finishRevocation: "let the revoked partitions go"
        case .setTimer(let timer, let moment): "wait until \(phrase(for: moment)): \(phrase(for: timer))"
        case .call(let call): "call the provider for \(call.key), attempt \(call.attempt) of call \(call.id)"
        case .respond(let id, let response): "answer request \(id) with \(response.status)"
        case .stopped: "end: everything is finished"
        case .failed(let error): "end: it cannot go on after \(error)"
        }
    }

    func phrase(for timer: Timer) -> String {
        switch timer {
        case .housekeeping: "housekeeping"
        case .deadlines: "a deadline"
        case .autoCommit: "commit offsets"
        case .retryBatch(let batch): "try batch \(batch) again"
        case .retryPartition(let partition): "go on with \(name(of: partition))"
        case .resend(let tag): "send message \(tag) again"
        case .publish: "go on with Kafka transactions"
        case .callTimeout(let call, let attempt): "attempt \(attempt) of call \(call) has taken too long"
        case .retryCall(let call): "make call \(call) again"
        case .retryAnswer(let call): "handle the answer to call \(call) again"
        case .retryPreparation: "prepare the store again"
        }
    }

    func phrase(for step: PublicationStep) -> String {
        switch step {
        case .initialise: "take hold of it"
        case .sendOffsets(let offsets): "add the offsets \(list(offsets))"
        case .commit: "commit"
        case .abort: "abort"
        }
    }

    func list(_ offsets: [(TopicPartition, Int64)]) -> String {
        offsets.map { "\(name(of: $0.0))@\($0.1)" }.joined(separator: ", ")
    }

    private func list(_ partitions: [TopicPartition]) -> String {
        partitions.isEmpty ? "nothing" : partitions.map(name).joined(separator: ", ")
    }

    private func arrival(of records: [ConsumerRecord], in partition: TopicPartition) -> String {
        guard let first = records.first?.offset, let last = records.last?.offset else {
            return "no record of \(name(of: partition)) arrives"
        }
        guard records.count > 1 else { return "a record of \(name(of: partition)) arrives, offset \(first)" }
        return "\(records.count) records of \(name(of: partition)) arrive, offsets \(first) to \(last)"
    }

    private func key(of record: Record) -> String {
        record.key.map { ", key \(String(decoding: $0, as: UTF8.self))" } ?? ""
    }

    func name(of topic: TopicID) -> String {
        topics.names.indices.contains(Int(topic.rawValue)) ? topics.name(of: topic) : "topic \(topic.rawValue)"
    }

    private func name(of partition: TopicPartition) -> String {
        "\(name(of: partition.topic))-\(partition.partition)"
    }
}
