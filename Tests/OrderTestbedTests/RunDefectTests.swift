import Simulation
import Testing

@testable import Harness
@testable import OrderTestbed
@testable import VirtualKafka

/// Each checker sees what it is there for when a system is run, and is silent when the correct one runs.
@Suite struct RunDefectTests {
    @Test(arguments: RunDefect.all) func `a defective system is found out, and the correct one is not`(
        _ defect: RunDefect
    ) throws {
        for seed in RunDefect.seeds {
            let silent = try Runner.run(defect.correct, seed: seed)
            for violation in silent.violations { Issue.record("seed \(seed), nothing wrong: \(violation)") }
            // Silent because all is well, not because there was nothing to look at.
            #expect(silent.checks.first { $0.name == defect.checker }?.verdict == .held)
            let result = try Runner.run(defect.defective, seed: seed)
            if result.checks.contains(where: { $0.name == defect.checker && $0.verdict == .violated }) { return }
        }
        Issue.record("not found with any of the seeds \(RunDefect.seeds)")
    }

    @Test func `every checker has a defect that is run, or a reason why there is none`() {
        for checker in Checker.all {
            let isRun = RunDefect.all.contains { $0.checker == checker.name }
            let isExcused = RunDefect.unprovoked.contains { $0.checker == checker.name }
            #expect(isRun != isExcused, "\(checker.name)")
        }
    }
}

/// What only a broken broker can do, done to the brokers of a run that has ended.
@Suite struct ClusterDefectTests {
    private func violated(_ spoil: (inout VirtualCluster) -> Void) throws -> [String] {
        var world = try World(RunDefect.all[0].correct, seed: 1)
        world.run()
        spoil(&world.cluster)
        return Runner.judge(world, seed: 1).checks.filter { $0.verdict == .violated }.map(\.name)
    }

    @Test func `brokers that were left alone are sound`() throws { #expect(try violated { _ in }.isEmpty) }

    @Test func `a second leader is found`() throws {
        let names = try violated { cluster in
            for broker in cluster.brokers.indices { cluster.brokers[broker].replicas[0].isLeader = true }
        }
        #expect(names == ["cluster-invariants"])
    }
}
