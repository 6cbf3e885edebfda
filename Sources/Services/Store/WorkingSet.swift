/// Where the rows of a transaction come from that has not read them before: a database.
public protocol RowSource: AnyObject {
    /// The row of a key, as it stood when the transaction began.
    func row<R: Row>(_ type: R.Type, _ key: R.Key) throws -> R?
    /// All rows of a table, in an order that depends on nothing but what was written.
    func rows<R: Row>(_ type: R.Type) throws -> [R]
}

/// Hears what a transaction has read of a database.
public protocol ReadingObserver: AnyObject {
    /// The row of a key was read, or is not there.
    func read<R: Row>(_ type: R.Type, _ key: R.Key, _ row: R?)
    /// A whole table was read.
    func read<R: Row>(all rows: [R])
    /// A table could not be read.
    func failed<R: Row>(_ type: R.Type, _ error: any Error)
}

/// Takes what a transaction has written, a row after the other.
public protocol RowSink: AnyObject {
    /// A row was written, or, with nil, removed.
    func write<R: Row>(_ type: R.Type, _ key: R.Key, _ row: R?) throws
}

/// One transaction on a database, as far as it has come: what it has read and what it has written, in memory.
///
/// A row is read once. Writes reach the database together, at the end, and only those that were not rolled back: so a
/// savepoint costs nothing, and a row that is written ten times in a batch is stored once. Belongs to one thread.
public final class WorkingSet: @unchecked Sendable {
    private var values = ValueStore()
    private let source: any RowSource
    /// Why the database could not be read; from then on nothing succeeds, and the transaction has to be rolled back.
    public private(set) var failure: (any Error)?

    /// Hears of everything that is read of the database from now on.
    public var observer: (any ReadingObserver)?

    public init(over source: any RowSource) { self.source = source }

    /// The row of a key, as it stands in this transaction.
    public func row<R: Row>(_ type: R.Type, _ key: R.Key) throws -> R? {
        if values.isKnown(R.self, key) { return values.row(R.self, key) }
        let row = try reading(R.self) { try source.row(R.self, key) }
        observer?.read(R.self, key, row)
        values.load(row, for: key)
        return row
    }

    @usableFromInline
    func rows<R: Row>(_ type: R.Type, where isIncluded: (R) -> Bool) throws -> [R] {
        let stored = try reading(R.self) { try source.rows(R.self) }
        observer?.read(all: stored)
        var rows = stored.filter { !values.isKnown(R.self, $0.key) && isIncluded($0) }
        values.forEach(R.self) { if isIncluded($0) { rows.append($0) } }
        return rows
    }

    /// Writes a row or, with nil, removes it.
    public func set<R: Row>(_ row: R?, for key: R.Key) throws {
        if let failure { throw failure }
        values.setKnown(row, for: key)
    }

    var savepoint: Int { values.savepoint }

    func rollBack(to savepoint: Int) { values.rollBack(to: savepoint) }

    /// Hands over everything that was written.
    public func write(to sink: any RowSink) throws {
        if let failure { throw failure }
        try values.writes(to: sink)
    }

    private func reading<R: Row, Result>(_ type: R.Type, _ body: () throws -> Result) throws -> Result {
        if let failure { throw failure }
        do { return try body() } catch {
            failure = error
            observer?.failed(R.self, error)
            throw error
        }
    }
}
