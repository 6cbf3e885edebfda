import Foundation
import Kafka
import Simulation
import Testing

@testable import Harness
@testable import Reports

/// A recording joins what a history tells with what somebody sees who watches the run once more.
@Suite("Recordings")
struct RecordingTests {
    private let result: RunResult
    private let recording: Recording

    init() throws {
        result = try Runner.run(Registry.scenario(), seed: 1)
        recording = Recording(of: result)
    }

    private func arrows(_ kind: Recording.Message.Kind, isRead: Bool = false) -> [Recording.Arrow] {
        recording.arrows.filter { recording.messages[$0.message].kind == kind && $0.isRead == isRead }
    }

    private func name(_ lane: Int) -> String { recording.lanes[lane].name }

    @Test("have a lane for everybody")
    func lanes() {
        #expect(recording.isWatched)
        #expect(
            recording.lanes.map(\.name) == [
                "client", "counter/1", "counter/2", "counter store", "broker 1", "broker 2", "broker 3", "clerk/1",
                "clerk/2", "clerk store", "provider", "stranger",
            ])
    }

    @Test("follow a message from where it is sent to where it arrives")
    func messages() throws {
        #expect(arrows(.request).count == 3)
        #expect(arrows(.request).allSatisfy { name($0.from) == "client" && name($0.to).hasPrefix("counter/") })
        #expect(arrows(.request).allSatisfy { $0.start < $0.end && !$0.isLost })
        #expect(arrows(.answer).allSatisfy { name($0.to) == "client" && $0.start < $0.end })
        // Three names, and one of them once more, by nobody of the system.
        let written = arrows(.record)
        #expect(written.count == 4)
        #expect(written.count { name($0.from) == "stranger" } == 1)
        #expect(written.allSatisfy { name($0.to).hasPrefix("broker ") })
        let read = arrows(.record, isRead: true)
        #expect(read.count == 4)
        #expect(read.allSatisfy { name($0.to).hasPrefix("clerk/") && $0.start < $0.end })
        let second = try #require(recording.subjects.firstIndex(of: "NAME-2"))
        #expect(written.count { recording.messages[$0.message].subjects == [second] } == 2)
        #expect(arrows(.request).count { recording.messages[$0.message].subjects == [second] } == 1)
    }

    @Test("know every version of a row, and whom it is about")
    func rows() throws {
        let row = try #require(recording.rows.first { $0.key == "NAME-2" && $0.table == "names" })
        #expect(row.service == "clerk")
        #expect(row.versions.map { $0.value?[key: "times"]?.compact } == ["1", "2"])
        #expect(row.subjects.map { recording.subjects[$0] } == ["NAME-2"])
        let outbox = recording.rows.filter { $0.service == "counter" && $0.table == "outbox" }
        #expect(!outbox.isEmpty && outbox.allSatisfy { $0.versions.last?.value == nil })
    }

    @Test("show faults and deaths where they strike")
    func faults() throws {
        let marks = recording.marks.filter { $0.kind == .fault }
        #expect(marks.map(\.title) == Registry.faults.map(\.sentence))
        #expect(marks.last?.lane.map(name) == "counter/1")
        let down = try #require(recording.spans.first { $0.kind == .down })
        #expect(name(down.lane) == "counter/1")
        #expect(down.end - down.start == .milliseconds(200))
    }

    @Test("follow groups through their rebalances and commits")
    func groups() throws {
        let clerks = try #require(recording.groups.first { $0.name == "clerk" })
        #expect(clerks.states.last?.state == "Stable")
        #expect(clerks.states.last?.members.flatMap(\.partitions).sorted() == ["names-0", "names-1"])
        let committed = Dictionary(clerks.offsets.map { ($0.partition, $0.committed) }, uniquingKeysWith: { $1 })
        #expect(committed.values.reduce(0, +) == 4)
    }

    @Test("of a run that cannot be made again are made from its history alone")
    func unwatched() throws {
        var other = result
        other.traceHash = TraceHash()
        let recording = Recording(of: other)
        #expect(!recording.isWatched && recording.rows.isEmpty)
        #expect(recording.lanes.map(\.name).contains("Kafka"))
        #expect(recording.arrows.contains { recording.messages[$0.message].kind == .record })
        #expect(recording.marks.count { $0.kind == .fault } == 2)
    }

    @Test("are cut to a budget, the subject's own first")
    func budget() {
        let cut = CutRecording(
            recording, about: "NAME-2", around: .zero + .milliseconds(40),
            budget: PageBudget(arrows: 6, marks: 2, content: 10, rows: 200))
        #expect(cut.recording.arrows.count == 6)
        #expect(cut.recording.marks.count == 2)
        let second = recording.subjects.firstIndex(of: "NAME-2")
        #expect(
            cut.recording.arrows.allSatisfy { second.map(recording.messages[$0.message].subjects.contains) ?? false })
        #expect(cut.recording.messages.map(\.detail.utf8.count).reduce(0, +) <= 10)
        #expect(cut.recording.rows.count < recording.rows.count)
        #expect(cut.cuts.count == 4)
        let whole = CutRecording(recording, about: "NAME-2", around: .zero, budget: PageBudget())
        #expect(whole.cuts.isEmpty && whole.recording.arrows.count == recording.arrows.count)
    }
}
