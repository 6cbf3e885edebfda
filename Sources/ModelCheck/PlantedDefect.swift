import VirtualKafka

/// A mistake that a cluster can be told to make, and what is said when it is found.
package struct PlantedDefect: Sendable, CustomStringConvertible {
    package let name: String
    package let defect: PlantedDefects
    package let judges: Execution.Judges
    /// The kind of violation is one of these.
    package let complaints: [String]

    package var description: String { name }

    private init(
        _ name: String, _ defect: PlantedDefects, _ judges: Execution.Judges = .both, complaints: String...
    ) {
        self.name = name
        self.defect = defect
        self.judges = judges
        self.complaints = complaints
    }

    /// The first of the given seeds whose program brings the defect to light.
    package func search(seeds: ClosedRange<UInt64>) -> Counterexample? {
        seeds.lazy.compactMap { Counterexample.search(seed: $0, defects: defect, judges: judges).counterexample }.first
    }

    /// All that there are.
    package static let all = [
        PlantedDefect(
            "acknowledges before replication", .acknowledgesBeforeReplication,
            complaints: "acknowledged up to and committed only up to"),
        PlantedDefect(
            "acknowledges before replication, seen by clients alone", .acknowledgesBeforeReplication, .model,
            complaints: "an acknowledged record is lost"),
        PlantedDefect(
            "moves the high watermark back", .highWatermarkMovesBack,
            complaints: "the high watermark of its leader has moved back"),
        PlantedDefect(
            "keeps its tail after a change of the leader", .keepsDivergingTail,
            complaints: "broker has something else below the high watermark"),
        PlantedDefect(
            "ignores sequences", .ignoresSequences,
            complaints: "an idempotent producer's records are out of order",
            "an idempotent producer's record is there twice"),
        PlantedDefect(
            "accepts a zombie's commit", .acceptsZombieCommits,
            complaints: "a commit of an older generation is acknowledged", "group a commit of generation was taken in"),
        PlantedDefect(
            "accepts a zombie's commit, seen by clients alone", .acceptsZombieCommits, .model,
            complaints: "a commit of an older generation is acknowledged",
            "a consumer began at an offset that was not committed"),
        PlantedDefect(
            "elects a leader outside of the in-sync set", .electsOutsideInSync,
            complaints: "broker was elected without being in sync"),
        PlantedDefect(
            "elects a leader outside of the in-sync set, seen by clients alone", .electsOutsideInSync, .model,
            complaints: "an acknowledged record is lost", "a partition has two owners in one generation",
            "a consumer began at an offset that was not committed", "an acknowledged commit is lost",
            "a consumer read something else than the log holds", "a record is not where its report says",
            "the cluster does not come to rest"),
        PlantedDefect(
            "forgets sequences at fail-over", .forgetsSequencesAtFailover,
            complaints: "an idempotent producer's records are out of order",
            "an idempotent producer's record is there twice"),
        PlantedDefect(
            "answers commits before replication", .answersCommitsBeforeReplication,
            complaints: "a consumer began at an offset that was not committed",
            "group committed offset of moved back from to within a generation",
            "group the commit of for was acknowledged, and is not in the log of its coordinator"),
        PlantedDefect(
            "joins the in-sync set too early", .joinsInSyncBehind,
            complaints: "in-sync broker ends at below the high watermark"),
        PlantedDefect(
            "trusts brokers that were restarted", .trustsRestartedBrokers,
            complaints: "the high watermark of its leader has moved back",
            "committed up to in epoch and the log of its leader has not all of it", "two brokers have led in epoch"),
        PlantedDefect(
            "reads past the high watermark", .readsPastHighWatermark,
            complaints: "a consumer read something else than the log holds"),
        PlantedDefect(
            "ignores the last stable offset", .ignoresLastStableOffset,
            complaints: "a consumer read something else than the log holds"),
        PlantedDefect(
            "assigns a partition twice", .assignsTwice,
            complaints: "a partition has two owners in one generation", "group is assigned twice in generation"),
    ]
}
