import Harness
import Simulation

/// The report for browsers: one file, with everything in it.
struct HTMLReport {
    let source: ReportSource
    /// The scenario's file.
    let file: String
    /// Lines to paste, each with what it does.
    let replays: [(what: String, line: String)]
    let budget: PageBudget
    /// What was left out of the page, a sentence each.
    private(set) var cuts: [String] = []
    private let data: JSONValue

    /// - Parameter recording: the told run's.
    init(
        _ source: ReportSource, recording: Recording, good: Recording?, file: String,
        replays: [(what: String, line: String)], budget: PageBudget = PageBudget()
    ) {
        self.source = source
        self.file = file
        self.replays = replays
        self.budget = budget
        let share = good == nil ? budget : budget.half
        func cut(_ recording: Recording) -> CutRecording {
            CutRecording(recording, about: source.violation?.subject, around: source.moment, budget: share)
        }
        let bad = cut(recording)
        cuts = bad.cuts
        var encoder = PageData()
        var worlds = [encoder.world(bad.recording, name: good == nil ? "the run" : "as it went")]
        if let good { worlds.append(encoder.world(cut(good).recording, name: "spared the rest of the faults")) }
        data = .object([
            ("version", .integer(1)),
            ("checker", source.violation.map { .text($0.checker) } ?? .null),
            ("subject", source.violation.map { .text($0.subject) } ?? .null),
            ("at", source.violation.map { .integer(PageData.time($0.at)) } ?? .null),
            ("moment", .integer(PageData.time(source.moment))),
            ("decided", source.explanation?.decided.map { .integer(PageData.time($0)) } ?? .null),
            ("lastSaved", source.explanation?.lastSaved.map { .integer(PageData.time($0)) } ?? .null),
            ("worlds", .array(worlds)),
        ])
    }

    /// The file.
    var text: String {
        let parts: [(String, String)] = [
            ("title", HTML.text(title)), ("style", PageAssets.style), ("head", head), ("below", below),
            ("data", HTML.script(data)), ("script", PageAssets.script),
        ]
        return PageAssets.filled(PageAssets.report, with: parts)
    }

    private var title: String {
        let name = "\(source.told.scenario.name), seed \(source.told.seed)"
        return source.violation.map { "\($0.checker) · \(name)" } ?? name
    }

    // MARK: The first screen

    private var head: String {
        let run = source.told
        var html = """
            <p class="where"><b class="verdict \(run.verdict.rawValue)">\(run.verdict.rawValue)</b>
            <span>\(HTML.text(run.scenario.name))</span> <span>seed \(run.seed)</span>
            <span>\(HTML.text(run.scenario.purpose))</span></p>

            """
        guard let violation = source.violation else {
            return html + "<h1>No invariant was broken</h1>\(replaySection)"
        }
        html += """
            <h1>\(HTML.text(violation.checker))</h1>
            <p class="invariant">\(HTML.text(source.invariant ?? ""))</p>
            <p class="broken"><button class="link" data-subject="\(HTML.text(violation.subject))">\(HTML.text(violation.subject))</button>
            <button class="time" data-t="\(PageData.time(violation.at))">\(violation.at.brief)</button>
            \(HTML.text(violation.message))</p>
            <div class="brief">
            <section><h2>What happened</h2><ol class="story">\(story)</ol></section>
            <aside>
            <section class="difference"><h2>What made the difference</h2><p>\(HTML.text(source.difference))</p>\(decided)</section>
            \(replaySection)
            </aside></div>
            """
        return html
    }

    private var story: String {
        source.sentences.map { "<li>\(linked(HTML.text($0)))</li>" }.joined(separator: "\n")
    }

    /// Moments in a text lead to that moment in the picture.
    private func linked(_ html: String) -> String {
        html.replacing(/\b(\d+)\.(\d{3})(\d{0,6}) ?s\b/) { match in
            let micros = (Int64(match.1) ?? 0) * 1_000_000 + (Int64(match.2) ?? 0) * 1_000
            let rest = Int64(match.3.padding(to: 3)) ?? 0
            return "<button class=\"time\" data-t=\"\(micros + rest)\">\(match.0)</button>"
        }
    }

    private var decided: String {
        guard let moment = source.explanation?.decided else { return "" }
        let saved = source.explanation?.lastSaved.map { ", and could still be saved at \($0.brief)" } ?? ""
        return """
            <p class="decided">Decided at <button class="time" data-t="\(PageData.time(moment))">\(moment.brief)</button>\(saved).</p>
            """
    }

    private var replaySection: String {
        let lines = replays.map { what, line in
            """
            <p><span>\(HTML.text(what))</span><code>\(HTML.text(line))</code>\
            <button class="copy" data-copy="\(HTML.text(line))">copy</button></p>
            """
        }
        return "<section class=\"replay\"><h2>See it again</h2>\(lines.joined())</section>"
    }

    // MARK: Below the picture

    private var below: String { provenance + plans + checks + unsettled + facts }

