import Kafka
import Orders
import Services
import Simulation
import Testing

@testable import Harness
@testable import OrderTestbed

/// Each checker sees what it is there for.
@Suite struct CheckerTests {
    @Test(arguments: PlantedDefect.all) func `a planted defect is found`(_ defect: PlantedDefect) {
        var history = defect.world.history
        defect.spoil(&history)
        let result = defect.world.system.judge(history).first { $0.name == defect.checker }
        #expect(result?.verdict == .violated)
        for violation in result?.violations ?? [] {
            #expect(!violation.subject.isEmpty && violation.message.count > 10 && violation.at <= history.end)
        }
    }

    @Test func `every checker has a defect planted for it`() {
        for checker in Checker.all {
            #expect(PlantedDefect.all.contains { $0.checker == checker.name }, "\(checker.name)")
        }
    }

    @Test func `many violations are capped and counted`() {
        var history = CorrectHistories.mixedHistory
        history.unsettled = (1...50).map { "request \($0) has no answer" }
        let result = CorrectHistories.mixed.judge(history).first { $0.name == "quiescent" }!
        #expect(result.violations.count == 21)
        #expect(result.violations.last!.message == "… and 30 more violations of the same invariant.")
    }
}

/// What may happen in a correct run, and must not be taken for a defect.
@Suite struct InnocenceTests {
    private func expectSilence(_ history: History, of system: OrderSystemUnderTest = CorrectHistories.mixed) {
        for violation in system.judge(history).flatMap(\.violations) { Issue.record("\(violation)") }
    }

    @Test func `every record stands in the log twice`() {
        var history = CorrectHistories.mixedHistory
        for index in history.entries.indices {
            guard case .appended(_, _, let record) = history.entries[index].event,
                (try? EventCodec.inventoryFirst.decode(record)) != nil || record.header(DeadLetterHeader.topic) != nil
            else { continue }
            history.append(record, whereEntryStands: index)
        }
        expectSilence(history)
    }

    @Test func `a release reaches the log after the reservation that it made possible`() {
        var history = CorrectHistories.mixedHistory
        let released = history.positions {
            guard case .appended(_, _, let record) = $0 else { return false }
            return (try? EventCodec.inventoryFirst.decode(record))?.type == .inventoryReleased
        }
        // To the end of the run, as if the warehouse's outbox had hung.
        for index in released {
            var entry = history.entries[index]
            entry.at = history.end
            history.entries[index].event = .fault(.crashController(at: .zero, for: .zero))
            history.entries.append(entry)
        }
        expectSilence(history)
    }

    @Test func `a fault has sent a record late`() {
        var history = CorrectHistories.mixedHistory
        PlantedDefect.all.first { $0.what == "a refund before its charge" }!.spoil(&history)
        let order = history.first(.paymentRefunded).event.order
        let place = RecordPlace(topic: "payments", key: order.description, number: 1)
        history.entries.append(.init(at: history.end, event: .fault(.reorderRecord(place, by: .seconds(1)))))
        expectSilence(history)
    }

    @Test func `a run that was cut short is not blamed for what was under way`() {
        var history = CorrectHistories.mixedHistory
        let moment = Instant.zero + .seconds(1)
        history.entries.removeAll {
            guard $0.at > moment else { return false }
            switch $0.event {
            case .appended, .acknowledged, .answered: return true
            default: return false
            }
        }
        history.offsets = []
        history.unsettled = ["everything"]
        let names = CorrectHistories.mixed.judge(history).filter { $0.verdict == .violated }.map(\.name)
        #expect(names == ["quiescent"])
    }

    @Test func `without an inbox, offsets are judged by what events left behind`() {
        var system = CorrectHistories.mixed
        system.policies.deduplication = .memory
        let history = QuietWorld.history(of: system)
        expectSilence(history, of: system)
        var spoiled = history
        spoiled.remove(ReservationRow.self, of: "inventory", history.first(.orderCreated).event.order)
        let result = system.judge(spoiled).first { $0.name == "offsets-never-pass-unprocessed" }
        #expect(result?.verdict == .violated)
    }
}
