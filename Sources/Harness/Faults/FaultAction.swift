import Services
import Simulation
import VirtualKafka

/// What is wrong with a poison record (a record that no consumer can ever process).
public enum PoisonKind: String, CaseIterable, Sendable, Codable {
    case truncatedJSON = "truncated-json"
    case wrongType = "wrong-type"
    case unknownVersion = "unknown-version"
    case unknownEvent = "unknown-event"
    case missingField = "missing-field"
    case huge
    case notUTF8 = "not-utf8"
    case empty
}

/// What a provider does wrong with one call.
public enum ProviderFate: Hashable, Sendable, Codable {
    /// Says that it cannot answer now; nothing was done.
    case unavailable
    /// Never receives the call.
    case lost
    /// Does what was asked, and its answer is lost.
    case answerLost
    /// Does what was asked, and answers late.
    case late(by: Duration)
    /// Refuses.
    case declined
    /// Answers twice.
    case answersTwice
}

/// What a store does wrong with one transaction.
public enum StoreFate: Hashable, Sendable, Codable {
    /// Fails before the commit: nothing was written.
    case failsBeforeCommit
    /// Commits, and the answer is lost.
    case failsAfterCommit
    /// Aborts at the commit, since a concurrent transaction has changed what this one read: the handlers have run, and
    /// what they wrote is gone.
    case conflict
    case slow(by: Duration)
}

/// A message on the network: the n-th, from 0, from one machine to another (`payment/1`, `broker 2`).
public struct MessagePlace: Hashable, Sendable, Codable {
    public var from: String
    public var to: String
    public var number: UInt32

    public init(from: String, to: String, number: UInt32) {
        self.from = from
        self.to = to
        self.number = number
    }
}

/// A record as it is sent: the n-th, from 1, of its key to its topic. Stays the same when other orders are left out.
public struct RecordPlace: Hashable, Sendable, Codable {
    public var topic: String
    public var key: String
    public var number: Int

    public init(topic: String, key: String, number: Int) {
        self.topic = topic
        self.key = key
        self.number = number
    }
}

/// A call to a provider: the n-th, from 1, that a service makes for a subject.
public struct CallPlace: Hashable, Sendable, Codable {
    public var service: String
    public var subject: Identifier
    public var number: Int

    public init(service: String, subject: Identifier, number: Int) {
        self.service = service
        self.subject = subject
        self.number = number
    }
}

/// A record as it is handled: the n-th time, from 1, that instances of a service are handed a record of this topic with
/// this key. A further attempt at the same record is a further time.
public struct HandlingPlace: Hashable, Sendable, Codable {
    public var service: String
    public var topic: String
    public var key: String
    public var number: Int

    public init(service: String, topic: String, key: String, number: Int) {
        self.service = service
        self.topic = topic
        self.key = key
        self.number = number
    }
}

/// One fault, said so exactly that it strikes the same way again. A failing run is a list of these.
public enum FaultAction: Hashable, Sendable, Codable {
    /// Brokers count from 1.
    case crashBroker(Int, at: Instant, for: Duration, losing: DiskLoss)
    /// Whichever broker is the controller at that moment.
    case crashController(at: Instant, for: Duration)
    /// What the broker appends takes so many times as long to be written.
    case slowDisk(Int, at: Instant, for: Duration, factor: Int)
    /// The broker's process is stopped, and goes on as if nothing had happened (SIGSTOP, SIGCONT): a zombie that may take
    /// itself for the leader.
    case pauseBroker(Int, at: Instant, for: Duration)
    /// An operator has any live replica lead a partition that nobody leads: what that one lacks is lost.
    case electUnclean(topic: String, partition: Int, at: Instant)
    /// The controller makes another replica the leader; partitions count from 0.
    case moveLeader(topic: String, partition: Int, to: Int, at: Instant)
    /// The coordinator of a service's consumer group moves to another broker.
    case moveCoordinator(service: String, at: Instant)
    /// An operator gives a topic more partitions: from then on, records of a key may go to another one.
    case addPartitions(topic: String, total: Int, at: Instant)
    /// An operator sends every letter that a dead-letter topic holds at that moment back to where it came from.
    case redriveDeadLetters(topic: String, at: Instant)
    /// Nothing gets from one group of machines to the other, nor back unless `oneWay`.
    case partition(from: [String], to: [String], at: Instant, for: Duration, oneWay: Bool)
    /// Everything from one group of machines to the other takes so much longer, and back as well unless `oneWay`.
    case slowLink(from: [String], to: [String], by: Duration, at: Instant, for: Duration, oneWay: Bool)
    /// The message is lost with its connection.
    case loseMessage(MessagePlace)
    /// A client's request arrives twice, one right behind the other.
    case duplicateMessage(MessagePlace)
    case delayMessage(MessagePlace, by: Duration)
    /// The record is sent twice, the second time after a while.
    case duplicateRecord(RecordPlace, after: Duration)
    /// The record is sent late; later ones of other keys pass it.
    case delayRecord(RecordPlace, by: Duration)
    /// The record is sent late, and what follows it in its topic and key passes it.
    case reorderRecord(RecordPlace, by: Duration)
    /// The record never reaches the log, and after a while the producer says so; with `acks=0`, it says that all is well.
    case dropRecord(RecordPlace, after: Duration)
    /// A stranger writes a record that nobody can process. `number` chooses its content.
    case poison(PoisonKind, topic: String, at: Instant, number: UInt64)
    /// The process dies before it carries out its n-th effect of the run, from 1.
    case crashInstance(String, beforeEffect: UInt64, restartAfter: Duration)
    /// The process is killed at a moment, whatever it is doing (SIGKILL), and starts again after a while.
    case killInstance(String, at: Instant, restartAfter: Duration)
    /// The process is stopped, and goes on as if nothing had happened (SIGSTOP, SIGCONT): a zombie, if its group has
    /// put it out meanwhile.
    case freezeInstance(String, at: Instant, for: Duration)
    /// The process does not poll its consumer, which goes on sending heartbeats until `max.poll.interval.ms` is over.
    case stallConsumer(String, at: Instant, for: Duration)
    /// An operator wants so many instances of a service, for a while: further ones join, or those with the highest
    /// numbers stop in an orderly way.
    case scale(service: String, to: Int, at: Instant, for: Duration)
    /// The clock of an instance's machine jumps ahead, or back if `by` is negative; in the end it jumps back to where it
    /// should be.
    case skewClock(String, by: Duration, at: Instant, for: Duration)
    /// A consumer that does nothing joins the group of a service and leaves it, again and again.
    case rebalanceStorm(service: String, at: Instant, for: Duration)
    /// A handler fails, so many times in a row from that one on.
    case failHandler(HandlingPlace, times: Int)
    /// Something happens to the n-th transaction of an instance, from 1.
    case store(String, transaction: UInt64, StoreFate)
    /// The disk of a service's store is full: no transaction can be committed.
    case fullDisk(service: String, at: Instant, for: Duration)
    case provider(CallPlace, ProviderFate)
    /// Every call in this time gets no answer and takes no effect.
    case providerOutage(service: String, at: Instant, for: Duration)
}
