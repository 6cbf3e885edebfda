import Simulation

/// A service's store as a value: tables in memory, with savepoints. `var branch = store` is a snapshot.
///
/// It is serialisable by nature: one transaction at a time. Faults (a commit that fails, an answer that is lost) are the
/// driver's business, not the store's.
public struct ValueStore: Sendable {
    @usableFromInline var tables: ContiguousArray<AnyTableBox> = []
    /// Which table each write of the open transaction went to, latest last; the tables remember what stood there.
    @usableFromInline var journal: ContiguousArray<UInt8> = []
    /// Counts the transactions; what a table remembers of an earlier one is void.
    @usableFromInline var transaction: UInt64 = 0

    /// A store without tables; a table is there as soon as it is written.
    public init() {}

    /// The rows' types of every table that was ever written, in that order.
    public var rowTypes: [any Row.Type] { tables.map { $0.row } }

    /// The row of a key.
    @inlinable
    public func row<R: Row>(_ type: R.Type = R.self, _ key: R.Key) -> R? {
        guard let position = position(of: R.self) else { return nil }
        return unsafeDowncast(tables[position], to: TableBox<R>.self).table[key]
    }

    /// How many rows a table has.
    @inlinable
    public func count<R: Row>(of type: R.Type) -> Int {
        guard let position = position(of: R.self) else { return 0 }
        return unsafeDowncast(tables[position], to: TableBox<R>.self).table.count
    }

    /// All rows of a table, in an order that depends on nothing but the writes made.
    @inlinable
    public func forEach<R: Row>(_ type: R.Type, _ body: (R) throws -> Void) rethrows {
        guard let position = position(of: R.self) else { return }
        try unsafeDowncast(tables[position], to: TableBox<R>.self).table.forEach(body)
    }

    /// All rows of a table that a predicate lets through.
    @inlinable
    public func rows<R: Row>(_ type: R.Type, where isIncluded: (R) -> Bool = { _ in true }) -> [R] {
        var found: [R] = []
        forEach(R.self) { if isIncluded($0) { found.append($0) } }
        return found
    }

    /// Sets or, with nil, removes a row.
    @inlinable
    public mutating func set<R: Row>(_ row: R?, for key: R.Key) {
        let position = position(of: R.self) ?? addTable(for: R.self)
        makeUnique(position)
        let box = unsafeDowncast(tables[position], to: TableBox<R>.self)
        if box.transaction != transaction {
            box.transaction = transaction
            box.undo.removeAll(keepingCapacity: true)
        }
        box.undo.append(TableBox<R>.Undo(key: key, old: box.table.set(row, for: key)))
        journal.append(UInt8(truncatingIfNeeded: position))
    }

    // MARK: From afar

    /// What units of work look like from afar: for each key of a row that has a phase, a number that stands for the phases
    /// of all its rows. The same in every process.
    package func addPhases(to units: inout [UnitPhase], salt: UInt64) {
        for box in tables { box.addPhases(to: &units, salt: salt) }
    }

    /// Roughly how many rows each table has.
    package var shape: UInt64 { tables.reduce(0) { $0 &+ $1.shape } }

    // MARK: As a working set

    /// Whether the row of a key was loaded or written: what `row` says about it is true, even when that is nil.
    func isKnown<R: Row>(_ type: R.Type, _ key: R.Key) -> Bool {
        guard let position = position(of: R.self) else { return false }
        return unsafeDowncast(tables[position], to: TableBox<R>.self).known.contains(key)
    }

    /// Takes over a row, or its absence, from elsewhere: no write, and not rolled back.
    mutating func load<R: Row>(_ row: R?, for key: R.Key) {
        let position = position(of: R.self) ?? addTable(for: R.self)
        makeUnique(position)
        let box = unsafeDowncast(tables[position], to: TableBox<R>.self)
        _ = box.table.set(row, for: key)
        box.known.insert(key)
    }

    /// The same as `set`, for a store whose rows are known one by one.
    mutating func setKnown<R: Row>(_ row: R?, for key: R.Key) {
        set(row, for: key)
        guard let position = position(of: R.self) else { return }
        unsafeDowncast(tables[position], to: TableBox<R>.self).known.insert(key)
    }

    /// Hands over what stands now under each key that the open transaction has written.
    func writes(to sink: any RowSink) throws {
        for box in tables where box.transaction == transaction { try box.writes(to: sink) }
    }

    /// A mark to which the writes after it can be rolled back.
    public var savepoint: Int { journal.count }

    /// Takes back every write since the savepoint.
    public mutating func rollBack(to savepoint: Int) {
        while journal.count > savepoint {
            let position = Int(journal.removeLast())
            makeUnique(position)
            tables[position].undoLast()
        }
    }

    /// Makes every write since the last commit final.
    public mutating func commit() {
        journal.removeAll(keepingCapacity: true)
        transaction += 1
    }

