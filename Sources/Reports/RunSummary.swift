import Harness
import Simulation

/// What one run came to, without its history: what a line of output, a row of a table or a JSON object says.
public struct RunSummary: Sendable {
    /// The version of the JSON object; it changes when a key changes its meaning or goes.
    public static let schemaVersion = 1

    public var scenario: String
    /// The scenario's file, as it was named.
    public var file: String
    public var seed: UInt64
    public var verdict: Verdict
    /// Nil on a live target: no run there is the same twice.
    public var traceHash: TraceHash?
    public var orders: Int
    public var events: Int
    public var virtualTime: Duration
    public var wallSeconds: Double
    public var violations: [Violation]
    /// Where the report is, if one was written.
    public var report: String?
    /// The line to paste that replays the run.
    public var replay: String
    public var target: RunTarget
    /// The faults that struck, by kind, in the order of their first ones.
    public var made: [(fault: String, count: Int)]
    public var unmade: [UnmadeFault]
    public var unmetNeeds: [String]
    public var keptStores: String?
    /// Nil for a run of a session that one machine makes alone.
    public var shard: ShardPlace?

    /// The summary of a run of a file.
    public init(_ result: RunResult, file: String, replay: String, wallSeconds: Double, report: String? = nil) {
        scenario = result.scenario.name
        self.file = file
        seed = result.seed
        verdict = result.verdict
        target = result.target
        traceHash = result.target.isLive ? nil : result.traceHash
        made = Self.kinds(of: result.faults)
        unmade = result.unmade
        unmetNeeds = result.unmetNeeds
        keptStores = result.keptStores
        orders = result.unitsOfWork
        events = result.events
        virtualTime = result.virtualTime
        self.wallSeconds = wallSeconds
        violations = result.violations
        self.report = report
        self.replay = replay
    }

    private static func kinds(of faults: [FaultAction]) -> [(fault: String, count: Int)] {
        var kinds: [(fault: String, count: Int)] = []
        for fault in faults {
            if let index = kinds.firstIndex(where: { $0.fault == fault.kind }) {
                kinds[index].count += 1
            } else {
                kinds.append((fault.kind, 1))
            }
        }
        return kinds
    }
}

extension RunSummary {
    /// The object that `--json` prints and `result.json` holds.
    package var json: JSONValue {
        .object([
            ("schemaVersion", .integer(Self.schemaVersion)),
            ("scenario", .text(scenario)),
            ("file", .text(file)),
            ("seed", .integer(seed)),
            ("verdict", .text(verdict.rawValue)),
            ("target", .text(target.rawValue)),
            ("traceHash", traceHash.map { .text($0.description) } ?? .null),
            ("orders", .integer(orders)),
            ("events", .integer(events)),
            ("virtualSeconds", .real(virtualTime.seconds)),
            ("wallSeconds", .real((wallSeconds * 1e6).rounded() / 1e6)),
            ("violations", .array(violations.map(\.json))),
            ("report", report.map(JSONValue.text) ?? .null),
            ("replay", .text(replay)),
            (
                "faultsMade",
                .array(made.map { .object([("fault", .text($0.fault)), ("count", .integer($0.count))]) })
            ),
            ("faultsNotMade", .array(unmade.map(\.json))),
            ("unmetNeeds", .array(unmetNeeds.map(JSONValue.text))),
            ("stores", keptStores.map(JSONValue.text) ?? .null),
            ("shard", shard?.json ?? .null),
        ])
    }
}

extension ShardPlace {
    fileprivate var json: JSONValue {
        .object([
            ("number", .integer(number)), ("of", .integer(of)), ("run", .integer(run)), ("runs", .integer(runs)),
            ("plan", .text(plan)),
        ])
    }
}

extension UnmadeFault {
    fileprivate var json: JSONValue {
        .object([
            ("fault", .text(fault)), ("count", count.map { .integer($0) } ?? .null), ("reason", .text(reason)),
        ])
    }
}

extension Violation {
    var json: JSONValue {
        .object([
            ("checker", .text(checker)),
            ("at", .real((at - .zero).seconds)),
            ("order", .text(subject)),
            ("message", .text(message)),
        ])
    }
}
