import Foundation
import Harness
import Services
import Simulation
import Testing

@Suite("A world")
struct WorldTests {
    @Test("without faults lets every parcel through")
    func calm() throws {
        let result = try Runner.run(Scenario(system: Courier()), seed: 1)
        #expect(result.verdict == .held, "\(result.violations)")
        #expect(result.faults.isEmpty)
    }

    @Test("with every fault at once lets every parcel through", arguments: UInt64(1)...20)
    func troubled(seed: UInt64) throws {
        let result = try Runner.run(.troubledCourier(), seed: seed)
        #expect(result.verdict == .held, "\(result.violations)")
        #expect(!result.faults.isEmpty)
    }

    @Test("is the same for the same seed and another for another one")
    func deterministic() throws {
        let first = try Runner.run(.troubledCourier(), seed: 7)
        let second = try Runner.run(.troubledCourier(), seed: 7)
        let other = try Runner.run(.troubledCourier(), seed: 8)
        #expect(first.traceHash == second.traceHash)
        #expect(first.events == second.events)
        #expect(first.traceHash != other.traceHash)
    }

    @Test("runs on many threads as on one")
    func threads() async throws {
        let alone = try (UInt64(1)...6).map { try Runner.run(.troubledCourier(), seed: $0).traceHash }
        let together = try await withThrowingTaskGroup(of: (UInt64, TraceHash).self) { group in
            for seed in UInt64(1)...6 {
                group.addTask { (seed, try Runner.run(.troubledCourier(), seed: seed).traceHash) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect((UInt64(1)...6).map { together[$0] } == alone)
    }

    @Test("replays from the list of the faults that struck", arguments: UInt64(1)...10)
    func replay(seed: UInt64) throws {
        let result = try Runner.run(.troubledCourier(), seed: seed)
        let replay = try Runner.run(result.replayScenario, seed: seed)
        #expect(replay.faults == result.faults)
        #expect(replay.traceHash == result.traceHash)
    }

    @Test("does not notice a rate of zero")
    func zeroRates() throws {
        let plain = try Runner.run(Scenario(system: Courier()), seed: 3)
        var zero = Scenario(system: Courier())
        // Everything that shapes a fault is changed; only the rates stay zero.
        zero.rates.recordDelay = .seconds(1)...Duration.seconds(9)
        zero.rates.spikeDelay = .seconds(1)...Duration.seconds(9)
        zero.rates.brokersDownAtOnce = 3
        zero.rates.unflushedTailLoss = 1
        zero.rates.wipedDisks = 1
        zero.rates.slowDiskFactor = 9
        zero.rates.handlerFailures = 0
        zero.rates.freezeTime = .seconds(1)...Duration.seconds(9)
        zero.rates.slowLinkDelay = .seconds(1)...Duration.seconds(9)
        zero.rates.brokerPauseTime = .seconds(1)...Duration.seconds(9)
        zero.rates.scalingTime = .seconds(1)...Duration.seconds(9)
        zero.rates.clockSkew = .seconds(1)...Duration.seconds(9)
        zero.rates.fullDiskTime = .seconds(1)...Duration.seconds(9)
        #expect(try Runner.run(zero, seed: 3).traceHash == plain.traceHash)
    }

    @Test("with state in memory loses with a process what its service knows", arguments: StateKeeping.allCases)
    func state(keeping: StateKeeping) throws {
        var courier = Courier()
        courier.policies.state = keeping
        var scenario = Scenario(system: courier)
        scenario.rates.until = .seconds(6)
        scenario.plan = [.crashInstance("depot/1", beforeEffect: 60, restartAfter: .seconds(1))]
        var world = try World(scenario, seed: 1)
        world.run()
        #expect(world.faultsSoFar == scenario.plan)
        let stamped = world.stores[1].count(of: StampRow.self)
        #expect(keeping == .durable ? stamped == 40 : stamped > 0 && stamped < 40)
        #expect(world.stores[1].count(of: InkRow.self) == 1, "the store was prepared again")
        #expect(world.history().unsettled.isEmpty)
    }

    @Test("goes on in a fork as it would have, and the original is not touched")
    func fork() throws {
        var whole = try World(.troubledCourier(), seed: 5)
        whole.run()
        var world = try World(.troubledCourier(), seed: 5)
        world.run(until: .zero + .seconds(3))
        let (trace, stamps) = (world.trace, world.stores[1].rows(StampRow.self))
        var branch = world
        branch.run()
        #expect(branch.trace == whole.trace)
        #expect(world.trace == trace)
        #expect(world.stores[1].rows(StampRow.self) == stamps)
        world.run()
        #expect(world.trace == whole.trace)
    }
}
