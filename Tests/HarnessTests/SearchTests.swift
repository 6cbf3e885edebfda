import Services
import Simulation
import Testing

@testable import Harness

@Suite("Strategies")
struct SearchTests {
    private static func courier(_ policies: RuntimePolicies = RuntimePolicies()) -> Scenario {
        var scenario = Scenario.troubledCourier()
        scenario.system = Courier(parcels: 20, policies: policies)
        return scenario
    }

    private static var careless: RuntimePolicies {
        var policies = RuntimePolicies()
        policies.deduplication = .none
        return policies
    }

    /// The first runs of a strategy.
    private static func attempts(_ count: Int, of strategy: any Strategy) throws -> [Attempt] {
        var strategy = strategy
        return try (0..<count).compactMap { _ in try strategy.next() }
    }

    private static func strategies(_ space: SearchSpace) throws -> [any Strategy] {
        [
            SeedSearch(space), SwarmSearch(space), try CrashPointSweep(space), BranchingSearch(space),
            ScheduleSearch(space),
        ]
    }

    @Test("make the same runs for the same seed, and none that its plan does not make again", arguments: 0..<5)
    func deterministic(strategy: Int) throws {
        let space = SearchSpace(Self.courier(), seed: 11, units: 2)
        let first = try Self.attempts(12, of: Self.strategies(space)[strategy])
        let second = try Self.attempts(12, of: Self.strategies(space)[strategy])
        #expect(first.map(\.run.traceHash) == second.map(\.run.traceHash))
        #expect(first.map(\.events) == second.map(\.events))
        for attempt in first.suffix(6) {
            let again = try Runner.run(attempt.run.replayScenario, seed: attempt.run.seed)
            #expect(again.traceHash == attempt.run.traceHash)
            #expect(again.faults == attempt.run.faults)
            #expect(attempt.run.verdict == .held, "\(attempt.run.violations)")
        }
    }

    @Test("find services that do not recognise what comes twice", arguments: 1..<5)
    func findDuplicates(strategy: Int) throws {
        let space = SearchSpace(Self.courier(Self.careless), seed: 1, units: 2)
        var explorer = Explorer([try Self.strategies(space)[strategy]])
        try explorer.run { !$0.findings.isEmpty || $0.statistics.runs >= 400 }
        let finding = try #require(explorer.findings.first)
        #expect(finding.cause.checker == "stamped-once")
        #expect(explorer.ledger.unconfirmed == 0)
    }

    // MARK: Swarm

    @Test("swarm: a seed draws some of the scenario's faults, and none that it does not have")
    func swarm() throws {
        var scenario = Self.courier()
        scenario.rates.duplicateRecords = 0
        let search = SwarmSearch(SearchSpace(scenario))
        let drawn = (1...200).map { search.configuration(of: $0) }
        for knob in FaultKnob.all {
            let on = drawn.count { $0.rates[keyPath: knob.rate] > 0 }
            #expect(scenario.rates[keyPath: knob.rate] > 0 ? (60...140).contains(on) : on == 0, "\(knob.name): \(on)")
        }
        #expect(Set(drawn.map(\.system.unitsOfWork)).count > 4)
        #expect(drawn.allSatisfy { $0.rates.until <= scenario.rates.until })
        #expect(search.configuration(of: 7).rates == search.configuration(of: 7).rates)
    }

    @Test("swarm: a scenario without faults is tried with every kind")
    func swarmOfNothing() {
        let drawn = (1...40).map { SwarmSearch(SearchSpace(Scenario(system: Courier()))).configuration(of: $0) }
        #expect(drawn.contains { $0.rates.duplicateRecords > 0 })
        #expect(drawn.contains { $0.rates.brokerCrashRate > 0 })
    }

    @Test("the table of knobs has every rate of a scenario file")
    func knobs() {
        let others: Set = ["from", "until", "brokers-down-at-once", "slow-disk-factor"]
        let lengths = ["-time", "-delay", "-downtime", "clock-skew"]
        let rates = ScenarioFields.faultRates.map { String($0.path.dropFirst("faults.".count)) }.filter { name in
            !others.contains(name) && !lengths.contains { name.hasSuffix($0) }
        }
        #expect(Set(FaultKnob.all.map(\.name)) == Set(rates))
    }

    // MARK: Branching

    @Test("branching: what is added to a world is among the faults of its scenario")
    func menu() throws {
        var scenario = Self.courier()
        let all = scenario.rates
        scenario.rates = FaultRates()
        (scenario.rates.serviceCrashes, scenario.rates.duplicateRecords) = (0.01, 0.1)
        scenario.rates.until = all.until
        let attempts = try Self.attempts(40, of: BranchingSearch(SearchSpace(scenario, units: 1)))
        let kinds = Set(attempts.flatMap(\.run.faults).map(\.kind))
        #expect(kinds == ["crash-instance", "duplicate-record"])
    }

    @Test("branching: a run that branches off costs less than one from the start")
    func cheap() throws {
        let attempts = try Self.attempts(60, of: BranchingSearch(SearchSpace(Self.courier(), units: 1)))
        let saved = attempts.count { $0.events < $0.run.events }
        #expect(saved > 10)
    }

    // MARK: Schedules

    @Test("schedules: nothing but delays, and not many")
    func delays() throws {
        let attempts = try Self.attempts(30, of: ScheduleSearch(SearchSpace(Self.courier(), units: 1)))
        for attempt in attempts {
            #expect(attempt.run.faults.count <= ScheduleSearch.depth)
            #expect(Set(attempt.run.faults.map(\.kind)).isSubset(of: ["delay-message", "store"]))
        }
        #expect(attempts.contains { $0.run.faults.count == ScheduleSearch.depth })
    }
}
