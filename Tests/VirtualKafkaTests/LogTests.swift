import Kafka
import Simulation
import Testing

@testable import VirtualKafka

extension Batch {
    /// A batch of `count` records whose timestamp is the time at which they are appended.
    static func plain(
        at offset: Int64, count: Int = 1, epoch: Int32 = 0, size: Int32 = 100, producer: ProducerIdentity = .none,
        sequence: Int32 = -1, appendedAt moment: Instant = .zero
    ) -> Batch {
        let record = Record(key: nil, value: [], timestampMilliseconds: moment.milliseconds)
        return Batch(
            baseOffset: offset, appendedAt: moment, records: Array(repeating: record, count: count), groupRecords: [],
            producer: producer, baseSequence: sequence, leaderEpoch: epoch, size: size, count: Int32(count))
    }
}

@Suite("A replica's log")
struct LogTests {
    private static let step = Purpose("step of a log")

    @Test(
        "Whatever is appended, cut off and deleted, a log holds what a list would", arguments: 0..<30 as Range<UInt64>)
    func program(seed: UInt64) {
        let draws = Draws(seed: seed)
        var log = PartitionLog()
        log.segmentLimits.bytes = 350
        // Offset of each batch that is kept, with the number of its records.
        var list: [(offset: Int64, count: Int64)] = []
        var start: Int64 = 0
        for step in 0..<500 as Range<UInt64> {
            let end = list.last.map { $0.offset + $0.count } ?? start
            func index(below count: Int, _ part: UInt64) -> Int { draws.index(below: count, Self.step, step, part) }
            switch index(below: 12, 0) {
            case 0..<8:
                let count = 1 + index(below: 4, 1)
                log.append(.plain(at: end, count: count), at: .zero, flushInterval: .seconds(5))
                list.append((end, Int64(count)))
            case 8:
                // Whole batches go, also one around the offset.
                let cut = start + Int64(index(below: Int(end - start) + 1, 2))
                log.truncate(to: cut)
                list.removeAll { $0.offset + $0.count > cut }
            case 9, 10:
                start += Int64(index(below: Int(end - start) + 1, 3))
                log.advanceStart(to: start)
                list.removeAll { $0.offset + $0.count <= start }
            case 11 where step % 50 == 7:
                start = end + 10
                log.restart(at: start)
                list = []
            default: break
            }
            #expect(log.startOffset == start)
            #expect(log.endOffset == list.last.map { $0.offset + $0.count } ?? start)
            #expect(log.batches.map(\.baseOffset) == list.map(\.offset))
            #expect(log.size == Int64(list.count) * 100)
        }
    }

    @Test("A log that was deleted from the front still says how its epochs follow each other")
    func epochs() {
        var log = PartitionLog()
        for (offset, epoch) in [(0, 0), (1, 0), (2, 3), (3, 3), (4, 5)] as [(Int64, Int32)] {
            log.append(.plain(at: offset, epoch: epoch), at: .zero, flushInterval: .seconds(5))
        }
        #expect(log.epochs.end(of: 0, logEnd: 5) == EpochEnd(epoch: 0, endOffset: 2))
        log.advanceStart(to: 3)
        #expect(log.epochs.end(of: 3, logEnd: 5) == EpochEnd(epoch: 3, endOffset: 4))
        // Of the first epoch nothing is left but that it has ended.
        #expect(log.epochs.end(of: 0, logEnd: 5) == EpochEnd(epoch: 0, endOffset: 3))
        log.advanceStart(to: 5)
        #expect(log.batches.isEmpty)
        #expect(log.lastEpoch == 5)
        #expect(log.epochs.end(of: 5, logEnd: 5) == EpochEnd(epoch: 5, endOffset: 5))
    }

    @Test("Retention by size deletes whole segments, and keeps at least what it is to keep")
    func retentionBySize() {
        var log = PartitionLog()
        log.segmentLimits.bytes = 300
        for offset in 0..<10 as Range<Int64> {
            log.append(.plain(at: offset), at: .zero, flushInterval: .seconds(5))
        }
        func start(_ bytes: Int64, highWatermark: Int64 = 10) -> Int64 {
            log.retentionStart(time: .seconds(-1), bytes: bytes, highWatermark: highWatermark, at: .zero)
        }
        // Segments 0…2, 3…5, 6…8, 9.
        #expect(start(-1) == 0)
        #expect(start(1_000) == 0)
        #expect(start(701) == 0)
        #expect(start(700) == 3)
        #expect(start(400) == 6)
        #expect(start(400, highWatermark: 5) == 3)
        #expect(start(0) == 10)
    }

