import Foundation
import Harness
import Simulation

/// Runs as JUnit XML in the dialect that Jenkins reads (`jenkins-junit.xsd`), for one run or a whole session: a test suite
/// for each scenario, a test case for each run. Each failure holds the line that replays it.
public struct JUnitReport: Sendable {
    private struct Case {
        var name: String
        var seconds: Double
        var violations: [(checker: String, text: String)] = []
        var skipped: String?
        var output: String
    }

    private struct Suite {
        var name: String
        var cases: [Case]
    }

    private var suites: [Suite] = []

    public init() {}

    /// Adds a run. One that is inconclusive is skipped, with the reason.
    public mutating func add(_ summary: RunSummary) { add(summary, story: []) }

    /// The run of a report, with its story in front.
    mutating func add(_ summary: RunSummary, telling source: ReportSource) {
        var told = summary
        if let first = source.violation { told.violations = [first] + summary.violations.filter { $0 != first } }
        add(told, story: source.sentences)
    }

    private mutating func add(_ summary: RunSummary, story: [String]) {
        let limit = 20
        var violations = summary.violations.prefix(limit).map { violation in
            (
                violation.checker,
                """
                at \(violation.at), \(violation.subject): \(violation.message)
                replay: \(summary.replay)
                """
            )
        }
        if !violations.isEmpty, !story.isEmpty { violations[0].1 += "\n\n" + story.joined(separator: "\n") }
        if summary.violations.count > limit {
            violations.append(("…", "and \(summary.violations.count - limit) more\nreplay: \(summary.replay)"))
        }
        var output = "replay: \(summary.replay)\n"
        if let report = summary.report { output += "report: \(report)\n" }
        if let trace = summary.traceHash { output += "trace: \(trace)\n" }
        output += "\(summary.orders) units of work, \(summary.events) events\n"
        let reasons = summary.unmetNeeds.joined(separator: "; ")
        let why = reasons.isEmpty ? "nothing was seen from which one could tell" : reasons
        add(
            Case(
                name: "seed \(summary.seed)", seconds: summary.wallSeconds, violations: violations,
                skipped: summary.verdict == .inconclusive ? "inconclusive: \(why)" : nil, output: output),
            to: summary.scenario)
    }

    /// Adds a finding of a search, with its story.
    ///
    /// - Parameter replay: the line that replays the shortest run.
    public mutating func add(_ finding: Finding, replay: String, report: String? = nil) {
        let violation = finding.violation
        var text = "at \(violation.at), \(violation.subject): \(violation.message)\n"
        for sentence in finding.explanation?.sentences ?? [] { text += sentence + "\n" }
        for fault in finding.minimal.faults.prefix(20) { text += "fault: \(fault.sentence)\n" }
        text += "replay: \(replay)"
        var output = "found by \(finding.discovery.strategy), \(finding.discovery.occurrences) times\n"
        if let report { output += "report: \(report)\n" }
        add(
            Case(
                name: "\(violation.checker), seed \(finding.minimal.seed)", seconds: 0,
                violations: [(violation.checker, text)], output: output),
            to: finding.minimal.scenario.name)
    }

    private mutating func add(_ test: Case, to name: String) {
        if let index = suites.firstIndex(where: { $0.name == name }) {
            suites[index].cases.append(test)
        } else {
            suites.append(Suite(name: name, cases: [test]))
        }
    }

    /// The document.
    public var text: String {
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        let cases = suites.flatMap(\.cases)
        xml += "<testsuites name=\"orrery\"\(Self.counts(cases))>\n"
        for suite in suites {
            xml += "  <testsuite name=\"\(Self.escaped(suite.name))\"\(Self.counts(suite.cases))>\n"
            for test in suite.cases { xml += Self.text(test, of: suite.name) }
            xml += "  </testsuite>\n"
        }
        return xml + "</testsuites>\n"
    }

    /// Writes the document to a file.
    public func write(to path: String) throws { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) }

    private static func counts(_ cases: [Case]) -> String {
        let seconds = cases.map(\.seconds).reduce(0, +)
        return " tests=\"\(cases.count)\" failures=\"\(cases.count { !$0.violations.isEmpty })\" errors=\"0\""
            + " skipped=\"\(cases.count { $0.skipped != nil })\" time=\"\(time(seconds))\""
    }

    private static func time(_ seconds: Double) -> String {
        String(format: "%.3f", locale: Locale(identifier: "en_US_POSIX"), seconds)
    }

    private static func text(_ test: Case, of suite: String) -> String {
        var xml = "    <testcase classname=\"orrery.\(escaped(suite))\" name=\"\(escaped(test.name))\""
        xml += " time=\"\(time(test.seconds))\">\n"
        if let skipped = test.skipped { xml += "      <skipped message=\"\(escaped(skipped))\"/>\n" }
        // Jenkins shows the first failure of a case: the others stand in it.
        if let first = test.violations.first {
            let message = first.text.prefix { $0 != "\n" }
            xml += "      <failure type=\"\(escaped(first.checker))\" message=\"\(escaped(String(message)))\">"
            xml += test.violations.map { "\(escaped($0.checker)) \(escaped($0.text))" }.joined(separator: "\n\n")
            xml += "</failure>\n"
        }
        xml += "      <system-out>\(escaped(test.output))</system-out>\n"
        return xml + "    </testcase>\n"
    }

    /// Text for XML 1.0, which has no place for most control characters.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xfffe || scalar.value == 0xffff: result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
