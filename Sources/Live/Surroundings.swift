import Kafka
import Services
import Simulation

/// The way to the providers outside (payments, messages).
public protocol ProviderConnection: Sendable {
    /// Makes a call. `answer` is called at most once or twice, from any thread, or never: nil says "not now".
    func call(_ call: ProviderCall, of service: String, answer: @escaping @Sendable (_ body: [UInt8]?) -> Void)
}

/// Hears of what an instance does, on the instance's thread.
public protocol InstanceListener: Sendable {
    /// Kafka has acknowledged a record of this instance: it must stay.
    func acknowledged(_ partition: TopicPartition, offset: Int64)
    /// A provider is called.
    func called(_ call: ProviderCall)
    /// Something that whoever runs the system wants to know.
    func noted(_ note: InstanceNote)
}

/// What an instance's driver has to say.
public enum InstanceNote: Hashable, Sendable {
    case started
    /// Partitions came, went, or were lost.
    case assigned([TopicPartition])
    case revoked([TopicPartition], lost: Bool)
    /// Something does not work, and is tried again.
    case trouble(String)
    /// The instance cannot go on; its process has to start again.
    case failed(String)
    /// Everything is finished.
    case stopped
}

/// Trouble that is made on purpose, at the points at which the simulator makes it. Used on the instance's thread.
public protocol Interference: AnyObject {
    /// The instance is going to carry out its n-th effect, from 1. Need not return.
    func beforeEffect(_ number: UInt64, at now: Instant)
    /// What happens to the n-th transaction, from 1.
    func storeFate(ofTransaction number: UInt64, at now: Instant) -> StoreInterference?
    /// The items of a batch whose handlers are to fail.
    func failingItems(of batch: Batch, at now: Instant) -> [Int]
    /// The handlers of these items did fail.
    func didFail(_ items: [Int], of batch: Batch, at now: Instant)
    /// What happens to a record on its way to Kafka.
    func recordFate(of record: Record, to topic: TopicID, at now: Instant) -> RecordInterference?
    /// Whether the consumer is polled.
    func isPolling(at now: Instant) -> Bool
}

/// What goes wrong with a transaction.
public enum StoreInterference: Hashable, Sendable {
    case failsBeforeCommit
    /// Commits, and the answer is lost.
    case failsAfterCommit
    case slow(by: Duration)
}

/// What goes wrong with a record.
public enum RecordInterference: Hashable, Sendable {
    /// It is sent now; a copy was given to somebody else, who sends it later.
    case duplicated
    /// It is sent later.
    case delayed(by: Duration)
    /// It was given to somebody else, who sends it later; to the instance it looks delivered.
    case handedOver
}
