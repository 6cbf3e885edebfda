import Harness
import Simulation

extension ExploreSummary {
    /// The version of the JSON object; it changes when a key changes its meaning or goes.
    static let schemaVersion = 1

    /// The object that `--json` prints (docs/schemas/explore-result.schema.json).
    var json: JSONValue {
        let statistics = state.statistics
        return .object([
            ("schemaVersion", .integer(Self.schemaVersion)),
            ("verdict", .text(verdict.rawValue)),
            ("ending", .text(ending.rawValue)),
            ("scenarios", .array(plan.scenarios.map { .text($0.file) })),
            ("seed", .integer(plan.seed)),
            ("jobs", .integer(plan.jobs)),
            ("wallSeconds", .real((seconds * 1e3).rounded() / 1e3)),
            ("runs", .integer(statistics.runs)),
            ("events", .integer(statistics.events)),
            ("states", .integer(statistics.states)),
            ("violatedRuns", .integer(statistics.violatedRuns)),
            ("unconfirmed", .integer(state.unconfirmed)),
            ("strategies", .array(statistics.parts.map(\.json))),
            ("faults", Self.json(statistics.faults, "fault", "count")),
            ("violations", Self.json(statistics.violations, "checker", "runs")),
            ("crashPoints", .array(state.sweeps.map(\.json))),
            ("findings", .array(state.findings.map(\.json))),
            ("canary", canary?.json ?? .null),
        ])
    }

    private static func json(_ tally: SearchStatistics.Tally, _ name: String, _ count: String) -> JSONValue {
        .array(tally.map { .object([(name, .text($0.name)), (count, .integer($0.count))]) })
    }
}

extension SearchStatistics.Part {
    fileprivate var json: JSONValue {
        .object([
            ("strategy", .text(strategy)), ("runs", .integer(runs)), ("events", .integer(events)),
            ("states", .integer(states)), ("violatedRuns", .integer(violatedRuns)), ("findings", .integer(findings)),
            ("progress", .text(progress)), ("exhausted", .flag(isExhausted)),
        ])
    }
}

extension ExploreSession.Canary {
    fileprivate var json: JSONValue {
        .object([("found", .flag(wasFound)), ("runs", .integer(runs)), ("events", .integer(events))])
    }
}

extension FoundFailure {
    fileprivate var json: JSONValue {
        .object([
            ("checker", .text(finding.cause.checker)),
            ("cause", .array(finding.cause.faults.map(JSONValue.text))),
            ("file", .text(file)),
            ("seed", .integer(finding.minimal.seed)),
            ("subject", .text(finding.violation.subject)),
            ("message", .text(finding.violation.message)),
            ("orders", .integer(finding.minimal.unitsOfWork)),
            ("faults", .array(finding.minimal.faults.map(\.json))),
            ("strategy", .text(finding.discovery.strategy)),
            ("foundAfterRuns", .integer(finding.discovery.runs)),
            ("foundAfterEvents", .integer(finding.discovery.events)),
            ("occurrences", .integer(finding.discovery.occurrences)),
            ("minimal", finding.shrinking.map { .flag($0.isMinimal) } ?? .null),
            ("report", report.map(JSONValue.text) ?? .null),
            ("replay", .text(replay)),
        ])
    }
}

extension SweepResult {
    fileprivate var json: JSONValue {
        .object([
            ("scenario", .text(scenario)), ("firstSeed", .integer(firstSeed)), ("seeds", .integer(seeds)),
            ("points", .integer(points)), ("tried", .integer(tried)), ("pairs", .integer(pairs)),
            ("failingPoints", .integer(failingCount)), ("triedPairs", .integer(triedPairs)),
            ("failingPairs", .integer(failingPairs)),
            ("failing", .array(failing.map { $0.point.json(broken: $0.violation) })),
        ])
    }
}

extension CrashPoint {
    fileprivate func json(broken violation: Violation) -> JSONValue {
        let place: String
        let number: UInt64
        switch self.place {
        case .beforeEffect(let effect): (place, number) = ("before-effect", effect)
        case .beforeCommit(let transaction): (place, number) = ("before-commit", transaction)
        case .afterCommit(let transaction): (place, number) = ("after-commit", transaction)
        }
        return .object([
            ("instance", .text(instance)), ("place", .text(place)), ("number", .integer(number)),
            ("at", .real((at - Instant.zero).seconds)), ("previous", .text(previous)),
            ("next", next.map(JSONValue.text) ?? .null), ("unacknowledged", .integer(unacknowledged)),
            ("checker", .text(violation.checker)),
        ])
    }
}
