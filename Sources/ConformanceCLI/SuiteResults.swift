import Conformance
import Foundation

/// What came of a run of the suite.
struct SuiteResults {
    struct Key: Hashable {
        let id: String
        let target: TargetName
    }

    let cases: [ConformanceCase]
    let targets: [TargetName]
    let outcomes: [Key: Outcome]

    func verdict(_ candidate: ConformanceCase, _ target: TargetName) -> Verdict? {
        outcomes[Key(id: candidate.id, target: target)]?.verdict
    }

    var hasFailure: Bool { outcomes.values.contains { $0.verdict.isFailure } }

    // MARK: For people

    /// The table; below it what fails, what differs and why, and the totals.
    func table() -> [String] {
        let areaWidth = max(4, cases.map { $0.area.rawValue.count }.max() ?? 0)
        let nameWidth = cases.map(\.name.count).max() ?? 0
        func line(_ area: String, _ name: String, _ cells: [String]) -> String {
            let marks = zip(cells, targets).map { cell, target in padded(cell, target.rawValue.count) }
            return ([padded(area, areaWidth), padded(name, nameWidth)] + marks).joined(separator: "  ")
        }
        var lines = [line("area", "case", targets.map(\.rawValue))]
        for candidate in cases {
            let marks = targets.map { verdict(candidate, $0).map(mark) ?? "" }
            lines.append(line(candidate.area.rawValue, candidate.name, marks))
        }
        lines += ["", "✓ as Kafka   ≠ differs, as explained   ✗ FAILS   – not applicable   · skipped", ""]
        return lines + failures() + differences() + reasons() + totals()
    }

    private func mark(_ verdict: Verdict) -> String {
        switch verdict {
        case .asKafka: "✓"
        case .differs: "≠"
        case .fails: "✗"
        case .notApplicable: "–"
        case .skipped: "·"
        }
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func failures() -> [String] {
        var lines: [String] = []
        for candidate in cases {
            for target in targets {
                guard case .fails(let expected, let seen) = verdict(candidate, target) else { continue }
                lines += ["FAILS on \(target): \(candidate.id)", "  \(candidate.rule)"]
                lines += expected.map { "  expected  \($0)" } + seen.map { "  seen      \($0)" } + [""]
            }
        }
        return lines
    }

    private func differences() -> [String] {
        var lines: [String] = []
        for candidate in cases {
            for target in targets {
                guard case .differs(let because) = verdict(candidate, target),
                    let difference = candidate.differences[target]
                else { continue }
                lines.append("\(target) ≠ Kafka: \(candidate.id)")
                lines += candidate.shows.map { "  Kafka  \($0)" }
                lines += difference.shows.map { "  \(padded(target.rawValue, 5))  \($0)" }
                lines += ["  because \(because)", ""]
            }
        }
        return lines
    }

    /// Why cases were left out, each reason once.
    private func reasons() -> [String] {
        var lines: [String] = []
        for target in targets {
            var counts: [String: Int] = [:]
            for candidate in cases {
                switch verdict(candidate, target) {
                case .notApplicable(let reason), .skipped(let reason): counts[reason, default: 0] += 1
                default: break
                }
            }
            for (reason, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                lines.append("\(target): \(count) left out: \(reason)")
            }
        }
        return lines.isEmpty ? [] : lines + [""]
    }

    private func totals() -> [String] {
        targets.map { target in
            let words = cases.compactMap { verdict($0, target)?.word }
            let counts = ["as Kafka", "differs", "FAILS", "not applicable", "skipped"].compactMap { word in
                let count = words.count { $0 == word }
                return count > 0 ? "\(count) \(word)" : nil
            }
            return "\(padded(target.rawValue, 7))  \(words.count) cases: \(counts.joined(separator: ", "))"
        }
    }

    // MARK: For programs

    /// As `docs/schemas/conformance-result.schema.json` says.
    func json() throws -> String {
        let document = ResultDocument(
            cases: cases.map { candidate in
                ResultDocument.Case(
                    area: candidate.area.rawValue, name: candidate.name, rule: candidate.rule,
                    shows: candidate.shows,
                    results: targets.compactMap { target in
                        outcomes[Key(id: candidate.id, target: target)].map { .init(target, $0, candidate) }
                    })
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}

private struct ResultDocument: Encodable {
    struct Case: Encodable {
        let area: String
        let name: String
        let rule: String
        let shows: [String]
        let results: [Result]
    }

    struct Result: Encodable {
        let target: String
        let verdict: String
        let reason: String?
        let shows: [String]?
        let seconds: Double

        init(_ target: TargetName, _ outcome: Outcome, _ candidate: ConformanceCase) {
            self.target = target.rawValue
            verdict = outcome.verdict.word
            seconds = (outcome.seconds * 1_000).rounded() / 1_000
            switch outcome.verdict {
            case .asKafka: (reason, shows) = (nil, nil)
            case .differs(let because): (reason, shows) = (because, candidate.differences[target]?.shows)
            case .fails(_, let seen): (reason, shows) = (nil, seen)
            case .notApplicable(let why), .skipped(let why): (reason, shows) = (why, nil)
            }
        }
    }

    let schemaVersion = 1
    let cases: [Case]
}
