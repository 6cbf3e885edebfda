import Kafka

/// The latest different records that were written: one that comes again is written as how far back it stands.
///
/// An event passes through a service five or six times (as it arrives, in its batch, as a row, on its way out), and is most
/// of what there is to write.
final class WrittenRecords {
    /// How many are remembered, by the reader, too.
    static let capacity: UInt64 = 2_048

    private var numbers: [Record: UInt64] = [:]
    private var latest: [Record] = []
    private var count: UInt64 = 0

    /// How many records ago it came first, from 1; 0 for a new one, which is remembered.
    func distance(of record: Record) -> UInt64 {
        if let number = numbers[record] { return count - number }
        if count < Self.capacity {
            latest.append(record)
        } else {
            let place = Int(count % Self.capacity)
            numbers[latest[place]] = nil
            latest[place] = record
        }
        numbers[record] = count
        count += 1
        return 0
    }
}

/// The same records, as they are read.
final class ReadRecords {
    private var latest: [Record] = []
    private var count: UInt64 = 0

    func add(_ record: Record) {
        if count < WrittenRecords.capacity {
            latest.append(record)
        } else {
            latest[Int(count % WrittenRecords.capacity)] = record
        }
        count += 1
    }

    /// The record that came first so many records ago; nil when there is none, or it is forgotten.
    func record(at distance: UInt64) -> Record? {
        guard (1...min(max(count, 1), WrittenRecords.capacity)).contains(distance), distance <= count else {
            return nil
        }
        return latest[Int((count - distance) % WrittenRecords.capacity)]
    }
}
