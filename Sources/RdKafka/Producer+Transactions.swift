import CRdKafka
import Kafka

/// Transactions (KIP-98), for a producer with a `transactional.id`. What they throw says what is left to do: try again,
/// abort, or give the producer up.
extension Producer {
    /// Takes over from an earlier producer of the same id: that one is fenced, its transaction ended.
    public func initTransactions(within timeout: Duration) throws(KafkaFailure) {
        try KafkaFailure.check(rd_kafka_init_transactions(try handle.client(), milliseconds(timeout)))
    }

    /// Everything that is produced from here on belongs to one transaction.
    public func beginTransaction() throws(KafkaFailure) {
        try KafkaFailure.check(rd_kafka_begin_transaction(try handle.client()))
    }

    /// Commits offsets of a consumer's group as part of the transaction (KIP-447).
    public func sendOffsets(
        _ offsets: [(NamedPartition, Int64)], of consumer: Consumer, within timeout: Duration
    ) throws(KafkaFailure) {
        let client = try handle.client()
        guard let group = rd_kafka_consumer_group_metadata(try consumer.handle.client()) else {
            throw KafkaFailure(RD_KAFKA_RESP_ERR__UNKNOWN_GROUP, reason: "the consumer has no group.id")
        }
        defer { rd_kafka_consumer_group_metadata_destroy(group) }
        let list = PartitionList(offsets)
        let error = rd_kafka_send_offsets_to_transaction(client, list.pointer, group, milliseconds(timeout))
        try KafkaFailure.check(error)
    }

    /// Flushes, then commits.
    public func commitTransaction(within timeout: Duration) throws(KafkaFailure) {
        try KafkaFailure.check(rd_kafka_commit_transaction(try handle.client(), milliseconds(timeout)))
    }

    /// Purges, then aborts.
    public func abortTransaction(within timeout: Duration) throws(KafkaFailure) {
        try KafkaFailure.check(rd_kafka_abort_transaction(try handle.client(), milliseconds(timeout)))
    }
}
