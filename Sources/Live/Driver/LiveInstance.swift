import Foundation
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
    /// Counts what the instance does, if somebody wants to know.
    public var metrics: InstanceMetrics?
    /// Where the instance's life is recorded, if it is.
    public var recordings: String?
    /// What a recording says about the system, so that the service can be made again: a scenario file, for example.
    public var system = ""
    /// How long an instance may take to finish what is under way when it is to stop.
    public var drainLimit = Duration.seconds(30)

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
///
/// It waits for as long as it takes for its store and its cluster. What it cannot get over ends it; whoever supervises it
/// starts another one.
public final class LiveInstance: @unchecked Sendable {
    public let configuration: LiveConfiguration
    private let mailbox = Mailbox<Mail>()
    private let ended = DispatchGroup()
    private let lock = NSLock()
    private var outcome: String?
    private let makeDriver: @Sendable (Mailbox<Mail>) -> InstanceDriver

    /// What others want of the instance.
    enum Mail: Sendable {
        case request(Request, @Sendable (Response?) -> Void)
        case pendingWork(@Sendable ([String]?) -> Void)
        /// A provider's answer; nil says "not now".
        case answer(UniqueID, attempt: Int, body: [UInt8]?)
        case stop
    }

    /// - Parameters:
    ///   - openStore: opens the instance's own connection; called on its thread, again and again until it succeeds.
    ///   - interference: makes what disturbs this instance; called on its thread.
    public init(
        _ configuration: LiveConfiguration, openStore: @escaping @Sendable () throws -> any ServiceStore,
        providers: any ProviderConnection, listener: any InstanceListener,
        interference: (@Sendable () -> any Interference)? = nil
    ) {
        self.configuration = configuration
        makeDriver = { mailbox in
            InstanceDriver(
                configuration, openStore: openStore, providers: providers, listener: listener,
                interference: interference?(), mailbox: mailbox)
        }
    }

    /// Starts the thread.
    public func start() {
        ended.enter()
        let thread = Thread { [self] in
            let failure = makeDriver(mailbox).run()
            lock.withLock { outcome = failure }
            for mail in mailbox.seal() { Self.refuse(mail) }
            ended.leave()
        }
        thread.name = configuration.name
        thread.stackSize = 1 << 21
        thread.start()
    }

    /// Hands over an API request, whose id must be its own while it is under way; `answer` is called once, from any
    /// thread, with nil when the instance has ended.
    public func submit(_ request: Request, answer: @escaping @Sendable (Response?) -> Void) {
        if !mailbox.post(.request(request, answer)) { answer(nil) }
    }

    /// What is not finished, a phrase each; called once, from any thread, with nil when the instance has ended.
    public func pendingWork(answer: @escaping @Sendable ([String]?) -> Void) {
        if !mailbox.post(.pendingWork(answer)) { answer(nil) }
    }

    /// Finishes what is under way, commits, leaves the group, and ends.
    public func stop() { mailbox.post(.stop) }

    /// Waits until the thread has ended: nil after an orderly stop, else why it failed.
    public func join() -> String? {
        ended.wait()
        return lock.withLock { outcome }
    }

    static func refuse(_ mail: Mail) {
        switch mail {
        case .request(_, let answer): answer(nil)
        case .pendingWork(let answer): answer(nil)
        case .answer, .stop: break
        }
    }
}
