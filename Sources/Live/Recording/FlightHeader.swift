import Kafka
import Services
import Simulation

/// What a recording begins with: all that is needed to make the same instance again.
public struct FlightHeader: Sendable, Codable {
    /// The version of the program that recorded. Another one may play it back: that is how a change is judged.
    public var program: String
    /// `order/1`
    public var name: String
    public var id: InstanceID
    public var service: String
    public var settings: RuntimeSettings
    /// Of this life's draws.
    public var seed: UInt64
    /// The clock by which moments are counted.
    public var clock: LiveClock
    /// The names of all topics, by their number.
    public var topics: [String]
    /// The names of those that the instance reads.
    public var subscriptions: [String]
    /// From this the program makes the services again: a scenario file, for example. The recorder does not look at it.
    public var system: String

    /// - Parameters:
    ///   - name: `order/1`
    ///   - system: what the program needs to make `service` again.
    public init(
        program: String, name: String, id: InstanceID, service: any Service, settings: RuntimeSettings, seed: UInt64,
        clock: LiveClock, system: String
    ) {
        self.program = program
        self.name = name
        self.id = id
        self.service = service.name
        self.settings = settings
        self.seed = seed
        self.clock = clock
        topics = service.topics.names
        subscriptions = service.subscriptions(with: settings.policies).map { service.topics.name(of: $0) }
        self.system = system
    }

    /// What the recording is called in its directory: `order-1.3.flight`.
    public var fileName: String { "\(service)-\(id.number).\(id.incarnation).\(FlightFile.pathExtension)" }
}

/// One thing that was recorded.
enum FlightFrame: Sendable, Codable {
    /// Something happened.
    case signal(Signal, at: Instant)
    /// What the instance answered.
    case effects([Effect])
    /// A batch was run.
    case performed(FlightPerformance)
    /// The instance ended, in order or not.
    case ended(String)
}

/// What a batch has read of the database, and what came of it.
struct FlightPerformance: Sendable, Codable {
    var batch: UInt64
    /// How often the batch had been tried.
    var attempt: Int
    var at: Instant
    /// The items whose handlers were to fail.
    var failing: [Int]
    var reads: [FlightRead]
    /// A checksum for each row that was written, in order.
    var writes: [UInt32]
    /// A checksum of the outcome, which follows with `Signal.committed`; nil when the database failed.
    var outcome: UInt64?
}

/// What the database answered to a question. Rows and keys are written as `BinaryEncoder` does.
enum FlightRead: Sendable, Codable {
    case row(table: String, key: [UInt8], [UInt8]?)
    /// A message of the outbox: its record has probably been written before.
    case message(key: [UInt8], OutboxMessage?)
    case rows(table: String, [ScanPart])
    /// It failed, and was asked no more.
    case failure
}
