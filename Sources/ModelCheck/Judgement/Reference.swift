import Kafka
import Simulation
import VirtualKafka

/// The reference model: what was sent, promised, received and committed, as plain lists.
struct Reference: Sendable {
    /// By tag, which is also the record's value.
    var messages: [Message] = []
    /// By client, whether one of its messages has failed. After that a producer may have to send some of the others a
    /// second time under a new epoch (librdkafka without `enable.gapless.guarantee`).
    var hasFailed: [Bool] = []
    var transactions: [Transaction] = []
    var readings: [Reading] = []
    /// Calls of commit, by tag.
    var commits: [Commit] = []
    /// By group.
    var groups: [GroupHistory] = []
    /// Somebody has begun to delete their records: each replica's log may begin somewhere else for a while, and a
    /// committed offset may be out of range.
    var trimmed: [TopicPartition] = []
    var findings: [Finding] = []
}

extension Reference {
    /// A record that an application has handed to a producer.
    struct Message: Sendable {
        enum Fate: Sendable {
            case open
            case delivered(TopicPartition, offset: Int64)
            case failed
        }

        var client: ClientID
        var topic: Int
        var acks: ClientProperties.Acks
        var isIdempotent: Bool
        /// Which one it belongs to.
        var transaction: Int?
        var fate = Fate.open
    }

    /// What a consumer has received of a partition from one assignment, or one seek, to the next.
    struct Reading: Sendable {
        var client: ClientID
        var group: Int
        var partition: TopicPartition
        var isolation: IsolationLevel
        /// In which the consumer got the partition.
        var generation: Int32
        /// The last of the group's commits of this partition that was acknowledged when it began.
        var knownCommit: Int?
        /// Whether what the group has committed decides where it begins.
        var beginsAtCommitted: Bool
        /// How often its consumer had been told that a position was out of range.
        var rangeErrors: Int32
        var isOpen = true
        /// The group has gone on without the consumer: what it has done with the records, it may still commit.
        var isLost = false
        /// In order; the record's tag, nil for one without a sensible value.
        var records: [(offset: Int64, tag: Int?)] = []
        /// What the application has committed of it.
        var committed: Int64 = -1
    }

    /// One offset of one call of commit.
    struct Commit: Sendable {
        enum State: Sendable {
            case open
            case acknowledged
            /// It may have taken effect all the same: an earlier attempt may have, whose answer was lost.
            case failed
        }

        var group: Int
        var client: ClientID
        var partition: TopicPartition
        var offset: Int64
        var state = State.open
        /// Called in a generation that had a successor by then.
        var isZombie: Bool
    }

    /// What is known of a consumer group.
    struct GroupHistory: Sendable {
        var name: String
        /// The newest generation in which somebody has got an assignment: it is in the log of the groups.
        var generation: Int32 = -1
        /// Who owns what in it.
        var owners: [(partition: TopicPartition, client: ClientID)] = []
        /// Whether members commit in the background, of which nobody is told.
        var commitsInBackground: Bool
    }
}

extension Reference {
    /// A record's value: its tag in eight bytes.
    static func value(of tag: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: tag >> (8 * (7 - $0))) } }

    func tag(of record: Record) -> Int? {
        guard let value = record.value, value.count == 8 else { return nil }
        let tag = value.reduce(0) { $0 << 8 | Int($1) }
        return messages.indices.contains(tag) ? tag : nil
    }

    /// The reading that a consumer is engaged in.
    func openReading(of client: ClientID, _ partition: TopicPartition) -> Int? {
        readings.lastIndex { $0.isOpen && $0.client == client && $0.partition == partition }
    }

    /// A consumer goes on from where `auto.offset.reset` says.
    mutating func beginAnew(_ index: Int, _ rangeErrors: Int32) -> Int {
        var next = readings[index]
        readings[index].isOpen = false
        next.records = []
        next.beginsAtCommitted = false
        next.rangeErrors = rangeErrors
        readings.append(next)
        return readings.count - 1
    }

    mutating func endReadings(
        of client: ClientID, areLost: Bool = false, where isMeant: (TopicPartition) -> Bool = { _ in true }
    ) {
        for index in readings.indices
        where readings[index].isOpen && readings[index].client == client && isMeant(readings[index].partition) {
            readings[index].isOpen = false
            readings[index].isLost = areLost
        }
    }

    /// The last acknowledged commit of a group for a partition. Calls take effect in their order: of one consumer, because
    /// it sends one at a time; of several, because those of an older generation are refused.
    func lastAcknowledgedCommit(of group: Int, _ partition: TopicPartition) -> Int? {
        commits.lastIndex { $0.group == group && $0.partition == partition && $0.state == .acknowledged }
    }

    /// The offsets that a group may find as committed, when one commit is the last that it must know: that one and all
    /// later ones, unless they come from an older generation. One that has failed may have taken effect.
    func possibleCommits(of group: Int, _ partition: TopicPartition, since last: Int?) -> [Int64] {
        commits[(last ?? 0)...].filter { $0.group == group && $0.partition == partition && !$0.isZombie }.map(\.offset)
    }

    /// Whether a group may find an offset as its committed one.
    func mayFind(_ offset: Int64, in partition: TopicPartition, of group: Int, since last: Int?) -> Bool {
        possibleCommits(of: group, partition, since: last).contains(offset)
    }
}
