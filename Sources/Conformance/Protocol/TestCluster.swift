import Kafka

/// A cluster under test and the clients that talk to it, as the cases see them: synchronous calls, and `wait` for
/// everything that takes time. Used by one thread.
public protocol TestCluster: AnyObject {
    /// Why a case that needs an ability cannot run here; nil when it can.
    func reasonToLack(_ ability: Ability) -> String?

    /// Makes a topic with a name of its own.
    func makeTopic(_ topic: TopicWish) throws -> String
    /// A name that nobody has used: for groups, transactional ids and topics.
    func uniqueName(_ prefix: String) -> String

    func makeProducer(_ properties: ClientProperties) throws -> any TestProducer
    /// - Parameter defersRevocation: whether the application takes its time with partitions that it is to give up.
    func makeConsumer(_ properties: ClientProperties, defersRevocation: Bool) throws -> any TestConsumer
    func makeAdmin() throws -> any TestAdmin

    /// Lets time pass until something holds, at most so long; every client is polled meanwhile. Returns whether it held.
    func wait(within limit: Duration, until condition: () throws -> Bool) throws -> Bool
    /// How long the cluster has been running.
    var elapsed: Duration { get }
    /// The present, in milliseconds since the epoch, as timestamps have it.
    var clockMilliseconds: Int64 { get }

    // MARK: Faults

    /// The numbers of the brokers.
    var brokers: [Int] { get }
    func leader(of partition: NamedPartition) throws -> Int?
    func coordinator(ofGroup group: String) throws -> Int?
    func coordinator(ofTransactionalID id: String) throws -> Int?
    /// A broker's process dies; what it leads is led by others, as the cluster does it.
    func crash(_ broker: Int, losing loss: DiskLoss) throws
    func restart(_ broker: Int) throws
    /// Requests arrive and are carried out, and their answers never come back, until it is switched off.
    func setAnswersLost(_ areLost: Bool) throws
    /// Nothing passes between a broker and the others.
    func setIsolated(_ broker: Int, _ isIsolated: Bool) throws
    /// Nothing passes between the machine of a client and the brokers.
    func setCutOff(_ client: AnyObject, _ isCutOff: Bool) throws
    /// The process of a client is stopped as by SIGSTOP, and goes on later.
    func setFrozen(_ client: AnyObject, _ isFrozen: Bool) throws

    /// The end: every client, then the cluster.
    func shutDown()
}

/// A topic that a case wants.
public struct TopicWish: Sendable {
    public var partitions: Int
    public var replicationFactor: Int
    public var minInsyncReplicas: Int
    /// Topic configuration beside that.
    public var configuration: [String: String]

    public init(
        partitions: Int = 1, replicationFactor: Int = 3, minInsyncReplicas: Int = 2,
        configuration: [String: String] = [:]
    ) {
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.minInsyncReplicas = minInsyncReplicas
        self.configuration = configuration
    }
}

/// What a crash takes from a broker's disk.
public enum DiskLoss: Sendable {
    case nothing
    case unflushedTail
    case everything
}

/// What not every cluster under test can do, or lets be done to it.
public enum Ability: String, CaseIterable, Sendable {
    /// Brokers crash and start again, and leadership moves.
    case crash
    /// A broker without a leader's data on its disk.
    case diskLoss
    /// Brokers do not reach each other.
    case brokerNetwork
    /// Answers get lost.
    case lostAnswers
    /// A client's network is cut off.
    case cutOff
    /// A client's process is stopped.
    case freeze
    /// A client vanishes without closing its connections in an orderly way.
    case abandon
    /// Topic configuration: `min.insync.replicas`, retention, unclean election.
    case topicConfiguration
    /// Replicas that can be out of sync.
    case replication
    /// CreateTopics, CreatePartitions, DeleteRecords.
    case adminRequests
    /// ListGroups and DescribeGroups.
    case groupRequests
    /// Time passes without anybody waiting for it: minutes and hours.
    case longTime
}

/// What a client call answers when it fails: librdkafka's code, and what is left to do.
public struct CallFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var code: Int
    public var isRetriable: Bool
    public var requiresAbort: Bool
    public var isFatal: Bool

    public init(code: Int, isRetriable: Bool = false, requiresAbort: Bool = false, isFatal: Bool = false) {
        self.code = code
        self.isRetriable = isRetriable
        self.requiresAbort = requiresAbort
        self.isFatal = isFatal
    }

    public init(_ code: ErrorCode) { self.init(code: Int(code.rawValue)) }

    public var description: String { nameOfError(code) }

    /// The name with what is left to do, for transactions.
    public var advice: String {
        description + (isFatal ? ", fatal" : requiresAbort ? ", abort" : isRetriable ? ", retry" : "")
    }
}

/// `notEnoughReplicas`, or the number of a code that the vocabulary lacks.
public func nameOfError(_ code: Int) -> String {
    Int16(exactly: code).flatMap(ErrorCode.init(rawValue:)).map { "\($0)" } ?? "error \(code)"
}

/// Thrown where a cluster has no such thing: the case is not applicable to it.
public struct NotApplicable: Error, Sendable {
    public var reason: String

    public init(_ reason: String) { self.reason = reason }
}
