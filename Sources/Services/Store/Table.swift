import Simulation

/// What a row is found by: a plain value with a hash that is the same in every process.
public protocol RowKey: Hashable, Sendable, Codable {
    /// The same value in every process and on every machine.
    var stableHash: UInt64 { get }
}

extension Identifier: RowKey {}
extension UniqueID: RowKey {}
extension Int32: RowKey {
    /// The number's bits, mixed.
    public var stableHash: UInt64 { mixed(UInt64(bitPattern: Int64(self))) }
}

/// A row of one table of a service's store.
///
/// Rows are `Codable` so that a database can keep each property in a column: a property that is a structure becomes a
/// column for each of its own, an array or a `Document` a column of JSON.
public protocol Row: Equatable, Sendable, Codable {
    associatedtype Key: RowKey
    /// The table's name, unique within the store of a service.
    static var table: String { get }
    /// The primary key.
    var key: Key { get }
    /// Whether rows of this table are in one of several phases that a search tells apart.
    static var hasPhases: Bool { get }
    /// Which phase it is in: a status, for example.
    var phase: UInt8 { get }
}

extension Row {
    /// All are alike.
    @inlinable public static var hasPhases: Bool { false }
    /// The only one.
    @inlinable public var phase: UInt8 { 0 }
}

/// The rows of one table, by primary key, as a value that forks cheaply: rows stand in pages and the index in shards,
/// so that the first write after a fork copies one page and one shard.
///
/// Rows are iterated in the order of their slots, which depends on nothing but the writes that were made.
///
/// Everything here is inlinable, so that it is specialised where the row types are: unspecialised, the store took a third
/// of a run's time.
@usableFromInline
struct Table<R: Row>: Sendable {
    @usableFromInline static var shardCount: Int { 64 }

    @usableFromInline var slots = PagedArray<R?>()
    @usableFromInline var free: ContiguousArray<Int32> = []
    @usableFromInline var index: ContiguousArray<[R.Key: Int32]>

    @inlinable
    init() { index = ContiguousArray(repeating: [:], count: Self.shardCount) }

    @inlinable
    func shard(of key: R.Key) -> Int { Int(truncatingIfNeeded: key.stableHash >> 32) & (Self.shardCount - 1) }

    @inlinable var count: Int { slots.count - free.count }

    @inlinable
    subscript(key: R.Key) -> R? {
        guard let slot = index[shard(of: key)][key] else { return nil }
        return slots[Int(slot)]
    }

    /// Sets or, with nil, removes the row of a key; gives back what stood there.
    @inlinable
    mutating func set(_ row: R?, for key: R.Key) -> R? {
        let shard = shard(of: key)
        if let slot = index[shard][key] {
            let old = slots[Int(slot)]
            slots[Int(slot)] = row
            if row == nil {
                index[shard][key] = nil
                free.append(slot)
            }
            return old
        }
        guard let row else { return nil }
        if let slot = free.popLast() {
            slots[Int(slot)] = row
            index[shard][key] = slot
        } else {
            index[shard][key] = Int32(slots.count)
            slots.append(row)
        }
        return nil
    }

    @inlinable
    func forEach(_ body: (R) throws -> Void) rethrows {
        for slot in slots.indices {
            if let row = slots[slot] { try body(row) }
        }
    }
}
