import Foundation
import Kafka
import Services
import Simulation
import Testing

@testable import Harness
@testable import Reports

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The files of a report, for other programs.
@Suite("Report files")
struct FileTests {
    /// Names that would break out of every format.
    static let hostile = "</script><img src=x onerror=alert(1)>&\"'`]]>\u{0}\u{1b}\u{2028}\\u003c|#;%%"

    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// A run with hostile names wherever somebody else chooses them.
    private func hostileRun() throws -> RunResult {
        var result = try Runner.run(Registry.scenario(), seed: 1)
        let violation = Violation(
            checker: "registered-once", at: .zero + .milliseconds(90), subject: Self.hostile, message: Self.hostile)
        result.checks[0].violations = [violation]
        result.scenario.purpose = Self.hostile
        let place = TopicPartition(TopicID(rawValue: 0), 0)
        let record = Record(
            key: Array(Self.hostile.utf8), value: Array(Self.hostile.utf8),
            headers: [Header("ce_type", Self.hostile), Header(name: Self.hostile, value: [0xff, 0xfe])])
        result.history.entries.insert(.init(at: .zero, event: .appended(place, offset: 0, record)), at: 0)
        return result
    }

    @Test("trace.json has what the format asks for, and every flow has its two ends")
    func trace() throws {
        let recording = Recording(of: try hostileRun())
        let object = try json(TraceFile(recording: recording, title: Self.hostile).text)
        let events = try #require(object["traceEvents"] as? [[String: Any]])
        var begins: [Int: Double] = [:]
        var ends: [Int: Double] = [:]
        for event in events {
            let phase = try #require(event["ph"] as? String)
            #expect(event["name"] is String && event["pid"] is Int && event["tid"] is Int)
            if phase == "M" { continue }
            let time = try #require(event["ts"] as? Double)
            switch phase {
            case "X": #expect(event["dur"] is Double)
            case "s": begins[try #require(event["id"] as? Int)] = time
            case "f":
                ends[try #require(event["id"] as? Int)] = time
                #expect(event["bp"] as? String == "e")
            case "i": #expect(["g", "t"].contains(event["s"] as? String))
            case "b", "e": #expect(event["id"] is String)
            default: Issue.record("a phase '\(phase)' that nobody expects")
            }
        }
        #expect(begins.keys.sorted() == ends.keys.sorted() && begins.count >= 12)
        for (id, begin) in begins { #expect(begin <= ends[id] ?? -1) }
        #expect(events.count { $0["ph"] as? String == "i" && $0["cat"] as? String == "fault" } == 2)
        let processes = events.filter { $0["name"] as? String == "process_name" }
        #expect(processes.count == 6, "client, two services, Kafka, provider, stranger")
    }

    @Test("trace.json has at most as many messages as it may, and says so")
    func traceLimit() throws {
        let recording = Recording(of: try Runner.run(Registry.scenario(), seed: 1))
        let trace = TraceFile(recording: recording, title: "x", limit: 5)
        let events = try #require(try json(trace.text)["traceEvents"] as? [[String: Any]])
        #expect(events.count { $0["ph"] as? String == "s" } <= 5)
        #expect(trace.cuts.count == 1)
    }

    @Test("events.jsonl is read back as it was written")
    func events() throws {
        let result = try hostileRun()
        let text = EventsFile(result: result).text
        for line in text.split(separator: "\n") { _ = try json(String(line)) }
        var plan = result.faults[...]
        let history = try EventsReader(text) { _ in plan.popFirst() }.history
        #expect(history.topics.names == result.history.topics.names)
        #expect(abs((history.end - result.history.end).nanoseconds) < 1_000)
        let again = EventsFile(
            result: {
                var other = result
                other.history = history
                other.history.end = result.history.end
                return other
            }()
        ).text
        // What no picture shows is not read.
        func shown(_ text: String) -> [Substring] {
            text.split(separator: "\n").filter {
                !$0.contains("in-sync-replicas") && !$0.contains("log-start-moved") && !$0.contains("\"truncated\"")
                    && !$0.contains("member-evicted")
            }
        }
        #expect(shown(again) == shown(text))
        #expect(throws: EventsReader.Failure.self) { _ = try EventsReader("{}", faults: { _ in nil }) }
    }

    @Test("events.jsonl has at most as many lines as it may, and says so")
    func eventsLimit() throws {
        let file = EventsFile(result: try Runner.run(Registry.scenario(), seed: 1), limit: 10)
        let lines = file.text.split(separator: "\n")
        #expect(lines.count == 12)
        #expect(try json(String(lines[11]))["kind"] as? String == "left-out")
        #expect(file.cuts.count == 1)
    }

    @Test("junit.xml is well formed and has the line that replays each run")
    func junit() throws {
        let result = try hostileRun()
        var report = JUnitReport()
        report.add(RunSummary(result, file: "x.yaml", replay: "orrery run 'a&b.yaml' --seed 1", wallSeconds: 0.25))
        var held = result
        held.seed = 2
        held.checks[0].violations = []
        report.add(RunSummary(held, file: "x.yaml", replay: "orrery run x.yaml --seed 2", wallSeconds: 0.5))
        var blind = held
        blind.checks = []
        blind.scenario.name = "another"
        report.add(RunSummary(blind, file: "y.yaml", replay: "orrery run y.yaml", wallSeconds: 0))
        let reader = XMLReader()
        let parser = XMLParser(data: Data(report.text.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(parser.parserError?.localizedDescription ?? "")")
        #expect(reader.elements["testsuites"]?.first?["failures"] == "1")
        #expect(reader.elements["testsuite"]?.map { $0["name"] } == ["registry", "another"])
        #expect(reader.elements["testsuite"]?.map { $0["tests"] } == ["2", "1"])
        #expect(reader.elements["testcase"]?.map { $0["name"] } == ["seed 1", "seed 2", "seed 2"])
        #expect(reader.elements["failure"]?.first?["type"] == "registered-once")
        #expect(reader.failure.contains("replay: orrery run 'a&b.yaml' --seed 1"))
        #expect(reader.elements["skipped"]?.count == 1)
    }

    @Test("report.html takes nothing that is told for markup")
    func html() throws {
        let source = ReportSource(try hostileRun())
        let page = HTMLReport(
            source, recording: Recording(of: source.told), good: nil, file: Self.hostile,
            replays: [("the run", Self.hostile)]
        ).text
        #expect(!page.contains("<img src=x"))
        #expect(page.ranges(of: "</script>").count == 2)
        let data = try #require(page.firstMatch(of: /<script type="application\/json" id="data">(.*?)<\/script>/)?.1)
        #expect(!data.contains("\u{2028}"))
        let object = try json(String(data))
        #expect(object["subject"] as? String == Self.hostile)
        let worlds = try #require(object["worlds"] as? [[String: Any]])
        let (messages, arrows) = (worlds[0]["messages"] as? [Any], worlds[0]["arrows"] as? [[Int]])
        let places = try #require(arrows).map { $0[1] }
        #expect(places.allSatisfy { $0 < messages?.count ?? 0 } && places.count > 12)
        // Nothing is loaded from elsewhere.
        #expect(!page.contains("src=\"") && !page.contains("@import") && !page.contains("<link"))
    }
}

/// Notes the elements of a document, and the text of its failures.
private final class XMLReader: NSObject, XMLParserDelegate {
    var elements: [String: [[String: String]]] = [:]
    var failure = ""
    private var path: [String] = []

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements[name, default: []].append(attributes)
        path.append(name)
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) { path.removeLast() }

    func parser(_ parser: XMLParser, foundCharacters text: String) { if path.last == "failure" { failure += text } }
}
