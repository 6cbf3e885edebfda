import Services
import Simulation
import VirtualKafka

/// The values that fault actions are spelled with; every action takes some of them.
struct FaultParameters: Sendable {
    /// `ProviderFate` without the delay.
    enum ProviderFateName: String, CaseIterable, Sendable {
        case unavailable
        case lost
        case answerLost = "answer-lost"
        case late
        case declined
        case answersTwice = "answers-twice"
    }

    /// `StoreFate` without the delay.
    enum StoreFateName: String, CaseIterable, Sendable {
        case failsBeforeCommit = "fails-before-commit"
        case failsAfterCommit = "fails-after-commit"
        case conflict
        case slow
    }

    var at = Instant.zero
    /// `for`, `by`, `after` or `restart-after`, whichever an action has.
    var time = Duration.seconds(1)
    /// `by`, where an action has a `for` as well.
    var amount = Duration.seconds(1)
    var isBehind = false
    /// How many instances.
    var count = 2
    var broker = 1
    var loss = DiskLoss.nothing
    var factor = 2_000
    /// From 0.
    var partition = 0
    var fromMachines: [String] = []
    var toMachines: [String] = []
    var isOneWay = false
    var from = ""
    var to = ""
    var message: UInt32 = 0
    var topic = ""
    var key = ""
    /// Counts records, calls, transactions or effects, from 1; of poison it chooses the content.
    var number: UInt64 = 1
    var times = 1
    var poison = PoisonKind.truncatedJSON
    var instance = ""
    var service = ""
    var subject = Identifier(literal: "-")
    var providerFate = ProviderFateName.unavailable
    var storeFate = StoreFateName.failsBeforeCommit
}

extension FaultParameters.ProviderFateName {
    init(_ fate: ProviderFate) {
        self =
            switch fate {
            case .unavailable: .unavailable
            case .lost: .lost
            case .answerLost: .answerLost
            case .late: .late
            case .declined: .declined
            case .answersTwice: .answersTwice
            }
    }

    func fate(by delay: Duration) -> ProviderFate {
        switch self {
        case .unavailable: .unavailable
        case .lost: .lost
        case .answerLost: .answerLost
        case .late: .late(by: delay)
        case .declined: .declined
        case .answersTwice: .answersTwice
        }
    }
}

extension FaultParameters.StoreFateName {
    init(_ fate: StoreFate) {
        self =
            switch fate {
            case .failsBeforeCommit: .failsBeforeCommit
            case .failsAfterCommit: .failsAfterCommit
            case .conflict: .conflict
            case .slow: .slow
            }
    }

    func fate(by delay: Duration) -> StoreFate {
        switch self {
        case .failsBeforeCommit: .failsBeforeCommit
        case .failsAfterCommit: .failsAfterCommit
        case .conflict: .conflict
        case .slow: .slow(by: delay)
        }
    }
}

extension FaultParameters {
    /// The parameter's name, values and meaning, for the table of actions.
    typealias Parameter = Field<FaultParameters>

    static let at = Parameter("at", \.at, .instant, "The moment, as the time since the beginning of the run.")
    static let duration = time("for", "How long it lasts.")
    static let broker = Parameter.integer("broker", \.broker, in: 1...9, "The broker's number, from 1.")
    static let loss = Parameter.choice("losing", \.loss, "What the disk loses.")
    static let factor = Parameter.integer(
        "factor", \.factor, in: 1...1_000_000, "How many times as long an append takes.")
    static let partition = Parameter.integer("partition", \.partition, in: 0...9_999, "The partition, from 0.")
    static let total = Parameter.integer("total", \.partition, in: 1...1_000, "How many partitions there are then.")
    static let target = Parameter.integer("to", \.broker, in: 1...9, "The broker that leads from then on, from 1.")
    static let fromMachines = Parameter(
        "from", \.fromMachines, .list(of: .text(machine), "a list of machines", isEmptyAllowed: false),
        "The machines on one side: `broker 2`, `payment/1`, `client`, `provider`.")
    static let toMachines = Parameter(
        "to", \.toMachines, .list(of: .text(machine), "a list of machines", isEmptyAllowed: false),
        "The machines on the other side.")
    static let oneWay = Parameter.flag("one-way", \.isOneWay, "Whether messages of the other direction get through.")
    static let amount = Parameter("by", \.amount, .duration(in: .zero...longestDuration), "How much longer it takes.")
    static let clockError = Parameter("by", \.amount, .duration(in: .zero...longestDuration), "How wrong the clock is.")
    static let behind = Parameter.flag("behind", \.isBehind, "Whether the clock is behind, and not ahead.")
    static let count = Parameter.integer("to", \.count, in: 0...64, "How many instances are wanted.")
    static let scaled = Parameter("service", \.service, .text("a service"), "The service that is scaled.")
    static let owner = Parameter("service", \.service, .text("a service"), "The service whose store it is.")
    static let from = Parameter("from", \.from, .text(machine), "The sender: `broker 2`, `payment/1`.")
    static let to = Parameter("to", \.to, .text(machine), "The receiver.")
    static let message = Parameter(
        "number", .integer(in: 0...Int(UInt32.max)), "Which message from the one to the other, from 0.",
        get: { Int($0.message) }, set: { $0.message = UInt32($1) })
    static let topic = Parameter("topic", \.topic, .text("a topic"), "The topic.")
    static let key = Parameter("key", \.key, .text("a record key"), "The record's key.")
    static let poison = Parameter.choice("kind", \.poison, "What is wrong with the record.")
    static let instance = Parameter(
        "instance", \.instance, .text("an instance, such as payment/1"), "The instance: `payment/1`.")
    static let service = Parameter("service", \.service, .text("a service"), "The service that calls the provider.")
    static let group = Parameter("service", \.service, .text("a service"), "The service whose group it is.")
    static let subject = Parameter(
        "subject", \.subject, .identifier, "What the call is made for, an order for example.")
    static let reader = Parameter("service", \.service, .text("a service"), "The service whose handler it is.")
    static let times = Parameter.integer("times", \.times, in: 1...1_000, "How many times in a row.")
    static let providerFate = Parameter.choice("fate", \.providerFate, "What the provider does wrong.")
    static let storeFate = Parameter.choice("fate", \.storeFate, "What the store does wrong.")

    /// A length of time under the name that fits the action.
    static func time(_ name: String, _ documentation: String) -> Parameter {
        Parameter(name, \.time, .duration(in: .zero...longestDuration), documentation)
    }

    /// A count under the name that fits the action.
    static func number(_ name: String, _ documentation: String) -> Parameter {
        Parameter(name, \.number, .unsigned, documentation)
    }

    /// A count that the harness keeps as an `Int`.
    static func ordinal(_ name: String, _ documentation: String) -> Parameter {
        Parameter(
            name, .integer(in: 1...Int.max), documentation, get: { Int($0.number) }, set: { $0.number = UInt64($1) })
    }

    private static let machine = "a machine, such as payment/1 or broker 2"
}
