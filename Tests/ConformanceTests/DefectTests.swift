import Conformance
import Testing
import VirtualKafka

/// A suite that never fails is worth nothing: something is wrong with the cluster, and the cases that are about it say so.
@Suite struct DefectTests {
    @Test(
        "A defect of a broker or controller is found",
        arguments: [
            (.acknowledgesBeforeReplication, "produce/acks=all waits for the followers, acks=1 does not"),
            (.keepsDivergingTail, "ordering/what a deposed leader took by itself is not in the log afterwards"),
            (.ignoresSequences, "idempotence/a record whose answer is lost is in the log once"),
            (.acceptsZombieCommits, "offsets/somebody outside cannot commit for a group with members"),
            (.ignoresLastStableOffset, "transactions/an open transaction holds back what was written after it"),
            (
                .electsOutsideInSync,
                "admin/without unclean election a partition waits for a replica that has everything"
            ),
            (
                .forgetsSequencesAtFailover,
                "idempotence/a retry reaches the next leader, which knows the sequence as well"
            ),
            (
                .answersCommitsBeforeReplication,
                "offsets/a commit that was answered holds, even if the coordinator is cut off from its replicas"
            ),
            (.joinsInSyncBehind, "admin/a replica is in sync when it has everything, not before"),
            (
                .trustsRestartedBrokers,
                "admin/a broker that restarts at once without its tail does not lead again before it has caught up"
            ),
            (.assignsTwice, "groups/the members of a group share the records"),
        ] as [(PlantedDefects, String)])
    func brokerDefect(_ defect: PlantedDefects, _ id: String) throws {
        let candidate = try #require(Suite.cases.first { $0.id == id })
        let planted = Virtual.Planted { $0.defects = defect }
        #expect(candidate.run(on: .virtual) { Virtual.makeCluster(planted) }.isFailure)
    }

    /// Clients that do something else than the case says, by the area that has to notice, and in how many of its cases.
    @Test(
        "A defect of a client is found",
        arguments: [
            ("acks", "0", .produce, 8),
            ("isolation.level", "read_uncommitted", .transactions, 10),
            ("auto.offset.reset", "latest", .offsets, 3),
            ("partition.assignment.strategy", "range", .rebalance, 4),
            ("retries", "0", .idempotence, 3),
            ("enable.auto.commit", "true", .offsets, 1),
        ] as [(String, String, Area, Int)])
    func clientDefect(_ property: String, _ value: String, _ area: Area, _ atLeast: Int) {
        let planted = Virtual.Planted(properties: [property: value])
        let failed = Suite.cases.filter { candidate in
            candidate.area == area && candidate.run(on: .virtual) { Virtual.makeCluster(planted) }.isFailure
        }
        #expect(failed.count >= atLeast, "\(failed.map(\.name))")
    }

    @Test("A difference that is not there any more is a failure as well")
    func differenceGone() throws {
        // On the virtual cluster, what the mock is excused for does not happen.
        let candidate = try #require(Suite.cases.first { $0.differences[.mock] != nil })
        #expect(candidate.run(on: .mock) { Virtual.makeCluster() }.isFailure)
        #expect(candidate.run(on: .virtual) { Virtual.makeCluster() } == .asKafka)
    }

    @Test("A cluster that does not start is a failure")
    func noCluster() throws {
        struct Broken: Error {}
        #expect(try #require(Suite.cases.first).run(on: .virtual) { throw Broken() }.isFailure)
    }
}
