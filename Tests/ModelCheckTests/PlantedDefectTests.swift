import Testing
import VirtualKafka

@testable import ModelCheck

/// Each mistake that a cluster can be told to make is found, by a complaint that fits, and shrunk to a few steps.
@Suite("Planted defects are found")
struct PlantedDefectTests {
    struct Expectation: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var defect: PlantedDefects
        /// The complaint is one of these.
        var complaints: [String]
        var judges = Execution.Judges.both

        init(
            _ name: String, _ defect: PlantedDefects, _ judges: Execution.Judges = .both, _ complaints: String...
        ) {
            testDescription = name
            self.defect = defect
            self.judges = judges
            self.complaints = complaints
        }
    }

    static let expectations = [
        Expectation(
            "acknowledges before replication", .acknowledgesBeforeReplication, .both,
            "acknowledged up to and committed only up to"),
        Expectation(
            "acknowledges before replication, seen by clients alone", .acknowledgesBeforeReplication, .model,
            "an acknowledged record is lost"),
        Expectation(
            "high watermark moves back", .highWatermarkMovesBack, .both,
            "the high watermark of its leader has moved back"),
        Expectation(
            "keeps its tail after a change of the leader", .keepsDivergingTail, .both,
            "broker has something else below the high watermark"),
        Expectation(
            "ignores sequences", .ignoresSequences, .both, "an idempotent producer's records are out of order",
            "an idempotent producer's record is there twice"),
        Expectation(
            "accepts a zombie's commit", .acceptsZombieCommits, .both,
            "a commit of an older generation is acknowledged"),
        Expectation(
            "elects a leader outside of the in-sync set", .electsOutsideInSync, .both,
            "broker was elected without being in sync"),
        Expectation(
            "elects a leader outside of the in-sync set, seen by clients alone", .electsOutsideInSync, .model,
            "an acknowledged record is lost", "a partition has two owners in one generation",
            "a consumer began at an offset that was not committed"),
        Expectation(
            "forgets sequences at fail-over", .forgetsSequencesAtFailover, .both,
            "an idempotent producer's records are out of order", "an idempotent producer's record is there twice"),
        Expectation(
            "answers commits before replication", .answersCommitsBeforeReplication, .both,
            "a consumer began at an offset that was not committed", "an acknowledged commit is lost"),
        Expectation(
            "joins the in-sync set too early", .joinsInSyncBehind, .both,
            "in-sync broker ends at below the high watermark"),
        Expectation(
            "trusts brokers that were restarted", .trustsRestartedBrokers, .both,
            "the high watermark of its leader has moved back",
            "committed up to in epoch and the log of its leader has not all of it"),
        Expectation(
            "reads past the high watermark", .readsPastHighWatermark, .both,
            "a consumer read something else than the log holds"),
        Expectation(
            "assigns a partition twice", .assignsTwice, .both, "a partition has two owners in one generation"),
    ]

    /// A fraction of the thousand that are allowed.
    static let programs: ClosedRange<UInt64> = 1...150

    @Test("A planted defect", arguments: expectations)
    func isFound(_ expectation: Expectation) throws {
        let found = Self.programs.lazy.compactMap { seed in
            Counterexample.search(seed: seed, defects: expectation.defect, judges: expectation.judges).counterexample
        }.first
        let counterexample = try #require(found, "nothing found within \(Self.programs.count) programs")
        let sentence = counterexample.violation.sentence
        #expect(expectation.complaints.contains(counterexample.violation.kind), "\(sentence)")
        let short = counterexample.shrunk(defects: expectation.defect, judges: expectation.judges)
        #expect(short.program.steps.count <= 12, "\(short.program)")
        #expect(short.violation.kind == counterexample.violation.kind)
        #expect(Execution.run(short.program).violation == nil, "\(short.program)")
    }
}