    @Test("Retention by time goes by the newest record of a segment")
    func retentionByTime() {
        var log = PartitionLog()
        log.segmentLimits.bytes = 300
        for offset in 0..<9 as Range<Int64> {
            log.append(
                .plain(at: offset, appendedAt: .zero + .seconds(offset)), at: .zero, flushInterval: .seconds(5))
        }
        func start(at seconds: Int64) -> Int64 {
            log.retentionStart(time: .seconds(10), bytes: -1, highWatermark: 9, at: .zero + .seconds(seconds))
        }
        #expect(start(at: 12) == 0)
        #expect(start(at: 13) == 3)
        #expect(start(at: 15) == 3)
        #expect(start(at: 16) == 6)
        #expect(start(at: 19) == 9)
    }

    @Test("A segment is closed after its time, whatever its size")
    func segmentTime() {
        var log = PartitionLog()
        log.segmentLimits.time = .seconds(10)
        for (offset, seconds) in [(0, 0), (1, 9), (2, 10), (3, 19), (4, 20)] as [(Int64, Int64)] {
            log.append(
                .plain(at: offset, appendedAt: .zero + .seconds(seconds)), at: .zero, flushInterval: .seconds(5))
        }
        #expect(log.closedSegments.map(\.baseOffset) == [0, 2])
        #expect(log.activeSegment.baseOffset == 4)
    }
}

@Suite("What a partition remembers of producers")
struct ProducerStatesTests {
    private let one = ProducerIdentity(id: 7, epoch: 0)

    private func batch(_ sequence: Int32, count: Int = 1, offset: Int64, epoch: Int16 = 0) -> Batch {
        .plain(at: offset, count: count, producer: ProducerIdentity(id: 7, epoch: epoch), sequence: sequence)
    }

    @Test("The last five batches are known by their offsets; a sequence is continued without a gap")
    func window() {
        var states = ProducerStates()
        for number in 0..<7 as Range<Int32> { states.note(batch(number * 2, count: 2, offset: Int64(number) * 2)) }
        #expect(states.check(one, 14, 1) == .append)
        #expect(states.check(one, 15, 1) == .refuse(.outOfOrderSequenceNumber))
        for number in 2..<7 as Range<Int32> {
            #expect(states.check(one, number * 2, 2) == .duplicate(baseOffset: Int64(number) * 2))
        }
        // The same first sequence, but another batch.
        #expect(states.check(one, 12, 1) == .refuse(.outOfOrderSequenceNumber))
        #expect(states.check(ProducerIdentity(id: 7, epoch: -1), 14, 1) == .refuse(.invalidProducerEpoch))
        #expect(states.check(ProducerIdentity(id: 7, epoch: 1), 14, 1) == .refuse(.outOfOrderSequenceNumber))
        #expect(states.check(ProducerIdentity(id: 7, epoch: 1), 0, 1) == .append)
    }

    @Test("After the largest sequence comes 0")
    func wrap() {
        var states = ProducerStates()
        states.note(batch(0, offset: 0))
        states.note(batch(.max - 1, count: 2, offset: 1))
        #expect(states.check(one, 0, 3) == .append)
        states.note(batch(.max, count: 3, offset: 3))
        #expect(states.check(one, 2, 1) == .append)
        #expect(states.check(one, .max, 3) == .duplicate(baseOffset: 3))
    }

    @Test("Of an unknown producer, any sequence is taken only where something was forgotten")
    func unknown() {
        var states = ProducerStates()
        #expect(states.check(one, 5, 1) == .refuse(.outOfOrderSequenceNumber))
        states.note(batch(0, offset: 0))
        states.expire(since: .zero) { _ in false }
        #expect(states.check(one, 5, 1) == .refuse(.outOfOrderSequenceNumber))
        states.expire(since: .zero + .seconds(1)) { $0 == 7 }
        #expect(states.check(one, 5, 1) == .refuse(.outOfOrderSequenceNumber))
        states.expire(since: .zero + .seconds(1)) { _ in false }
        #expect(states.check(one, 5, 1) == .append)
    }

    @Test("Deleting a producer's records does not make it unknown; cutting them off does")
    func deletedRecords() {
        var log = PartitionLog()
        var states = ProducerStates()
        for number in 0..<8 as Range<Int32> {
            log.append(batch(number, offset: Int64(number)), at: .zero, flushInterval: .seconds(5))
            states.note(log.batches.last!)
        }
        log.advanceStart(to: 6)
        log.truncate(to: 7)
        states.rebuild(from: log)
        #expect(states.check(one, 7, 1) == .append)
        for number in 3..<7 as Range<Int32> {
            #expect(states.check(one, number, 1) == .duplicate(baseOffset: Int64(number)))
        }
    }
}
