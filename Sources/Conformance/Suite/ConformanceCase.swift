/// Where the suite runs.
public enum TargetName: String, CaseIterable, Sendable {
    /// The virtual cluster and its clients.
    case virtual
    /// librdkafka against its own mock cluster, in another process.
    case mock
    /// librdkafka against real Kafka.
    case kafka
}

/// Part of the suite.
public enum Area: String, CaseIterable, Sendable {
    case produce
    case idempotence
    case fetch
    case offsets
    case groups
    case rebalance
    case transactions
    case admin
    case errors
    case ordering
}

/// How a target is known to differ from Kafka in a case, and what it shows instead.
public struct Difference: Sendable {
    public var shows: [String]
    public var because: String

    public init(shows: [String], because: String) {
        self.shows = shows
        self.because = because
    }
}

/// A small client program, and what an application sees when it runs against Kafka.
public struct ConformanceCase: Sendable {
    public let area: Area
    public let name: String
    /// What Kafka does, and where that is written.
    public let rule: String
    public let needs: [Ability]
    /// Line by line, what the program notes on Kafka.
    public let shows: [String]
    public let differences: [TargetName: Difference]
    /// Where it cannot run, and why.
    public let exclusions: [TargetName: String]
    let body: @Sendable (Lab) throws -> Void

    init(
        _ area: Area, _ name: String, _ rule: String, needs: [Ability] = [],
        notOn exclusions: [TargetName: String] = [:], shows: [String], differs: [TargetName: Difference] = [:],
        body: @escaping @Sendable (Lab) throws -> Void
    ) {
        self.area = area
        self.name = name
        self.rule = rule
        self.needs = needs
        self.shows = shows
        differences = differs
        self.exclusions = exclusions
        self.body = body
    }

    /// As `--case` names it.
    public var id: String { "\(area.rawValue)/\(name)" }
}
