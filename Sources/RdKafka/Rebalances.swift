import CRdKafka
import Kafka

/// Answers librdkafka when a group's assignment changes, and keeps what happened for the application.
final class Rebalances: CallbackTarget {
    var isClosing = false
    private let defersRevocation: Bool
    /// Where partitions begin for which the group has committed nothing; nil when librdkafka is to find out everything.
    private let start: StartPosition?
    var lookup: StartLookup?
    private var events: [ConsumerEvent] = []
    /// Revoked and not given up yet.
    private var pending: (partitions: [NamedPartition], isIncremental: Bool)?

    /// The tags of commits without an answer.
    var commitsUnderWay: [UInt64] = []

    init(defersRevocation: Bool, start: StartPosition?) {
        self.defersRevocation = defersRevocation
        self.start = start
    }

    /// There is no protocol, and no text for it, while the client is being closed.
    private static func isCooperative(_ client: OpaquePointer) -> Bool {
        let name: UnsafePointer<CChar>? = rd_kafka_rebalance_protocol(client)
        return name.map { String(cString: $0) } == "COOPERATIVE"
    }

    func rebalance(
        _ client: OpaquePointer, _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {
        let partitions = PartitionList.partitions(of: list).sorted()
        let isIncremental = Self.isCooperative(client)
        switch code {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            if let lookup, !partitions.isEmpty, !isClosing {
                lookup.begin(.init(partitions: partitions, isIncremental: isIncremental), client)
            } else {
                accept(list, isIncremental, client)
                events.append(.assigned(partitions, isIncremental: isIncremental))
            }
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            let isLost = rd_kafka_assignment_lost(client) != 0
            events.append(.revoked(partitions, isIncremental: isIncremental, isLost: isLost))
            pending = (partitions, isIncremental)
            if !defersRevocation || isLost || isClosing { complete(client) }
        default:
            rd_kafka_assign(client, nil)
            events.append(.failure(KafkaFailure(code), nil))
        }
    }

    /// librdkafka waits with everything else until it is told that an assignment is accepted.
    private func accept(
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>, _ isIncremental: Bool, _ client: OpaquePointer
    ) {
        if isIncremental {
            ignore(rd_kafka_incremental_assign(client, list))
        } else {
            rd_kafka_assign(client, list)
        }
    }

    /// Accepts an assignment when it is known where to begin.
    func serveLookup(_ client: OpaquePointer) {
        guard let (question, offsets) = lookup?.answer(client) else { return }
        let fallback = start?.logicalOffset ?? StartPosition.committed.logicalOffset
        let list = PartitionList(offsets.map { ($0.partition, $0.offset ?? fallback) })
        accept(list.pointer, question.isIncremental, client)
        events.append(.assigned(question.partitions, isIncremental: question.isIncremental))
        events.append(.positioned(offsets.sorted { $0.partition < $1.partition }))
    }

    /// Accepts an assignment that is given up next.
    func endLookup(_ client: OpaquePointer) {
        if let question = lookup?.cancel() {
            let list = PartitionList(question.partitions)
            accept(list.pointer, question.isIncremental, client)
        }
        lookup = nil
    }

    func complete(_ client: OpaquePointer) {
        guard let revoked = pending else { return }
        pending = nil
        if revoked.isIncremental {
            let list = PartitionList(revoked.partitions)
            ignore(rd_kafka_incremental_unassign(client, list.pointer))
        } else {
            rd_kafka_assign(client, nil)
        }
    }

    /// librdkafka answers a commit.
    func committed(
        _ tag: UInt64, _ code: rd_kafka_resp_err_t, _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) {
        guard let index = commitsUnderWay.firstIndex(of: tag) else { return }
        commitsUnderWay.remove(at: index)
        let failure =
            code == RD_KAFKA_RESP_ERR_NO_ERROR
            ? list.flatMap { PartitionList.offsets(of: UnsafePointer($0)).lazy.compactMap(\.failure).first }
            : KafkaFailure(code)
        events.append(.committed(tag: tag, failure))
    }

    /// Nobody is going to answer these any more.
    func giveUpCommits() {
        for tag in commitsUnderWay {
            let failure = KafkaFailure(
                RD_KAFKA_RESP_ERR__DESTROY, reason: "the consumer was closed before the commit was answered")
            events.append(.committed(tag: tag, failure))
        }
        commitsUnderWay.removeAll()
    }

    func take() -> ConsumerEvent? { events.isEmpty ? nil : events.removeFirst() }

    func takeAll() -> [ConsumerEvent] {
        defer { events.removeAll() }
        return events
    }

    /// The first event, the other one going to the end of the queue.
    func swapIfAny(for event: ConsumerEvent) -> ConsumerEvent {
        guard !events.isEmpty else { return event }
        events.append(event)
        return events.removeFirst()
    }

    /// There is nobody to tell within a callback: what the error means comes as an event of its own.
    private func ignore(_ error: OpaquePointer?) { if let error { rd_kafka_error_destroy(error) } }
}
