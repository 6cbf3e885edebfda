import Harness
import OrderTestbed
import Testing

@testable import OrreryCLI

@Suite("The debugger")
struct DebugSessionTests {
    /// One order whose first event comes twice, to services that do not notice.
    private func session() throws -> DebugSession {
        let text = """
            workload: {orders: 1}
            policies: {deduplication: none}
            plan:
              - duplicate-record: {topic: orders, key: ORD-00000001, number: 1, after: 1s}
            """
        let scenario = try ScenarioFile.parse(text: text, file: "twice.yaml", system: OrderSystemUnderTest.self)
        return try DebugSession(scenario, seed: 1)
    }

    private func perform(_ script: String, in session: inout DebugSession) throws -> [String] {
        try script.split(separator: "\n").flatMap { try session.perform(String($0)).get() }
    }

    @Test func `stops at the fault, and the run holds without it but not once it has struck`() throws {
        var session = try session()
        #expect(session.run.verdict == .violated)
        let before = try perform("break fault\ncontinue\nback\nwhat-if drop 1", in: &session)
        #expect(before.contains("stopped: every fault"))
        #expect(before.contains { $0.hasSuffix(": held") })
        let after = session.perform("step")
        #expect(try after.get().contains { $0.contains("FAULT") })
        #expect(throws: DebugError.self) { try session.perform("what-if drop 1").get() }
        let more = try perform(
            "what-if add kill-instance: {instance: order/1, at: 30s, restart-after: 1s}", in: &session)
        #expect(more.contains { $0.hasSuffix(": violated") })
    }

    @Test func `walks to the same worlds in both directions`() throws {
        var session = try session()
        var traces: [Int: String] = [:]
        for position in stride(from: 0, through: 2_400, by: 300) {
            session.travel.go(to: position)
            traces[session.travel.position] = "\(session.travel.world.trace)"
        }
        for position in stride(from: 2_100, through: 0, by: -300) {
            session.travel.go(to: position)
            #expect(traces[position] == "\(session.travel.world.trace)")
        }
        let there = try perform("goto 0s\nbreak order ORD-00000001\ncontinue\nmark first\ncontinue", in: &session)
        #expect(there.filter { $0.hasPrefix("stopped") }.count == 2)
        let back = try perform("rewind", in: &session)
        #expect(back.first?.hasPrefix("stopped") == true)
        #expect(session.travel.position == session.marks[0].position)
    }

    @Test func `shows rows, topics and groups of the moment, and what changed`() throws {
        var session = try session()
        #expect(try perform("order ORD-00000001", in: &session).first?.hasPrefix("no row") == true)
        let end = try perform(
            "mark begin\ngoto end\norder ORD-00000001\ntopic orders\ngroup order\nbrokers", in: &session)
        #expect(end.contains { $0.hasPrefix("order orders {") })
        #expect(end.contains { $0.contains("OrderCreated ORD-00000001") })
        #expect(end.contains { $0.hasPrefix("  order/") } && end.contains { $0.contains(": committed ") })
        let difference = try perform("diff begin end", in: &session)
        #expect(difference.contains("order orders ORD-00000001"))
        #expect(session.travel.isAtEnd)
    }

    @Test(arguments: [
        "jump", "goto yesterday", "break checker nonsense", "rows", "rows orders",
        "what-if add crash-broker: {broker: 9}",
        "step -1", "delete 4", "continue", "topic nowhere", "diff",
    ]) func `says what is wrong with a command`(line: String) throws {
        var session = try session()
        guard case .failure(let error) = session.perform(line) else {
            Issue.record("'\(line)' was taken")
            return
        }
        #expect(!error.message.isEmpty)
    }
}
