import Services
import Simulation
import Testing

@testable import Harness

@Suite("A sweep of crash points")
struct CrashPointTests {
    private static func space(
        parcels: Int = 1, publishing: Publishing = .outbox, share: (index: Int, count: Int) = (0, 1)
    ) -> SearchSpace {
        var courier = Courier(parcels: parcels)
        courier.policies.publishing = publishing
        return SearchSpace(Scenario(system: courier), seed: 3, units: parcels, share: share)
    }

    /// Everything that the sweep of one seed does.
    private static func sweep(_ space: SearchSpace) throws -> (result: SweepResult, attempts: [Attempt]) {
        var options = CrashPointSweep.Options()
        options.seeds = 1
        var sweep = try CrashPointSweep(space, options)
        var attempts: [Attempt] = []
        while let attempt = try sweep.next() { attempts.append(attempt) }
        return (sweep.result, attempts)
    }

    @Test("knows every effect of every instance")
    func complete() throws {
        let scenario = Self.space().quietScenario(units: 1)
        let (points, end) = World.crashPoints(of: try World(scenario, seed: 3, isOpenToFaults: true))
        let found = points.compactMap { point in
            if case .beforeEffect(let number) = point.place { "\(point.instance) \(number)" } else { nil }
        }
        let all = end.instanceNames.flatMap { name in
            (0..<end.effectCount(of: name)).map { "\(name) \($0 + 1)" }
        }
        #expect(found.count == all.count)
        #expect(Set(found) == Set(all))
        #expect(points.contains { !$0.isEffectBoundary })
    }

    @Test("makes by forks what runs from the start would make")
    func bruteForce() throws {
        let (result, attempts) = try Self.sweep(Self.space())
        #expect(result.tried == result.points)
        #expect(result.failingCount == 0)
        // The first attempt is the run without crashes.
        #expect(attempts.count == result.points + 1)
        #expect(attempts[0].run.faults.isEmpty)
        for attempt in attempts.dropFirst().enumerated().filter({ $0.offset % 7 == 0 }).map(\.element) {
            #expect(attempt.run.faults.count == 1)
            let again = try Runner.run(attempt.run.replayScenario, seed: 3)
            #expect(again.traceHash == attempt.run.traceHash)
        }
    }

    @Test("fails with dual writes exactly where a crash comes between store and broker")
    func dualWrites() throws {
        let space = Self.space(publishing: .dualWrite)
        let world = try World(space.quietScenario(units: 1), seed: 3, isOpenToFaults: true)
        let between = World.crashPoints(of: world).points.filter { $0.unacknowledged > 0 }
        let (result, _) = try Self.sweep(space)
        #expect(!between.isEmpty)
        #expect(Set(result.failing.map(\.point)) == Set(between))
    }

    @Test("is done by shares that have nothing in common")
    func shares() throws {
        let whole = try Self.sweep(Self.space(publishing: .dualWrite)).result
        var merged = try Self.sweep(Self.space(publishing: .dualWrite, share: (0, 3))).result
        for index in 1..<3 {
            merged.merge(try Self.sweep(Self.space(publishing: .dualWrite, share: (index, 3))).result)
        }
        #expect(merged.tried == whole.tried)
        #expect(merged.points == whole.points)
        #expect(Set(merged.failing.map(\.point)) == Set(whole.failing.map(\.point)))
    }

    @Test("goes on with pairs, each of which is a plan of its own")
    func pairs() throws {
        var options = CrashPointSweep.Options()
        options.seeds = 1
        options.pairs = 10
        var sweep = try CrashPointSweep(Self.space(), options)
        var last: [Attempt] = []
        while let attempt = try sweep.next() { last = (last + [attempt]).suffix(10) }
        #expect(sweep.result.triedPairs == 10)
        #expect(sweep.result.pairs > 100)
        #expect(last.contains { $0.run.faults.count == 2 })
        for attempt in last {
            #expect(attempt.run.verdict == .held, "\(attempt.run.violations)")
            let again = try Runner.run(attempt.run.replayScenario, seed: 3)
            #expect(again.traceHash == attempt.run.traceHash)
        }
    }
}
