import Harness
import Simulation

/// The report on one violated run, in Markdown: what broke, to whom it happened, what struck, how to see it again.
struct ReportPage {
    let source: ReportSource
    let file: String
    let replay: String
    /// The line that replays the explicit actions beside the report.
    let explicitReplay: String
    /// The line that replays the shortest run, where there is a shorter one.
    var minimalReplay: String?
    /// What other files of the report leave out, a sentence each.
    var cuts: [String] = []

    /// The most faults that are listed.
    static let faultLimit = 40

    var result: RunResult { source.told }
    private var firstViolation: Violation? { source.violation }

    var text: String {
        var page = "# \(Markdown.text(result.scenario.name)), seed \(result.seed): \(result.verdict.rawValue)\n\n"
        if !result.scenario.purpose.isEmpty { page += "*\(Markdown.text(result.scenario.purpose))*\n\n" }
        if let violation = firstViolation {
            page += headline(violation) + inShort + replaySection + provenance + minimalPlan + story(violation)
            page += faults(around: violation.at)
        } else {
            page += "No invariant was broken, but nothing was seen from which one could tell.\n\n" + replaySection
            page += faults(around: .zero)
        }
        return page + unmade + otherViolations + unsettled + facts + leftOut
    }

    init(
        source: ReportSource, file: String, replay: String, explicitReplay: String, minimalReplay: String? = nil,
        cuts: [String] = []
    ) {
        self.source = source
        self.file = file
        self.replay = replay
        self.explicitReplay = explicitReplay
        self.minimalReplay = minimalReplay
        self.cuts = cuts
    }

    init(result: RunResult, file: String, replay: String, explicitReplay: String, telling checker: String? = nil) {
        self.init(
            source: ReportSource(result, telling: checker), file: file, replay: replay, explicitReplay: explicitReplay)
    }

    /// The story in a few sentences, and what made the difference.
    private var inShort: String {
        var section = "## In short\n\n"
        for (number, sentence) in source.sentences.enumerated() {
            section += "\(number + 1). \(Markdown.text(sentence))\n"
        }
        section += "\n**What made the difference:** \(Markdown.text(source.difference))\n\n"
        if let decided = source.explanation?.decided {
            let saved = source.explanation?.lastSaved.map { ", and could still be saved at \($0.brief)" } ?? ""
            section += "The outcome was decided at \(decided.brief)\(saved).\n\n"
        }
        return section
    }

    private var provenance: String {
        let sentences = source.provenance
        guard !sentences.isEmpty else { return "" }
        return "## How it was found\n\n" + sentences.map(Markdown.text).joined(separator: " ") + "\n\n"
    }

    /// The shortest plan as a scenario file spells it.
    private var minimalPlan: String {
        guard source.isShrunk else { return "" }
        guard !result.faults.isEmpty else { return "## The shortest plan\n\nNo fault at all.\n\n" }
        var section = "## The shortest plan\n\n```yaml\nplan:\n"
        for fault in result.faults.prefix(Self.faultLimit) { section += "  - \(fault.spelling)\n" }
        return section + "```\n\n"
    }

    private var leftOut: String {
        guard !cuts.isEmpty else { return "" }
        return "\n## Left out\n\n" + cuts.map { "- \($0)\n" }.joined()
    }

    private func headline(_ violation: Violation) -> String {
        let check = result.checks.first { $0.violations.contains(violation) }
        let sentence = check.map { " – \(Markdown.text($0.sentence))" } ?? ""
        return """
            ## The invariant that broke

            **\(Markdown.text(violation.checker))**\(sentence)

            At \(violation.at.brief), \(Markdown.code(violation.subject)): \(Markdown.text(violation.message))


            """
    }

    /// What the scenario asks for and did not happen.
    private var unmade: String {
        guard !result.unmade.isEmpty || !result.unmetNeeds.isEmpty else { return "" }
        var section = "## Not made, or not seen, on this target\n\n"
        for need in result.unmetNeeds { section += "- \(Markdown.text(need))\n" }
        for fault in result.unmade {
            let count = fault.count.map { "\($0) × " } ?? ""
            section += "- \(count)\(Markdown.code(fault.fault)): \(Markdown.text(fault.reason))\n"
        }
        return section + "\n"
    }

