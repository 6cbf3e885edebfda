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
    public var traceHash: TraceHash
    public var orders: Int
    public var events: Int
    public var virtualTime: Duration
    public var wallSeconds: Double
    public var violations: [Violation]
    /// Where the report is, if one was written.
    public var report: String?
    /// The line to paste that replays the run.
    public var replay: String

    /// The summary of a run of a file.
    public init(_ result: RunResult, file: String, replay: String, wallSeconds: Double, report: String? = nil) {
        scenario = result.scenario.name
        self.file = file
        seed = result.seed
        verdict = result.verdict
        traceHash = result.traceHash
        orders = result.unitsOfWork
        events = result.events
        virtualTime = result.virtualTime
        self.wallSeconds = wallSeconds
        violations = result.violations
        self.report = report
        self.replay = replay
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
            ("traceHash", .text(traceHash.description)),
            ("orders", .integer(orders)),
            ("events", .integer(events)),
            ("virtualSeconds", .real(virtualTime.seconds)),
            ("wallSeconds", .real(wallSeconds)),
            ("violations", .array(violations.map(\.json))),
            ("report", report.map(JSONValue.text) ?? .null),
            ("replay", .text(replay)),
        ])
    }
}

extension Violation {
    fileprivate var json: JSONValue {
        .object([
            ("checker", .text(checker)),
            ("at", .real((at - .zero).seconds)),
            ("order", .text(subject)),
            ("message", .text(message)),
        ])
    }
}
