import CRdKafka
import Kafka

/// What a consumer's application is told, in the order in which it happened.
public enum ConsumerEvent: Hashable, Sendable {
    /// More partitions (`isIncremental`, KIP-429), or all of them. They are accepted already.
    case assigned([NamedPartition], isIncremental: Bool)
    /// Fewer, or none. Given up already, unless the consumer defers that. Lost ones belong to somebody else by now.
    case revoked([NamedPartition], isIncremental: Bool, isLost: Bool)
    case record(ReceivedRecord)
    /// Follows `assigned` when the consumer was told where to begin: what the group had committed for each of these
    /// partitions. Without an offset there, reading begins where the consumer was told.
    case positioned([PartitionOffset])
    /// What became of `commitLater`, which was given the tag. Every tag comes back once.
    case committed(tag: UInt64, KafkaFailure?)
    /// A partition or the consumer is in trouble; librdkafka goes on trying unless the error is fatal.
    case failure(KafkaFailure, NamedPartition?)
}

/// librdkafka's consumer. Used by one thread at a time, and polled regularly: the rest of its group waits for that.
public final class Consumer {
    let handle: ClientHandle
    private let rebalances: Rebalances
    /// Where the results of commits are to go: the queue that is polled.
    private var commitQueue: OpaquePointer?

    /// - Parameters:
    ///   - brokers: `host:port`, separated by commas.
    ///   - defersRevocation: whether `completeRevocation` is to be called before revoked partitions are given up; else
    ///     they are at once.
    ///   - start: where to begin a partition for which the group has committed nothing. The consumer then looks up by
    ///     itself what is committed, says so with `positioned`, and leaves to `auto.offset.reset` only positions that
    ///     the log does not hold any more. With `error` there, such a loss comes as a failure with `isPositionLost`,
    ///     and not in silence.
    public init(
        _ properties: ClientProperties, brokers: String, defersRevocation: Bool = false, start: StartPosition? = nil
    ) throws(KafkaFailure) {
        rebalances = Rebalances(defersRevocation: defersRevocation, start: start)
        handle = try ClientHandle(RD_KAFKA_CONSUMER, properties, brokers: brokers, owner: rebalances) { configuration in
            rd_kafka_conf_set_rebalance_cb(configuration) { client, code, partitions, opaque in
                guard let client, let partitions, let target = CallbackTarget.of(opaque) as? Rebalances else { return }
                target.rebalance(client, code, partitions)
            }
        }
        // Everything through one queue: records, rebalances, errors.
        let client = try handle.client()
        rd_kafka_poll_set_consumer(client)
        if start != nil, let group = properties.groupID {
            rebalances.lookup = StartLookup(client, group: group)
        }
    }

    deinit { close() }

    // MARK: What to read

    /// Joins the group for these topics; a name that begins with `^` is a regular expression.
    public func subscribe(to topics: [String]) throws(KafkaFailure) {
        let client = try handle.client()
        let list = PartitionList(topics.map { NamedPartition($0, -1) })
        try KafkaFailure.check(rd_kafka_subscribe(client, list.pointer))
    }

    /// Leaves the group.
    public func unsubscribe() throws(KafkaFailure) {
        try KafkaFailure.check(rd_kafka_unsubscribe(try handle.client()))
    }

    /// Reads these partitions and no others, without a group's say.
    public func assign(_ partitions: [(NamedPartition, StartPosition)]) throws(KafkaFailure) {
        let client = try handle.client()
        let list = PartitionList(partitions.map { ($0.0, $0.1.logicalOffset) })
        try KafkaFailure.check(rd_kafka_assign(client, list.pointer))
    }

    /// Reads these partitions as well.
    public func incrementallyAssign(_ partitions: [(NamedPartition, StartPosition)]) throws(KafkaFailure) {
        let client = try handle.client()
        let list = PartitionList(partitions.map { ($0.0, $0.1.logicalOffset) })
        try KafkaFailure.check(rd_kafka_incremental_assign(client, list.pointer))
    }

    /// Reads these partitions no more.
    public func incrementallyUnassign(_ partitions: [NamedPartition]) throws(KafkaFailure) {
        let client = try handle.client()
        let list = PartitionList(partitions)
        try KafkaFailure.check(rd_kafka_incremental_unassign(client, list.pointer))
    }

    /// What is being read, in order.
    public func assignment() throws(KafkaFailure) -> [NamedPartition] {
        var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        try KafkaFailure.check(rd_kafka_assignment(try handle.client(), &list))
        guard let list else { return [] }
        return PartitionList(consuming: list).partitions.sorted()
    }

    // MARK: Reading

