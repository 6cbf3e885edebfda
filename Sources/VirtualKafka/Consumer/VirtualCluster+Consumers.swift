import Kafka
import Simulation

/// What applications do with consumers.
extension VirtualCluster {
    /// Commits offsets, each the next one to read, in the consumer's present generation. The `tag` comes back in an
    /// `offsetsCommitted` notice.
    public mutating func commit(
        _ offsets: [(TopicPartition, Int64)], tag: UInt64, by consumer: ClientID, at now: Instant,
        into output: inout KafkaOutput
    ) {
        begin(now, &output)
        consumers[consumerIndex(consumer)].commit(offsets, tag: tag, &fabric)
        end(&output)
    }

    /// No records of these partitions until they are resumed; what was fetched meanwhile is fetched again. Partitions that
    /// the consumer does not read are passed over.
    public mutating func pause(_ partitions: [TopicPartition], by consumer: ClientID) {
        consumers[consumerIndex(consumer)].pause(partitions, fabric)
    }

    /// Goes on fetching partitions that were paused. Partitions that the consumer does not read are passed over.
    public mutating func resume(
        _ partitions: [TopicPartition], by consumer: ClientID, at now: Instant, into output: inout KafkaOutput
    ) {
        begin(now, &output)
        consumers[consumerIndex(consumer)].resume(partitions, &fabric)
        end(&output)
    }

    /// The application has finished with the partitions that it was asked to give up.
    public mutating func completeRevocation(
        by consumer: ClientID, at now: Instant, into output: inout KafkaOutput
    ) {
        begin(now, &output)
        consumers[consumerIndex(consumer)].completeRevocation(&fabric)
        end(&output)
    }

    /// Commits what is stored and not committed yet; without anything, the answer is `noOffset`.
    public mutating func commitStored(
        tag: UInt64, by consumer: ClientID, at now: Instant, into output: inout KafkaOutput
    ) {
        begin(now, &output)
        consumers[consumerIndex(consumer)].commit(nil, tag: tag, &fabric)
        end(&output)
    }

    /// Without `enable.auto.offset.store`: the next offset of each partition that the background is to commit.
    public mutating func storeOffsets(
        _ offsets: [(TopicPartition, Int64)], by consumer: ClientID, at now: Instant, into output: inout KafkaOutput
    ) {
        begin(now, &output)
        consumers[consumerIndex(consumer)].store(offsets, &fabric)
        end(&output)
    }

    /// Tells a consumer that was added without topics which partitions to read from now on, and where to begin.
    public mutating func assign(
        _ partitions: [(TopicPartition, StartOffset)], by consumer: ClientID, at now: Instant,
        into output: inout KafkaOutput
    ) {
        begin(now, &output)
        consumers[consumerIndex(consumer)].assign(partitions, &fabric)
        end(&output)
    }

    /// Goes on reading an assigned partition at another offset. Elsewhere, it is an `erroneousState`.
    public mutating func seek(
        _ partition: TopicPartition, to offset: Int64, by consumer: ClientID, at now: Instant,
        into output: inout KafkaOutput
    ) {
        begin(now, &output)
        consumers[consumerIndex(consumer)].seek(partition, to: offset, &fabric)
        end(&output)
    }

    /// The application stops polling, or goes on. What it would learn by polling (records, rebalances, errors) waits
    /// meanwhile; beyond `max.poll.interval.ms` the client leaves its group, which the application is told with
    /// `maxPollExceeded` when it polls again.
    public mutating func setPolling(
        _ isPolling: Bool, by consumer: ClientID, at now: Instant, into output: inout KafkaOutput
    ) {
        begin(now, &output)
        consumers[consumerIndex(consumer)].setPolling(isPolling, &fabric)
        end(&output)
    }

    /// Asks for what the consumer's group has committed: a `committedOffsets` notice, -1 where there is nothing.
    public mutating func fetchCommitted(
        _ partitions: [TopicPartition], tag: UInt64, by consumer: ClientID, at now: Instant,
        into output: inout KafkaOutput
    ) {
        begin(now, &output)
        let wanted = partitions.map { ($0, OffsetQuery.latest) }
        consumers[consumerIndex(consumer)].inquire(.committed, wanted, tag: tag, &fabric)
        end(&output)
    }

    /// Asks the partitions' leaders for offsets: an `offsetsListed` notice, -1 where no record is as young as asked.
    public mutating func listOffsets(
        _ queries: [(TopicPartition, OffsetQuery)], tag: UInt64, by consumer: ClientID, at now: Instant,
        into output: inout KafkaOutput
    ) {
        begin(now, &output)
        consumers[consumerIndex(consumer)].inquire(.listed, queries, tag: tag, &fabric)
        end(&output)
    }
}
