import Kafka
import Services
import Simulation
import Testing

@testable import Harness
@testable import OrderTestbed

/// Histories of which not everything could be read back: what is not there proves nothing, and what is there still counts.
@Suite struct MissingRecordTests {
    private func history(without isMissing: (_ number: Int) -> Bool) -> History {
        var history = CorrectHistories.mixedHistory
        var number = 0
        history.entries.removeAll { entry in
            guard case .appended = entry.event else { return false }
            number += 1
            return isMissing(number)
        }
        history.missing = ["The history is not complete."]
        return history
    }

    @Test(arguments: [1, 2, 3, 5, 7, 50]) func `records that could not be read are no violation`(every: Int) {
        let results = CorrectHistories.mixed.judge(history { $0 % every == 0 })
        for violation in results.flatMap(\.violations) { Issue.record("\(violation)") }
        #expect(results.first { $0.name == "no-acknowledged-record-lost" }?.verdict == .inconclusive)
        #expect(results.first { $0.name == "charged-at-most-once" }?.verdict == .held)
    }

    @Test func `a second charge is one whatever is missing`() throws {
        var history = history { $0 % 2 == 0 }
        let charge = try #require(history.bookings("charge").first)
        guard case .ledger(var entry) = history.entries[charge].event else { return }
        entry.idempotencyKey = UniqueID(drawn: 4, 2)
        history.entries.insert(History.Entry(at: history.entries[charge].at, event: .ledger(entry)), at: charge + 1)
        let result = CorrectHistories.mixed.judge(history).first { $0.name == "charged-at-most-once" }
        #expect(result?.verdict == .violated)
    }

    @Test func `nobody has watched the brokers of a live run`() {
        var history = CorrectHistories.mixedHistory
        history.watchesCluster = false
        let result = CorrectHistories.mixed.judge(history).first { $0.name == "cluster-invariants" }
        #expect(result?.verdict == .inconclusive)
    }
}
