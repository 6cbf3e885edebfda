/// A service's store as a value: tables in memory, with savepoints. `var branch = store` is a snapshot.
///
/// It is serialisable by nature: one transaction at a time. Faults (a commit that fails, an answer that is lost) are the
/// driver's business, not the store's.
public struct ValueStore: Sendable {
    private var tables: ContiguousArray<AnyTableBox> = []
    /// Which table each write of the open transaction went to, latest last; the tables remember what stood there.
    private var journal: ContiguousArray<UInt8> = []

    public init() {}

    /// The row of a key.
    public func row<R: Row>(_ type: R.Type = R.self, _ key: R.Key) -> R? {
        guard let position = position(of: R.self) else { return nil }
        return unsafeDowncast(tables[position], to: TableBox<R>.self).table[key]
    }

    /// How many rows a table has.
    public func count<R: Row>(of type: R.Type) -> Int {
        guard let position = position(of: R.self) else { return 0 }
        return unsafeDowncast(tables[position], to: TableBox<R>.self).table.count
    }

    /// All rows of a table, in an order that depends on nothing but the writes made.
    public func forEach<R: Row>(_ type: R.Type, _ body: (R) throws -> Void) rethrows {
        guard let position = position(of: R.self) else { return }
        try unsafeDowncast(tables[position], to: TableBox<R>.self).table.forEach(body)
    }

    /// All rows of a table that a predicate lets through.
    public func rows<R: Row>(_ type: R.Type, where isIncluded: (R) -> Bool = { _ in true }) -> [R] {
        var found: [R] = []
        forEach(R.self) { if isIncluded($0) { found.append($0) } }
        return found
    }

    /// Sets or, with nil, removes a row.
    public mutating func set<R: Row>(_ row: R?, for key: R.Key) {
        let position = position(of: R.self) ?? addTable(for: R.self)
        if !isKnownUniquelyReferenced(&tables[position]) { tables[position] = tables[position].copy() }
        let box = unsafeDowncast(tables[position], to: TableBox<R>.self)
        box.undo.append((key, box.table.set(row, for: key)))
        journal.append(UInt8(position))
    }

    /// A mark to which the writes after it can be rolled back.
    public var savepoint: Int { journal.count }

    /// Takes back every write since the savepoint.
    public mutating func rollBack(to savepoint: Int) {
        while journal.count > savepoint {
            let position = Int(journal.removeLast())
            if !isKnownUniquelyReferenced(&tables[position]) { tables[position] = tables[position].copy() }
            tables[position].undoLast()
        }
    }

    /// Makes every write since the last commit final.
    public mutating func commit() {
        for position in journal where !tables[Int(position)].isClean {
            if !isKnownUniquelyReferenced(&tables[Int(position)]) { tables[Int(position)] = tables[Int(position)].copy() }
            tables[Int(position)].forgetUndo()
        }
        journal.removeAll(keepingCapacity: true)
    }

    private func position<R: Row>(of type: R.Type) -> Int? {
        let wanted = ObjectIdentifier(R.self)
        return tables.firstIndex { $0.rowType == wanted }
    }

    private mutating func addTable<R: Row>(for type: R.Type) -> Int {
        tables.append(TableBox<R>(Table<R>()))
        return tables.count - 1
    }
}

/// A table behind a type that all tables share. A reference, because it is the only way to change one table of many in
/// place; `ValueStore` copies a box before it writes to one that is shared, as the standard library's collections do,
/// and nothing else ever sees a box. Hence `@unchecked`.
private class AnyTableBox: @unchecked Sendable {
    let rowType: ObjectIdentifier
    init(rowType: ObjectIdentifier) { self.rowType = rowType }
    var isClean: Bool { preconditionFailure("a table box is always a TableBox") }
    func copy() -> AnyTableBox { preconditionFailure("a table box is always a TableBox") }
    func undoLast() { preconditionFailure("a table box is always a TableBox") }
    func forgetUndo() { preconditionFailure("a table box is always a TableBox") }
}

private final class TableBox<R: Row>: AnyTableBox, @unchecked Sendable {
    var table: Table<R>
    var undo: ContiguousArray<(key: R.Key, old: R?)> = []

    init(_ table: Table<R>) {
        self.table = table
        super.init(rowType: ObjectIdentifier(R.self))
    }

    override var isClean: Bool { undo.isEmpty }

    override func copy() -> AnyTableBox {
        let copy = TableBox<R>(table)
        copy.undo = undo
        return copy
    }

    override func undoLast() {
        guard let last = undo.popLast() else { preconditionFailure("the journal names a table that was not written") }
        _ = table.set(last.old, for: last.key)
    }

    override func forgetUndo() { undo.removeAll(keepingCapacity: true) }
}
