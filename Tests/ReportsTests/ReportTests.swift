import Foundation
import Kafka
import Services
import Simulation
import Testing

@testable import Harness
@testable import Reports

@Suite("Reports")
struct ReportTests {
    private func moment(_ milliseconds: Int64) -> Instant { .zero + .milliseconds(milliseconds) }

    /// An order that is charged twice while another one goes well.
    private var history: History {
        var history = History()
        let orders = TopicPartition(history.topics.intern("orders"), 2)
        let id = Identifier(literal: "ORD-1")
        func record(_ key: String, _ name: String) -> Record {
            Record(key: Array(key.utf8), value: Array("{\"a\":\"|`;\"}".utf8), headers: [Header("ce_type", name)])
        }
        let call = ProviderCall(
            id: UniqueID(high: 1, low: 1), attempt: 1, idempotencyKey: UniqueID(high: 2, low: 2), key: id, payload: [])
        let charge = LedgerEntry(
            kind: "charge", subject: id, idempotencyKey: UniqueID(high: 3, low: 3), amount: 7999, unit: "USD")
        let events: [(Int64, History.Event)] = [
            (100, .requested(service: "order", Request(id: 1, method: .post, path: "/api/orders"))),
            (101, .requested(service: "order", Request(id: 2, method: .post, path: "/api/orders"))),
            (103, .answered(request: 1, Response(status: 201, body: Array("{\"orderId\":\"ORD-1\"}".utf8)))),
            (104, .answered(request: 2, Response(status: 201, body: Array("{\"orderId\":\"ORD-10\"}".utf8)))),
            (110, .appended(orders, offset: 0, record("ORD-1", "OrderCreated; #1"))),
            (111, .appended(orders, offset: 1, record("ORD-10", "OrderCreated"))),
            (112, .acknowledged(orders, offset: 0, by: "order/1")),
            (120, .fault(.duplicateRecord(RecordPlace(topic: "orders", key: "ORD-1", number: 1), after: .seconds(1)))),
            (130, .called(service: "payment", call)),
            (131, .ledger(charge)),
            (140, .instance(name: "payment/2", "crashed")),
            (141, .instance(name: "shipping/2", "crashed")),
            (150, .ledger(charge)),
            (160, .fault(.crashBroker(2, at: moment(160), for: .milliseconds(800), losing: .unflushedTail))),
        ]
        history.entries = events.map { .init(at: moment($0), event: $1) }
        history.unsettled = ["order ORD-1 waits for payment"]
        return history
    }

    private func result(_ history: History, faults: [FaultAction] = []) -> RunResult {
        let twice = Violation(
            checker: "charged-at-most-once", at: moment(150), subject: "ORD-1",
            message: "The customer was charged 79.99 USD for this order, for the second time.")
        let later = Violation(checker: "quiescent", at: moment(9000), subject: "ORD-1", message: "It waits.")
        var scenario = Scenario(system: NoSystem())
        scenario.name = "../broker loss"
        scenario.purpose = "A broker dies."
        return RunResult(
            scenario: scenario, seed: 7,
            checks: [
                CheckResult(name: "quiescent", sentence: "All comes to rest.", samples: 1, violations: [later]),
                CheckResult(
                    name: "charged-at-most-once", sentence: "No order is paid twice.", samples: 9, violations: [twice]),
                CheckResult(name: "no-lost-order", sentence: "No order is lost.", samples: 9, violations: []),
            ], traceHash: TraceHash(), unitsOfWork: 2, events: 99, virtualTime: .seconds(9), faults: faults,
            history: history)
    }

