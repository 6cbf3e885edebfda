import Harness
import Kafka
import Live
import LiveTestSupport
import Simulation
import Testing

@testable import LiveHarness

@Suite("The order of a live run's records", .ownThread)
struct LogAssemblyTests {
    private static let orders = TopicPartition(TopicID(rawValue: 0), 0)
    private static let payments = TopicPartition(TopicID(rawValue: 1), 0)

    /// A record that was handed over at a moment, in milliseconds; nil for one without a header.
    private func record(_ name: String, sentAt milliseconds: Int64?) -> Record {
        let stamp = milliseconds.map { Header(SentAtHeader.name, "\($0 * 1_000_000)") }
        return Record(
            key: nil, value: Array(name.utf8), headers: [Header("id", name)] + (stamp.map { [$0] } ?? []),
            timestampMilliseconds: 1_000_007)
    }

    private func names(_ entries: [History.Entry]) -> [String] {
        entries.compactMap { entry in
            guard case .appended(_, _, let record) = entry.event else { return "fault" }
            return record.value.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test("an effect stands behind its cause, whichever partition is read first")
    func causality() {
        var assembly = LogAssembly(clock: LiveClock())
        // `paid` was caused by `created`, which its sender had handed over late: times of a log only grow.
        assembly.add(record("paid", sentAt: 9), at: 0, of: Self.payments)
        assembly.add(record("first", sentAt: 5), at: 0, of: Self.orders)
        assembly.add(record("created", sentAt: 3), at: 1, of: Self.orders)
        assembly.add(record("unstamped", sentAt: nil), at: 2, of: Self.orders)
        #expect(names(assembly.merged(with: [])) == ["first", "created", "unstamped", "paid"])
        #expect(assembly.merged(with: []).map(\.at.milliseconds) == [5, 5, 5, 9])
    }

    @Test("records come before whatever else is of their moment")
    func ties() {
        var assembly = LogAssembly(clock: LiveClock())
        assembly.add(record("created", sentAt: 5), at: 0, of: Self.orders)
        let fault = History.Entry(
            at: Instant(nanoseconds: 5_000_000),
            event: .fault(.killInstance("order/1", at: .zero, restartAfter: .zero)))
        #expect(names(assembly.merged(with: [fault])) == ["created", "fault"])
    }

    @Test("what transport added is taken off")
    func transport() throws {
        var assembly = LogAssembly(clock: LiveClock(origin: 1_000_000 * 1_000_000))
        assembly.add(record("created", sentAt: 5), at: 0, of: Self.orders)
        guard case .appended(_, _, let record) = try #require(assembly.entries.first).event else { return }
        #expect(record.headers == [Header("id", "created")])
        #expect(record.timestampMilliseconds == 7)
    }

    @Test("what was dropped is noticed, and nothing is taken twice")
    func gaps() {
        var assembly = LogAssembly(clock: LiveClock())
        for offset: Int64 in [0, 1, 1, 0, 5, 6] { assembly.add(record("a", sentAt: 1), at: offset, of: Self.orders) }
        #expect(assembly.entries.count == 4)
        #expect(assembly.gaps.map(\.offsets) == [2..<5])
    }
}
