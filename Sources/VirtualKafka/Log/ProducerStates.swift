import Kafka
import Simulation

/// What a partition remembers of idempotent producers: of each, the epoch and the last five batches (KIP-98). Every
/// replica keeps it up to date from the batches it appends, so it survives a change of the leader.
struct ProducerStates: Sendable {
    private struct Mark: Sendable {
        var baseSequence: Int32
        var lastSequence: Int32
        var baseOffset: Int64
    }

    private struct Entry: Sendable {
        var epoch: Int16
        /// How many of the five marks are in use.
        var count: UInt8 = 0
        /// Where the next mark goes.
        var next: UInt8 = 0
        var lastSequence: Int32 = -1
        /// When its last batch was appended.
        var lastAppend = Instant.zero
    }

    private static let remembered = 5

    private var ids: ContiguousArray<Int64> = []
    private var entries: ContiguousArray<Entry> = []
    /// Five for each entry.
    private var marks: ContiguousArray<Mark> = []
    /// Whether there may have been producers that it does not know any more.
    private var isForgetful = false

    enum Verdict: Equatable {
        case append
        /// Appended before: at this offset.
        case duplicate(baseOffset: Int64)
        case refuse(ErrorCode)
    }

    /// Whether a batch continues its producer's sequence. One that is older than the last five is out of order, as in
    /// `ProducerAppendInfo.checkSequence`: nobody knows any more whether it is a duplicate.
    ///
    /// Of a producer that it does not know, Kafka takes any first sequence, since its state may have expired. Here that
    /// is so only where something was forgotten; elsewhere, a sequence that does not begin at 0 has a gap before it, and is
    /// refused as what it is (as Kafka 4 does for transactional producers, KIP-890).
    func check(_ producer: ProducerIdentity, _ baseSequence: Int32, _ count: Int) -> Verdict {
        guard let index = find(producer.id) else {
            return baseSequence == 0 || isForgetful ? .append : .refuse(.outOfOrderSequenceNumber)
        }
        let entry = entries[index]
        if producer.epoch < entry.epoch { return .refuse(.invalidProducerEpoch) }
        if producer.epoch > entry.epoch {
            return baseSequence == 0 ? .append : .refuse(.outOfOrderSequenceNumber)
        }
        let lastSequence = sequence(baseSequence, plus: Int32(count) - 1)
        for slot in 0..<Int(entry.count) {
            let mark = marks[index * Self.remembered + slot]
            if mark.baseSequence == baseSequence, mark.lastSequence == lastSequence {
                return .duplicate(baseOffset: mark.baseOffset)
            }
        }
        return baseSequence == sequence(entry.lastSequence, plus: 1) ? .append : .refuse(.outOfOrderSequenceNumber)
    }

    /// Takes note of an appended batch.
    mutating func note(_ batch: Batch) {
        guard batch.producer.id >= 0 else { return }
        let index = find(batch.producer.id) ?? insert(batch.producer)
        if entries[index].epoch != batch.producer.epoch { entries[index] = Entry(epoch: batch.producer.epoch) }
        entries[index].lastAppend = batch.appendedAt
        // A marker has no sequence; with a newer epoch, it fences the producer (KIP-360).
        if batch.kind.isControl { return }
        note(
            Mark(baseSequence: batch.baseSequence, lastSequence: batch.lastSequence, baseOffset: batch.baseOffset),
            at: index)
    }

    private mutating func note(_ mark: Mark, at index: Int) {
        let slot = Int(entries[index].next)
        marks[index * Self.remembered + slot] = mark
        entries[index].next = UInt8((slot + 1) % Self.remembered)
        entries[index].count = min(entries[index].count + 1, UInt8(Self.remembered))
        entries[index].lastSequence = mark.lastSequence
    }

    /// After a truncation or a restart: what the log itself says, and of what lies before the log what was known already
    /// (Kafka reads it from snapshots; KIP-360 keeps it when the records are deleted).
    mutating func rebuild(from log: PartitionLog) {
        let old = self
        self = ProducerStates()
        isForgetful = old.isForgetful || log.startOffset > 0
        let first = log.batches.first?.baseOffset ?? log.endOffset
        if first > 0 { take(from: old, before: first) }
        for index in log.batches.indices { note(log.batches[index]) }
    }

    /// The log begins in the middle of a history that this replica does not know.
    mutating func forget() {
        self = ProducerStates()
        isForgetful = true
    }

    private mutating func take(from old: ProducerStates, before first: Int64) {
        for (place, id) in old.ids.enumerated() {
            let entry = old.entries[place]
            // From the oldest mark on: the next one to be replaced.
            for turn in 0..<Int(entry.count) {
                let slot = (Int(entry.next) + Self.remembered - Int(entry.count) + turn) % Self.remembered
                let mark = old.marks[place * Self.remembered + slot]
                guard mark.baseOffset < first else { break }
                let index = find(id) ?? insert(ProducerIdentity(id: id, epoch: entry.epoch))
                entries[index].lastAppend = entry.lastAppend
                note(mark, at: index)
            }
        }
    }

    /// Forgets producers that have not appended for a long time, but for those with an open transaction
    /// (`producer.id.expiration.ms`).
    mutating func expire(since moment: Instant, keeping isOpen: (_ producer: Int64) -> Bool) {
        let kept = ids.indices.filter { entries[$0].lastAppend >= moment || isOpen(ids[$0]) }
        guard kept.count < ids.count else { return }
        marks = ContiguousArray(
            kept.flatMap { marks[$0 * Self.remembered..<($0 + 1) * Self.remembered] })
        entries = ContiguousArray(kept.map { entries[$0] })
        ids = ContiguousArray(kept.map { ids[$0] })
        isForgetful = true
    }

    /// The epoch of a producer, if the partition knows it.
    func epoch(of id: Int64) -> Int16? { find(id).map { entries[$0].epoch } }

    private func find(_ id: Int64) -> Int? {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == id ? low : nil
    }

    private mutating func insert(_ producer: ProducerIdentity) -> Int {
        let index = ids.firstIndex { $0 > producer.id } ?? ids.count
        ids.insert(producer.id, at: index)
        entries.insert(Entry(epoch: producer.epoch), at: index)
        let blank = Mark(baseSequence: -1, lastSequence: -1, baseOffset: -1)
        marks.insert(contentsOf: repeatElement(blank, count: Self.remembered), at: index * Self.remembered)
        return index
    }
}
