import Harness
import Simulation
import Testing

/// Worlds whose plan is changed while they run are the worlds that were begun with the changed plan.
@Suite("An amended world")
struct AmendmentTests {
    /// The run of a seed with all its faults, as a plan.
    private func plan(seed: UInt64) throws -> Scenario { try Runner.run(.troubledCourier(), seed: seed).replayScenario }

    /// The moment of each fault of a run, in order.
    private func moments(of run: RunResult) -> [Instant] {
        run.history.entries.compactMap { if case .fault = $0.event { $0.at } else { nil } }
    }

    @Test("goes on without faults as if they had never been planned", arguments: UInt64(1)...6)
    func dropping(seed: UInt64) throws {
        let scenario = try plan(seed: seed)
        // The last third, and one in the middle.
        for dropped in [Array(scenario.plan.suffix(scenario.plan.count / 3)), [scenario.plan[scenario.plan.count / 2]]]
        {
            var world = try World(scenario, seed: seed)
            var before = world
            while !world.faultsSoFar.contains(where: dropped.contains) {
                before = world
                world.step()
            }
            world = before
            world.amend(dropping: dropped)
            world.run()
            var smaller = scenario
            smaller.plan.removeAll { dropped.contains($0) }
            #expect(world.trace == (try Runner.run(smaller, seed: seed)).traceHash)
        }
    }

    @Test("meets faults that are added as if they had been planned", arguments: UInt64(1)...6)
    func adding(seed: UInt64) throws {
        let scenario = try plan(seed: seed)
        let whole = try Runner.run(scenario, seed: seed)
        let middle = Instant.zero + .milliseconds(900)
        let late = zip(whole.faults, moments(of: whole)).filter { $0.1 > middle }.map(\.0)
        var early = scenario
        early.plan.removeAll { late.contains($0) }
        var world = try World(early, seed: seed, isOpenToFaults: true)
        world.run(until: middle)
        world.amend(adding: late)
        world.run()
        #expect(world.trace == whole.traceHash)
        #expect(world.faultsSoFar == whole.faults)
    }

    @Test("that is spared the rest meets no further fault, and is healed")
    func sparing() throws {
        var world = try World(.troubledCourier(), seed: 3)
        world.run(until: .zero + .seconds(1))
        let struck = world.faultsSoFar
        world.spareFaults()
        #expect(world.ongoingFaults.isEmpty)
        world.run()
        #expect(world.faultsSoFar == struck)
        #expect(Runner.judge(world, seed: 3).verdict == .held)
    }
}