    private var provenance: String {
        let sentences = source.provenance
        guard !sentences.isEmpty else { return "" }
        return "<section class=\"prose\"><h2>How it was found</h2><p>"
            + sentences.map(HTML.text).joined(separator: " ") + "</p></section>"
    }

    /// The most faults that are listed of a plan.
    static let planLimit = 300

    private var plans: String {
        let kept = Set(source.told.faults)
        func list(_ faults: [FaultAction], marked: Bool) -> String {
            var items = faults.prefix(Self.planLimit).map { fault in
                "<li\(marked && !kept.contains(fault) ? " class=\"gone\"" : "")><span>\(HTML.text(fault.sentence.capitalisedFirst))"
                    + "</span><code>\(HTML.text(fault.spelling))</code></li>"
            }
            let more = faults.count - Self.planLimit
            if more > 0 { items.append("<li>… and \(more) more, in <code>scenario.yaml</code></li>") }
            return items.isEmpty ? "<p class=\"empty\">No fault.</p>" : "<ol class=\"plan\">\(items.joined())</ol>"
        }
        guard source.isShrunk else {
            return """
                <section><h2>The plan</h2><p class="hint">\(ReportSource.count(source.told.faults.count, "fault")); \
                \(ReportSource.count(source.told.unitsOfWork, "unit")) of work.</p>\(list(source.told.faults, marked: false))</section>
                """
        }
        return """
            <section><h2>The plan, shrunk and as it was found</h2><div class="pair">
            <div><h3>Shrunk</h3><p class="hint">\(size(of: source.told))</p>\(list(source.told.faults, marked: false))</div>
            <div><h3>As found</h3><p class="hint">\(size(of: source.found))</p>\(list(source.found.faults, marked: true))</div>
            </div></section>
            """
    }

    private func size(of run: RunResult) -> String {
        "\(ReportSource.count(run.faults.count, "fault")), \(ReportSource.count(run.unitsOfWork, "unit")) of work, "
            + ReportSource.count(run.events, "event")
    }

    private var checks: String {
        let rows = source.told.checks.sorted { Self.rank($0.verdict) < Self.rank($1.verdict) }.map { check in
            let example = check.violations.first.map { violation in
                " <small>\(HTML.text(violation.subject)): \(HTML.text(violation.message))</small>"
            }
            return """
                <tr class="\(check.verdict.rawValue)"><th>\(HTML.text(check.name))</th><td>\(check.verdict.rawValue)</td>\
                <td class="number">\(check.violations.count)</td><td class="number">\(check.samples)</td>\
                <td>\(HTML.text(check.sentence))\(example ?? "")</td></tr>
                """
        }
        return """
            <section><h2>All invariants</h2><div class="scroll"><table><thead><tr><th>invariant</th><th>verdict</th>\
            <th>violations</th><th>samples</th><th>what must hold</th></tr></thead><tbody>\(rows.joined())</tbody></table></div></section>
            """
    }

    private static func rank(_ verdict: Verdict) -> Int { verdict == .violated ? 0 : verdict == .held ? 1 : 2 }

    private var unsettled: String {
        let history = source.told.history
        let sentences = history.unsettled + history.brokenInvariants.map(\.sentence) + source.told.unmetNeeds
        guard !sentences.isEmpty else { return "" }
        let more = sentences.count > 40 ? "<li>… and \(sentences.count - 40) more</li>" : ""
        return "<section><h2>What had not come to rest</h2><ul>"
            + sentences.prefix(40).map { "<li>\(HTML.text($0))</li>" }.joined() + more + "</ul></section>"
    }

    private var facts: String {
        let run = source.told
        var facts = [
            ("scenario", file), ("seed", "\(run.seed)"), ("target", run.target.rawValue),
            ("units of work", "\(run.unitsOfWork)"), ("events", "\(run.events)"),
            ("time", "\(run.virtualTime.seconds) s" + (run.target.isLive ? "" : ", virtual")),
        ]
        if !run.target.isLive { facts.append(("trace hash", "\(run.traceHash)")) }
        for fault in run.unmade { facts.append(("not made: \(fault.fault)", fault.reason)) }
        let list = facts.map { "<dt>\(HTML.text($0.0))</dt><dd>\(HTML.text($0.1))</dd>" }.joined()
        let cut = cuts.map { "<p class=\"hint\">\(HTML.text($0))</p>" }.joined()
        return """
            <section><h2>The run</h2><dl class="facts">\(list)</dl>\(cut)
            <p class="hint">Beside this page: <a href="report.md">report.md</a>, <a href="scenario.yaml">scenario.yaml</a>, \
            <a href="trace.json">trace.json</a> (for <a href="https://ui.perfetto.dev">Perfetto</a>), \
            <a href="events.jsonl">events.jsonl</a>, <a href="junit.xml">junit.xml</a>, <a href="result.json">result.json</a>.</p></section>
            """
    }
}

extension Substring {
    /// With zeros at the end up to a length, or cut to it.
    fileprivate func padding(to length: Int) -> String {
        prefix(length) + String(repeating: "0", count: Swift.max(0, length - count))
    }
}
