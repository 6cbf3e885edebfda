import CRdKafka
import Kafka

/// Asks where the group has committed, before newly assigned partitions are read. Nobody waits: `answer` is asked again
/// and again, and the question is repeated until it is answered.
final class StartLookup {
    /// What the group's coordinator is asked about.
    struct Question {
        var partitions: [NamedPartition]
        var isIncremental: Bool
    }

    private let group: String
    private let queue: OpaquePointer?
    private var question: Question?
    /// Answers to earlier questions carry other numbers.
    private var number = 0
    private var nextAttempt: ContinuousClock.Instant?

    init(_ client: OpaquePointer, group: String) {
        self.group = group
        queue = rd_kafka_queue_new(client)
    }

    deinit { rd_kafka_queue_destroy(queue) }

    var isPending: Bool { question != nil }

    /// Answers wake somebody.
    func enableWaking(_ fileDescriptor: Int32) {
        if let queue { ClientHandle.enableWaking(fileDescriptor, from: queue) }
    }

    /// Asks.
    func begin(_ question: Question, _ client: OpaquePointer) {
        precondition(self.question == nil, "librdkafka assigns before the last assignment was answered")
        self.question = question
        send(client)
    }

    /// Asks no more.
    func cancel() -> Question? {
        defer { question = nil }
        return question
    }

    /// What was asked about, with what the group has committed, once that is known.
    func answer(_ client: OpaquePointer) -> (Question, [PartitionOffset])? {
        while let event = rd_kafka_queue_poll(queue, 0) {
            defer { rd_kafka_event_destroy(event) }
            guard let question, rd_kafka_event_opaque(event) == UnsafeMutableRawPointer(bitPattern: number) else {
                continue
            }
            if let offsets = Self.offsets(in: event), offsets.allSatisfy({ $0.failure == nil }) {
                self.question = nil
                return (question, offsets)
            }
            nextAttempt = .now + .milliseconds(100)
        }
        if question != nil, let attempt = nextAttempt, attempt <= .now { send(client) }
        return nil
    }

    private func send(_ client: OpaquePointer) {
        guard let question else { return }
        number += 1
        nextAttempt = nil
        let list = PartitionList(question.partitions)
        var requests = [rd_kafka_ListConsumerGroupOffsets_new(group, list.pointer)]
        defer { rd_kafka_ListConsumerGroupOffsets_destroy(requests[0]) }
        let options = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_AdminOptions_set_request_timeout(options, 10_000, nil, 0)
        rd_kafka_AdminOptions_set_opaque(options, UnsafeMutableRawPointer(bitPattern: number))
        rd_kafka_ListConsumerGroupOffsets(client, &requests, 1, options, queue)
    }

    /// The offsets of the one group that was asked about.
    static func offsets(in event: OpaquePointer) -> [PartitionOffset]? {
        guard rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        var count = 0
        guard let groups = rd_kafka_ListConsumerGroupOffsets_result_groups(event, &count), count > 0,
            let group = groups[0], rd_kafka_group_result_error(group) == nil,
            let list = rd_kafka_group_result_partitions(group)
        else { return nil }
        return PartitionList.offsets(of: list)
    }
}
