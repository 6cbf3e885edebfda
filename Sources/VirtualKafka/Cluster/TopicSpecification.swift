import Simulation

/// What a topic may have of its own where brokers have a setting for all (*Topic Configs*); nil: as the brokers say.
public struct TopicConfiguration: Hashable, Sendable {
    /// `retention.ms`; negative: without limit.
    public var retention: Duration?
    /// `retention.bytes`, of each partition; -1 without limit.
    public var retentionBytes: Int64?
    /// `segment.ms`
    public var segmentTime: Duration?
    /// `segment.bytes`
    public var segmentBytes: Int64?
    /// `max.message.bytes`
    public var maxMessageBytes: Int?
    /// `unclean.leader.election.enable`
    public var isUncleanLeaderElectionEnabled: Bool?

    /// Everything as the brokers say.
    public init() {}
}

/// What holds for a topic.
struct TopicSettings: Sendable {
    var retention: Duration
    var retentionBytes: Int64
    var segments: LogSegment.Limits
    var maxMessageBytes: Int
    var isUncleanLeaderElectionEnabled: Bool
}

/// A topic to begin with, or to be created. As in CreateTopics, -1 stands for the brokers' default.
public struct TopicSpecification: Hashable, Sendable {
    public var name: String
    public var partitions: Int
    public var replicationFactor: Int
    public var minInsyncReplicas: Int
    public var configuration: TopicConfiguration

    public init(
        name: String, partitions: Int = -1, replicationFactor: Int = -1, minInsyncReplicas: Int = -1,
        configuration: TopicConfiguration = TopicConfiguration()
    ) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.minInsyncReplicas = minInsyncReplicas
        self.configuration = configuration
    }

    /// Whether the settings lie within Kafka's bounds (`LogConfig`).
    var isPossible: Bool {
        minInsyncReplicas >= 1 && (configuration.segmentBytes ?? .max) >= 14
            && (configuration.segmentTime ?? .seconds(1)) >= .milliseconds(1)
            && (configuration.maxMessageBytes ?? 0) >= 0
    }

    /// Kafka's rule for names (`Topic.validate`): 1 to 249 of the characters `a`–`z`, `A`–`Z`, `0`–`9`, `.`, `_`, `-`,
    /// and neither `.` nor `..`.
    static func isValid(name: String) -> Bool {
        guard (1...249).contains(name.utf8.count), name != ".", name != ".." else { return false }
        return name.utf8.allSatisfy { character in
            switch character {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default:
                false
            }
        }
    }

    /// Two names that become the same name of a metric, where `.` and `_` are one (`Topic.hasCollision`).
    static func collide(_ a: String, _ b: String) -> Bool {
        a != b && a.utf8.elementsEqual(b.utf8) { unified($0) == unified($1) }
    }

    private static func unified(_ character: UInt8) -> UInt8 {
        character == UInt8(ascii: ".") ? UInt8(ascii: "_") : character
    }
}