    @Test("A story is what happened to one order, and what struck around it")
    func story() throws {
        let result = result(history)
        let violation = try #require(result.violations.last)
        let story = Story(of: violation, in: result.history)
        #expect(
            story.steps.map { "\($0.from ?? "") > \($0.to): \($0.what)" } == [
                "client > order: POST /api/orders",
                "order > client: 201",
                "order/1 > topic orders: OrderCreated; #1, partition 2, offset 0",
                " > topic orders: record 1 of ORD-1 in orders was sent again after 1 s",
                "payment > provider: call, attempt 1",
                " > provider: charge 7999 minor units of USD",
                " > payment/2: crashed",
                " > provider: charge 7999 minor units of USD",
            ])
    }

    @Test("The diagram is Mermaid's, with its special characters escaped")
    func diagram() throws {
        let result = result(history)
        let violation = try #require(result.violations.last)
        let story = Story(of: violation, in: result.history)
        #expect(
            SequenceDiagram(story: story, violation: violation).source == """
                sequenceDiagram
                    participant p0 as client
                    participant p1 as order
                    participant p2 as payment
                    participant p3 as topic orders
                    participant p4 as provider
                    p0->>p1: 0.100s POST /api/orders
                    p1-->>p0: 0.103s 201
                    p1->>p3: 0.110s OrderCreated#59; #35;1, partition 2, offset 0 (order/1)
                    Note over p3: 0.120s record 1 of ORD-1 in orders was sent again after 1 s
                    p2->>p4: 0.130s call, attempt 1
                    Note over p4: 0.131s charge 7999 minor units of USD
                    Note over p2: 0.140s crashed (payment/2)
                    Note over p4: 0.150s charge 7999 minor units of USD
                    Note over p0,p4: 0.150s ✘ charged-at-most-once

                """)
    }

    @Test("A long story is cut to what matters, and says so")
    func longStory() throws {
        var history = history
        for index in 0..<200 {
            history.entries.insert(
                .init(at: moment(135), event: .instance(name: "order/1", "restart \(index)")), at: 10)
        }
        let violation = try #require(result(history).violations.last)
        let story = Story(of: violation, in: history)
        #expect(story.steps.count == Story.limit)
        #expect(story.omitted == 148)
        #expect(
            story.steps.first?.what == "POST /api/orders" && story.steps.last?.what == "charge 7999 minor units of USD")
        #expect(
            ReportPage(result: result(history), file: "x", replay: "y", explicitReplay: "z").text.contains("148 more"))
    }

    @Test("A report explains the earliest violation and counts the others")
    func page() {
        let page = ReportPage(
            result: result(history), file: "scenarios/x.yaml", replay: "orrery run scenarios/x.yaml --seed 7",
            explicitReplay: "orrery run r/scenario.yaml"
        ).text
        for part in [
            "**charged-at-most-once** – No order is paid twice.",
            "At 0.150s, `ORD-1`: The customer was charged 79.99 USD for this order, for the second time.",
            "```sh\norrery run scenarios/x.yaml --seed 7\n```", "```mermaid\nsequenceDiagram\n",
            "| 0.110000 | order/1 | → topic orders | OrderCreated; \\#1, partition 2, offset 0 | `{\"a\":\"¦ˋ;\"}` |",
            "| 0.160000 | 0.010s after | broker 2 crashed for 800 ms, losing what it had not flushed |",
            "| quiescent | 1 | All comes to rest. | 9.000s `ORD-1`: It waits. |",
            "- order ORD-1 waits for payment", "| held | no-lost-order |",
        ] {
            #expect(page.contains(part), "the page lacks: \(part)")
        }
    }

    @Test("A report is a folder with a page, an object and a scenario, and replaces an older one")
    func files() throws {
        let directory = FileManager.default.temporaryDirectory.appending(component: "reports-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let faults: [FaultAction] = [.crashBroker(2, at: moment(160), for: .milliseconds(800), losing: .unflushedTail)]
        let result = result(history, faults: faults)
        let folder = "\(directory)/-broker-loss-7"
        for _ in 0..<2 {
            let path = try ReportWriter.write(result, file: "x.yaml", replay: "orrery run x.yaml", into: directory)
            #expect(path == "\(folder)/report.md")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["-broker-loss-7"])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                == [
                    "events.jsonl", "junit.xml", "report.html", "report.md", "result.json", "scenario.yaml",
                    "trace.json",
                ])
        let scenario = try ScenarioFile.load(path: "\(folder)/scenario.yaml", system: NoSystem.self)
        #expect(scenario.plan == faults)
        #expect(scenario.seed == 7)
        #expect(scenario.name == "../broker loss")
        let data = try Data(contentsOf: URL(filePath: "\(folder)/result.json"))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["report"] as? String == "\(folder)/report.md")
        #expect((object["checks"] as? [Any])?.count == 3)
        let fault = try #require((object["faults"] as? [[String: [String: Any]]])?.first?["crash-broker"])
        #expect(fault["broker"] as? Int == 2 && fault["for"] as? String == "800ms")
    }
}

/// A system that does nothing.
struct NoSystem: SystemUnderTest {
    static let fields: [Field<NoSystem>] = []

    var topics: [(name: String, partitions: Int)] { [] }
    func services(topics: TopicTable) -> [any Service] { [] }
    var callers: [String] { [] }
    var policies: RuntimePolicies { RuntimePolicies() }
    func environment(draws: Draws) -> any Environment { Nobody() }
    func poison(_ kind: PoisonKind, for topic: String, draws: Draws, number: UInt64) -> Record? { nil }
    func judge(_ history: History) -> [CheckResult] { [] }
    var unitsOfWork: Int { 0 }

    private struct Nobody: Environment {
        func start(at now: Instant, into output: inout EnvironmentOutput) {}
        func receive(_ signal: EnvironmentSignal, at now: Instant, into output: inout EnvironmentOutput) {}
        var unfinished: [String] { [] }
    }
}
