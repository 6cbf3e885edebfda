import Kafka
import Services
import Simulation
import VirtualKafka

/// A system that the harness can run: its services, what surrounds them, and what must hold.
///
/// A value of the conforming type is the system's own part of a scenario, its options. The harness knows nothing else
/// of what the system does.
public protocol SystemUnderTest: Sendable {
    /// The defaults.
    init()
    /// The keys of a scenario file that are the system's own, in the order in which they are documented.
    static var fields: [Field<Self>] { get }

    /// The command whose `run` replays the system's scenario files, for lines to paste; nil where there is none.
    static var program: String? { get }

    /// What holds where a scenario says nothing, when that follows from what it says elsewhere: keys of the scenario with
    /// values, none of them a key on which presets depend.
    var presets: [Preset] { get }

    /// What is wrong between the system's own keys, each of which is right by itself.
    var findings: [Objection] { get }

    /// The topics that the system needs, dead-letter topics and those of `RuntimePolicies.retryTopics` included;
    /// replication is the scenario's business.
    var topics: [(name: String, partitions: Int)] { get }
    /// The kinds of service that take part, in a fixed order.
    func services(topics: TopicTable) -> [any Service]
    /// The services that call providers.
    var callers: [String] { get }
    /// The policies that all instances run with.
    var policies: RuntimePolicies { get }
    /// Clients and providers, before the start.
    func environment(draws: Draws) -> any Environment
    /// A record of the wrong kind for a topic, as a broken producer would write it; nil when the system does not read
    /// the topic.
    func poison(_ kind: PoisonKind, for topic: String, draws: Draws, number: UInt64) -> Record?
    /// Judges a run by its history alone.
    func judge(_ history: History) -> [CheckResult]
    /// How many units of work (orders, transfers) a run of these options has; what throughput counts.
    var unitsOfWork: Int { get }
    /// The same with the first so many units of work, from 1: for a shorter story. Stretched, they come over the same
    /// time as all did. Nil for a system that cannot be made smaller.
    func with(unitsOfWork count: Int, isStretched: Bool) -> Self?
    /// The numbers of the units of work that a run has, from 1, ascending.
    var units: [Int] { get }
    /// The same with these units of work alone, each as it was when all were there: for a shorter story. Nil for a system
    /// that cannot choose among them.
    func with(units: [Int]) -> Self?
    /// Variants that are simpler in one respect each (no cancellations, one partition), the greatest simplification first:
    /// what is left when nothing of it can be had tells what a failure needs.
    var simplifications: [Self] { get }
    /// The same with a defect that a search has to find: one that finds nothing here proves nothing elsewhere. Nil for a
    /// system that has none.
    var canary: Self? { get }
}

extension SystemUnderTest {
    /// There is no command.
    public static var program: String? { nil }

    /// None.
    public var callers: [String] { [] }

    /// The defaults, which lose nothing.
    public var policies: RuntimePolicies { RuntimePolicies() }

    /// No poison.
    public func poison(_ kind: PoisonKind, for topic: String, draws: Draws, number: UInt64) -> Record? { nil }

    /// Cannot be made smaller.
    public func with(unitsOfWork count: Int, isStretched: Bool) -> Self? { nil }

    /// From 1 to the last.
    public var units: [Int] { Array(1..<(unitsOfWork + 1)) }

    /// Only the first ones can be chosen.
    public func with(units: [Int]) -> Self? {
        units.elementsEqual(1..<(units.count + 1)) ? with(unitsOfWork: units.count, isStretched: false) : nil
    }

    /// None.
    public var simplifications: [Self] { [] }

    /// None.
    public var canary: Self? { nil }
}

/// Everything outside the system: API clients and providers. A value that is told what happens and says what it does.
public protocol Environment: Sendable {
    mutating func start(at now: Instant, into output: inout EnvironmentOutput)
    mutating func receive(_ signal: EnvironmentSignal, at now: Instant, into output: inout EnvironmentOutput)
    /// What is still going on, a phrase each (`request 17 has no answer`); empty when clients want nothing more.
    var unfinished: [String] { get }
}

/// What happened to the environment.
public enum EnvironmentSignal: Sendable {
    /// A timer that it set has fired.
    case timer(UInt64)
    case response(request: UInt64, Response)
    /// No instance took the request: the connection was refused.
    case refused(request: UInt64)
    /// A call arrived at a provider. The fate is what the provider does wrong with it, if anything; `token` names this
    /// arrival in the answer.
    case call(ProviderCall, service: String, token: UInt64, fate: ProviderFate?)
}

/// What the environment does, collected.
public struct EnvironmentOutput: Sendable {
    /// Requests to a service by name; the harness balances them over its live instances.
    public var requests: [(service: String, Request)] = []
    public var timers: [(at: Instant, id: UInt64)] = []
    /// Answers to calls; nil says "not now" (an HTTP 503, a refused connection).
    public var answers: [(token: UInt64, after: Duration, body: [UInt8]?)] = []
    public var ledger: [LedgerEntry] = []

    public init() {}

    /// Makes room for the next step.
    public mutating func removeAll() {
        requests.removeAll(keepingCapacity: true)
        timers.removeAll(keepingCapacity: true)
        answers.removeAll(keepingCapacity: true)
        ledger.removeAll(keepingCapacity: true)
    }
}

/// Something that a provider did and that cannot be undone by forgetting it: money moved, a mail left.
public struct LedgerEntry: Hashable, Sendable {
    /// `charge`, `refund`, …
    public var kind: String
    /// What it was done for, an order for example.
    public var subject: Identifier
    public var idempotencyKey: UniqueID
    /// Minor units of `unit`, where something is counted.
    public var amount: Int64
    /// A currency code, for example.
    public var unit: String

    public init(kind: String, subject: Identifier, idempotencyKey: UniqueID, amount: Int64, unit: String) {
        self.kind = kind
        self.subject = subject
        self.idempotencyKey = idempotencyKey
        self.amount = amount
        self.unit = unit
    }
}
