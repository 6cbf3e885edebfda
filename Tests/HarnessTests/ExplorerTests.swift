import Simulation
import Testing

@testable import Harness

/// Hands out runs that somebody has made up.
private struct Scripted: Strategy {
    var name = "scripted"
    var runs: [RunResult]
    var events = 100

    mutating func next() throws -> Attempt? {
        runs.isEmpty ? nil : Attempt(run: runs.removeFirst(), events: events)
    }
}

@Suite("An explorer")
struct ExplorerTests {
    private static let crash = FaultAction.crashInstance("depot/1", beforeEffect: 60, restartAfter: .seconds(1))
    private static let kill = FaultAction.killInstance(
        "depot/1", at: .zero + .milliseconds(20), restartAfter: .seconds(1))
    private static let outage = FaultAction.providerOutage(
        service: "depot", at: .zero + .milliseconds(20), for: .seconds(1))

    /// A run that says that it broke these checkers under these faults.
    private static func run(breaking checkers: String..., faults: [FaultAction] = []) -> RunResult {
        var scenario = Scenario(system: Courier(parcels: 1))
        scenario.plan = faults
        let checks = checkers.map { checker in
            CheckResult(
                name: checker, sentence: "It holds.", samples: 1,
                violations: [Violation(checker: checker, at: .zero, subject: "x", message: "It does not hold.")])
        }
        let fine = CheckResult(name: "fine", sentence: "It holds.", samples: 1, violations: [])
        return RunResult(
            scenario: scenario, seed: 1, checks: checks + [fine], traceHash: TraceHash(), unitsOfWork: 1, events: 100,
            virtualTime: .seconds(1), faults: faults, history: History())
    }

    /// Takes every run for confirmed.
    private static func ledger() -> FindingLedger { FindingLedger(confirming: { _ in true }) }

    @Test("does not count a failure that its own plan does not make again")
    func unconfirmed() throws {
        var ledger = FindingLedger()
        try ledger.take(Self.run(breaking: "stamped-once", faults: [Self.crash]), Discovery(strategy: "seeds"))
        #expect(ledger.findings.isEmpty)
        #expect(ledger.unconfirmed == 1)
    }

    @Test("makes one finding of a thousand runs that fail for one cause")
    func grouping() throws {
        var ledger = Self.ledger()
        for _ in 0..<400 {
            try ledger.take(Self.run(breaking: "stamped-once", faults: [Self.crash]), Discovery(strategy: "seeds"))
            try ledger.take(
                Self.run(breaking: "stamped-once", faults: [Self.outage, Self.crash]), Discovery(strategy: "seeds"))
        }
        try ledger.take(Self.run(breaking: "all-stamped", faults: [Self.crash]), Discovery(strategy: "seeds"))
        try ledger.take(Self.run(breaking: "all-stamped", faults: [Self.outage]), Discovery(strategy: "seeds"))
        #expect(ledger.findings.map(\.cause.checker).prefix(1) == ["stamped-once"])
        #expect(ledger.findings[0].discovery.occurrences == 800)
        #expect(ledger.findings[0].minimal.faults.count == 1)
        #expect(ledger.findings.contains { $0.cause == Cause(checker: "all-stamped", faults: ["provider-outage"]) })
    }

    @Test("takes a kill for a crash, and all that one cause breaks for one finding")
    func families() throws {
        var ledger = Self.ledger()
        let discovery = Discovery(strategy: "seeds")
        try ledger.take(Self.run(breaking: "stamped-once", "all-stamped", faults: [Self.crash]), discovery)
        try ledger.take(Self.run(breaking: "all-stamped", faults: [Self.kill]), discovery)
        try ledger.take(Self.run(breaking: "stamped-once", faults: [Self.kill]), discovery)
        #expect(ledger.findings.count == 1)
        #expect(ledger.findings[0].discovery.occurrences == 3)
    }

    @Test("merges what was found side by side")
    func merging() throws {
        var (left, right) = (Self.ledger(), Self.ledger())
        try left.take(Self.run(breaking: "stamped-once", faults: [Self.crash]), Discovery(strategy: "seeds"))
        try right.take(Self.run(breaking: "stamped-once", faults: [Self.kill]), Discovery(strategy: "swarm"))
        try right.take(Self.run(breaking: "all-stamped", faults: [Self.outage]), Discovery(strategy: "swarm"))
        left.merge(right)
        #expect(left.findings.count == 2)
        #expect(left.findings[0].discovery.occurrences == 2)
    }

    @Test("gives each strategy as many events as the others, and stops when told to, or when all is tried")
    func turns() throws {
        let fine = Self.run()
        var explorer = Explorer([
            Scripted(name: "short", runs: Array(repeating: fine, count: 300), events: 10),
            Scripted(name: "long", runs: Array(repeating: fine, count: 300), events: 100),
        ])
        try explorer.run { $0.statistics.events >= 2_000 }
        #expect(explorer.statistics.parts.map(\.runs) == [100, 10])
        try explorer.run { _ in false }
        #expect(explorer.statistics.parts.map(\.runs) == [300, 300])
        #expect(explorer.statistics.parts.allSatisfy { $0.isExhausted } == true)
        #expect(explorer.statistics.conclusiveRuns == 600)
        #expect(try !explorer.advance())
    }

    @Test("counts faults by kind and violations by checker")
    func tallies() throws {
        var explorer = Explorer([
            Scripted(runs: [
                Self.run(breaking: "stamped-once", faults: [Self.crash, Self.outage]), Self.run(faults: [Self.crash]),
            ])
        ])
        try explorer.run { _ in false }
        #expect(explorer.statistics.faults.map(\.name) == ["crash-instance", "provider-outage"])
        #expect(explorer.statistics.faults.map(\.count) == [2, 1])
        #expect(explorer.statistics.violations.map(\.name) == ["stamped-once"])
        #expect(explorer.statistics.violatedRuns == 1)
    }
}
