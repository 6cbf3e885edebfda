import Kafka
import RdKafka
import Services
import Simulation
import Stores

/// All that one instance of a service is run with.
public struct LiveConfiguration: Sendable {
    /// `order/1`: the service and the instance's number.
    public var name: String
    /// Unique among the instances of a service that run at the same time; from 1.
    public var number: Int32
    public var service: any Service
    public var settings = RuntimeSettings()
    /// This life's own randomness.
    public var seed: UInt64
    /// Properties of producer and consumer, beside the driver's own.
    public var properties: ClientProperties
    /// `host:port`, separated by commas.
    public var brokers: String
    public var topics: LiveTopics
    public var clock = LiveClock()
    /// Whether the brokers are the embedded ones, which drop old records without a word.
    public var isEmbedded = false
    /// Whether records carry the time at which they were sent, for the history of a run.
    public var stampsRecords = false

    public init(
        name: String, number: Int32, service: any Service, seed: UInt64, properties: ClientProperties, brokers: String,
        topics: LiveTopics
    ) {
        self.name = name
        self.number = number
        self.service = service
        self.seed = seed
        self.properties = properties
        self.brokers = brokers
        self.topics = topics
    }
}

/// One service instance on a thread of its own: carries out what `Instance` asks for with librdkafka, a store and the wall
/// clock, and tells it what happens.
public final class LiveInstance: @unchecked Sendable {
    public let configuration: LiveConfiguration

    /// - Parameters:
    ///   - openStore: opens the instance's own connection; called on its thread, again and again until it succeeds.
    ///   - interference: makes what disturbs this instance; called on its thread.
    public init(
        _ configuration: LiveConfiguration, openStore: @escaping @Sendable () throws -> any ServiceStore,
        providers: any ProviderConnection, listener: any InstanceListener,
        interference: (@Sendable () -> any Interference)? = nil
    ) {
        self.configuration = configuration
    }

    /// Starts the thread.
    public func start() {}

    /// Hands over an API request; `answer` is called once, from any thread, with nil when the instance has ended.
    public func submit(_ request: Request, answer: @escaping @Sendable (Response?) -> Void) {}

    /// What is not finished, a phrase each; called once, from any thread; nil when the instance has ended.
    public func pendingWork(answer: @escaping @Sendable ([String]?) -> Void) {}

    /// Finishes what is under way, commits, leaves the group, and ends.
    public func stop() {}

    /// Waits until the thread has ended: nil after an orderly stop, else why it failed.
    public func join() -> String? { nil }
}
