import Kafka
import Simulation
import Testing

@testable import VirtualKafka

@Suite("Transactions in a partition's log")
struct PartitionTransactionsTests {
    /// A log of batches of one record each.
    private struct Fixture {
        var replica = Replica()

        mutating func append(_ kind: BatchKind, by producer: Int64, coordinatorEpoch: Int32 = 0) {
            let batch = Batch(
                baseOffset: replica.log.endOffset, appendedAt: .zero,
                records: kind.isControl ? [] : [Record(key: nil, value: [])], groupRecords: [],
                producer: ProducerIdentity(id: producer, epoch: 0), kind: kind,
                baseSequence: Int32(replica.log.endOffset), leaderEpoch: 0, size: 1, count: 1,
                coordinatorEpoch: coordinatorEpoch)
            replica.log.append(batch, at: .zero, flushInterval: .seconds(5))
            replica.note(batch)
        }

        /// The offsets that a reader is handed who reads some of the log at once.
        func read(from start: Int64, below end: Int64) -> [Int64] {
            var filter = AbortedBatches(replica.transactions.aborted(from: start, below: end))
            return replica.log.read(from: start, below: end, maxBytes: .max)
                .filter { !filter.leavesOut($0) }.map(\.baseOffset)
        }
    }

    /// 0: first of 1, 1: of nobody, 2: of 2, 3: 1 aborts, 4: of 1 again, 5: 2 commits, 6: 1 aborts again, 7: of nobody
    private func log() -> Fixture {
        var log = Fixture()
        log.append(.transactional, by: 1)
        log.append(.plain, by: -1)
        log.append(.transactional, by: 2)
        log.append(.abortMarker, by: 1)
        log.append(.transactional, by: 1)
        log.append(.commitMarker, by: 2)
        log.append(.abortMarker, by: 1)
        log.append(.plain, by: -1)
        return log
    }

    @Test("The last stable offset is where the first open transaction begins, or the first with an unreplicated marker")
    func lastStableOffset() {
        let log = log()
        let ends: [Int64] = (0...8).map { log.replica.transactions.stableEnd(below: $0) }
        #expect(ends == [0, 0, 0, 0, 2, 2, 4, 7, 8])
        var open = log
        open.append(.transactional, by: 3)
        open.append(.plain, by: -1)
        #expect(open.replica.transactions.stableEnd(below: 10) == 8)
    }

    @Test("Whatever range is read, records of aborted transactions and markers are left out")
    func filtering() {
        let log = log()
        for start in 0...7 as ClosedRange<Int64> {
            for end in (start + 1)...8 {
                #expect(log.read(from: start, below: end) == [1, 2, 7].filter { start <= $0 && $0 < end })
            }
        }
    }

    @Test("The index says the same after the log was read again, and after a truncation what is left")
    func rebuilding() {
        var log = log()
        let before = log.replica.transactions.aborted(from: 0, below: 8)
        #expect(before.count == 2)
        log.replica.rebuildProducers()
        #expect(log.replica.transactions.aborted(from: 0, below: 8) == before)
        log.replica.log.truncate(to: 5)
        log.replica.rebuildProducers()
        #expect(log.replica.transactions.aborted(from: 0, below: 8).count == 1)
        #expect(log.replica.transactions.stableEnd(below: 5) == 2)
        #expect(log.replica.transactions.isOpen(1) && log.replica.transactions.isOpen(2))
    }

    @Test("A marker that comes again, or where nothing was written, decides nothing but is remembered")
    func repeatedMarkers() {
        var log = log()
        log.append(.abortMarker, by: 2, coordinatorEpoch: 3)
        log.append(.abortMarker, by: 9, coordinatorEpoch: 4)
        #expect(log.replica.transactions.aborted(from: 0, below: 10).count == 2)
        #expect(log.replica.transactions.stableEnd(below: 10) == 10)
        #expect(log.replica.transactions.coordinatorEpoch(of: 2) == 3)
        #expect(log.replica.transactions.coordinatorEpoch(of: 9) == 4)
    }

    @Test("A marker with a newer epoch fences the producer, one with its own epoch leaves its sequence as it is")
    func markersAndSequences() {
        var states = ProducerStates()
        func batch(_ kind: BatchKind, epoch: Int16, sequence: Int32) -> Batch {
            Batch(
                baseOffset: 0, appendedAt: .zero, records: [], groupRecords: [],
                producer: ProducerIdentity(id: 1, epoch: epoch), kind: kind, baseSequence: sequence, leaderEpoch: 0,
                size: 1, count: 2)
        }
        states.note(batch(.transactional, epoch: 0, sequence: 0))
        states.note(batch(.commitMarker, epoch: 0, sequence: -1))
        #expect(states.check(ProducerIdentity(id: 1, epoch: 0), 2, 1) == .append)
        states.note(batch(.abortMarker, epoch: 1, sequence: -1))
        #expect(states.check(ProducerIdentity(id: 1, epoch: 0), 2, 1) == .refuse(.invalidProducerEpoch))
        #expect(states.check(ProducerIdentity(id: 1, epoch: 1), 2, 1) == .refuse(.outOfOrderSequenceNumber))
        #expect(states.check(ProducerIdentity(id: 1, epoch: 1), 0, 1) == .append)
    }

    @Test("What was aborted is forgotten with the records that were deleted")
    func deletedAborts() {
        var log = log()
        log.replica.transactions.truncateStart(to: 3)
        #expect(log.replica.transactions.aborted.map(\.lastOffset) == [3, 6])
        log.replica.transactions.truncateStart(to: 4)
        #expect(log.replica.transactions.aborted.map(\.lastOffset) == [6])
        #expect(log.read(from: 4, below: 8) == [7])
    }
}
