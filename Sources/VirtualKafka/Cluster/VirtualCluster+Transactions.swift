import Kafka
import Simulation

/// What applications do with a producer besides producing.
extension VirtualCluster {
    /// Sends what waits for others to fill its batch. Everything is delivered or has failed when the producer has no
    /// unsent records any more.
    public mutating func flush(_ producer: ClientID, at now: Instant, into output: inout KafkaOutput) {
        begin(now, &output)
        producers[producerIndex(producer)].flush(&fabric)
        end(&output)
    }

    /// Drops messages that are queued, or sent and not acknowledged: their reports say so. What was sent may be delivered
    /// all the same.
    public mutating func purge(
        queued isQueued: Bool, inFlight isInFlight: Bool, by producer: ClientID, at now: Instant,
        into output: inout KafkaOutput
    ) {
        begin(now, &output)
        producers[producerIndex(producer)].purge(isQueued: isQueued, isInFlight: isInFlight, &fabric)
        end(&output)
    }
}

/// What applications do with a transactional producer, that is one with the property `transactional.id`. The result of
/// each step comes back in a `transactionStep` notice with its tag; one step at a time.
extension VirtualCluster {
    /// Acquires the producer's id and epoch, once, before anything else: it fences whoever has used the same
    /// `transactional.id` before, and ends what that one has left open. Without a timeout, it waits for ever.
    public mutating func initTransactions(
        tag: UInt64, timeout: Duration? = nil, by producer: ClientID, at now: Instant, into output: inout KafkaOutput
    ) {
        begin(now, &output)
        producers[producerIndex(producer)].initTransactions(tag: tag, timeout: timeout, &fabric)
        end(&output)
    }

    /// Begins a transaction; what is produced from now on belongs to it.
    public mutating func beginTransaction(by producer: ClientID) -> TransactionError? {
        producers[producerIndex(producer)].beginTransaction()
    }

    /// Offsets, each the next one to read, that the consumer's group gets if the transaction commits. They are refused
    /// when the consumer is not a member of the present generation (KIP-447). A consumer without a group is an
    /// `invalidArgument`; negative offsets are passed over.
    public mutating func sendOffsets(
        _ offsets: [(TopicPartition, Int64)], ofConsumer consumer: ClientID, tag: UInt64, timeout: Duration? = nil,
        by producer: ClientID, at now: Instant, into output: inout KafkaOutput
    ) {
        begin(now, &output)
        let reference = consumers[consumerIndex(consumer)].reference
        producers[producerIndex(producer)].sendOffsets(
            offsets, of: reference, tag: tag, timeout: timeout, &fabric)
        end(&output)
    }

    /// Waits until everything is delivered, then commits.
    public mutating func commitTransaction(
        tag: UInt64, timeout: Duration? = nil, by producer: ClientID, at now: Instant, into output: inout KafkaOutput
    ) {
        begin(now, &output)
        producers[producerIndex(producer)].commitTransaction(tag: tag, timeout: timeout, &fabric)
        end(&output)
    }

    /// Drops what was not sent, waits for what was, then aborts.
    public mutating func abortTransaction(
        tag: UInt64, timeout: Duration? = nil, by producer: ClientID, at now: Instant, into output: inout KafkaOutput
    ) {
        begin(now, &output)
        producers[producerIndex(producer)].abortTransaction(tag: tag, timeout: timeout, &fabric)
        end(&output)
    }
}
