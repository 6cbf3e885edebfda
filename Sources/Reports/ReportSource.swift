import Harness
import Simulation

/// What a report is made of: a finding, or one run of which nothing more is known.
struct ReportSource {
    /// The run as it was found.
    var found: RunResult
    /// The shortest run, which is told; the same where nothing was shrunk.
    var told: RunResult
    /// Nil for a run that broke nothing.
    var violation: Violation?
    var discovery: Discovery?
    var shrinking: ShrinkRecord?
    var explanation: Explanation?
    /// The story, a sentence each, where more is known than the history tells.
    private var narrative: [String] = []

    init(_ finding: Finding) {
        found = finding.found
        told = finding.minimal
        violation = finding.violation
        discovery = finding.discovery
        shrinking = finding.shrinking
        explanation = finding.explanation
        let told = finding.explanation?.sentences ?? []
        // A run that nobody has shrunk has too many faults for it.
        narrative = !told.isEmpty ? told : finding.shrinking == nil ? [] : Narrative(finding).sentences
    }

    /// The violation that is told is the earliest, since what follows may only be a consequence, of those whose subject
    /// has a story; among those of one checker, when its story is wanted.
    init(_ result: RunResult, telling checker: String? = nil) {
        found = result
        told = result
        let wanted = result.violations.filter { $0.checker == checker }
        let order = (wanted.isEmpty ? result.violations : wanted).enumerated().sorted {
            ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
        }
        let earliest = order.prefix(20).map(\.element)
        violation =
            earliest.first { Story(of: $0, in: result.history).steps.contains(where: \.isOwn) } ?? earliest.first
    }

    /// Whether there is a shorter run than the one that was found.
    var isShrunk: Bool { shrinking != nil }

    /// What the invariant says that broke.
    var invariant: String? {
        told.checks.first { check in check.violations.contains { $0 == violation } }?.sentence
            ?? told.checks.first { $0.name == violation?.checker }?.sentence
    }

    /// The moment around which a picture is drawn: where the outcome was decided, if somebody knows; else the last fault
    /// before the violation that struck its subject; else the violation.
    var moment: Instant {
        guard let violation else { return .zero }
        if let decided = explanation?.decided { return decided }
        let own = told.history.entries.last { entry in
            guard entry.at <= violation.at, case .fault(let action) = entry.event else { return false }
            return action.subject == violation.subject
        }
        return own?.at ?? Story(of: violation, in: told.history).steps.last { $0.at <= violation.at }?.at
            ?? violation.at
    }

    /// What happened, a sentence each: those of the explanation, or what can be told from the history.
    var sentences: [String] {
        narrative.isEmpty ? violation.map(plainStory) ?? [] : narrative
    }

    private func plainStory(_ violation: Violation) -> [String] {
        let story = Story(of: violation, in: told.history)
        var sentences: [String] = []
        if let first = story.steps.first(where: \.isOwn) {
            let who = first.from.map { "\($0) → \(first.to): " } ?? "\(first.to): "
            sentences.append("\(violation.subject) begins at \(first.at.brief): \(who)\(first.what).")
        }
        for step in striking(violation, story).suffix(2) { sentences.append("At \(step.at.brief), \(step.what).") }
        sentences.append("At \(violation.at.brief), \(violation.checker) breaks: \(violation.message)")
        if let waiting = told.history.unsettled.first {
            sentences.append("When the run ended, this was still open: \(waiting).")
        }
        return sentences
    }

    /// The faults that come into question, latest last: those of the subject, else what struck just before.
    private func striking(_ violation: Violation, _ story: Story) -> [(at: Instant, what: String)] {
        let faults = told.history.entries.compactMap { entry in
            if case .fault(let action) = entry.event, entry.at <= violation.at { (entry.at, action) } else { nil }
        }
        let own = faults.filter { $0.1.subject == violation.subject }
        return (own.isEmpty ? Array(faults.suffix(1)) : own).map { ($0.0, $0.1.sentence) }
    }

    /// What made the difference, in a phrase.
    var difference: String {
        let faults = told.faults
        if faults.isEmpty { return "It takes no fault: it goes wrong by itself." }
        if faults.count > 3, let decision = explanation?.decision, !decision.isEmpty { return decision }
        if faults.count <= 3 { return faults.map { $0.sentence.capitalisedFirst }.joined(separator: "; ") + "." }
        return isShrunk
            ? "\(faults.count) faults, each of which it takes."
            : "One or more of \(faults.count) faults: nobody has shrunk this run."
    }

    /// How it was found, and what was done to make it short, a sentence each.
    var provenance: [String] {
        var sentences: [String] = []
        if let discovery {
            sentences.append(
                "Found by \(discovery.strategy) after \(Self.count(discovery.runs, "run")) and "
                    + "\(Self.count(discovery.events, "event")); \(Self.count(discovery.occurrences, "run")) failed for this "
                    + "cause in all.")
        }
        guard let shrinking else { return sentences }
        sentences.append(
            "Shrunk from \(Self.count(found.faults.count, "fault")) and \(Self.count(found.unitsOfWork, "unit")) of work to "
                + "\(Self.count(told.faults.count, "fault")) and \(Self.count(told.unitsOfWork, "unit")), in "
                + "\(Self.count(shrinking.attempts, "attempt")) (\(shrinking.fromCheckpoints) of them from checkpoints, "
                + "\(Self.count(shrinking.events, "event")))"
                + (shrinking.time.flatMap { $0 > .zero ? " and \($0.brief) of CPU time." : nil } ?? "."))
        sentences.append(minimality(shrinking))
        return sentences
    }

    private func minimality(_ shrinking: ShrinkRecord) -> String {
        guard shrinking.isMinimal else { return "Shrinking ended with its budget: something more may be left out." }
        return switch told.faults.count {
        case 0: "1-minimal: it takes no fault."
        case 1: "1-minimal: the one fault that remains was left out, and then the invariant held."
        default:
            "1-minimal: each of the remaining \(told.faults.count) faults was left out in turn, and then the invariant held."
        }
    }

    /// `1 fault`, `12,345 events`
    static func count(_ number: Int, _ noun: String) -> String {
        var digits = String(number)
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return "\(digits) \(noun)\(number == 1 ? "" : "s")"
    }
}

extension String {
    /// With a capital at the beginning.
    var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
