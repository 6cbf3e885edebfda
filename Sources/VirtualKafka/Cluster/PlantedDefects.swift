/// Mistakes that a broker, controller or client can be told to make, so that tests can show that the model check and
/// the invariants find each of them. Nobody else sets any.
package struct PlantedDefects: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// A leader acknowledges `acks=all` as soon as it has appended the records itself.
    package static let acknowledgesBeforeReplication = PlantedDefects(rawValue: 1 << 0)
    /// A leader takes its high watermark back when a follower turns out to be behind it.
    package static let highWatermarkMovesBack = PlantedDefects(rawValue: 1 << 1)
    /// A follower goes on with the log it has, although the new leader's went another way.
    package static let keepsDivergingTail = PlantedDefects(rawValue: 1 << 2)
    /// Sequence numbers of idempotent producers are not looked at.
    package static let ignoresSequences = PlantedDefects(rawValue: 1 << 3)
    /// A coordinator takes commits from whoever sends them, of whatever generation.
    package static let acceptsZombieCommits = PlantedDefects(rawValue: 1 << 4)
    /// Consumers get what is replicated, decided or not, and are not told what was aborted.
    package static let ignoresLastStableOffset = PlantedDefects(rawValue: 1 << 5)
    /// The controller lets the first live replica lead, in sync or not.
    package static let electsOutsideInSync = PlantedDefects(rawValue: 1 << 6)
    /// Followers do not note producers' sequences, so that a new leader knows none of them.
    package static let forgetsSequencesAtFailover = PlantedDefects(rawValue: 1 << 7)
    /// A coordinator answers a commit as soon as it is in its own log.
    package static let answersCommitsBeforeReplication = PlantedDefects(rawValue: 1 << 8)
    /// A follower joins the in-sync set with its first fetch, however far it is behind.
    package static let joinsInSyncBehind = PlantedDefects(rawValue: 1 << 9)
    /// A broker that was started again keeps its place in the in-sync sets, whatever its disk has lost.
    package static let trustsRestartedBrokers = PlantedDefects(rawValue: 1 << 10)
    /// Consumers get what is not replicated yet.
    package static let readsPastHighWatermark = PlantedDefects(rawValue: 1 << 11)
    /// The first partition of a group's generation goes to two members.
    package static let assignsTwice = PlantedDefects(rawValue: 1 << 12)
}
