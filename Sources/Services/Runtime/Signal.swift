import Kafka
import Simulation

/// What happened to a service instance. Signals are all it knows of the world.
public enum Signal: Sendable, Codable {
    /// The process has started; its memory is empty, its store is as it was left.
    case started
    /// The consumer group gave it partitions.
    case assigned([TopicPartition])
    /// The group takes partitions back. Unless they are `lost` already, the group waits for `Effect.finishRevocation`.
    case revoked([TopicPartition], lost: Bool)
    /// Records arrived, in the order of their offsets.
    case records(TopicPartition, [ConsumerRecord])
    /// The store has committed a batch.
    case committed(BatchOutcome)
    /// The store has not committed a batch, or has and could not say so.
    case transactionFailed(batch: UInt64)
    /// Kafka has acknowledged a record.
    case delivered(tag: UInt64)
    /// The client gave up on a record; it may be in the log or not.
    case deliveryFailed(tag: UInt64, ErrorCode)
    /// An offset commit has ended.
    case offsetsCommitted(ErrorCode)
    /// A step of a Kafka transaction has succeeded, or failed.
    case publicationStep(PublicationStep, TransactionError?)
    /// A timer that was asked for has fired.
    case timer(Timer)
    /// A provider answered a call.
    case answered(call: UniqueID, attempt: Int, [UInt8])
    /// A provider could not be reached, or said that it cannot answer now.
    case callFailed(call: UniqueID, attempt: Int)
    /// An API request arrived.
    case request(Request)
    /// Finish what is under way, commit, and answer with `Effect.stopped`.
    case stop
}

/// What a service instance asks for. Effects are all it does to the world.
public enum Effect: Sendable {
    /// Run the batch through `Instance.perform` in one store transaction and report how it ended.
    case transact(Batch)
    /// Send a record; the answer is `delivered` or `deliveryFailed` with the same tag.
    case produce(tag: UInt64, TopicID, Record)
    /// Commit the offsets of the next records to read.
    case commitOffsets([(TopicPartition, Int64)])
    /// Begin a Kafka transaction: what is produced from here on belongs to it. Needs no answer.
    case beginPublication
    /// Take a step of the Kafka transaction; the answer is `publicationStep`.
    case publication(PublicationStep)
    /// Fetch nothing more of these partitions for now.
    case pause([TopicPartition])
    /// Go on fetching.
    case resume([TopicPartition])
    /// The partitions that were revoked can go.
    case finishRevocation
    /// Fire a timer at a moment.
    case setTimer(Timer, at: Instant)
    /// Call a provider.
    case call(ProviderCall)
    /// Answer a request.
    case respond(id: UInt64, Response)
    /// Everything is finished; the process can end.
    case stopped
    /// The instance cannot go on: the process has to end, and whoever supervises it starts it again.
    case failed(ErrorCode)
}

/// A step of a Kafka transaction that is answered.
public enum PublicationStep: Sendable {
    /// Get hold of the `transactional.id`: older processes with it are fenced, what they left open is aborted.
    case initialise
    /// Add the offsets of the next records to read.
    case sendOffsets([(TopicPartition, Int64)])
    /// Make everything in it visible, once it has been delivered.
    case commit
    /// Take everything in it back.
    case abort
}

/// Why an instance wants to be woken.
public enum Timer: Hashable, Sendable, Codable {
    case housekeeping
    /// A deadline has passed that was to be met before the next housekeeping.
    case deadlines
    case autoCommit
    /// Try the batch again that the store refused.
    case retryBatch(UInt64)
    /// Try the first record of a partition again.
    case retryPartition(TopicPartition)
    /// Send a message again that was not delivered.
    case resend(UInt64)
    /// Go on with publishing in Kafka transactions.
    case publish
    /// A call has not been answered in time.
    case callTimeout(UniqueID, attempt: Int)
    /// Make a call again.
    case retryCall(UniqueID)
    /// Handle the answer to a call again.
    case retryAnswer(UniqueID)
    /// Prepare the store again.
    case retryPreparation
}