    /// How many transactions were committed.
    public var commitCount: UInt64 { transaction }

    /// Hands over what stands now under each key that the last committed transaction has written.
    public func lastCommit(to sink: any RowSink) throws {
        guard transaction > 0 else { return }
        for box in tables where box.transaction == transaction - 1 { try box.writes(to: sink) }
    }

    /// A box that a fork shares is copied before it is written.
    @inlinable
    mutating func makeUnique(_ position: Int) {
        if !isKnownUniquelyReferenced(&tables[position]) { tables[position] = tables[position].copy() }
    }

    @inlinable
    func position<R: Row>(of type: R.Type) -> Int? {
        let wanted = ObjectIdentifier(R.self)
        for position in tables.indices where tables[position].rowType == wanted { return position }
        return nil
    }

    @inlinable
    mutating func addTable<R: Row>(for type: R.Type) -> Int {
        precondition(tables.count < 256, "a store has at most 256 tables")
        tables.append(TableBox<R>(Table<R>()))
        return tables.count - 1
    }
}

/// Where a unit of work stands, as numbers: which one it is, and the phases of all its rows.
package struct UnitPhase {
    package var unit: UInt64
    package var state: UInt64
}

/// A table behind a type that all tables share. A reference, because it is the only way to change one table of many in
/// place; `ValueStore` copies a box before it writes to one that is shared, as the standard library's collections do,
/// and nothing else ever sees a box. Hence `@unchecked`.
@usableFromInline
class AnyTableBox: @unchecked Sendable {
    @usableFromInline final let rowType: ObjectIdentifier
    /// The transaction that `undo` belongs to.
    @usableFromInline final var transaction: UInt64 = 0

    @inlinable
    init(rowType: ObjectIdentifier) { self.rowType = rowType }

    @usableFromInline
    func copy() -> AnyTableBox { preconditionFailure("a table box is always a TableBox") }

    @usableFromInline
    func undoLast() { preconditionFailure("a table box is always a TableBox") }

    func writes(to sink: any RowSink) throws { preconditionFailure("a table box is always a TableBox") }

    var row: any Row.Type { preconditionFailure("a table box is always a TableBox") }

    var shape: UInt64 { preconditionFailure("a table box is always a TableBox") }

    func addPhases(to units: inout [UnitPhase], salt: UInt64) {
        preconditionFailure("a table box is always a TableBox")
    }
}

@usableFromInline
final class TableBox<R: Row>: AnyTableBox, @unchecked Sendable {
    /// What stood under a key before a write.
    @usableFromInline
    struct Undo {
        @usableFromInline var key: R.Key
        @usableFromInline var old: R?

        @inlinable
        init(key: R.Key, old: R?) {
            self.key = key
            self.old = old
        }
    }

    @usableFromInline var table: Table<R>
    @usableFromInline var undo: ContiguousArray<Undo> = []
    /// The keys that were loaded or written, in a working set; empty in a store that holds everything.
    var known: Set<R.Key> = []

    @inlinable
    init(_ table: Table<R>) {
        self.table = table
        super.init(rowType: ObjectIdentifier(R.self))
    }

    @usableFromInline
    override func copy() -> AnyTableBox {
        let copy = TableBox<R>(table)
        copy.transaction = transaction
        copy.undo = undo
        copy.known = known
        return copy
    }

    @usableFromInline
    override func undoLast() {
        guard let last = undo.popLast() else { preconditionFailure("the journal names a table that was not written") }
        _ = table.set(last.old, for: last.key)
        // What stood there before the first write may never have been loaded.
        if !known.isEmpty, !undo.contains(where: { $0.key == last.key }), known.remove(last.key) != nil {
            _ = table.set(nil, for: last.key)
        }
    }

    override var row: any Row.Type { R.self }

    /// The table's name, as a number.
    private var identity: UInt64 {
        R.table.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }

    override var shape: UInt64 {
        // 0, 1, then twice as many each.
        mixed(identity &+ UInt64(table.count.bitWidth - table.count.leadingZeroBitCount))
    }

    override func addPhases(to units: inout [UnitPhase], salt: UInt64) {
        guard R.hasPhases else { return }
        let identity = identity ^ salt
        func add(_ row: R) {
            let part = mixed(identity ^ (UInt64(row.phase) + 1) << 32)
            let unit = row.key.stableHash
            if let known = units.firstIndex(where: { $0.unit == unit }) {
                units[known].state &+= part
            } else {
                units.append(UnitPhase(unit: unit, state: part))
            }
        }
        table.forEach(add)
    }

    override func writes(to sink: any RowSink) throws {
        var told: Set<R.Key> = []
        for write in undo where told.insert(write.key).inserted {
            try sink.write(R.self, write.key, table[write.key])
        }
    }
}
