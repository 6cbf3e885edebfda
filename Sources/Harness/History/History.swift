import Kafka
import Services
import Simulation
import VirtualKafka

/// What a run leaves: all that checkers may look at. A run on real Kafka leaves the same.
public struct History: Sendable {
    /// One thing that happened, and when.
    public struct Entry: Sendable {
        public var at: Instant
        public var event: Event

        public init(at: Instant, event: Event) {
            self.at = at
            self.event = event
        }
    }

    /// What can happen.
    public enum Event: Sendable {
        /// A client sent a request to a service.
        case requested(service: String, Request)
        case answered(request: UInt64, Response)
        /// A record entered a topic's log and stayed; the time is that of its append.
        case appended(TopicPartition, offset: Int64, Record)
        /// Kafka acknowledged a record of a service: it must stay.
        case acknowledged(TopicPartition, offset: Int64, by: String)
        /// A provider did something.
        case ledger(LedgerEntry)
        /// A service called a provider.
        case called(service: String, ProviderCall)
        case fault(FaultAction)
        /// An operator sent dead letters of a topic back to where they came from, and left those that do not say where
        /// that was.
        case redriven(topic: String, sent: Int, left: Int)
        /// An instance of a service started, crashed or was evicted.
        case instance(name: String, String)
        case cluster(ClusterObservation)
    }

    /// In order of time.
    public var entries: [Entry] = []
    public var topics = TopicTable()
    /// The services' stores at the end, by service.
    public var stores: [(service: String, store: ValueStore)] = []
    /// Where each group stands at the end: the committed offset, the end of the log, and the group.
    public var offsets: [(group: String, partition: TopicPartition, committed: Int64?, end: Int64)] = []
    /// What had not settled when the run ended, a sentence each; empty when everything came to rest.
    public var unsettled: [String] = []
    /// What could not be read of what the run has left, a sentence each: then what is not there proves nothing.
    public var missing: [String] = []
    /// Whether somebody has watched the brokers from inside; nobody can with brokers that are processes of their own.
    public var watchesCluster = false
    /// Cluster invariants that did not hold: when that was first seen, and a sentence.
    public var brokenInvariants: [(at: Instant, sentence: String)] = []
    public var end = Instant.zero

    public init() {}

    /// The final store of a service.
    public func store(of service: String) -> ValueStore? { stores.first { $0.service == service }?.store }
}

/// One way in which a run broke an invariant.
public struct Violation: Hashable, Sendable {
    public var checker: String
    public var at: Instant
    /// What it happened to: an order, a product, a partition.
    public var subject: String
    /// What happened, as a sentence that a reader understands without the code.
    public var message: String

    public init(checker: String, at: Instant, subject: String, message: String) {
        self.checker = checker
        self.at = at
        self.subject = subject
        self.message = message
    }
}

/// What one checker says of a run.
public struct CheckResult: Hashable, Sendable {
    /// `charged-at-most-once`.
    public var name: String
    /// The invariant, as a sentence in plain English.
    public var sentence: String
    /// How many things it looked at; with none, and no violation, it is inconclusive.
    public var samples: Int
    public var violations: [Violation]

    public init(name: String, sentence: String, samples: Int, violations: [Violation]) {
        self.name = name
        self.sentence = sentence
        self.samples = samples
        self.violations = violations
    }

    /// Held, unless something was violated or there was nothing to look at.
    public var verdict: Verdict { violations.isEmpty ? samples > 0 ? .held : .inconclusive : .violated }
}

/// What a judgement comes to.
public enum Verdict: String, Sendable {
    case held
    case violated
    /// Nothing was seen from which one could tell.
    case inconclusive
}