    private func story(_ violation: Violation) -> String {
        let story = Story(of: violation, in: result.history)
        guard !story.steps.isEmpty else {
            return "## What happened\n\nThe history holds nothing about \(Markdown.code(violation.subject)).\n\n"
        }
        var section = "## What happened to \(Markdown.code(violation.subject))\n\n```mermaid\n"
        section += SequenceDiagram(story: story, violation: violation).source + "```\n\n"
        if story.omitted > 0 {
            section += "\(story.omitted) more \(story.omitted == 1 ? "step was" : "steps were") left out: "
            section += "the order's own steps come first, then what is nearest to the violation.\n\n"
        }
        section += "| seconds | who | | what | content |\n|---:|---|---|---|---|\n"
        for step in story.steps {
            let who = step.from.map(Markdown.text) ?? ""
            let to = (step.from == nil ? "" : "→ ") + Markdown.text(step.to)
            let detail = step.detail.isEmpty ? "" : Markdown.code(step.detail)
            section += "| \(step.at.precise) | \(who) | \(to) | \(Markdown.text(step.what)) | \(detail) |\n"
        }
        return section + "\n"
    }

    private func faults(around moment: Instant) -> String {
        let struck = result.history.entries.compactMap { entry in
            if case .fault(let action) = entry.event { (at: entry.at, action: action) } else { nil }
        }
        guard !struck.isEmpty else {
            return "## Faults\n\n\(result.faults.isEmpty ? "No fault struck." : plainFaults)\n\n"
        }
        // What comes after the violation did not cause it.
        let ranked = struck.enumerated().sorted { left, right in
            let (a, b) = (rank(left.element, around: moment), rank(right.element, around: moment))
            return a != b ? a < b : left.offset < right.offset
        }
        let nearest = ranked.prefix(Self.faultLimit).map(\.element)
        var section = "## Faults\n\n\(Self.count(struck.count, "fault")) struck"
        section +=
            struck.count > nearest.count
            ? "; `scenario.yaml` has all. These \(nearest.count) are told: "
            : ": "
        section += "first those that struck it, then those before the violation, then those after, nearest first.\n\n"
        section += "| seconds | from the violation | fault |\n|---:|---:|---|\n"
        for (at, action) in nearest {
            let distance = Instant.zero + at.distance(to: moment)
            let side = at <= moment ? "\(distance.brief) before" : "\(distance.brief) after"
            section += "| \(at.precise) | \(side) | \(Markdown.text(action.sentence)) |\n"
        }
        return section + "\n"
    }

    /// Smaller is more likely to matter: 0 struck the subject, 1 came before, 2 after; then the distance.
    private func rank(_ fault: (at: Instant, action: FaultAction), around moment: Instant) -> FaultRank {
        let group = fault.action.subject == firstViolation?.subject ? 0 : fault.at <= moment ? 1 : 2
        return FaultRank(group: group, distance: fault.at.distance(to: moment))
    }

    private struct FaultRank: Comparable {
        var group: Int
        var distance: Duration

        static func < (left: FaultRank, right: FaultRank) -> Bool {
            left.group != right.group ? left.group < right.group : left.distance < right.distance
        }
    }

    /// Faults of which nobody knows when they struck.
    private var plainFaults: String {
        result.faults.prefix(Self.faultLimit).map { "- \(Markdown.text($0.sentence))" }.joined(separator: "\n")
    }

    private var otherViolations: String {
        let broken = result.checks.filter { !$0.violations.isEmpty }
        guard result.violations.count > 1 else { return "" }
        var section = "## All violations\n\n| checker | violations | invariant | an example |\n|---|---:|---|---|\n"
        for check in broken {
            let example = check.violations[0]
            section +=
                "| \(Markdown.text(check.name)) | \(check.violations.count) | \(Markdown.text(check.sentence)) | "
            section += "\(example.at.brief) \(Markdown.code(example.subject)): \(Markdown.text(example.message)) |\n"
        }
        return section + "\n"
    }

    private var unsettled: String {
        let sentences = result.history.unsettled + result.history.brokenInvariants.map(\.sentence)
        guard !sentences.isEmpty else { return "" }
        var section = "## What had not come to rest\n\n"
        for sentence in sentences.prefix(20) { section += "- \(Markdown.text(sentence))\n" }
        if sentences.count > 20 { section += "- … and \(sentences.count - 20) more\n" }
        return section + "\n"
    }

    private var facts: String {
        let held = result.checks.filter { $0.verdict == .held }.map(\.name).joined(separator: ", ")
        let blind = result.checks.filter { $0.verdict == .inconclusive }.map(\.name).joined(separator: ", ")
        var section = "## The run\n\n| | |\n|---|---|\n"
        section += "| scenario | \(Markdown.code(file)) |\n| seed | \(result.seed) |\n"
        section += "| target | \(result.target.rawValue) |\n"
        if !result.target.isLive { section += "| trace hash | `\(result.traceHash)` |\n" }
        section += "| orders | \(result.unitsOfWork) |\n"
        section +=
            "| events | \(result.events) |\n| \(result.target.isLive ? "time" : "virtual time") | \(result.virtualTime.seconds) s |\n"
        if !held.isEmpty { section += "| held | \(Markdown.text(held)) |\n" }
        if !blind.isEmpty { section += "| nothing to check | \(Markdown.text(blind)) |\n" }
        return section
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