    /// What happened next; waits for it at most so long.
    public func poll(within timeout: Duration = .zero) throws(KafkaFailure) -> ConsumerEvent? {
        let client = try handle.client()
        rebalances.serveLookup(client)
        if let event = rebalances.take() { return event }
        guard let pointer = rd_kafka_consumer_poll(client, milliseconds(wait(within: timeout))) else {
            rebalances.serveLookup(client)
            if let event = rebalances.take() { return event }
            return handle.takeFirstError().map { .failure($0, nil) }
        }
        let message = Message(consuming: pointer)
        let event: ConsumerEvent
        if message.error == RD_KAFKA_RESP_ERR_NO_ERROR {
            event = .record(message.received)
        } else {
            event = .failure(message.failure, message.hasTopic ? message.partition : nil)
        }
        // A rebalance that was served on the way came first.
        return rebalances.swapIfAny(for: event)
    }

    /// An answer that is waited for comes by another way than records.
    private func wait(within timeout: Duration) -> Duration {
        isLookingUp ? min(timeout, .milliseconds(10)) : timeout
    }

    /// Whether it has partitions that it does not read yet, because it does not know where to begin.
    package var isLookingUp: Bool { rebalances.lookup?.isPending == true }

    /// What has happened, at most so many events; waits for the first of them at most so long. Fewer than `count` means
    /// that nothing more is there, and that the next thing to happen wakes whoever `wake` names.
    public func poll(upTo count: Int, within timeout: Duration = .zero) throws(KafkaFailure) -> [ConsumerEvent] {
        var events: [ConsumerEvent] = []
        while events.count < count, let event = try poll(within: events.isEmpty ? timeout : .zero) {
            events.append(event)
        }
        return events
    }

    /// Writes to a file descriptor (of a pipe, an eventfd; eight bytes, and it must not block) when something happens
    /// after `poll` has found nothing, so that its owner need not poll in vain. Until the consumer is closed, or told
    /// another one. Needs a `group.id`.
    public func wake(_ fileDescriptor: Int32) throws(KafkaFailure) {
        rebalances.lookup?.enableWaking(fileDescriptor)
        try handle.wake(fileDescriptor) { rd_kafka_queue_get_consumer($0) }
    }

    /// Gives up what a `revoked` event has named, when that was deferred.
    public func completeRevocation() throws(KafkaFailure) { rebalances.complete(try handle.client()) }

    // MARK: Commits

    /// Commits offsets, each the next to read, and does not wait: the answer comes as a `committed` event. A commit that
    /// is sent while another one is under way may overtake it if that one has to be sent again. While the group's coordinator cannot be reached, librdkafka
    /// waits `session.timeout.ms` for it; so does `close`, as long as a commit is under way.
    public func commitLater(_ offsets: [(NamedPartition, Int64)], tag: UInt64) throws(KafkaFailure) {
        let client = try handle.client()
        if commitQueue == nil { commitQueue = rd_kafka_queue_get_consumer(client) }
        // Without a queue, librdkafka would wait.
        guard let commitQueue else {
            throw KafkaFailure(RD_KAFKA_RESP_ERR__UNKNOWN_GROUP, reason: "a consumer that commits needs a group.id")
        }
        let list = PartitionList(offsets)
        let error = rd_kafka_commit_queue(
            client, list.pointer, commitQueue,
            { client, code, offsets, opaque in
                guard let target = CallbackTarget.of(rd_kafka_opaque(client)) as? Rebalances else { return }
                target.committed(UInt64(UInt(bitPattern: opaque)), code, offsets)
            }, UnsafeMutableRawPointer(bitPattern: UInt(tag)))
        try KafkaFailure.check(error)
        rebalances.commitsUnderWay.append(tag)
    }

    /// The newest statistics, if `poll` has come upon any since the last call; asked for with `statistics.interval.ms`.
    public func takeStatistics() -> ClientStatistics? { handle.takeStatistics() }

    // MARK: The end

    /// Commits by itself what `enable.auto.commit` asks for, gives up its partitions, leaves the group, and ends. The
    /// last events come back.
    @discardableResult
    public func close() -> [ConsumerEvent] {
        guard let client = try? handle.client() else { return [] }
        rebalances.isClosing = true
        rebalances.endLookup(client)
        rebalances.complete(client)
        handle.stopWaking()
        rd_kafka_consumer_close(client)
        destroy()
        return rebalances.takeAll()
    }

    /// Ends without a word to anybody, as if the process had died: the group finds out by its session timeout. The last
    /// events come back.
    @discardableResult
    public func abandon() -> [ConsumerEvent] {
        rebalances.isClosing = true
        if let client = try? handle.client() { rebalances.endLookup(client) }
        destroy(flags: RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
        return rebalances.takeAll()
    }

    private func destroy(flags: Int32 = 0) {
        if let commitQueue { rd_kafka_queue_destroy(commitQueue) }
        commitQueue = nil
        handle.destroy(flags: flags)
        rebalances.giveUpCommits()
    }
}
