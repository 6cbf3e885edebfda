import Harness
import Simulation

/// What `result.json` keeps of a finding beside its runs, so that the report can be made again.
struct FindingRecord {
    var cause: Cause
    var discovery: Discovery
    var shrinking: ShrinkRecord?
    var lastSaved: Instant?
    var decided: Instant?
    var decision: String?
    var isExplained: Bool
    var sentences: [String]
    /// The line that replays the run as it was found.
    var replay: String

    /// Nil for a run of which nothing more is known.
    init?(_ source: ReportSource, replay: String) {
        guard let discovery = source.discovery, let violation = source.violation else { return nil }
        cause = Cause(of: violation, in: source.told)
        self.discovery = discovery
        shrinking = source.shrinking
        lastSaved = source.explanation?.lastSaved
        decided = source.explanation?.decided
        decision = source.explanation?.decision
        isExplained = source.explanation != nil
        sentences = source.explanation == nil ? [] : source.sentences
        self.replay = replay
    }

    /// The member `finding` of `result.json`. Moments are in nanoseconds.
    var json: JSONValue {
        let shrunk = shrinking.map { record in
            JSONValue.object([
                ("attempts", .integer(record.attempts)), ("fromCheckpoints", .integer(record.fromCheckpoints)),
                ("events", .integer(record.events)), ("isMinimal", .flag(record.isMinimal)),
                ("nanoseconds", record.time.map { .integer($0.nanoseconds) } ?? .null),
            ])
        }
        return .object([
            ("checker", .text(cause.checker)), ("faults", .array(cause.faults.map(JSONValue.text))),
            (
                "discovery",
                .object([
                    ("strategy", .text(discovery.strategy)), ("events", .integer(discovery.events)),
                    ("runs", .integer(discovery.runs)), ("occurrences", .integer(discovery.occurrences)),
                ])
            ),
            ("shrinking", shrunk ?? .null), ("lastSaved", lastSaved.map { .integer($0.nanoseconds) } ?? .null),
            ("decided", decided.map { .integer($0.nanoseconds) } ?? .null),
            ("decision", decision.map(JSONValue.text) ?? .null),
            ("sentences", .array(sentences.map(JSONValue.text))), ("replay", .text(replay)),
        ])
    }

    /// Reads what `json` has written; nil for anything else.
    init?(_ object: [String: Any]) {
        func instant(_ key: String) -> Instant? { (object[key] as? Int64).map { Instant(nanoseconds: $0) } }
        guard let checker = object["checker"] as? String, let faults = object["faults"] as? [String],
            let found = object["discovery"] as? [String: Any], let strategy = found["strategy"] as? String,
            let replay = object["replay"] as? String
        else { return nil }
        cause = Cause(checker: checker, faults: faults)
        discovery = Discovery(
            strategy: strategy, events: found["events"] as? Int ?? 0, runs: found["runs"] as? Int ?? 1,
            occurrences: found["occurrences"] as? Int ?? 1)
        if let record = object["shrinking"] as? [String: Any] {
            shrinking = ShrinkRecord(
                attempts: record["attempts"] as? Int ?? 0, fromCheckpoints: record["fromCheckpoints"] as? Int ?? 0,
                events: record["events"] as? Int ?? 0, isMinimal: record["isMinimal"] as? Bool ?? false,
                time: (record["nanoseconds"] as? Int64).map { .nanoseconds($0) })
        }
        lastSaved = instant("lastSaved")
        decided = instant("decided")
        decision = object["decision"] as? String
        isExplained = decision != nil
        sentences = object["sentences"] as? [String] ?? []
        self.replay = replay
    }

    /// The explanation, with the world that was spared, made again; nil when nobody had asked for one.
    func explanation(besides bad: RunResult) -> Explanation? {
        guard isExplained else { return nil }
        let spared = lastSaved.flatMap {
            SparedWorld(besides: bad, savedAt: $0, breaking: cause.checker, known: nil)
        }
        return Explanation(
            lastSaved: lastSaved, decided: decided, decision: decision ?? "", sentences: sentences,
            good: spared?.result)
    }
}
