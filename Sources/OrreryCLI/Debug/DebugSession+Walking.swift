import Harness
import Simulation

extension DebugSession {
    /// Goes to what a word stands for.
    mutating func go(to word: String) throws {
        if word == "end" { return travel.go(to: .max) }
        if let position = position(word) { return travel.go(to: position) }
        travel.go(to: try moment(word))
    }

    /// The step that a word stands for: `#1200`, or a mark.
    private func position(_ word: String) -> Int? {
        if word.hasPrefix("#") { return Int(word.dropFirst()) }
        return marks.first { $0.name == word }?.position
    }

    private func moment(_ word: String) throws -> Instant {
        guard let time = Duration(spelled: word) else {
            throw DebugError(
                "'\(word)' is no moment: write 1.25s or 800ms, #1200 for a step, 'end', or the name of a mark")
        }
        return .zero + time
    }

    func breakpoint(_ words: [String], _ rest: String) throws -> Breakpoint {
        switch words.first {
        case nil:
            throw DebugError(
                "where? 'break fault', 'break checker', 'break order ORD-00000001', 'break event PaymentCompleted'")
        case "fault": return .fault(words.count > 1 ? words[1] : nil)
        case "checker":
            let name = words.count > 1 ? words[1] : run.firstViolation?.checker ?? ""
            guard let violation = run.violation(of: name) else {
                throw DebugError("this run does not break '\(name)': 'verdict' lists what it breaks")
            }
            return .checker(name, violation.at)
        case "event", "order":
            guard words.count > 1 else { throw DebugError("which one?") }
            return .word(words[1])
        default: return .word(rest)
        }
    }

    /// What changed between two moments.
    mutating func difference(_ words: [String]) throws -> [String] {
        guard let last = words.last else {
            throw DebugError("to what? 'diff 1.2s', 'diff #10 #20', 'diff before after'")
        }
        let here = travel.position
        if words.count > 1 { try go(to: words[0]) }
        let before = StateLines(travel.world.view)
        try go(to: last)
        let after = StateLines(travel.world.view)
        travel.go(to: here)
        let differences = before.differences(to: after)
        guard !differences.isEmpty else { return ["nothing differs"] }
        return differences.flatMap { difference in
            [difference.name] + (difference.before.map { ["  - \($0)"] } ?? [])
                + (difference.after.map { ["  + \($0)"] } ?? [])
        }
    }

    /// The run's outcome on another way from here.
    func whatIf(_ words: [String], _ rest: String) throws -> [String] {
        switch words.first {
        case "spare": return outcome(travel.outcomeSpared(), "healed here, and spared the rest")
        case "drop":
            guard words.count == 2, let number = Int(words[1]), run.faults.indices.contains(number - 1) else {
                throw DebugError("which fault? 'faults' numbers them: 'what-if drop 1'")
            }
            let fault = run.faults[number - 1]
            guard !travel.world.faultsSoFar.contains(fault) else {
                throw DebugError("fault \(number) has struck already: go back before it")
            }
            return outcome(try travel.outcome(dropping: [fault]), "without \(fault.spelling)")
        case "add":
            let text = rest.dropFirst(3).drop(while: \.isWhitespace)
            let action: FaultAction
            do throws(InvalidScenario) { action = try FaultAction.parse(String(text), for: travel.scenario) } catch {
                throw DebugError(error.errors.map(\.description).joined(separator: "\n"))
            }
            if let moment = action.moment, moment <= travel.world.now {
                throw DebugError("\(moment) has passed: go back before it, or name a later moment")
            }
            return outcome(try travel.outcome(adding: [action]), "with \(action.spelling)")
        default: throw DebugError("what if what? 'what-if drop 1', 'what-if spare', 'what-if add kill-instance: {…}'")
        }
    }

    private func outcome(_ result: RunResult, _ change: String) -> [String] {
        let was = Set(run.violations.map(\.checker))
        let broken = result.checks.filter { $0.verdict == .violated }.map(\.name)
        var lines = ["\(change): \(result.verdict.rawValue)"]
        for name in broken { lines.append("  \(was.contains(name) ? "still breaks" : "now breaks") \(name)") }
        for name in run.checks.filter({ $0.verdict == .violated }).map(\.name) where !broken.contains(name) {
            lines.append("  \(name) holds")
        }
        return lines
    }
}
