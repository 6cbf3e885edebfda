import Harness
import Kafka
import Services
import Simulation

/// What a run tells the process of a service instance, first of all.
public struct WorkerSetup: Hashable, Sendable, Codable {
    /// The scenario as a file, and what that is called.
    var scenario: String
    var file: String
    var seed: UInt64
    /// Which instance of the run it is, from 0, and its start, from 1.
    var index: Int
    var life: Int32
    var brokers: String
    var isEmbedded: Bool
    /// What topics and groups of the run begin with.
    var prefix: String
    /// When the run began, as `LiveClock.origin`.
    var origin: Int64
    /// Where the stores are, as a user would write it, and what their names begin with.
    var store: String
    var storePrefix: String
    /// How many effects and transactions earlier lives had: faults of a plan are told by their numbers in the run.
    var effects: UInt64
    var transactions: UInt64
    /// Where the instance's lives are recorded, if they are.
    var recordings: String?
}

/// From a run to the process of a service instance.
enum ToWorker: Hashable, Sendable, Codable {
    case begin(WorkerSetup)
    case request(Request)
    /// What a provider answers to the call with this number of the process; nil says "not now".
    case providerAnswer(call: UInt64, body: [UInt8]?)
    /// What is not finished yet? Answered by `pending` with the same number.
    case status(Int)
}

/// From the process of a service instance to the run.
enum FromWorker: Hashable, Sendable, Codable {
    case started
    case response(request: UInt64, Response)
    case call(UInt64, ProviderCall)
    case acknowledged(TopicPartition, offset: Int64)
    /// A fault of the instance's own has struck.
    case struck(FaultAction)
    /// The process is going to kill itself, as a fault asks; it has had so many transactions.
    case dying(FaultAction, transactions: UInt64)
    /// A record that somebody else is to send after a while.
    case handedOver(TopicID, Record, after: Duration)
    /// Effects and transactions of the run so far; told now and then.
    case counted(effects: UInt64, transactions: UInt64)
    case pending(Int, [String])
    case note(String)
    /// The instance has ended: orderly, or for this reason.
    case ended(String?)
}
